/** A goroutine dump after one pass over its bytes: stacks once, goroutines in columns, arguments read from the text only when asked for. */
import type { Lock, ParseHelp, Preamble, Stack } from '../../model.ts';

/** What the scanner leaves behind. Goroutines are addressed by their index in file order, 0 to `count` - 1. */
export interface Scanned {
  readonly file: string;
  readonly dialect: 'debug=2' | 'debug=1' | 'protobuf' | 'crash';
  /** The dump's text with prefixes, wraps and foreign encodings removed; offsets below point into it. */
  readonly bytes: Uint8Array;
  /** Distinct stacks. `Frame` objects are shared: the same function at the same line is the same object. */
  readonly stacks: readonly Stack[];
  /** Goroutines in the columns below: 0 for debug=1, which has counts only. */
  readonly count: number;
  /** Goroutine ids, as printed. */
  readonly ids: Float64Array;
  /** Wait reason as an index into `stateNames`. */
  readonly states: Uint16Array;
  /** Wait reasons without suffixes and minutes, as printed: `sync.Mutex.Lock`, `semacquire`. */
  readonly stateNames: readonly string[];
  /** Minutes as printed, -1 when the dump prints none. */
  readonly minutes: Int32Array;
  /** Index into `stacks`. */
  readonly stackOf: Int32Array;
  /** Id of the goroutine that created it, -1 when not printed. */
  readonly creators: Float64Array;
  /** Bits: `lockedBit`, `leakedBit`, `unreadBit`. */
  readonly flags: Uint8Array;
  /** Offset of the header of each goroutine, ascending; a block ends where the next begins or the text ends. */
  readonly starts: Float64Array;
  /** Goroutines by distinct stack and their number; only for debug=1, where `stacks[i]` stands for `counts[i]` goroutines. */
  readonly counts?: readonly number[];
  /** Labels of goroutines by index, as printed (debug=1: by stack index). */
  readonly labels: ReadonlyMap<number, string>;
  readonly unread: number;
  readonly truncated: boolean;
  readonly notes: readonly string[];
  readonly preamble?: Preamble;
  /** Argument text of a frame without its parentheses: `0xc000100000, 0x1?`, `...` for inlined calls; undefined when the frame printed none. */
  argsOf(goroutine: number, frame: number): string | undefined;
  /** Argument texts of all frames of a goroutine in one walk. */
  allArgsOf(goroutine: number): readonly (string | undefined)[];
}

export const lockedBit = 1;
export const leakedBit = 2;
/** Its frames could not be read. */
export const unreadBit = 4;

/** What `locks/index.ts` answers; goes into the dump as it is. */
export interface FoundLocks {
  readonly locks: readonly Lock[];
  readonly cycles: readonly (readonly number[])[];
  readonly cycleCertainty?: 'certain' | 'very likely' | 'likely' | 'hint';
  /** Goroutine id → frame index → argument text. */
  readonly args?: Readonly<Record<number, Readonly<Record<number, string>>>>;
  readonly sourcesWanted?: readonly string[];
}

/** The signature that `locks/index.ts` exports as `findLocks`. */
export type FindLocks = (scanned: Scanned, help: ParseHelp) => FoundLocks;
