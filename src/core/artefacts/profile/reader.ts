/** A strict cursor over protobuf bytes: every length, varint and wire type is checked before it is believed. */

/** What was wrong with the bytes, in half a sentence, and what to do unless it is to send them again. */
export class Malformed extends Error {
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/** What to do about too much. */
export const shorter = 'take a profile over a shorter time';

/** What to do about files that were put together. */
export const alone = 'send each alone';

/** Ids beyond 2^53 (some writers use hashes), each with a negative number that stands for it: -1, -2, … */
export class LargeIds {
  private readonly exact: bigint[] = [];
  private readonly numbers = new Map<bigint, number>();

  get count(): number {
    return this.exact.length;
  }

  standIn(id: bigint): number {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    this.exact.push(id);
    this.numbers.set(id, -this.exact.length);
    return -this.exact.length;
  }

  /** The id itself. */
  of(id: number): number | bigint {
    return id < 0 ? (this.exact[-id - 1] ?? 0n) : id;
  }
}

/** Fields up to this end are read; `pos` never passes `end`. */
export class Reader {
  pos = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Unsigned varint of at most ten bytes as a number; values with bit 63 set come as negative int64. Exact up to 2^53. */
  varint(end: number): number {
    const { bytes } = this;
    const first = bytes[this.pos] ?? 0;
    if (first < 128) {
      if (this.pos >= end) throw new Malformed('it ends in the middle of a number');
      this.pos += 1;
      return first;
    }
    let value = first & 127;
    let at = this.pos + 1;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) {
        if (at > end) throw new Malformed('it ends in the middle of a number');
        this.pos = at;
        return value;
      }
    }
    return this.long(value, at, end);
  }

  private long(low: number, from: number, end: number): number {
    let middle = 0;
    let high = 0;
    let at = from;
    for (let nth = 4; ; nth += 1) {
      if (at >= end || nth > 9) throw new Malformed(at >= end ? 'it ends in the middle of a number' : 'a number in it is longer than ten bytes');
      const byte = this.bytes[at++] ?? 0;
      if (nth < 8) middle += (byte & 127) * 2 ** ((nth - 4) * 7);
      else high += (byte & 127) * 2 ** ((nth - 8) * 7);
      if (byte < 128) break;
    }
    this.pos = at;
    if (high >= 256) throw new Malformed('a number in it does not fit into 64 bits');
    if (high < 128) return high * 2 ** 56 + middle * 2 ** 28 + low;
    return Number(BigInt.asIntN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low)));
  }

  /** A varint as an exact unsigned 64-bit value. */
  exact(end: number): bigint {
    const start = this.pos;
    const value = this.varint(end);
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let at = start, shift = 0n; at < this.pos; at += 1, shift += 7n) exact |= BigInt((this.bytes[at] ?? 0) & 127) << shift;
    return BigInt.asUintN(64, exact);
  }

  /** An id: itself while a number is exact, else the negative number that `ids` has for it. */
  id(end: number, ids: LargeIds): number {
    const start = this.pos;
    const value = this.varint(end);
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
    this.pos = start;
    return ids.standIn(this.exact(end));
  }

  /** Length of a message or string, checked against its parent. */
  length(end: number): number {
    const length = this.varint(end);
    if (length < 0 || this.pos + length > end) throw new Malformed('it is cut, or a length in it is wrong');
    return length;
  }

  /** A known field's wire type; a wrong one is an error. */
  want(tag: number, wire: number): void {
    if ((tag & 7) !== wire) throw new Malformed(`field ${tag >>> 3} has wire type ${tag & 7}`);
  }

  /** Passes over the value of an unknown field. */
  skip(tag: number, end: number): void {
    const wire = tag & 7;
    if (wire === 0) this.varint(end);
    else if (wire === 1) this.pos += 8;
    else if (wire === 2) {
      const length = this.length(end);
      this.pos += length;
    } else if (wire === 5) this.pos += 4;
    else throw new Malformed(`wire type ${wire} does not exist in a profile`);
    if (this.pos > end) throw new Malformed('it is cut');
  }
}
