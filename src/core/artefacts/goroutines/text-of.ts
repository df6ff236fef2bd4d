/** Arguments as printed, read from a dump's text for the few that are shown. */
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
}
