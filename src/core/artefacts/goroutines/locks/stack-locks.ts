/** What the source says of whole stacks: the lock that one waits for, and the locks that it has, frame by frame from the outside in. */
import type { LockMode, LockPlace } from '../../../golang/lock-facts.ts';
import type { Interest, LocksAt, SourceLocks } from '../../../golang/lock-table/lookup.ts';
import { calledAs } from '../../../golang/line-locks.ts';
import { importPathOf } from '../../../golang/modules.ts';
import type { Frame } from '../../../model.ts';
import { isRuntime, isSync } from './shapes.ts';

/** A lock that a stack waits for, by the source. */
export interface Want {
  /** Import path, type and field: one for all objects of the type. */
  readonly id: string;
  /** `mfs.Directory.lock`. */
  readonly name: string;
  readonly lock: LockPlace;
  readonly mode: LockMode;
  /** Import path of its package. */
  readonly path: string;
  /** Index of the frame that asks. */
  readonly frame: number;
  /** The same lock as the functions see it that called the one which asks: `api.gc.lk` beside `gc.lk`. */
  readonly seen: readonly { readonly lock: LockPlace; readonly frame: number }[];
  /** Functions that return with it, and how they have it then: `PinLock` for reading. */
  readonly keepers: ReadonlyMap<string, LockMode>;
  /** Some function may return with it, or does: whoever has it need not stand in any function that took it. */
  readonly outlives: boolean;
  readonly sure: boolean;
}

/** A lock that a stack has. */
export interface StackHold {
  /** As of `Want`; '' when only the function that took it is known. */
  readonly id: string;
  readonly by: string | undefined;
  readonly lock: LockPlace;
  readonly mode: LockMode | 'either';
  readonly frame: number;
  /** On every path to where the stack is. */
  readonly must: boolean;
  readonly sure: boolean;
}

/** The first frame that is neither runtime nor sync. */
export function callerIn(frames: readonly Frame[]): number {
  const at = frames.findIndex(({ func }) => !isSync(func) && !isRuntime(func));
  return at < 0 ? frames.length : at;
}

/** Whether a stack waits in sync for a lock (not for a Cond, WaitGroup or Pool). */
export function asksForLock(frames: readonly Frame[]): boolean {
  const caller = callerIn(frames);
  return (
    frames
      .slice(0, caller)
      .some(({ func }) => /sync\.\(\*(?:RW)?Mutex\)\.R?Lock(?:Slow)?$|sync\.\(\*Mutex\)\.lockSlow$|sync\.\(\*Once\)\.(?:Do|doSlow)$/.test(func)) &&
    !frames.slice(0, caller).some(({ func }) => /\(\*(?:Cond|WaitGroup|Pool)\)/.test(func))
  );
}

/** The lock that a stack asks for; undefined where the source does not tell exactly one. */
export function wantOf(frames: readonly Frame[], locksAt: LocksAt): Want | undefined {
  const caller = callerIn(frames);
  const frame = frames[caller];
  const here = frame === undefined ? undefined : locksAt(frame);
  if (frame === undefined || here === undefined) return undefined;
  const called = calledAs(frames[caller - 1]?.func);
  const sites = here.sites.filter(({ through, lock, mode }) => through !== true && (lock.kind === 'semaphore' ? called === '' : suits(called, lock, mode)));
  const [site] = sites;
  if (site === undefined || new Set(sites.map(({ lock }) => `${lock.name} ${lock.path}`)).size !== 1) return undefined;
  const made = (lock: LockPlace, of: SourceLocks, at: number): Want => ({
    id: idOf(lock, of),
    name: `${of.package}.${lock.name}`,
    lock,
    mode: site.mode,
    path: of.path,
    frame: at,
    seen: [{ lock, frame: at }, ...seenAbove(frames, at, idOf(lock, of), locksAt)],
    keepers: new Map(of.keepers.filter((kept) => kept.sure && kept.lock.name === lock.name).map(({ name, mode }) => [name, mode])),
    outlives: of.keepers.some((kept) => !kept.sure && kept.lock.name === lock.name),
    sure: of.sure,
  });
  if (site.lock.name !== '') return made(site.lock, here, caller);
  // The lock was handed in: its owner is told by the caller.
  const outer = frames[caller + 1];
  const above = outer === undefined ? undefined : locksAt(outer);
  const through = above?.sites.filter((one) => one.through === true && one.lock.name !== '') ?? [];
  return above !== undefined && through.length === 1 && through[0] !== undefined ? made(through[0].lock, above, caller + 1) : undefined;
}

/** Callers that know of the lock because it is theirs when the call returns. */
function seenAbove(frames: readonly Frame[], at: number, id: string, locksAt: LocksAt): Want['seen'] {
  const seen: { lock: LockPlace; frame: number }[] = [];
  for (let above = at + 1; above < Math.min(frames.length, at + 4); above += 1) {
    const frame = frames[above];
    const here = frame === undefined ? undefined : locksAt(frame);
    const through = here?.sites.filter((site) => site.through === true && idOf(site.lock, here) === id) ?? [];
    const [only] = through;
    if (through.length !== 1 || only === undefined) break;
    seen.push({ lock: only.lock, frame: above });
  }
  return seen;
}

function suits(called: string, lock: LockPlace, mode: LockMode): boolean {
  if (called === 'Do') return lock.kind === 'once';
  if (called === 'RLock') return lock.kind === 'rwmutex' && mode === 'read';
  return called === 'Lock' && lock.kind !== 'once' && (mode === 'write' || lock.kind === 'mutex');
}

function idOf(lock: LockPlace, { path }: SourceLocks): string {
  return lock.name === '' ? '' : `${path}.${lock.name}`;
}

/** What a stack has, and whether the source of every frame that could have it was at hand. */
export interface Holding {
  readonly holds: readonly StackHold[];
  /** Packages (import paths) with a frame of which nothing is known. */
  readonly unknown: ReadonlySet<string>;
}

/** Folds a stack from its outermost frame: what each function has taken, less what a deeper one lets go. */
export function holdingOf(frames: readonly Frame[], locksAt: LocksAt, only: Interest): Holding {
  let holds: StackHold[] = [];
  const unknown = new Set<string>();
  for (let at = frames.length - 1; at >= 0; at -= 1) {
    const frame = frames[at];
    if (frame === undefined || isSync(frame.func) || isRuntime(frame.func)) continue;
    const here = locksAt(frame, only);
    if (here === undefined) {
      unknown.add(importPathOf(frame.func));
      continue;
    }
    const called = calledAs(frames[at - 1]?.func);
    for (const range of here.ranges) {
      if (range.unless?.includes(called) === true) continue;
      const id = idOf(range.lock, here);
      const { lock, mode, sure } = range;
      if (range.is === 'let go') holds = letGo(holds, id, lock, sure);
      else if (lock.kind !== 'once' || runsInside(frames, at)) holds.push({ id, by: lock.by, lock, mode, frame: at, must: sure, sure: here.sure });
    }
  }
  return { holds, unknown };
}

function letGo(holds: readonly StackHold[], id: string, lock: LockPlace, sure: boolean): StackHold[] {
  return holds.flatMap((hold) => {
    if (hold.id !== id || hold.by !== lock.by) return [hold];
    return sure ? [] : [{ ...hold, must: false }];
  });
}

/** The function of a Once runs below its `Do`; whoever waits for it has nothing there but sync. */
function runsInside(frames: readonly Frame[], at: number): boolean {
  return frames.slice(0, at).some(({ func }) => !isSync(func) && !isRuntime(func));
}
