/** The report for a terminal: the same words without Markdown, at most 100 columns where that is ours to choose. */
import type { Finding, Report, ReportCapture, ReportDump, ReportProfile } from '../model.ts';
import { secretWarning } from './beside.ts';
import { printable } from './escape.ts';
import { bytes, counted, ended, minutes, place, programLine, shortName } from './words.ts';

/** Columns of prose: what a terminal of 100 shows without folding words. */
const width = 100;
/** Kinds whose table is printed; `pprof-triage pprof -top` prints the others. */
const tabled: ReadonlySet<string> = new Set(['cpu', 'heap']);
/** A CPU profile of less than a second of samples has nothing to rank. */
const leastCpu = 1e9;
const maxGroups = 15;

/** Plain text, control characters of inputs removed. */
export function renderText(report: Report): string {
  const stories = report.findings.filter((finding) => finding.certainty !== 'hint');
  const secret = secretWarning(report);
  const blocks = [
    ...(secret === undefined ? [] : [wrapped(secret)]),
    ...(stories.length === 0 ? [report.headline] : stories.map(story)),
    ...(report.quiet.length === 0 ? [] : [wrapped(report.quiet.map(ended).join(' '))]),
    ...hints(report),
    ...report.captures.flatMap((capture, at) => captureBlocks(capture, at, report)),
    ...(report.gaps.length === 0 ? [] : [asks(report)]),
    files(report),
  ];
  return `${printable(blocks.filter((block) => block !== '').join('\n\n'))}\n`;
}

/** Words folded at `width`; the first line begins with `first`, the others are indented as far. */
function wrapped(text: string, first = ''): string {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one, at) => `${at === 0 ? first : indent}${one}`).join('\n');
}

/** Cells in columns as wide as their longest cell; the last column is free. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd());
}

function story(finding: Finding): string {
  const rows = (finding.rows ?? []).map((row) => [
    row.role,
    `${row.goroutine}${row.more > 0 ? ` and ${row.more} more` : ''}`,
    minutes(row.minutes),
    row.frames
      .slice(0, 2)
      .map((frame) => `${shortName(frame.func)} ${place(frame)}`.trim())
      .join(' ← '),
  ]);
  return [
    finding.title,
    ...(finding.known === undefined ? [] : [wrapped(`Known: ${ended(finding.known.title)} ${ended(finding.known.verdict)} ${finding.known.url}`)]),
    ...(finding.effect === undefined ? [] : [wrapped(finding.effect)]),
    ...finding.next.map((step) => wrapped(step, '  → ')),
    ...aligned(rows),
    wrapped(`${finding.certainty}${finding.because === undefined ? '' : `: ${finding.because}`} (${finding.page})`),
  ].join('\n');
}

function hints({ findings }: Report): readonly string[] {
  const found = findings.filter(({ certainty }) => certainty === 'hint');
  return found.length === 0 ? [] : [['Hints:', ...found.map(({ title }) => wrapped(title, '  '))].join('\n')];
}

function captureBlocks(capture: ReportCapture, at: number, { captures }: Report): readonly string[] {
  const head = [captures.length > 1 ? `capture ${at + 1}` : '', programLine(capture.program), capture.at ?? ''].filter((part) => part !== '').join(' · ');
  const memory =
    capture.memory === undefined
      ? ''
      : `memory: ${bytes(capture.memory.sys)} from the system, ${bytes(capture.memory.heapInuse)} in use, ${bytes(capture.memory.heapIdle - capture.memory.heapReleased)} idle, ${bytes(capture.memory.heapReleased)} returned; GC ${(capture.memory.gcFraction * 100).toFixed(1)} % of the CPU`;
  const [shown, others] = [capture.profiles.filter(hasTable), capture.profiles.filter((profile) => !hasTable(profile))];
  const binary = capture.binary === undefined ? '' : wrapped(`binary: ${capture.binary.verdict} (${capture.binary.why.join('; ')})`);
  return [head, ...capture.dumps.map(dump), memory, ...shown.map(table), others.map(line).join('\n'), binary];
}

function dump(one: ReportDump): string {
  const hung = one.groups.filter((group) => group.hung);
  const stated = one.dialect === 'debug=2' || one.dialect === 'crash';
  const rows = hung.slice(0, maxGroups).map((group) => {
    const own = group.frames.find((frame) => !/^(?:runtime|sync|internal\/[^.]*)[./]/.test(frame.func)) ?? group.frames[0];
    return [String(group.count).padStart(6), group.state, minutes(group.minutes), own === undefined ? '' : `${shortName(own.func)} ${place(own)}`];
  });
  const head = `${one.file}: ${counted(one.goroutines, 'goroutine')}${one.unread > 0 ? `, ${one.unread} unread` : ''}${stated && hung.length === 0 ? ', none hangs' : ''}`;
  const left = hung.length > maxGroups ? [`  and ${counted(hung.length - maxGroups, 'more group')}: pprof-triage stacks ${one.file}`] : [];
  return [head, ...aligned(rows), ...left].join('\n');
}

function hasTable({ kind, total, top }: ReportProfile): boolean {
  return tabled.has(kind) && top.length > 0 && (kind !== 'cpu' || total >= leastCpu);
}

function table({ file, kind, text }: ReportProfile): string {
  return [`${file}: ${kind} profile`, ...(text ?? []).map((one) => `  ${one}`)].join('\n');
}

/** A profile in one line: what leads it. */
function line({ file, kind, total, top, seconds }: ReportProfile): string {
  const [first] = top;
  if (first === undefined || total === 0) return `${file}: ${kind} profile, no samples`;
  if (kind === 'cpu')
    return `${file}: cpu profile, ${Math.round(total / 1e6)} ms${seconds === undefined ? '' : ` in ${Number(seconds.toPrecision(2))} s`}: too little to rank`;
  return `${file}: ${kind} profile, ${Math.round((first.flat / total) * 100)} % in ${shortName(first.func)}`;
}

function asks({ gaps }: Report): string {
  return ['This would help:', ...gaps.flatMap(({ why, command }) => [wrapped(ended(why), '  '), `    ${command.replaceAll('\n', '\n    ')}`])].join('\n');
}

function files(report: Report): string {
  const lines = report.inventory.map((item) => `  ${item.path}: ${item.kind}, ${bytes(item.bytes)}${item.note === undefined ? '' : ` (${item.note})`}`);
  const lost = report.refusals
    .filter((refusal) => !report.inventory.some((item) => item.path === refusal.path))
    .map((refusal) => `  ${refusal.path}: ${refusal.reason}`);
  return ['read:', ...lines, ...lost].join('\n');
}
