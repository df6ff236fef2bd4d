/** Argument words of goroutines, read straight from the bytes of a dump into columns. */
import type { Scanned } from '../scanned.ts';
import type { Shape } from './shapes.ts';

/** Values up to this are no pointers. */
export const leastPointer = 4096;

/** Marks of a word. */
export const inexactBit = 1;
/** Printed as `_`. */
export const unknownBit = 2;
const depthShift = 2;
const maxDepth = 31;

const [newline, tab, open, close, brace, unbrace, underscore, question, zero, nine, x, a, f] = [10, 9, 40, 41, 123, 125, 95, 63, 48, 57, 120, 97, 102];

export class Arguments {
  /** Word values; bits beyond 53 are lost, which no address has. */
  values = new Float64Array(1 << 14);
  marks = new Uint8Array(1 << 14);
  /** For each goroutine that was read one entry a frame and one behind the last: where the frame's words begin. */
  frames = new Int32Array(1 << 12);
  /** Some word stands in braces: Go 1.17 and newer. */
  braces = false;
  /** Some value is marked `?`: Go 1.18 and newer. */
  questions = false;
  private words = 0;
  private starts = 0;
  private readonly scanned: Scanned;

  constructor(scanned: Scanned) {
    this.scanned = scanned;
  }

  /** Reads all frames of a goroutine; the answer is the place of its first entry in `frames`. */
  read(index: number, { places }: Shape): number {
    const { bytes, starts, count } = this.scanned;
    const end = index + 1 < count ? (starts[index + 1] ?? bytes.length) : bytes.length;
    const first = this.starts;
    if (this.starts + places.length + 1 > this.frames.length) this.frames = grown(this.frames, this.starts + places.length + 1);
    let at = after(bytes, starts[index] ?? 0, end);
    let frame = 0;
    while (at < end && frame < places.length) {
      // An empty line ends the goroutine.
      if (bytes[at] === newline) break;
      const place = places[frame];
      const stop = at + (place?.length ?? 0);
      const next = bytes[stop];
      // Lines that are no frames (elided ones, what a terminal mixed in) are passed over.
      if (place === undefined || bytes[at] !== place.first || stop > end || !(next === open || next === newline || next === 32)) {
        at = after(bytes, at, end);
        continue;
      }
      this.frames[this.starts++] = this.words;
      frame++;
      at = next === open ? this.list(stop + 1, end) : after(bytes, stop, end);
      if (bytes[at] === tab) at = after(bytes, at, end);
    }
    for (; frame <= places.length; frame++) this.frames[this.starts++] = this.words;
    return first;
  }

  /** Forgets what was read since `first`. */
  drop(first: number): void {
    this.words = this.frames[first] ?? this.words;
    this.starts = first;
  }

  /** `0xc000100000, {0x1f3a50?, 0x2}, _)` up to the end of its line; the answer is where the next line begins. */
  private list(from: number, end: number): number {
    const { bytes } = this.scanned;
    let depth = 0;
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === newline) break;
      if (byte === brace) {
        depth++;
        this.braces = true;
      } else if (byte === unbrace) depth--;
      else if (byte === underscore) this.add(0, inexactBit | unknownBit, depth);
      else if (byte === zero && bytes[at + 1] === x) {
        let value = 0;
        at += 2;
        for (; at < end; at++) {
          const digit = bytes[at]!;
          if (digit >= zero && digit <= nine) value = value * 16 + digit - zero;
          else if (digit >= a && digit <= f) value = value * 16 + digit - a + 10;
          else break;
        }
        const inexact = bytes[at] === question;
        if (inexact) this.questions = true;
        else at--;
        this.add(value, inexact ? inexactBit : 0, depth);
      } else if (byte === close && bytes[at + 1] === newline) {
        at++;
        break;
      }
    }
    return at + 1;
  }

  private add(value: number, bits: number, depth: number): void {
    if (this.words === this.values.length) {
      this.values = grown(this.values, this.words + 1);
      this.marks = grown(this.marks, this.words + 1);
    }
    this.values[this.words] = value;
    this.marks[this.words++] = bits | (Math.min(Math.max(depth, 0), maxDepth) << depthShift);
  }
}

/** Depth of braces of a word. */
export function depthOf(mark: number): number {
  return mark >> depthShift;
}

/** The beginning of the next line. */
function after(bytes: Uint8Array, at: number, end: number): number {
  const found = bytes.indexOf(newline, at);
  return found < 0 || found >= end ? end : found + 1;
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(old: T, needed: number): T {
  // The constructor of T makes a T; TypeScript types it as a plain Function.
  const made = new (old.constructor as new (length: number) => T)(Math.max(needed, old.length * 2));
  made.set(old);
  return made;
}
