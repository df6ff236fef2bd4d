/** A goroutine dump as data: stacks once, goroutines in columns' order, groups, locks with who holds them, cycles. */
import type { Certainty } from './report.ts';

/** One frame. `func` is the complete name as printed, without arguments. */
export interface Frame {
  readonly func: string;
  /** As printed; '' when the dump gives none (debug=1 without symbol, cgo). */
  readonly file: string;
  /** 0 when unknown. */
  readonly line: number;
  /** Printed without `+0x…`: an inlined call. */
  readonly inlined?: boolean;
}

/** Who started a goroutine (`created by … in goroutine N`, N since Go 1.21). */
export interface Creator extends Frame {
  readonly goroutine?: number;
}

/** A distinct stack of the dump, innermost frame first. */
export interface Stack {
  readonly frames: readonly Frame[];
  readonly createdBy?: Creator;
  /** Index in `frames` of the first frame after which N frames were elided by the runtime. */
  readonly elidedAfter?: number;
}

/** What a wait reason amounts to. */
export type WaitClass = 'lock' | 'semaphore' | 'channel' | 'select' | 'io' | 'sleep' | 'syscall' | 'cond' | 'running' | 'runnable' | 'runtime' | 'other';

/** One goroutine. */
export interface Goroutine {
  readonly id: number;
  /** Wait reason as printed, without suffixes and minutes: `sync.Mutex.Lock`, `select`, `IO wait`. */
  readonly state: string;
  /** As printed; undefined when the dump prints none. Too large by up to one GC period, see docs/findings. */
  readonly minutes?: number;
  /** Index into `GoroutineDump.stacks`. */
  readonly stack: number;
  /** Goroutine that created it, when printed. */
  readonly creator?: number;
  readonly locked?: boolean;
  readonly leaked?: boolean;
}

/** Goroutines in file order, each made when it is asked for: a large dump is looked at in groups. */
export interface Goroutines extends Iterable<Goroutine> {
  readonly length: number;
  at(index: number): Goroutine | undefined;
  /** The first with this id. */
  byId(id: number): Goroutine | undefined;
  find(wanted: (one: Goroutine) => boolean): Goroutine | undefined;
  some(wanted: (one: Goroutine) => boolean): boolean;
  filter(wanted: (one: Goroutine) => boolean): readonly Goroutine[];
}

/** Goroutines with the same state class and the same functions, whatever their arguments, ids, minutes and pc offsets. */
export interface Group {
  /** `g1:` and 16 hex digits of the functions of our own code (module versions and gx hashes removed). */
  readonly fingerprint: string;
  readonly state: string;
  readonly class: WaitClass;
  readonly count: number;
  /** Least and most minutes; undefined when the dump says none for any member. */
  readonly minutes?: readonly [number, number];
  /** A lock or channel wait of 3 minutes or more that is no known resting place. */
  readonly hung: boolean;
  /** A known resting place, however long; `rest` names it. */
  readonly idle: boolean;
  readonly rest?: string;
  /** Index into `stacks` of a member, shown for all. */
  readonly stack: number;
  /** Ids, ascending; all of them (the report caps at 1000). */
  readonly goroutines: readonly number[];
}

export type LockKind = 'mutex' | 'rwmutex' | 'once' | 'semaphore' | 'channel' | 'waitgroup' | 'cond' | 'unknown';

/** How sure it is that a goroutine holds a lock. */
export type Hold = 'holds' | 'very likely' | 'may hold';

export interface Holder {
  readonly goroutine: number;
  readonly certainty: Hold;
  /** Half sentences, strongest first: `it is inside Directory.Child, which keeps the lock during the call`. */
  readonly why: readonly string[];
  /** Frame (index in its stack) that took the lock, if known. */
  readonly frame?: number;
  /** Holds it for reading only. */
  readonly reads?: boolean;
}

/** One lock, channel, WaitGroup or pool that goroutines of the dump wait for. */
export interface Lock {
  readonly kind: LockKind;
  /** `mfs.Directory.lock`, when source or binary tell. */
  readonly name?: string;
  /** Address of the lock as printed, when exact. Never shown as a fact about the program, only used to tell locks apart. */
  readonly address?: string;
  /** Ids, ascending. */
  readonly waiters: readonly number[];
  /** Of the waiters, those that want it for writing (RWMutex only). */
  readonly writers?: readonly number[];
  /** Best first, at most 3. */
  readonly holders: readonly Holder[];
  /** The function in which the waiters asked for it (first frame that is not runtime or sync). */
  readonly wantedIn: string;
  /** Why nobody is named, when nobody is. */
  readonly nobody?: string;
  /** What would make it certain, if it is not. */
  readonly settles?: string;
}

/** What stands before the first goroutine of a crash, as facts. */
export interface Preamble {
  /** `SIGQUIT`, `SIGABRT`, `panic`, `fatal error`, `signal`, `data race`. */
  readonly what: string;
  /** One line, secrets not yet removed. */
  readonly text: string;
}

/** A goroutine dump. */
export interface GoroutineDump {
  readonly kind: 'goroutine dump';
  readonly file: string;
  readonly dialect: 'debug=2' | 'debug=1' | 'protobuf' | 'crash';
  /** As many as the file has, read or not. */
  readonly count: number;
  /** Goroutines whose frames could not be read. */
  readonly unread: number;
  readonly truncated: boolean;
  /** What was mended or lost while reading, in sentences: prefixes, wraps, a cut tail. */
  readonly notes: readonly string[];
  readonly preamble?: Preamble;
  readonly stacks: readonly Stack[];
  /** In file order. Empty for debug=1 and protobuf, which have no ids: only `groups` there. */
  readonly goroutines: Goroutines;
  /** Largest first. */
  readonly groups: readonly Group[];
  readonly locks: readonly Lock[];
  /** Goroutine ids in waiting order. */
  readonly cycles: readonly (readonly number[])[];
  readonly cycleCertainty?: Certainty;
  /** `go1.24` as told by paths or by the line numbers of the blocking calls. */
  readonly go?: string;
  /** `lockSlow` and receiver arguments that the binary can turn into field names: goroutine id → frame index → argument text. */
  readonly args?: Readonly<Record<number, Readonly<Record<number, string>>>>;
  /** Source files (as printed in frames) that would decide a lock which is not certain yet. */
  readonly sourcesWanted?: readonly string[];
}
