/** Where goroutines touch the objects of locks: frames by the pointers that they carry, in one pass over the dump. */
import { knownLocks, type KnownLock } from '../../../golang/known-locks.ts';
import type { Frame } from '../../../model.ts';
import { isUntold, liftedFrame, type Found } from './identify.ts';
import { isRuntime, isSync, leastPointer, receiverOf, subjectOf, type View, type ViewFrame } from './view.ts';

/** One frame of one goroutine. */
export interface Touch {
  readonly view: View;
  readonly at: number;
  /** The frame asks for a lock, this one or another. */
  readonly asks: boolean;
}

export interface Touches {
  /** Frames that carry this pointer. */
  of(value: number): readonly Touch[];
  /** Those of them at whose place, with this pointer as the same word, no other goroutine stands. */
  alone(value: number): readonly Touch[];
  /** Frames of this type whose object cannot be read; none where they are so many that one of them says nothing. */
  unread(type: string): readonly Touch[];
  /** Frames of this function and of the function literals in it. */
  in(func: string): readonly Touch[];
  /** Frames of the functions that are known to keep a lock. */
  keeping(known: KnownLock): readonly Touch[];
  /** How many goroutines stand at the place of this frame, on the same object, and have the lock that is taken there or want none. */
  beside(one: ViewFrame): number;
}

const maxUnread = 64;

/** Function that a literal stands in: `pkg.F` of `pkg.F.func1.2`. */
export function lexical(func: string): string {
  return func.replace(/(?:\.gowrap\d+|\.deferwrap\d+|-fm|-range\d+)$/, '').replace(/(?:\.func\d+|\.\d+)+$/, '');
}

export function touchesOf(views: readonly View[], found: readonly Found[]): Touches {
  const values = new Map<number, Touch[]>();
  const types = new Map<string, Touch[]>();
  const functions = new Map<string, Touch[]>();
  for (const lock of found) {
    for (const value of [lock.object?.value, lock.address, ...lock.askers.keys()]) if (value !== undefined) values.set(value, []);
    if (lock.object !== undefined) types.set(lock.object.type, []);
    if (lock.object === undefined || isUntold(lock)) for (const func of lock.sites.keys()) functions.set(lexical(func), []);
  }
  const kept = keepers(found);
  const places = new Map<string, number>();
  const alone = new Map<number, readonly Touch[]>();
  const none: readonly Touch[] = [];
  const asking = askingOf(found);
  for (const view of views) {
    const own = new Set<string>();
    const asks = asking.get(view) ?? 0;
    for (const [at, one] of view.frames.entries()) {
      if (isSync(one.frame.func) || isRuntime(one.frame.func)) continue;
      const touch = { view, at, asks: at < asks };
      const receiver = receiverOf(one);
      for (const { value } of one.args) if (value !== undefined && value > leastPointer) add(values.get(value), touch);
      if (receiver !== undefined) add(values.get(receiver.value), touch);
      if (one.type !== '' && (one.literal || one.frame.inlined === true || receiver === undefined || receiver.inexact)) types.get(one.type)?.push(touch);
      if (functions.size > 0) functions.get(lexical(one.frame.func))?.push(touch);
      if (kept.size > 0) for (const known of knownOf(one.frame)) kept.get(known)?.push(touch);
      if (!touch.asks) own.add(placeOf(one));
    }
    for (const place of own) places.set(place, (places.get(place) ?? 0) + 1);
  }
  const beside = (one: ViewFrame): number => places.get(placeOf(one)) ?? 0;
  return {
    of: (value) => values.get(value) ?? none,
    alone(value) {
      const known = alone.get(value);
      if (known !== undefined) return known;
      const all = values.get(value) ?? none;
      const found = all.length < 2 ? all : onesAlone(all, value);
      alone.set(value, found);
      return found;
    },
    unread: (type) => {
      const all = types.get(type) ?? none;
      return all.length > maxUnread ? none : all;
    },
    in: (func) => functions.get(lexical(func)) ?? none,
    keeping: (known) => kept.get(known) ?? none,
    beside,
  };
}

/** The same frame once. */
function add(list: Touch[] | undefined, touch: Touch): void {
  if (list === undefined) return;
  const last = list.at(-1);
  if (last === undefined || last.view !== touch.view || last.at !== touch.at) list.push(touch);
}

/** Frames up to this index ask for the lock that a waiter wants. */
function askingOf(found: readonly Found[]): ReadonlyMap<View, number> {
  const asking = new Map<View, number>();
  for (const { waiters, waits } of found)
    for (const [at, view] of waiters.entries()) {
      const wait = waits[at];
      if (wait !== undefined) asking.set(view, Math.max(wait.caller, liftedFrame(view, wait)) + 1);
    }
  return asking;
}

/** One touch of each line and word that only one goroutine has; those that ask there count apart from those that are past. */
function onesAlone(all: readonly Touch[], value: number): readonly Touch[] {
  const first = new Map<string, Touch | null>();
  const keyOf = ({ view, at, asks }: Touch): string => {
    const one = view.frames[at];
    return `${one?.frame.func}:${one?.frame.line}#${one?.args.findIndex((arg) => arg.value === value)}${asks ? '?' : ''}`;
  };
  for (const touch of all) {
    const key = keyOf(touch);
    const known = first.get(key);
    first.set(key, known === undefined || known?.view === touch.view ? touch : null);
  }
  return all.filter((touch) => first.get(keyOf(touch)) !== null);
}

/** For each known lock of the dump the frames of functions that keep it. */
function keepers(found: readonly Found[]): Map<KnownLock, Touch[]> {
  const kept = new Map<KnownLock, Touch[]>();
  for (const { known } of found) if (known !== undefined) kept.set(known, []);
  return kept;
}

const keeping = new WeakMap<Frame, readonly KnownLock[]>();

function knownOf(frame: Frame): readonly KnownLock[] {
  const cached = keeping.get(frame);
  if (cached !== undefined) return cached;
  const known = knownLocks.filter(({ heldIn }) => heldIn.test(frame.func));
  keeping.set(frame, known);
  return known;
}

function placeOf(one: ViewFrame): string {
  return `${one.frame.func}:${one.frame.line}@${subjectOf(one)?.value ?? ''}`;
}
