/** Arguments and mentions read from a dump's text only when a lock or channel decides. */
import { Buffer } from 'node:buffer';
import type { Stack } from '../../model.ts';

export interface Blocks {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: Float64Array;
  readonly stackOf: Int32Array;
  readonly stacks: readonly Stack[];
}

/** Longest block that is read: 10,000 frames of a runaway recursion. */
const maxBlock = 4_000_000;

export class BlockReader {
  private readonly blocks: Blocks;
  private readonly source: Buffer;
  private last = -1;
  private lastArgs: readonly (string | undefined)[] = [];

  constructor(blocks: Blocks) {
    this.blocks = blocks;
    this.source = Buffer.from(blocks.bytes.buffer, blocks.bytes.byteOffset, blocks.bytes.length);
  }

  argsOf(goroutine: number, frame: number): string | undefined {
    return this.allArgsOf(goroutine)[frame];
  }

  allArgsOf(goroutine: number): readonly (string | undefined)[] {
    if (goroutine === this.last) return this.lastArgs;
    const { starts, count, bytes, stacks, stackOf } = this.blocks;
    if (goroutine < 0 || goroutine >= count) return [];
    const from = starts[goroutine] ?? 0;
    const to = goroutine + 1 < count ? (starts[goroutine + 1] ?? bytes.length) : bytes.length;
    const frames = stacks[stackOf[goroutine] ?? -1]?.frames ?? [];
    const text = this.source.toString('utf8', from, Math.min(to, from + maxBlock));
    const found: (string | undefined)[] = [];
    for (let at = text.indexOf('\n') + 1; at > 0 && at < text.length && found.length < frames.length;) {
      const end = text.indexOf('\n', at);
      const stop = end < 0 ? text.length : end;
      const name = frames[found.length]?.func ?? '';
      if (text.startsWith(name, at)) {
        const open = at + name.length;
        if (text[open] === '(' && text[stop - 1] === ')') found.push(text.slice(open + 1, stop - 1));
        else if (open === stop || text[open] === ' ') found.push(undefined);
      }
      at = end < 0 ? 0 : end + 1;
    }
    this.last = goroutine;
    this.lastArgs = found;
    return found;
  }

  mentioning(text: string): readonly number[] {
    const found: number[] = [];
    if (text === '') return found;
    const { starts, count } = this.blocks;
    for (let at = this.source.indexOf(text, 0, 'latin1'); at >= 0;) {
      const goroutine = lastAtMost(starts, count, at);
      const whole = !isHexDigit(this.source[at + text.length] ?? 0);
      let next = at + text.length;
      if (goroutine >= 0 && whole) {
        found.push(goroutine);
        // The rest of its text need not be searched.
        next = goroutine + 1 < count ? Math.max(next, starts[goroutine + 1] ?? next) : this.source.length;
      }
      at = next >= this.source.length ? -1 : this.source.indexOf(text, next, 'latin1');
    }
    return found;
  }

  /** Many addresses in one pass over the text. */
  mentioningAny(texts: readonly string[]): ReadonlyMap<string, readonly number[]> {
    if (texts.length <= 4) return new Map(texts.map((text) => [text, this.mentioning(text)]));
    const wanted = new Map<string, number[]>(texts.map((text) => [text, []]));
    const lengths = new Set([...wanted.keys()].map((text) => text.length));
    const { starts, count } = this.blocks;
    const { source } = this;
    let goroutine = -1;
    for (let at = source.indexOf('0x', 0, 'latin1'); at >= 0;) {
      let end = at + 2;
      while (isHexDigit(source[end] ?? 0)) end++;
      if (lengths.has(end - at)) {
        const list = wanted.get(source.toString('latin1', at, end));
        if (list !== undefined) {
          while (goroutine + 1 < count && (starts[goroutine + 1] ?? 0) <= at) goroutine++;
          if (goroutine >= 0 && list.at(-1) !== goroutine) list.push(goroutine);
        }
      }
      while (end < source.length && !(source[end] === 48 && source[end + 1] === 120)) end++;
      at = end < source.length ? end : -1;
    }
    return wanted;
  }
}

/** Index of the last of `count` ascending numbers that is at most `value`; -1 when there is none. */
function lastAtMost(numbers: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isHexDigit(b: number): boolean {
  return (b >= 48 && b <= 57) || (b >= 97 && b <= 102);
}
