/** What a single line of a dump is: a place in a file, a register, a reason for the dump, or the end of a block. */

/** A file line: where `file:line` ends, and where its `+0x…` ends (the same offset for inlined calls). */
export interface Place {
  readonly end: number;
  readonly offsetEnd: number;
  /** `fp=` follows: a signal or runtime crash. */
  readonly frame: boolean;
  /** `pc=` follows: a C function with a symbolizer. */
  readonly pc: boolean;
}

const longest = 8_192;

/** The place that the line `[from, to)` (without its tab) is, or undefined. */
export function readPlace(bytes: Uint8Array, from: number, to: number): Place | undefined {
  let end = bytes[to - 1] === 13 ? to - 1 : to;
  if (end - from > longest || end <= from) return undefined;
  let offsetEnd = end;
  let frame = false;
  let pc = false;
  // Backwards over ` +0x…`, and over ` fp=… sp=… pc=…` behind it.
  for (let i = end - 1, low = Math.max(from, end - 120); i > low; i--) {
    if (bytes[i] !== 32) continue;
    const b = bytes[i + 1];
    if (b === 43 && bytes[i + 2] === 48 && bytes[i + 3] === 120) {
      let j = i + 4;
      while (j < end && isHex(bytes[j]!)) j++;
      if (j === i + 4 || (j < end && bytes[j] !== 32)) return undefined;
      offsetEnd = j;
      end = i;
      break;
    }
    if (b === 102 && bytes[i + 2] === 112 && bytes[i + 3] === 61) frame = true;
    if (b === 112 && bytes[i + 2] === 99 && bytes[i + 3] === 61) pc = true;
    if ((b === 102 || b === 115 || b === 112) && bytes[i + 3] === 61) {
      end = i;
      offsetEnd = i;
    }
  }
  let i = end - 1;
  while (i >= from && isDigit(bytes[i])) i--;
  if (i === end - 1 || i <= from || bytes[i] !== 58) return undefined;
  return { end, offsetEnd, frame, pc };
}

function isHex(b: number): boolean {
  return (b >= 48 && b <= 57) || (b >= 97 && b <= 102);
}

/** `file` and `line` of a place as printed: the last colon divides, so that `C:/x.go:12` is right. */
export function splitPlace(place: string): { readonly file: string; readonly line: number } {
  const colon = place.lastIndexOf(':');
  return { file: place.slice(0, colon), line: Number(place.slice(colon + 1)) };
}

/** A register line of a signal's end, any architecture: `rax    0x0`, `r0 0x0	r1 0x1`. */
export function isRegister(line: string): boolean {
  return /^[a-z]\w{0,7}:?[ \t]+0x[0-9a-f]+(?:[ \t]|$)/.test(line);
}

/** A line that stands between blocks and belongs to none. */
export function isBreak(line: string): boolean {
  return /^(?:-----|```|~~~|runtime stack:|exit status \d|\[signal |={5}|<\/)/.test(line);
}

/** A line that says why the program dumped (runtime/panic.go, signal_unix.go, race detector). */
export function isPreamble(line: string): boolean {
  return /^(?:\^\\)?(?:panic: |fatal error: |SIG[A-Z0-9]{2,8}: |unexpected fault address |runtime: out of memory|runtime: goroutine stack exceeds|WARNING: DATA RACE)/.test(
    line,
  );
}

/** The kind of a preamble line, for `Preamble.what`. */
export function preambleKind(line: string): string {
  const plain = line.replace(/^\^\\/, '');
  const signal = /^(SIG[A-Z0-9]+): /.exec(plain)?.[1];
  if (signal !== undefined) return signal;
  if (plain.startsWith('panic: ')) return 'panic';
  if (plain.startsWith('WARNING: DATA RACE')) return 'data race';
  if (plain.startsWith('unexpected fault')) return 'signal';
  return 'fatal error';
}

/** The first line of a debug=1 dump. */
export function isProfile(line: string): boolean {
  return /^goroutine(?:leak)? profile: total \d+/.test(line);
}

/** True for an ASCII digit; false beyond the end of the text, where a byte is undefined. */
export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** Where the argument list of a call begins: the last balanced parenthesis of the line; -1 when it has none. */
export function callStart(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[to - 1] !== 41) return -1;
  let depth = 0;
  for (let i = to - 1; i > at; i--) {
    const b = bytes[i];
    if (b === 41) depth++;
    else if (b === 40 && --depth === 0) return i;
  }
  return -1;
}

/** True when `goroutine ` and a digit stand at `at`. */
export function isHeaderStart(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 111 && bytes[at + 2] === 114 && bytes[at + 8] === 101 && bytes[at + 9] === 32 && isDigit(bytes[at + 10]);
}

/** True when something like a header stands inside the line `[at, to)`. */
export function hasHeader(bytes: Uint8Array, at: number, to: number): boolean {
  for (let i = at; i < to - 12; i++) {
    if (bytes[i] !== 103 || !isHeaderStart(bytes, i)) continue;
    let j = i + 10;
    while (isDigit(bytes[j])) j++;
    if (bytes[j] === 32 && (bytes[j + 1] === 91 || (bytes[j + 1] === 103 && bytes[j + 2] === 112 && bytes[j + 3] === 61))) return true;
  }
  return false;
}
