/** The report as one self-contained page: no network, no script beyond a filter, light and dark, phone and desktop. */
import type { Finding, Report, ReportCapture, ReportDump, ReportFrame, ReportGroup, ReportProfile } from '../../model.ts';
import { secretWarning } from '../beside.ts';
import { html } from '../escape.ts';
import { bytes, counted, minutes, place, programLine, sentence, shortName } from '../words.ts';
import { style } from './style.ts';

/** Complete HTML document; every text of an input is escaped. */
export function renderPage(report: Report): string {
  const stories = report.findings.filter((finding) => finding.certainty !== 'hint');
  const secret = secretWarning(report);
  const body = [
    secret === undefined ? '' : `<p class="secret">${html(secret)}</p>`,
    ...(stories.length === 0 ? [`<h1>${words(report.headline)}</h1>`] : stories.map((finding, at) => story(finding, at === 0))),
    report.quiet.length === 0 ? '' : `<p class="quiet">${report.quiet.map((line) => words(line.replace(/\.?$/, '.'))).join(' ')}</p>`,
    also(report),
    ...report.captures.map((capture, at) => captureSection(capture, at, report.captures.length)),
    gaps(report),
    inventory(report),
  ].join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${html(report.headline.replaceAll('`', ''))}</title><style>${style}</style></head>
<body><main>
${body}
</main></body></html>
`;
}

/** Words with code in backticks. */
function words(text: string): string {
  return html(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
}

function story(finding: Finding, first: boolean): string {
  const level = first ? 'h1' : 'h2';
  const { known } = finding;
  return [
    `<section class="story"><${level}>${words(finding.title)}</${level}>`,
    known === undefined
      ? ''
      : `<p class="known">Known problem: <a href="${html(known.url)}" rel="noopener noreferrer">${html(known.title)}</a>. ${words(sentence(known.verdict))}</p>`,
    finding.effect === undefined ? '' : `<p>${words(finding.effect)}</p>`,
    finding.next.length === 0
      ? ''
      : `<div class="next"><b>What you can do now</b><ul>${finding.next.map((step) => `<li>${words(step)}</li>`).join('')}</ul></div>`,
    chain(finding),
    rows(finding),
    `<p class="sure"><b>${finding.certainty}</b>${finding.because === undefined ? '' : `: ${words(finding.because)}`}</p>`,
    '</section>',
  ].join('\n');
}

/** Who waits for whom, as columns of boxes from those who wait to what they all wait for; rows on a phone. */
function chain({ chain: drawn }: Finding): string {
  if (drawn === undefined || drawn.edges.length === 0) return '';
  const { columns, ring } = layers(
    drawn.nodes.map(({ id }) => id),
    drawn.edges,
  );
  const text = new Map(drawn.nodes.map((node) => [node.id, node.text]));
  const box = (id: string): string => `<span class="box">${html(text.get(id) ?? '').replaceAll('\n', '<br>')}</span>`;
  const drawnColumns = columns.map((ids) => `<div class="column">${ids.map(box).join('')}</div>`).join('<span class="arrow"></span>');
  return `<div class="chain" role="img" aria-label="Who waits for whom">${drawnColumns}${ring ? '<span class="ring">and that one waits for the first: a circle</span>' : ''}</div>`;
}

/** Nodes by their longest way to an end, farthest first; a circle is followed once round. */
function layers(
  ids: readonly string[],
  edges: readonly (readonly [string, string])[],
): { readonly columns: readonly (readonly string[])[]; readonly ring: boolean } {
  const depth = new Map<string, number>();
  let ring = false;
  const walk = (id: string, path: readonly string[]): number => {
    if (path.includes(id)) {
      ring = true;
      return -1;
    }
    const known = depth.get(id);
    if (known !== undefined) return known;
    const next = edges.filter(([from]) => from === id).map(([, to]) => walk(to, [...path, id]));
    const deep = Math.max(-1, ...next) + 1;
    depth.set(id, deep);
    return deep;
  };
  for (const id of ids) walk(id, []);
  const most = Math.max(0, ...depth.values());
  return { columns: Array.from({ length: most + 1 }, (_, at) => ids.filter((id) => depth.get(id) === most - at)).filter((column) => column.length > 0), ring };
}

function rows({ rows: table }: Finding): string {
  if (table === undefined || table.length === 0) return '';
  const lines = table.map(
    (row) =>
      `<tr><td>${words(row.role)}</td><td>${row.goroutine}${row.more > 0 ? ` and ${row.more} more` : ''}</td><td>${minutes(row.minutes)}</td><td>${row.frames.slice(0, 3).map(frameText).join(' ← ')}</td></tr>`,
  );
  return `<div class="wide"><table><tr><th></th><th>goroutine</th><th>since</th><th>where</th></tr>${lines.join('')}</table></div>`;
}

function frameText(frame: ReportFrame): string {
  const at = place(frame);
  const link = frame.url === undefined ? html(at) : `<a href="${html(frame.url)}" rel="noopener noreferrer">${html(at)}</a>`;
  return `<code title="${html(frame.func)}">${html(shortName(frame.func))}</code> ${link}`;
}

function also(report: Report): string {
  const rest = [...report.findings.filter((finding) => finding.certainty === 'hint'), ...report.findings.flatMap((finding) => finding.follows ?? [])];
  return rest.length === 0
    ? ''
    : `<h2>Also seen</h2><ul>${rest.map((finding) => `<li>${words(finding.title)} <i>${finding.certainty}</i></li>`).join('')}</ul>`;
}

function captureSection(capture: ReportCapture, at: number, of: number): string {
  const head = [of > 1 ? `Capture ${at + 1}` : 'The capture', programLine(capture.program), capture.at ?? ''].filter((part) => part !== '').join(' · ');
  return `<h2>${html(head)}</h2>${memory(capture)}${capture.dumps.map(dump).join('')}${capture.profiles.map(profile).join('')}${capture.binary === undefined ? '' : `<p><b>Binary</b> ${html(capture.binary.verdict)}: ${capture.binary.why.map(words).join('; ')}</p>`}`;
}

/** Memory as one bar whose parts sum to what the system gave. */
function memory({ memory: stats }: ReportCapture): string {
  const parts = (stats?.parts ?? []).filter((part) => part.bytes > 0);
  if (stats === undefined || parts.length === 0) return '';
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  const bar = parts
    .map((part, at) => `<span class="m${at}" style="flex:${(part.bytes / total).toFixed(4)}" title="${html(part.name)} ${bytes(part.bytes)}"></span>`)
    .join('');
  const legend = parts.map((part, at) => `<li><i class="m${at}"></i>${html(part.name)} ${bytes(part.bytes)}</li>`).join('');
  return `<h3>Memory: ${bytes(stats.sys)} from the system</h3><div class="bar">${bar}</div><ul class="legend">${legend}</ul>`;
}

/** Groups shown of one dump; the rest is counted. */
const maxGroups = 400;

function dump(one: ReportDump): string {
  const sorted = one.groups.toSorted((a, b) => b.count - a.count).slice(0, maxGroups);
  const resting = sorted.filter((group) => group.idle && !group.hung);
  const left = one.groups.length - sorted.length;
  const total = (groups: readonly ReportGroup[]): number => groups.reduce((sum, group) => sum + group.count, 0);
  return [
    `<h3>${html(one.file)}: ${counted(one.goroutines, 'goroutine')}${one.truncated ? ', the file is cut' : ''}</h3>`,
    ...(one.notes ?? []).slice(0, 5).map((note) => `<p class="quiet">${words(sentence(note))}</p>`),
    ...sorted.filter((group) => group.hung).map(groupOf),
    ...sorted.filter((group) => !group.hung && !group.idle).map(groupOf),
    resting.length === 0
      ? ''
      : `<details class="idle"><summary><b>${total(resting).toLocaleString('en-US')}</b> rest where they always rest</summary>${resting.map(groupOf).join('')}</details>`,
    left > 0 ? `<p class="quiet">${counted(left, 'smaller group')} more in the report as data.</p>` : '',
  ].join('\n');
}

function groupOf(group: ReportGroup): string {
  const frames = group.frames.map((frame) => `<li>${frameText(frame)}</li>`).join('');
  const own = group.frames.find((frame) => !/^(?:runtime|sync|internal\/[^.]*)[./]/.test(frame.func)) ?? group.frames[0];
  const made = group.createdBy === undefined ? '' : `<p class="ids">created by ${frameText(group.createdBy)}</p>`;
  return `<details class="${group.hung ? 'hung' : ''}"><summary><b>${group.count}</b> ${html(group.state)} ${minutes(group.minutes)} <code>${html(own === undefined ? '' : shortName(own.func))}</code>${group.rest === undefined ? '' : ` <i>${html(group.rest)}</i>`}</summary><ol>${frames}</ol>${made}<p class="ids">goroutines ${group.goroutines.slice(0, 40).join(', ')}${group.goroutines.length > 40 ? ', …' : ''}</p></details>`;
}

function profile(one: ReportProfile): string {
  const most = Math.max(1, ...one.top.map((row) => row.cum));
  const lines = one.top.map(
    (row) =>
      `<tr><td class="n">${share(row.flat, one.total)}</td><td class="n">${share(row.cum, one.total)}</td><td><code title="${html(row.func)}">${html(shortName(row.func))}</code><div class="heat" style="width:${((row.cum / most) * 100).toFixed(1)}%"></div></td></tr>`,
  );
  const costs = (one.costs ?? [])
    .slice(0, 8)
    .map((cost) => `${html(cost.kind === 'all' ? cost.owner : `${cost.kind} (${cost.owner})`)} ${(cost.share * 100).toFixed(1)} %`);
  return `<h3>${html(one.file)}: ${html(one.kind)} profile</h3>${costs.length === 0 ? '' : `<p>By cost: ${costs.join(', ')}.</p>`}${one.top.length === 0 ? '<p>No samples.</p>' : `<div class="wide"><table><tr><th>flat</th><th>cum</th><th>function</th></tr>${lines.join('')}</table></div>`}${one.command === undefined ? '' : `<p>The same: <code>${html(one.command)}</code></p>`}`;
}

function share(value: number, total: number): string {
  return total === 0 ? '0 %' : `${((value / total) * 100).toFixed(1)} %`;
}

function gaps(report: Report): string {
  return report.gaps.length === 0
    ? ''
    : `<h2>What would help</h2>${report.gaps.map((gap) => `<p>${words(gap.why)}</p><pre>${html(gap.command)}</pre>`).join('')}`;
}

function inventory(report: Report): string {
  const items = report.inventory.map(
    (item) =>
      `<tr><td><code>${html(item.path)}</code></td><td>${html(item.kind)}</td><td class="n">${bytes(item.bytes)}</td><td>${words(item.note ?? '')}</td></tr>`,
  );
  const lost = report.refusals
    .filter((refusal) => !report.inventory.some((item) => item.path === refusal.path))
    .map((refusal) => `<tr><td><code>${html(refusal.path)}</code></td><td colspan="3">${words(refusal.reason)}</td></tr>`);
  return `<h2>What was read</h2><div class="wide"><table>${[...items, ...lost].join('')}</table></div>`;
}
