/** Bytes compared and searched several at a time: line ends, equality, and strings kept once as ranges of the text. */
import { Buffer } from 'node:buffer';

/** The text with a view for reading words; 32-bit reads are little-endian whatever the machine. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The same bytes, for strings: the quickest way to many short ones. */
  readonly source: Buffer;
  readonly end: number;
}

export function textOf(bytes: Uint8Array): Text {
  const { buffer, byteOffset, length } = bytes;
  return { bytes, view: new DataView(buffer, byteOffset, length), source: Buffer.from(buffer, byteOffset, length), end: length };
}

/** Offset of the next line feed at or after `from`, or the end of the text. */
export function lineEnd(view: DataView, bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  for (const last = end - 7; i < last; i += 8) {
    const a = view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    // Letters, digits and signs have bit 5 or 6; a line feed has neither.
    if (((a | (a << 1)) & (b | (b << 1)) & 0x40404040) === 0x40404040) continue;
    const found = lineFeedIn(a);
    if (found < 4) return i + found;
    const next = lineFeedIn(b);
    if (next < 4) return i + 4 + next;
  }
  while (i < end && bytes[i] !== 10) i++;
  return i;
}

/** Which byte of the word is the first line feed; 4 when none is. */
function lineFeedIn(word: number): number {
  // A zero byte of x marks it; the usual carry trick finds the lowest one.
  const x = word ^ 0x0a0a0a0a;
  const y = (x - 0x01010101) & ~x & 0x80808080;
  return y === 0 ? 4 : (31 - Math.clz32(y & -y)) >> 3;
}

/** True when `length` bytes at `a` and `b` are equal. Both ranges lie within the text. */
export function sameBytes(view: DataView, bytes: Uint8Array, a: number, b: number, length: number): boolean {
  let i = 0;
  for (const last = length - 3; i < last; i += 4) if (view.getInt32(a + i, true) !== view.getInt32(b + i, true)) return false;
  for (; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

const prime = 0x01000193;

/** Final mix of a hash, so that its low bits may index a table. */
export function mixed(hash: number): number {
  let h = hash ^ (hash >>> 13);
  h = Math.imul(h, 0x5bd1e995);
  return h ^ (h >>> 15);
}

/** Distinct byte ranges of one text, numbered from 0 in order of appearance. Grows by itself; look-ups never compare more than equal hashes. */
export class Ranges {
  private readonly text: Text;
  private table: Int32Array;
  private hashes = new Int32Array(1024);
  private starts = new Float64Array(1024);
  private lengths = new Int32Array(1024);
  /** How many there are. */
  count = 0;

  constructor(text: Text) {
    this.text = text;
    this.table = new Int32Array(4096).fill(-1);
  }

  /** Number of the range `[from, to)`. */
  of(from: number, to: number): number {
    const { bytes, view } = this.text;
    const length = to - from;
    let hash = length;
    let i = from;
    for (const last = to - 3; i < last; i += 4) {
      hash = Math.imul(hash ^ view.getInt32(i, true), prime);
      hash ^= hash >>> 15;
    }
    for (; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, prime);
    hash = mixed(hash);
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (let id = this.table[slot]!; id >= 0; id = this.table[slot]!) {
      if (this.hashes[id] === hash && this.lengths[id] === length && sameBytes(view, bytes, this.starts[id]!, from, length)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    if (id === this.hashes.length) this.grow();
    this.hashes[id] = hash;
    this.starts[id] = from;
    this.lengths[id] = length;
    this.table[slot] = id;
    if (this.count * 2 > this.table.length) this.rehash();
    return id;
  }

  start(id: number): number {
    return this.starts[id]!;
  }

  length(id: number): number {
    return this.lengths[id]!;
  }

  /** The range as a string; Go sources and dumps are UTF-8. */
  string(id: number): string {
    return this.text.source.toString('utf8', this.starts[id], this.starts[id]! + this.lengths[id]!);
  }

  private grow(): void {
    const size = this.hashes.length * 2;
    this.hashes = larger(this.hashes, new Int32Array(size));
    this.lengths = larger(this.lengths, new Int32Array(size));
    this.starts = larger(this.starts, new Float64Array(size));
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.hashes[id]! & mask;
      while (table[slot]! >= 0) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.table = table;
  }
}

/** `old` copied into the larger `fresh`. */
export function larger<A extends Int32Array | Float64Array | Uint16Array | Uint8Array>(old: A, fresh: A): A {
  fresh.set(old);
  return fresh;
}
