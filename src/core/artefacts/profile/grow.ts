/** Typed arrays that grow: doubled when full, trimmed at the end. */

export class GrowUint32 {
  array: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.array = new Uint32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.array.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = value;
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
    if (this.length === this.array.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = value;
  }

  done(): Float64Array {
    return this.array.subarray(0, this.length);
  }
}
