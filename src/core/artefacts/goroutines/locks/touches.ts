/** Where goroutines touch the objects of locks: frames by the pointers that they carry, in one pass over the dump. */
import { leastPointer } from './arguments.ts';
import { isUntold, liftedFrame, type Found } from './identify.ts';
import type { Place } from './shapes.ts';
import { Sieve } from './sieve.ts';
import { subjectOf, type View, type Views } from './view.ts';

/** One frame of one goroutine. */
export interface Touch {
  readonly view: View;
  readonly at: number;
  /** The frame asks for a lock, this one or another. */
  readonly asks: boolean;
}

/**
 * Lists of touches. Two goroutines at one place of the code, with the same pointer as the same word, cannot both hold an exclusive
 * lock by it, so that `alone` leaves out all that are not the only ones at their place.
 */
export interface Touches {
  /** Frames that carry this pointer. */
  of(value: number, alone: boolean): readonly Touch[];
  /** Frames of this type whose object cannot be read; none where they are too many. */
  unread(type: string, alone: boolean): readonly Touch[];
  /** Frames of this function and of the function literals in it; none where they are too many. */
  in(func: string, alone: boolean): readonly Touch[];
}

/** Frames that only a type or a function ties to a lock: of so many none says anything. */
const maxVague = 64;

/** Function that a literal stands in: `pkg.F` of `pkg.F.func1.2`. */
export function lexical(func: string): string {
  return func.replace(/(?:\.gowrap\d+|\.deferwrap\d+|-fm|-range\d+)$/, '').replace(/(?:\.func\d+|\.\d+)+$/, '');
}

export function touchesOf(views: Views, found: readonly Found[]): Touches {
  const lists = new Lists(found);
  const asking = askingOf(found);
  const { values, frames } = views.args;
  for (const view of views.list) {
    const asks = asking.get(view) ?? 0;
    const { places, depth } = view.shape;
    for (let at = 0; at < depth; at++) {
      const place = places[at]!;
      if (place.inner) continue;
      let touch: Touch | undefined;
      const add = (list: Touch[] | undefined): void => {
        if (list === undefined) return;
        touch ??= { view, at, asks: at < asks };
        if (list.at(-1) !== touch) list.push(touch);
      };
      const end = frames[view.base + at + 1]!;
      for (let word = frames[view.base + at]!; word < end; word++) {
        const value = values[word]!;
        if (value > leastPointer && lists.mayHave(value)) add(lists.values.get(value));
      }
      if (place.type !== undefined && lists.types.has(place.type.name)) {
        const receiver = views.receiver(view, at);
        if (receiver !== undefined) add(lists.values.get(receiver.value));
        if (place.literal || place.frame.inlined === true || receiver === undefined || receiver.inexact) add(lists.types.get(place.type.name));
      }
      for (const list of lists.ofPlace(place)) add(list);
    }
  }
  const none: readonly Touch[] = [];
  const lonely = new Map<readonly Touch[], readonly Touch[]>();
  const some = (all: readonly Touch[] | undefined, alone: boolean, value?: number): readonly Touch[] => {
    if (all === undefined || !alone || all.length < 2) return all ?? none;
    let list = lonely.get(all);
    if (list === undefined) lonely.set(all, (list = onesAlone(all, value)));
    return list;
  };
  const few = (list: readonly Touch[]): readonly Touch[] => (list.length > maxVague ? none : list);
  return {
    of: (value, alone) => some(lists.values.get(value), alone, value),
    unread: (type, alone) => few(some(lists.types.get(type), alone)),
    in: (func, alone) => few(some(lists.functions.get(lexical(func)), alone)),
  };
}

/** What is looked for, with a list for each. */
class Lists {
  readonly values = new Map<number, Touch[]>();
  readonly types = new Map<string, Touch[]>();
  readonly functions = new Map<string, Touch[]>();
  private readonly sieve: Sieve;
  private readonly places = new Map<Place, readonly Touch[][]>();

  constructor(found: readonly Found[]) {
    for (const lock of found) {
      for (const value of [lock.object?.value, lock.address, ...lock.askers.keys()]) if (value !== undefined) this.values.set(value, []);
      if (lock.object !== undefined) this.types.set(lock.object.type, []);
      for (const { type } of lock.askers.values()) if (type !== '') this.types.set(type, []);
      if (lock.object === undefined || isUntold(lock)) for (const func of lock.sites.keys()) this.functions.set(lexical(func), []);
    }
    this.sieve = new Sieve(this.values.keys(), this.values.size);
  }

  mayHave(value: number): boolean {
    return this.sieve.mayHave(value);
  }

  /** Lists that a frame belongs to by its function alone. */
  ofPlace(place: Place): readonly Touch[][] {
    const known = this.places.get(place);
    if (known !== undefined) return known;
    const { func } = place.frame;
    const own: Touch[][] = [];
    const inside = this.functions.size === 0 ? undefined : this.functions.get(lexical(func));
    if (inside !== undefined) own.push(inside);
    this.places.set(place, own);
    return own;
  }
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

/** Those that ask at a place count apart from those that are past it. Frames of which no object can be told may be on different ones. */
function onesAlone(all: readonly Touch[], value: number | undefined): readonly Touch[] {
  const first = new Map<string, Touch | null>();
  const keys = all.map(({ view, at, asks }): string | undefined => {
    const one = view.at(at);
    if (one === undefined) return undefined;
    const word = value === undefined ? subjectOf(one)?.value : one.args.findIndex((arg) => arg.value === value);
    return word === undefined ? undefined : `${one.frame.func}:${one.frame.line}#${word}${asks ? '?' : ''}`;
  });
  for (const [index, touch] of all.entries()) {
    const key = keys[index];
    if (key === undefined) continue;
    const known = first.get(key);
    first.set(key, known === undefined || known?.view === touch.view ? touch : null);
  }
  return all.filter((_, index) => {
    const key = keys[index];
    return key === undefined || first.get(key) !== null;
  });
}
