/** Typed arrays that grow: doubled when full, trimmed at the end. */

export class GrowUint32 {
  array: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.array = new Uint32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.reserve(1);
    this.array[this.length++] = value;
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.length + more <= this.array.length) return;
    const larger = new Uint32Array(Math.max(this.length + more, this.array.length * 2));
    larger.set(this.array.subarray(0, this.length));
    this.array = larger;
  }

  done(): Uint32Array {
    return this.array.subarray(0, this.length);
  }
}

export class GrowFloat64 {
  array: Float64Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.array = new Float64Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.reserve(1);
    this.array[this.length++] = value;
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.length + more <= this.array.length) return;
    const larger = new Float64Array(Math.max(this.length + more, this.array.length * 2));
    larger.set(this.array.subarray(0, this.length));
    this.array = larger;
  }

  done(): Float64Array {
    return this.array.subarray(0, this.length);
  }
}
