/** The folded part of the comment: what is not the problem, everything that waits, memory, profiles, what was read. */
import type { Finding, Report, ReportCapture, ReportDump } from '../model.ts';
import { codeSpan, inline } from './escape.ts';
import { goroutines } from './more/goroutines.ts';
import { inventory } from './more/inventory.ts';
import { profiles } from './more/profiles.ts';
import { bytes, ended, programLine, sentence } from './words.ts';

/** Markdown blocks; one `<details>` for the lot. */
export function more(report: Report, shown: readonly Finding[]): readonly string[] {
  const before: ReportDump[] = [];
  const blocks = [
    ...(shown.length > 0 && report.quiet.length > 0 ? [report.quiet.map((line) => inline(sentence(line))).join(' ')] : []),
    ...further(report, shown),
    ...report.captures.flatMap((capture, at) => {
      const told = captureBlocks(capture, [...before]);
      before.push(...capture.dumps);
      return [...heading(report, at), ...told];
    }),
    ...inventory(report),
  ];
  if (blocks.length === 0) return [];
  return [`<details><summary>More: CPU, memory, everything that waits, what was read</summary>`, ...blocks, '</details>'];
}

/** Which capture this is, when there are several: where its files lie, when they were taken, of what. */
function heading(report: Report, at: number): readonly string[] {
  const capture = report.captures[at];
  if (capture === undefined || report.captures.length < 2) return [];
  const files = [...new Set([...capture.dumps, ...capture.profiles].map(({ file }) => file))];
  const folder = folderOf(files[0] ?? '');
  const places = folder !== '' && files.every((file) => folderOf(file) === folder) ? [folder] : (files.length === 0 ? capture.files : files).slice(0, 4);
  const programs = new Set(report.captures.map(({ program }) => programLine(program)));
  const facts = [
    ...(capture.at === undefined ? [] : [`${capture.at.slice(0, 16).replace('T', ' ')} UTC`]),
    ...(programs.size > 1 ? [programLine(capture.program)] : []),
  ];
  return [
    `**Capture ${at + 1}**: ${places.map(codeSpan).join(', ')}${facts
      .filter((fact) => fact !== '')
      .map((fact) => `, ${inline(fact)}`)
      .join('')}`,
  ];
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
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
            `- ${inline(sentence(finding.title))}${finding.known === undefined ? '' : ` ([known](${finding.known.url}))`} _${finding.certainty}_${finding.because === undefined ? '' : `: ${inline(ended(finding.because))}`}`,
        ),
    ].join('\n'),
  ];
}

function hasStates({ dialect }: ReportDump): boolean {
  return dialect === 'debug=2' || dialect === 'crash';
}

function captureBlocks(capture: ReportCapture, before: readonly ReportDump[]): readonly string[] {
  return [
    ...capture.dumps.flatMap((dump) =>
      goroutines(
        dump,
        before,
        capture.dumps.some((other) => other !== dump && hasStates(other)),
      ),
    ),
    ...memory(capture),
    ...profiles(capture.profiles),
    ...binary(capture),
  ];
}

function memory({ memory: stats }: ReportCapture): readonly string[] {
  if (stats === undefined) return [];
  const parts = (stats.parts ?? []).filter((part) => part.bytes > stats.sys / 200).map((part) => `${inline(part.name)} ${bytes(part.bytes)}`);
  return [`**Memory** ${bytes(stats.sys)} taken from the system: ${parts.join('; ')}. GC takes ${(stats.gcFraction * 100).toFixed(1)} % of the CPU.`];
}

function binary({ binary: proof }: ReportCapture): readonly string[] {
  if (proof === undefined) return [];
  return [`**Binary** ${proof.verdict}${proof.why.length === 0 ? '' : `: ${proof.why.slice(0, 3).map(inline).join('; ')}`}.`];
}
