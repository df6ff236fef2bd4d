/** Who stands behind whom: from every lock of a dump to the goroutine at the root of its queue. */
import { type Doing, doingOf } from './doing.ts';
import type { Hold, Lock } from '../model.ts';
import type { View } from './dump-view.ts';
import { holdersOf } from './fitting-holder.ts';
import { type Cause, causeOf } from './waits.ts';

/** Goroutines that do the same in a queue. */
export interface Party {
  readonly words: string;
  readonly by: Doing['by'];
  readonly ids: readonly number[];
  /** Wants the lock for writing and so keeps new readers out. */
  readonly writes: boolean;
}

/** One root and all that stand behind it. */
export interface Queue {
  readonly root: number;
  readonly rootWords: string;
  readonly hold: Hold;
  readonly why: readonly string[];
  readonly locks: readonly Lock[];
  /** The lock nearest to the root. */
  readonly lock: Lock;
  /** Holders of other locks on the way, which wait themselves. */
  readonly between: readonly number[];
  readonly parties: readonly Party[];
  /** All that wait for the locks, ascending. */
  readonly waiters: readonly number[];
  readonly cause?: Cause;
  /** Several goroutines may be the root. */
  readonly rivals: number;
}

const rank: Readonly<Record<Hold, number>> = { holds: 0, 'very likely': 1, 'may hold': 2 };

/** Queues of a dump, longest first. Locks whose holder nobody knows have none. */
export function queuesOf(view: View): readonly Queue[] {
  const found = new Map<number, { locks: Lock[]; between: Set<number>; hold: Hold; why: readonly string[]; lock: Lock; rivals: number }>();
  for (const lock of view.locks) {
    const end = rootOf(view, lock);
    if (end === undefined || lock.waiters.length === 0) continue;
    const known = found.get(end.root);
    if (known === undefined)
      found.set(end.root, { locks: [lock], between: new Set(end.between), hold: end.hold, why: end.why, lock: end.lock, rivals: end.rivals });
    else {
      known.locks.push(lock);
      for (const id of end.between) known.between.add(id);
      if (end.between.length === 0) [known.lock, known.why, known.rivals] = [lock, end.why, end.rivals];
      if (rank[end.hold] < rank[known.hold]) known.hold = end.hold;
    }
  }
  return [...found]
    .map(([root, { locks, between, hold, why, lock, rivals }]): Queue => {
      // Parts of one request wait for each other by design: nobody else stands in that queue.
      const request = view.request(root);
      const waiters = [...new Set(locks.flatMap((one) => one.waiters))]
        .filter((id) => id !== root && (request === undefined || view.request(id) !== request))
        .toSorted((a, b) => a - b);
      return {
        root,
        rootWords: wordsOf(view, root),
        hold,
        why,
        locks,
        lock,
        between: [...between],
        parties: partiesOf(view, locks, waiters),
        waiters,
        cause: causeOf(view, root),
        rivals,
      };
    })
    .filter(({ waiters }) => waiters.length > 0)
    .toSorted((a, b) => b.waiters.length - a.waiters.length || a.root - b.root);
}

interface End {
  readonly root: number;
  readonly between: readonly number[];
  readonly hold: Hold;
  readonly why: readonly string[];
  readonly lock: Lock;
  readonly rivals: number;
}

/** From a lock's best holder along the locks that it waits for itself; undefined in a cycle. */
function rootOf(view: View, start: Lock): End | undefined {
  let lock = start;
  let hold: Hold = 'holds';
  const between: number[] = [];
  const seen = new Set<number>();
  for (;;) {
    const holders = holdersOf(view, lock);
    const [holder] = holders;
    if (holder === undefined || seen.has(holder.goroutine)) return undefined;
    seen.add(holder.goroutine);
    if (rank[holder.certainty] > rank[hold]) hold = holder.certainty;
    const next = view
      .waitsIn(holder.goroutine)
      .find((one) => one !== lock && one.holders.length > 0 && !one.holders.some(({ goroutine }) => goroutine === holder.goroutine));
    if (next === undefined) {
      const rivals = holders.filter(({ certainty }) => certainty === holder.certainty).length;
      return { root: holder.goroutine, between, hold, why: holder.why, lock, rivals };
    }
    between.push(holder.goroutine);
    lock = next;
  }
}

/** What a goroutine does, looking at who started it where its own stack does not say. */
export function wordsOf(view: View, id: number): string {
  return doingOf(view, id).words;
}

function partiesOf(view: View, locks: readonly Lock[], waiters: readonly number[]): readonly Party[] {
  const writers = new Set(locks.flatMap((lock) => lock.writers ?? []));
  const parties = new Map<string, { words: string; by: Party['by']; ids: number[]; writes: boolean }>();
  for (const id of waiters) {
    const { words, by } = doingOf(view, id);
    const writes = writers.has(id);
    const key = `${words}\0${writes}`;
    const known = parties.get(key);
    if (known === undefined) parties.set(key, { words, by, ids: [id], writes });
    else known.ids.push(id);
  }
  return [...parties.values()].toSorted((a, b) => Number(b.writes) - Number(a.writes) || b.ids.length - a.ids.length);
}
