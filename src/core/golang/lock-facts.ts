/** What the source of a function says about locks: the one form of the shipped table, of a folder and of what is read from GitHub. */

export type LockMode = 'read' | 'write';

/** A lock as its function sees it. */
export interface LockPlace {
  /** `Directory.lock` (type and field), `mu` (variable of the package), `F.mu` (variable of a function), without the package; '' when the type is not known. */
  readonly name: string;
  readonly kind: 'mutex' | 'rwmutex' | 'once' | 'semaphore';
  /** Where the function has the object from. `elsewhere`: not to be read from its arguments. */
  readonly from: 'receiver' | 'argument' | 'package' | 'local' | 'elsewhere';
  /** Fields from there to the lock: `lock`, `parent.lock`. */
  readonly path: string;
  /** Which word of the printed arguments is the object, when `from` is `argument` and it can be told. */
  readonly word?: number;
  /** Taken by a function of another package that returns while it holds: its name (`PinLock`). The name of the lock is '' then. */
  readonly by?: string;
}

/** A line on which a function waits for a lock. */
export interface LockSite {
  readonly line: number;
  readonly lock: LockPlace;
  readonly mode: LockMode;
  /** The wait is in a function called there, which returns with the lock. */
  readonly through?: boolean;
}

/** Lines on which a lock is held, or was let go by a function whose caller holds it. */
export interface LockRange {
  readonly is: 'held' | 'let go';
  readonly from: number;
  readonly to: number;
  readonly lock: LockPlace;
  /** Both when paths differ. */
  readonly mode: LockMode | 'either';
  /** On every path to every call on these lines; false: on some. */
  readonly sure: boolean;
  /** Functions called on these lines at a moment when it is not (`Lock` itself, a deferred call after the Unlock); `()` is a literal. */
  readonly unless?: readonly string[];
}

/** A function that returns while it holds a lock: `PinLock`, `lock`. */
export interface LockKept {
  readonly lock: LockPlace;
  readonly mode: LockMode;
  /** Always, or always when its result says so; false: on some ways out. */
  readonly sure: boolean;
}

/** One function or function literal that has to do with locks. Lines are those of the file. */
export interface FunctionLocks {
  /** As printed, without import path and type arguments: `(*Directory).Child`; the enclosing function's for literals. */
  readonly name: string;
  readonly literal: boolean;
  readonly line: number;
  readonly end: number;
  readonly sites: readonly LockSite[];
  readonly ranges: readonly LockRange[];
  readonly keeps: readonly LockKept[];
}

/** One file of a package. */
export interface FileLocks {
  /** Base name. */
  readonly file: string;
  readonly functions: readonly FunctionLocks[];
  /** Functions that could not be read: nothing is said about them. */
  readonly unread: readonly { readonly line: number; readonly end: number }[];
}

/** One package. */
export interface PackageLocks {
  /** As its package clause says. */
  readonly name: string;
  readonly files: readonly FileLocks[];
  /** Calls that take a lock: how many there are, and those of which the lock could not be told (`file:line expression`). */
  readonly calls: number;
  readonly unresolved: readonly string[];
}
