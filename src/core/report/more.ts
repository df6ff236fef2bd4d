/** The folded part of the comment: CPU, memory, everything that waits, profiles, what was read. */
import type { Finding, Report, ReportCapture, ReportDump, ReportGroup, ReportProfile } from '../model.ts';
import { codeSpan, fence, inline } from './escape.ts';
import { bytes, counted, minutes, place, shortName } from './words.ts';

/** Markdown blocks; one `<details>` for the lot. */
export function more(report: Report, shown: readonly Finding[]): readonly string[] {
  const several = report.captures.length > 1;
  const blocks = [
    ...(shown.length > 0 && report.quiet.length > 0 ? [report.quiet.map((line) => inline(dot(line))).join(' ')] : []),
    ...further(report, shown),
    ...report.captures.flatMap((capture, at) => [
      ...(several ? [`**Capture ${at + 1}**: ${capture.files.slice(0, 6).map(codeSpan).join(', ')}`] : []),
      ...captureBlocks(capture),
    ]),
    ...inventory(report),
  ];
  if (blocks.length === 0) return [];
  return [`<details><summary>More: CPU, memory, everything that waits, what was read</summary>`, ...blocks, '</details>'];
}

function dot(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Findings beyond the stories above, and hints, one line each. */
function further(report: Report, shown: readonly Finding[]): readonly string[] {
  const rest = [...report.findings.filter((finding) => !shown.includes(finding)), ...shown.flatMap((finding) => finding.follows ?? [])];
  if (rest.length === 0) return [];
  return [
    [
      '**Also seen**',
      '',
      ...rest
        .slice(0, 12)
        .map(
          (finding) =>
            `- ${inline(dot(finding.title))}${finding.known === undefined ? '' : ` ([known](${finding.known.url}))`} _${finding.certainty}_${finding.because === undefined ? '' : `: ${inline(dot(finding.because))}`}`,
        ),
    ].join('\n'),
  ];
}

function captureBlocks(capture: ReportCapture): readonly string[] {
  return [...memory(capture), ...capture.dumps.flatMap(dump), ...capture.profiles.flatMap(profile), ...binary(capture)];
}

function memory({ memory: stats }: ReportCapture): readonly string[] {
  if (stats === undefined) return [];
  const parts = (stats.parts ?? []).filter((part) => part.bytes > stats.sys / 200).map((part) => `${part.name} ${bytes(part.bytes)}`);
  return [`**Memory** ${bytes(stats.sys)} taken from the system: ${parts.join(', ')}. GC takes ${(stats.gcFraction * 100).toFixed(1)} % of the CPU.`];
}

function dump(one: ReportDump): readonly string[] {
  const hung = one.groups.filter((group) => group.hung);
  const resting = one.groups.filter((group) => group.idle).reduce((sum, group) => sum + group.count, 0);
  const head = `**Goroutines** ${one.goroutines.toLocaleString('en-US')}${one.unread > 0 ? `, ${one.unread} could not be read` : ''}${one.truncated ? ', the file is cut' : ''}${resting > 0 ? `; ${resting.toLocaleString('en-US')} rest where they always rest` : ''}${hung.length === 0 ? '; none hangs' : ''}. (${codeSpan(one.file)})`;
  const notes = (one.notes ?? []).slice(0, 3).map((note) => inline(dot(note)));
  return [[head, ...notes].join(' '), ...(hung.length === 0 ? [] : [groups(hung)])];
}

function groups(hung: readonly ReportGroup[]): string {
  const rows = hung.slice(0, 12).map((group) => {
    const frames = group.frames.filter((frame) => !/^(?:runtime|sync|internal\/[^.]*)[./]/.test(frame.func)).slice(0, 2);
    const where = frames
      .map((frame) => `${codeSpan(shortName(frame.func))}${frame.url === undefined ? '' : ` [${codeSpan(place(frame))}](${frame.url})`}`)
      .join(' ← ');
    return `| ${group.count} | ${codeSpan(group.state)} | ${minutes(group.minutes)} | ${where} |`;
  });
  const left = hung.length > 12 ? `\n\n${counted(hung.length - 12, 'more group')} in the report.` : '';
  return ['| goroutines | wait for | since | in |', '|---|---|---|---|', ...rows].join('\n') + left;
}

/** Kinds whose table helps in a comment; the page has all of them. */
const tabled: ReadonlySet<string> = new Set(['cpu', 'heap', 'mutex']);
/** A call graph of less says nothing: 100 samples of 10 ms. */
const leastGraph = 1e9;

function profile(one: ReportProfile): readonly string[] {
  if (one.top.length === 0) return [`**${title(one.kind)} profile** has no samples. (${codeSpan(one.file)})`];
  const notes = (one.notes ?? []).slice(0, 3).map((note) => inline(dot(note)));
  const costs = (one.costs ?? []).slice(0, 5).map(({ kind, owner, share }) => `${(share * 100).toFixed(0)} % ${kind === 'all' ? owner : `${kind} (${owner})`}`);
  const head = [
    `**${title(one.kind)} profile** ${codeSpan(one.file)}`,
    ...notes,
    ...(costs.length === 0 || !tabled.has(one.kind) ? [] : [inline(`By cost: ${costs.join(', ')}.`)]),
  ].join(' ');
  if (!tabled.has(one.kind)) return [one.command === undefined ? head : `${head}: ${codeSpan(one.command)}`];
  return [
    head,
    ...(one.text === undefined ? [] : [fence(one.text.join('\n'), 'text')]),
    ...(one.command === undefined ? [] : [`The same by ${codeSpan(one.command)}`]),
    ...(one.graph === undefined || one.total < leastGraph ? [] : [['```mermaid', one.graph.trim(), '```'].join('\n')]),
  ];
}

function title(kind: string): string {
  return kind === 'cpu' ? 'CPU' : `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}

function binary({ binary: proof }: ReportCapture): readonly string[] {
  if (proof === undefined) return [];
  return [`**Binary** ${proof.verdict}${proof.why.length === 0 ? '' : `: ${proof.why.slice(0, 3).map(inline).join('; ')}`}.`];
}

function inventory(report: Report): readonly string[] {
  const items = report.inventory
    .slice(0, 40)
    .map((item) => `- ${codeSpan(item.path)}: ${item.kind}, ${bytes(item.bytes)}${item.note === undefined ? '' : ` (${inline(item.note)})`}`);
  const refused = report.refusals.filter((refusal) => !report.inventory.some((item) => item.path === refusal.path));
  const lost = refused.slice(0, 10).map((refusal) => `- ${codeSpan(refusal.path)}: ${inline(refusal.reason)}`);
  const secrets = (report.secrets ?? [])
    .slice(0, 5)
    .map((secret) => `- ${codeSpan(secret.path)} holds what looks like ${inline(secret.kind)}: delete the attachment and replace the secret`);
  return items.length + lost.length === 0
    ? []
    : [['**Read**', '', ...items, ...(report.inventory.length > 40 ? [`- and ${report.inventory.length - 40} more`] : []), ...lost, ...secrets].join('\n')];
}
