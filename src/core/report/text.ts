/** The report for a terminal: the same words without Markdown. */
import type { Finding, Report } from '../model.ts';
import { bytes, counted, minutes, place, programLine, shortName } from './words.ts';

/** Plain text, control characters of inputs removed, lines as wide as they need to be. */
export function renderText(report: Report): string {
  const stories = report.findings.filter((finding) => finding.certainty !== 'hint');
  const blocks = [
    ...(stories.length === 0 ? [report.headline] : stories.flatMap(story)),
    ...(report.quiet.length === 0 ? [] : [report.quiet.map((line) => `${line.replace(/\.$/, '')}.`).join(' ')]),
    ...hints(report),
    ...report.captures.flatMap((capture, at) => {
      const head = [report.captures.length > 1 ? `capture ${at + 1}` : '', programLine(capture.program), capture.at ?? '']
        .filter((part) => part !== '')
        .join(' · ');
      return [head, ...captureLines(capture)].filter((block) => block !== '');
    }),
    ...(report.gaps.length === 0
      ? []
      : [['This would help:', ...report.gaps.flatMap((gap) => [`  ${gap.why}`, `    ${gap.command.replaceAll('\n', '\n    ')}`])].join('\n')]),
    files(report),
  ];
  return `${printable(blocks.join('\n\n'))}\n`;
}

/** Escape sequences in a dump must not reach a terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}

function story(finding: Finding): readonly string[] {
  const lines = [
    finding.title,
    ...(finding.known === undefined ? [] : [`known: ${finding.known.title} (${finding.known.url}). ${finding.known.verdict}`]),
    ...(finding.effect === undefined ? [] : [finding.effect]),
    ...finding.next.map((step) => `  → ${step}`),
    ...(finding.rows ?? []).map((row) => {
      const who = `${row.goroutine}${row.more > 0 ? ` and ${row.more} more` : ''}`;
      return `  ${row.role.padEnd(28)} ${who.padEnd(18)} ${minutes(row.minutes).padEnd(9)} ${row.frames
        .slice(0, 2)
        .map((frame) => `${shortName(frame.func)} ${place(frame)}`)
        .join(' ← ')}`;
    }),
    `${finding.certainty}${finding.because === undefined ? '' : `: ${finding.because}`} (${finding.page})`,
  ];
  return [lines.join('\n')];
}

function hints(report: Report): readonly string[] {
  const found = report.findings.filter((finding) => finding.certainty === 'hint');
  return found.length === 0 ? [] : [['Hints:', ...found.map((finding) => `  ${finding.title}`)].join('\n')];
}

function captureLines(capture: Report['captures'][number]): readonly string[] {
  const dumps = capture.dumps.map((dump) => {
    const hung = dump.groups.filter((group) => group.hung);
    const rows = hung.slice(0, 15).map((group) => {
      const own = group.frames.find((frame) => !/^(?:runtime|sync|internal\/[^.]*)[./]/.test(frame.func)) ?? group.frames[0];
      return `  ${String(group.count).padStart(6)}  ${group.state.padEnd(22)} ${minutes(group.minutes).padEnd(10)} ${own === undefined ? '' : `${shortName(own.func)} ${place(own)}`}`;
    });
    return [
      `${dump.file}: ${counted(dump.goroutines, 'goroutine')}${dump.unread > 0 ? `, ${dump.unread} unread` : ''}${hung.length === 0 ? ', none hangs' : ''}`,
      ...rows,
    ].join('\n');
  });
  const memory =
    capture.memory === undefined
      ? []
      : [
          `memory: ${bytes(capture.memory.sys)} from the system, ${bytes(capture.memory.heapInuse)} in use, ${bytes(capture.memory.heapIdle - capture.memory.heapReleased)} idle, ${bytes(capture.memory.heapReleased)} returned; GC ${(capture.memory.gcFraction * 100).toFixed(1)} % of the CPU`,
        ];
  const profiles = capture.profiles.map((profile) =>
    [`${profile.file}: ${profile.kind} profile`, ...(profile.text ?? ['no samples']).map((line) => `  ${line}`)].join('\n'),
  );
  const binary = capture.binary === undefined ? [] : [`binary: ${capture.binary.verdict} (${capture.binary.why.join('; ')})`];
  return [...dumps, ...memory, ...profiles, ...binary];
}

function files(report: Report): string {
  const lines = report.inventory.map((item) => `  ${item.path}: ${item.kind}, ${bytes(item.bytes)}${item.note === undefined ? '' : ` (${item.note})`}`);
  const lost = report.refusals
    .filter((refusal) => !report.inventory.some((item) => item.path === refusal.path))
    .map((refusal) => `  ${refusal.path}: ${refusal.reason}`);
  return ['read:', ...lines, ...lost].join('\n');
}
