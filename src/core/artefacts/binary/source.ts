/** Where the bytes of a binary come from: ranges on demand, and a budget that no hostile file can exceed. */

/** Random access to a file or to bytes in memory. */
export interface ByteSource {
  readonly size: number;
  /** Up to `length` bytes at `offset`; fewer at the end, none outside. Must not be written to. */
  read(offset: number, length: number): Buffer;
}

/** Bytes that are in memory already; nothing is copied. */
export function memorySource(bytes: Uint8Array): ByteSource {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: all.length,
    read: (offset, length) => (offset >= 0 && length > 0 && offset < all.length ? all.subarray(offset, offset + length) : nothing),
  };
}

/** A part of another source: the slice of a fat Mach-O file. */
export function sliceSource(source: ByteSource, base: number, size: number): ByteSource {
  const clipped = Math.max(0, Math.min(size, source.size - base));
  return {
    size: clipped,
    read: (offset, length) => (offset >= 0 && offset < clipped ? source.read(base + offset, Math.min(length, clipped - offset)) : nothing),
  };
}

/** No bytes. */
export const nothing: Buffer = Buffer.alloc(0);

/** The work allowed was used up: the file is hostile or damaged beyond use. Caught where a question about a binary is answered. */
export class Spent extends Error {}

/** Work allowed for one question: a step is a table entry looked at, or 64 bytes scanned. */
export interface Budget {
  left: number;
}

/** Takes steps from a budget; throws `Spent` when there are none left. */
export function spend(budget: Budget, steps: number): void {
  budget.left -= steps;
  if (budget.left < 0) throw new Spent('more work than a real binary needs');
}
