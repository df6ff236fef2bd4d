/** Tells in a few instructions that a word is none of the pointers that are looked for, as most words are. */
export class Sieve {
  private readonly bits: Uint8Array;
  private readonly mask: number;

  constructor(values: Iterable<number>, count: number) {
    let size = 1 << 12;
    while (size < count * 16) size *= 2;
    this.bits = new Uint8Array(size);
    this.mask = size - 1;
    for (const value of values) this.bits[this.bit(value)] = 1;
  }

  /** False for certain; true for those that were given and for one in sixteen others. */
  mayHave(value: number): boolean {
    return this.bits[this.bit(value)] === 1;
  }

  /** Objects are aligned to 8 bytes; higher bits are the same in a whole heap. */
  private bit(value: number): number {
    return ((value / 8) | 0) & this.mask;
  }
}
