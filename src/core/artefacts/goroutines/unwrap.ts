/** Lines of one goroutine that a terminal, mail or browser cut apart, joined so that as little as possible is left over. */
import { kindOf, longestLine, type LineKind } from './line-kinds.ts';

export interface PhysicalLine {
  readonly text: string;
  /** It fills the width at which this text was cut: the next line goes on right where it stops. */
  readonly full: boolean;
  /** Its part of the longest line: a line that was cut is long. */
  readonly fill: number;
}

export interface LogicalLine {
  readonly text: string;
  readonly kind: LineKind;
  /** Physical lines in it. */
  readonly pieces: number;
}

/** Pieces of one line: the addresses of 128 frames in a debug=1 entry have some 30 on a terminal. */
const mostPieces = 40;
/** A goroutine with more lines is not mended: the runtime prints at most 100 frames. */
const mostLines = 2_000;

/** What is lost where a line is not understood, or stands where none of its kind can. */
const leftOver = 5;
const misplaced = 3;
const joint = 0.1;
/** Where the first piece does not fill the width, a cut is less likely, and the less the shorter it is. */
const looseJoint = 2;
const noLine = 1e9;

interface Choice {
  readonly cost: number;
  readonly line?: LogicalLine;
}

/** The logical lines of a block. Each physical line is in one of them; none is dropped. */
export function unwrap(lines: readonly PhysicalLine[]): readonly LogicalLine[] {
  if (lines.length > mostLines) return lines.map(({ text }) => ({ text, kind: kindOf(text.trimEnd()), pieces: 1 }));
  // best[i][s]: cheapest reading from line i on, where s says that a file line is due.
  const best: (readonly [Choice, Choice])[] = Array.from({ length: lines.length + 1 });
  best[lines.length] = [{ cost: 0 }, { cost: misplaced }];
  for (let at = lines.length - 1; at >= 0; at--) {
    let [a, b]: [Choice, Choice] = [{ cost: noLine }, { cost: noLine }];
    for (const { line, cost } of readings(lines, at)) {
      const after = best[at + line.pieces];
      if (after === undefined) continue;
      const forCall = cost + place(line.kind, false) + after[due(line.kind, false)].cost;
      const forFile = cost + place(line.kind, true) + after[due(line.kind, true)].cost;
      if (forCall < a.cost) a = { cost: forCall, line };
      if (forFile < b.cost) b = { cost: forFile, line };
    }
    best[at] = [a, b];
  }
  const found: LogicalLine[] = [];
  let fileDue: 0 | 1 = 0;
  for (let at = 0; at < lines.length;) {
    const line: LogicalLine | undefined = best[at]?.[fileDue].line;
    if (line === undefined) break;
    found.push(line);
    fileDue = due(line.kind, fileDue === 1);
    at += line.pieces;
  }
  return found;
}

/** What it costs that a line of this kind stands here. */
function place(kind: LineKind, fileDue: boolean): number {
  if (kind === 'other') return leftOver;
  if (kind === 'file') return fileDue ? 0 : misplaced;
  return fileDue && kind !== 'log' && kind !== 'mark' ? misplaced : 0;
}

/** Whether a file line is due after a line of this kind. */
function due(kind: LineKind, before: boolean): 0 | 1 {
  if (kind === 'log') return before ? 1 : 0;
  return kind === 'call' || kind === 'created' ? 1 : 0;
}

/** The line at `at` alone, and joined with those behind it as far as that makes a line of a dump. */
function* readings(lines: readonly PhysicalLine[], at: number): Generator<{ readonly line: LogicalLine; readonly cost: number }> {
  const first = lines[at];
  if (first === undefined) return;
  const trimmed = first.text.trimEnd();
  const alone = kindOf(trimmed);
  yield { line: { text: trimmed, kind: alone, pieces: 1 }, cost: alone === 'log' ? joint : 0 };
  if (alone === 'log' || !mayBegin(first.text)) return;
  let texts: readonly string[] = [first.text];
  let cost = 0;
  for (let pieces = 2; pieces <= mostPieces && at + pieces <= lines.length; pieces++) {
    const before = lines[at + pieces - 2];
    const next = lines[at + pieces - 1];
    if (before === undefined || next === undefined || isWhole(next.text)) return;
    cost += before.full ? joint : looseJoint - before.fill;
    texts = texts.flatMap((text) => glues(text, before, next.text).map((glue) => `${text}${glue}${glue === '' ? next.text : next.text.trimStart()}`));
    if (texts.length > 4 || (texts[0] ?? '').length > longestLine) return;
    for (const text of texts) {
      const kind = kindOf(text);
      if (kind === 'file' && !before.full && /^\s/.test(next.text) && !/^ (?:\+0x|[fs]p=|pc=)/.test(next.text)) continue;
      if (kind !== 'other' && kind !== 'log' && kind !== 'mark') yield { line: { text, kind, pieces }, cost };
    }
  }
}

/** Whether a line of a dump can begin like this: a name or path, an entry of debug=1, a header. */
function mayBegin(text: string): boolean {
  return /^(?:goroutine \d|created by|#|\d+ @|\s*[^\s]*[./])/.test(text);
}

/** A header or a frame's first line begins a line, whatever stands before it. */
function isWhole(text: string): boolean {
  return /^(?:goroutine \d+ [[gm]|created by |\[originating from|#\s|\d+ @ 0x)/.test(text);
}

/** What may have stood between two pieces: nothing at a full width, else a space that was cut off, or nothing. */
function glues(before: string, { full }: PhysicalLine, next: string): readonly string[] {
  if (/^\s/.test(next)) return [''];
  const spaced = /[,:]$|\b(?:in|by|goroutine)$/.test(before) || /^\+0x|^[fsp][pc]=0x/.test(next);
  if (full) return spaced ? ['', ' '] : [''];
  return spaced ? [' '] : ['', ' '];
}
