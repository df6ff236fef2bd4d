/** The report as one self-contained page: no network, no script beyond a filter, light and dark, phone and desktop. */
import type { Finding, Report, ReportCapture, ReportDump, ReportFrame, ReportProfile } from '../../model.ts';
import { html } from '../escape.ts';
import { bytes, counted, minutes, place, programLine, shortName } from '../words.ts';
import { style } from './style.ts';

/** Complete HTML document; every text of an input is escaped. */
export function renderPage(report: Report): string {
  const stories = report.findings.filter((finding) => finding.certainty !== 'hint');
  const body = [
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
      : `<p class="known">Known problem: <a href="${html(known.url)}" rel="noopener noreferrer">${html(known.title)}</a>. ${words(known.verdict)}</p>`,
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

/** The chain as boxes with arrows, one below the other on a phone. */
function chain({ chain: drawn }: Finding): string {
  if (drawn === undefined || drawn.edges.length === 0) return '';
  const text = new Map(drawn.nodes.map((node) => [node.id, node.text]));
  const targets = new Set(drawn.edges.map(([, to]) => to));
  const start = drawn.nodes.find((node) => !targets.has(node.id))?.id ?? drawn.nodes[0]?.id;
  const order: string[] = [];
  for (let at = start; at !== undefined && !order.includes(at); at = drawn.edges.find(([from]) => from === at)?.[1]) order.push(at);
  const rest = drawn.nodes.map((node) => node.id).filter((id) => !order.includes(id));
  const box = (id: string): string => `<span class="box">${html(text.get(id) ?? '').replaceAll('\n', '<br>')}</span>`;
  return `<div class="chain">${order.map(box).join('<span class="arrow">waits for</span>')}</div>${rest.length === 0 ? '' : `<div class="chain">${rest.map(box).join(' ')}</div>`}`;
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

function dump(one: ReportDump): string {
  const sorted = one.groups.toSorted((a, b) => Number(b.hung) - Number(a.hung) || b.count - a.count).slice(0, 400);
  const lines = sorted.map((group) => {
    const frames = group.frames.map((frame) => `<li>${frameText(frame)}</li>`).join('');
    const own = group.frames.find((frame) => !/^(?:runtime|sync|internal\/[^.]*)[./]/.test(frame.func)) ?? group.frames[0];
    return `<details class="${group.hung ? 'hung' : group.idle ? 'idle' : ''}"><summary><b>${group.count}</b> ${html(group.state)} ${minutes(group.minutes)} <code>${html(own === undefined ? '' : shortName(own.func))}</code>${group.rest === undefined ? '' : ` <i>${html(group.rest)}</i>`}</summary><ol>${frames}</ol><p class="ids">goroutines ${group.goroutines.slice(0, 40).join(', ')}${group.goroutines.length > 40 ? ', …' : ''}</p></details>`;
  });
  return `<h3>${html(one.file)}: ${counted(one.goroutines, 'goroutine')}${one.truncated ? ', the file is cut' : ''}</h3>${lines.join('\n')}`;
}

function profile(one: ReportProfile): string {
  const most = Math.max(1, ...one.top.map((row) => row.cum));
  const lines = one.top.map(
    (row) =>
      `<tr><td class="n">${share(row.flat, one.total)}</td><td class="n">${share(row.cum, one.total)}</td><td><code title="${html(row.func)}">${html(shortName(row.func))}</code><div class="heat" style="width:${((row.cum / most) * 100).toFixed(1)}%"></div></td></tr>`,
  );
  const costs = (one.costs ?? []).slice(0, 8).map((cost) => `${html(cost.kind)} (${html(cost.owner)}) ${(cost.share * 100).toFixed(1)} %`);
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
