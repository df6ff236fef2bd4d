/** The string table of a profile: bytes kept, strings made on demand. */
import type { StringTable } from './columns.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Strings that lie in the profile's own bytes. */
export class LazyStrings implements StringTable {
  readonly count: number;
  private readonly bytes: Uint8Array;
  private readonly offsets: Uint32Array;
  private readonly lengths: Uint32Array;
  private readonly made: (string | undefined)[];

  constructor(bytes: Uint8Array, offsets: Uint32Array, lengths: Uint32Array) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.lengths = lengths;
    this.count = offsets.length;
    this.made = Array.from({ length: offsets.length });
  }

  at(index: number): string {
    const known = this.made[index];
    if (known !== undefined) return known;
    const from = this.offsets[index];
    if (from === undefined) return '';
    const text = decoder.decode(this.bytes.subarray(from, from + (this.lengths[index] ?? 0)));
    this.made[index] = text;
    return text;
  }
}

/** Strings that were made by a parser or a merge; number 0 is always ''. */
export class OwnStrings implements StringTable {
  private readonly list: string[] = [''];
  private readonly numbers = new Map<string, number>([['', 0]]);

  get count(): number {
    return this.list.length;
  }

  at(index: number): string {
    return this.list[index] ?? '';
  }

  /** Number of a string, new or known. */
  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.list.push(text);
    this.numbers.set(text, this.list.length - 1);
    return this.list.length - 1;
  }
}
