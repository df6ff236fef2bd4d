/** The whole queue of a reader-writer lock in a ring, where its first writer alone would stand for it. */
import type { Found } from './identify.ts';

/** Of a longer queue the first writer stands for all: a ring of a hundred is no picture. */
const maxQueue = 8;

/**
 * A reader waits behind every writer that is queued, and each of them waits for the one before it: all are in the ring,
 * the writer whose turn is next last. Goroutines by id, in waiting order.
 */
export function withQueuedWriters(cycle: readonly number[], locks: readonly Found[]): readonly number[] {
  const ring = new Set(cycle);
  return cycle.flatMap((id, at) => {
    const next = cycle[(at + 1) % cycle.length];
    const lock = locks.find((one) => kindOf(one, id) === 'rlock' && isWriter(one, next));
    const queue = lock?.waiters.filter((view) => isWriter(lock, view.id) && !ring.has(view.id)) ?? [];
    return queue.length < maxQueue ? [id, ...queue.map((view) => view.id)] : [id];
  });
}

function kindOf({ waiters, waits }: Found, id: number | undefined): string | undefined {
  return waits[waiters.findIndex((view) => view.id === id)]?.kind;
}

function isWriter(lock: Found, id: number | undefined): boolean {
  const kind = kindOf(lock, id);
  return kind === 'wlock' || kind === 'wlock2';
}
