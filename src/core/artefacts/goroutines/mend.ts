/** A damaged dump made whole: prefixes off, tabs back, cut lines joined, log lines between frames left out. What it cannot mend it leaves as it is. */
import { Buffer } from 'node:buffer';
import { clean, withTabs } from './clean.ts';
import { fileLine, kindOf, type LineKind } from './line-kinds.ts';
import { isBreak, isPreamble, isProfile } from './lines.ts';
import { headerAt, Prefixes } from './prefix.ts';
import { Unfolder } from './unfold.ts';
import { withRowTabs } from './row.ts';
import { unwrap, type LogicalLine, type PhysicalLine } from './unwrap.ts';

export interface Mended {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
  /** Lines left out because they stood there twice, headers among them. */
  readonly doubles: number;
}

/** Never throws. Linear in the text. */
export function mend(bytes: Uint8Array): Mended {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const prefixes = new Prefixes();
  const shape = new Shape();
  for (const line of linesOf(source)) {
    prefixes.learn(line);
    shape.see(line, prefixes);
  }
  const mender = new Mender(prefixes, shape, bytes.length);
  for (const line of linesOf(source)) mender.take(line);
  return mender.end();
}

function* linesOf(source: Buffer): Generator<string> {
  const unfolder = new Unfolder();
  for (let at = 0; at < source.length;) {
    const found = source.indexOf(10, at);
    const to = found < 0 ? source.length : found;
    const line = source.toString('latin1', at, to);
    at = to + 1;
    yield* unfolder.lines(clean(line));
  }
}

/** Columns of a line on a terminal, where tabs go to the next multiple of eight. */
function columnsOf(line: string): number {
  let columns = line.length;
  for (let at = line.indexOf('\t'), more = 0; at >= 0; at = line.indexOf('\t', at + 1)) {
    const fill = 7 - ((at + more) % 8);
    more += fill;
    columns += fill;
  }
  return columns;
}

/** The narrowest terminal that people copy from, and the widest that cuts a frame. */
const [narrowest, widest] = [40, 400];
/** Different lines of one width that make it the width at which the text was cut. */
const fullLines = 3;

/** What the text looks like from its first header on: at which width it was cut, and whether each line has an empty one behind it. */
class Shape {
  /** Different lines by their columns. */
  private readonly widths = new Map<number, Set<string>>();
  private filled = 0;
  /** Lines that stand right behind another. */
  private close = 0;
  private before = false;
  longest = 1;

  see(line: string, prefixes: Prefixes): void {
    if (this.filled === 0 && headerAt(line) < 0) return;
    const columns = columnsOf(line);
    this.longest = Math.max(this.longest, columns);
    if (columns >= narrowest && columns <= widest) {
      const same = this.widths.get(columns) ?? new Set<string>();
      if (same.size < fullLines) this.widths.set(columns, same.add(line.trimEnd()));
    }
    const filled = prefixes.strip(line).trim() !== '';
    if (filled) this.filled++;
    if (filled && this.before) this.close++;
    this.before = filled;
  }

  /** Undefined where no width stands out: the longest lines must be many, and of one width. */
  get width(): number | undefined {
    return (this.widths.get(this.longest)?.size ?? 0) >= fullLines ? this.longest : undefined;
  }

  /** Nearly every line has an empty line behind it. */
  get spaced(): boolean {
    return this.filled >= 3 && this.close <= this.filled * 0.1;
  }
}

class Mender {
  private out: Buffer;
  private used = 0;
  private readonly prefixes: Prefixes;
  private readonly shape: Shape;
  private inside = false;
  /** Within the value of a panic, which may hold a stack of its own. */
  private message = false;
  /** The line before, in a block. */
  private last = '';
  /** The first line of a debug=1 block. */
  private entry = '';
  /** The first line of the block stood there twice. */
  private twice = false;
  private block: PhysicalLine[] = [];
  private empty = 0;
  private joined = 0;
  private tabs = 0;
  private stripped = 0;
  private logs = 0;
  private doubles = 0;

  constructor(prefixes: Prefixes, shape: Shape, size: number) {
    this.prefixes = prefixes;
    this.shape = shape;
    this.out = Buffer.allocUnsafe(size + 1024);
  }

  take(raw: string): void {
    const text = this.message ? this.prefixes.stripKnown(raw) : this.prefixes.any ? this.prefixes.strip(raw) : raw;
    if (text.length !== raw.length) this.stripped++;
    const columns = columnsOf(raw);
    const full = columns === this.shape.width;
    const whole = withTabs(text);
    const line = full ? whole : whole.trimEnd();
    if (line === '' || (line.startsWith('```') && this.inside)) return this.between(line);
    this.empty = 0;
    if (this.message && /^\s/.test(line)) return this.write(line);
    this.message = false;
    if (this.inside && this.isDouble(line)) return;
    this.last = line;
    const starts = headerAt(line) === 0 && !isProfile(line);
    const counted = /^\d{1,12} @/.test(line);
    if (starts || counted) {
      this.flush();
      this.twice = false;
    } else if (!this.inside || isBreak(line) || isPreamble(line) || isProfile(line)) {
      this.message = line.startsWith('panic: ');
      return this.between(line);
    }
    this.inside = true;
    this.block.push({ text: line, full, fill: Math.min(1, columns / this.shape.longest) });
  }

  /** No dump has a line twice in a row, but for recursion in debug=1: two copies of a log run into one. */
  private isDouble(line: string): boolean {
    if (line !== this.last || (line.startsWith('#') && !this.twice)) return false;
    this.doubles++;
    this.twice = true;
    if (line.startsWith('#')) this.last = '';
    return true;
  }

  /** A line between blocks. */
  private between(line: string): void {
    if (this.shape.spaced && line === '' && this.empty++ === 0) return;
    this.flush();
    this.write(line);
    this.inside = false;
  }

  /** Writes the block that is open: as it stands where every line is what it should be, else joined anew. */
  private flush(): void {
    const { block } = this;
    if (block.length === 0) return;
    this.block = [];
    const plain = block.map(({ text }): LogicalLine => ({ text, kind: kindOf(text.trimEnd()), pieces: 1 }));
    const lines = plain.every(({ kind }, at) => fits(kind, plain[at + 1]?.kind)) ? plain : unwrap(block);
    this.entry = lines[0]?.kind === 'entry' ? lines[0].text : '';
    for (const line of lines) {
      this.joined += line.pieces > 1 ? 1 : 0;
      if (line.kind === 'log') this.logs++;
      else this.writeLine(line);
    }
  }

  private writeLine({ text, kind }: LogicalLine): void {
    if (kind === 'row' && text.startsWith('#0x')) {
      this.tabs++;
      return this.write(withRowTabs(text, this.entry));
    }
    if (kind !== 'file') return this.write(text.trimEnd());
    if (!text.startsWith('\t')) this.tabs++;
    this.write(fileLine(text));
  }

  private write(line: string): void {
    if (this.used + line.length + 1 > this.out.length) {
      const larger = Buffer.allocUnsafe((this.out.length + line.length) * 2);
      this.out.copy(larger, 0, 0, this.used);
      this.out = larger;
    }
    this.used += this.out.write(line, this.used, 'latin1');
    this.out[this.used++] = 10;
  }

  end(): Mended {
    this.flush();
    const notes: string[] = [];
    if (this.stripped > 0) notes.push('what a log or mail program had put before its lines was taken off');
    if (this.joined > 0) notes.push(`${this.joined} ${this.joined === 1 ? 'line that was' : 'lines that were'} cut in two were joined`);
    if (this.tabs > 0) notes.push('tabs that were lost were put back');
    if (this.logs > 0) notes.push(`${this.logs} ${this.logs === 1 ? 'line' : 'lines'} of a log stood between its lines and were left out`);
    if (this.doubles > 0) notes.push(`${this.doubles} ${this.doubles === 1 ? 'line' : 'lines'} stood there twice`);
    return { bytes: this.out.subarray(0, this.used), notes, doubles: this.doubles };
  }
}

/** Whether a line may stand before one of the next kind in a dump that is not damaged. */
function fits(kind: LineKind, next: LineKind | undefined): boolean {
  if (kind === 'other' || kind === 'log') return false;
  if (kind === 'call' || kind === 'created') return next === 'file' || next === 'mark';
  return next !== 'file';
}
