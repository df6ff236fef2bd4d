/** Typed arrays that grow: doubled when full, trimmed at the end. */

export class GrowUint32 {
  array: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.array = new Uint32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.reserve(1);
    // Zeros are there already: a column of nothing else never touches its memory.
    if (value !== 0) this.array[this.length] = value;
    this.length += 1;
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

/** Small numbers in 16 bits until one does not fit: half of the memory for nearly all profiles. */
export class GrowIds {
  array: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.array = new Uint16Array(capacity);
  }

  push(value: number): void {
    if (value > 0xffff && this.array instanceof Uint16Array) {
      const wider = new Uint32Array(this.array.length);
      wider.set(this.array.subarray(0, this.length));
      this.array = wider;
    }
    this.reserve(1);
    this.array[this.length++] = value;
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.length + more <= this.array.length) return;
    const capacity = Math.max(this.length + more, this.array.length * 2);
    const larger = this.array instanceof Uint16Array ? new Uint16Array(capacity) : new Uint32Array(capacity);
    larger.set(this.array.subarray(0, this.length));
    this.array = larger;
  }

  done(): Uint16Array | Uint32Array {
    return this.array.subarray(0, this.length);
  }
}
