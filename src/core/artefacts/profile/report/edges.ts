/** Calls between nodes while samples are summed: an open-addressing table, because maps are too slow for millions. */

const memoMask = 4095;

/** Weights by (source, destination), each counted once a sample. */
export class EdgeTable {
  count = 0;
  source: Int32Array<ArrayBuffer> = new Int32Array(1024);
  destination: Int32Array<ArrayBuffer> = new Int32Array(1024);
  weight: Float64Array<ArrayBuffer> = new Float64Array(1024);
  divisor: Float64Array<ArrayBuffer> = new Float64Array(1024);
  /** Bit 1: residual; bit 2: some call was not inlined. */
  flags: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  private last: Int32Array<ArrayBuffer> = new Int32Array(1024);
  private readonly memo: Int32Array<ArrayBuffer> = new Int32Array(memoMask + 1);
  private slots: Int32Array<ArrayBuffer> = new Int32Array(4096).fill(-1);

  add(source: number, destination: number, sample: number, weight: number, divisor: number, residual: boolean, inline: boolean): void {
    // Calls repeat: the last caller of each destination is at hand.
    let edge = this.memo[destination & memoMask] as number;
    if (edge >= this.count || this.source[edge] !== source || this.destination[edge] !== destination) {
      edge = this.find(source, destination);
      this.memo[destination & memoMask] = edge;
    }
    if (this.last[edge] === sample) return;
    this.last[edge] = sample;
    this.weight[edge] = (this.weight[edge] ?? 0) + weight;
    this.divisor[edge] = (this.divisor[edge] ?? 0) + divisor;
    this.flags[edge] = (this.flags[edge] ?? 0) | (residual ? 1 : 0) | (inline ? 0 : 2);
  }

  private find(source: number, destination: number): number {
    const mask = this.slots.length - 1;
    let at = (Math.imul(source, 0x9e3779b1) ^ Math.imul(destination, 0x85ebca6b)) & mask;
    for (;;) {
      const edge = this.slots[at] ?? -1;
      if (edge < 0) break;
      if (this.source[edge] === source && this.destination[edge] === destination) return edge;
      at = (at + 1) & mask;
    }
    if (this.count === this.source.length) this.grow();
    const edge = this.count++;
    this.source[edge] = source;
    this.destination[edge] = destination;
    this.last[edge] = -1;
    if (this.count * 3 > this.slots.length) this.rehash();
    else this.slots[at] = edge;
    return edge;
  }

  private grow(): void {
    const size = this.source.length * 2;
    const int = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(size);
      to.set(from);
      return to;
    };
    const float = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(size);
      to.set(from);
      return to;
    };
    this.source = int(this.source);
    this.destination = int(this.destination);
    this.last = int(this.last);
    this.weight = float(this.weight);
    this.divisor = float(this.divisor);
    const flags = new Uint8Array(size);
    flags.set(this.flags);
    this.flags = flags;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = this.slots.length - 1;
    for (let edge = 0; edge < this.count; edge += 1) {
      let at = (Math.imul(this.source[edge] ?? 0, 0x9e3779b1) ^ Math.imul(this.destination[edge] ?? 0, 0x85ebca6b)) & mask;
      while ((this.slots[at] ?? -1) >= 0) at = (at + 1) & mask;
      this.slots[at] = edge;
    }
  }
}
