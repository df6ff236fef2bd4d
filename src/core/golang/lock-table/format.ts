/** The shipped table of one module as it is stored: words, locks and shapes of functions once, then for each file which of its states holds in which version. */

/** Stored as JSON, compressed with brotli. Numbers in lists are indices into `words` unless said otherwise. */
export interface StoredTable {
  readonly format: 1;
  /** Module path; `std` for the standard library. */
  readonly module: string;
  /** Ascending. A replaced module stands as `v1.2.3 => path@version`: its paths print the version in front. */
  readonly versions: readonly string[];
  readonly words: readonly string[];
  /** `[name, kind, from, path, word of the arguments + 1, by]`; kind, from and the word are numbers. */
  readonly locks: readonly (readonly number[])[];
  /** Functions with lines counted from their own; see shapes.ts. */
  readonly shapes: readonly (readonly number[])[];
  /** `[folder, package name]`. */
  readonly packages: readonly (readonly [number, number])[];
  readonly files: readonly StoredFile[];
}

export interface StoredFile {
  /** Index into `packages`. */
  readonly in: number;
  /** Base name. */
  readonly name: number;
  /** `[name, shape, first line]` of each function, one after the other. */
  readonly states: readonly (readonly number[])[];
  /** For each version the state + 1; 0 where the file has no function with locks, or is not there. */
  readonly of: readonly number[];
}

/** The index: which modules there are, and with which versions each release of the program is built. */
export interface StoredIndex {
  readonly format: 1;
  readonly modules: readonly string[];
  /** Releases of go-ipfs and kubo, ascending, as `path@version`. */
  readonly releases: readonly string[];
  /** For each module and release the index of its version in the module's own table + 1; 0 for none. */
  readonly built: readonly (readonly number[])[];
  /** For each module the functions of others whose locks it holds: `PinLock`. */
  readonly helpers: readonly (readonly string[])[];
}

/** A second list, `channels`: functions that wait for a channel which is used as a lock, `path.(*T).M`. */
export type StoredNames = readonly string[];

export const kinds = ['mutex', 'rwmutex', 'once', 'semaphore'] as const;
export const origins = ['receiver', 'argument', 'package', 'local', 'elsewhere'] as const;
export const modes = ['read', 'write', 'either'] as const;
