/** Protobuf by hand: every valid form that a writer may choose, also those that libraries never write. */

/** Varint of a number or of an exact 64-bit value, negative ones in two's complement. */
export function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

/** Field with a number; a zero is left out, as writers do. */
export function num(field: number, value: number | bigint): number[] {
  return BigInt(value) === 0n ? [] : [...varint(field << 3), ...varint(value)];
}

/** Field with bytes: a string or a message. */
export function bytes(field: number, value: Iterable<number>): number[] {
  const inner = [...value];
  return [...varint((field << 3) | 2), ...varint(inner.length), ...inner];
}

/** Field with many numbers, in one piece or one by one. */
export function nums(field: number, values: readonly (number | bigint)[], packed: boolean): number[] {
  if (packed) return values.length === 0 ? [] : bytes(field, values.flatMap(varint));
  return values.flatMap((value) => [...varint(field << 3), ...varint(value)]);
}

/** Field with text. */
export function text(field: number, value: string): number[] {
  return bytes(field, new TextEncoder().encode(value));
}
