/** A flame graph as one self-contained page: no network, every sample type, light and dark, phone and keyboard. */
import type { Profile } from '../columns.ts';
import { shorten } from '../report/names.ts';
import { scaledLabel } from '../report/units.ts';
import { sampleIndex } from '../report/values.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { FlameFrames, flameTree } from './tree.ts';

/** SHA-256 of `script`: the page's policy lets nothing else run. A test keeps it true. */
export const scriptDigest = 'sha256-SmrkPF14mqWYv7qK1W4td81HQnfBzB+0ijnPtvcB0wY=';

/** Longest name that is drawn: those of C++ templates have hundreds of characters. */
const maxName = 1000;

/** HTML of the page. `type` as of -sample_index. */
export function flameHtml(profile: Profile, title: string, type = ''): string {
  const frames = new FlameFrames();
  const chosen = sampleIndex(profile, type);
  const types = profile.sampleTypes.flatMap(({ type: name, unit }, at) => {
    const tree = flameTree(profile, at, frames);
    return tree === undefined ? [] : [{ name, unit, total: tree.value[0] ?? 0, tree, at }];
  });
  const first = Math.max(
    0,
    types.findIndex(({ at }) => at === chosen),
  );
  const names = frames.names.map((name) => (name.length > maxName ? `${name.slice(0, maxName)}…` : name));
  const negative = profile.values.some((value) => value < 0);
  const sum = [
    types.length === 0 ? 'No samples.' : `${scaledLabel(types[first]?.total ?? 0, types[first]?.unit ?? '', 'auto')} of ${types[first]?.name ?? ''}`,
    ...(profile.durationNanos > 0 ? [`taken over ${scaledLabel(profile.durationNanos, 'nanoseconds', 'auto')}`] : []),
    ...(negative ? ['what became less is not drawn'] : []),
  ].join(', ');
  const data = { first, types: types.map(({ at: _at, ...one }) => one), names, shorts: names.map((name) => shorten(name)), files: frames.files };
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptDigest}'; base-uri 'none'; form-action 'none'">
<title>${html(title)}</title><style>${style}</style></head>
<body><header><h1>${html(title)}</h1><p class="sum">${html(sum)}</p>
<div class="bar"><select id="type" aria-label="what is counted"${types.length < 2 ? ' hidden' : ''}>${types.map(({ name }, at) => `<option value="${at}"${at === first ? ' selected' : ''}>${html(name)}</option>`).join('')}</select>
<span class="views" role="group" aria-label="view"><button data-view="flame" aria-pressed="true">Calls</button><button data-view="inverted" aria-pressed="false">Inverted</button><button data-view="table" aria-pressed="false">Table</button></span>
<button id="reset">Reset</button><input id="find" type="search" placeholder="Find a function" aria-label="find a function" autocomplete="off" spellcheck="false"><output id="found"></output>
<span class="keys"><kbd>/</kbd> find <kbd>↑↓←→</kbd> go <kbd>Enter</kbd> zoom <kbd>Esc</kbd> all</span></div></header>
<main id="main"><div id="chart" tabindex="0" role="application" aria-label="flame graph: arrow keys go, Enter zooms" aria-describedby="name about"></div></main>
<footer aria-live="polite"><b id="name"></b><span id="about"></span></footer>
<noscript><p>This page draws with a script of its own; nothing is sent anywhere.</p></noscript>
<script type="application/json" id="data">${json(data)}</script>
<script>${types.length === 0 ? '' : script}</script></body></html>
`;
}

/** Inside of a script element nothing may look like its end. */
function json(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
