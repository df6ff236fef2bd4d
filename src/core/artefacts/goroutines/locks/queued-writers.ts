/** The whole queue of a reader-writer lock in a ring, where its first writer alone would stand for it. */
import type { Found } from './identify.ts';

/** Of a longer queue the first writer stands for all: a ring of a hundred is no picture. */
const maxQueue = 8;

/**
 * A reader waits behind every writer that is queued, and each of them waits for the one before it: all are in the ring,
 * the writer whose turn is next last. Goroutines by id, in waiting order.
 */
export function withQueuedWriters(cycles: readonly (readonly number[])[], locks: readonly Found[]): readonly (readonly number[])[] {
  if (cycles.length === 0) return [];
  const waits = new Map(locks.flatMap((lock) => lock.waiters.map((view, at) => [view.id, { lock, kind: lock.waits[at]?.kind }] as const)));
  const isWriter = (id: number | undefined, of: Found): boolean => {
    const own = id === undefined ? undefined : waits.get(id);
    return own?.lock === of && (own.kind === 'wlock' || own.kind === 'wlock2');
  };
  return cycles.map((cycle) => {
    const ring = new Set(cycle);
    return cycle.flatMap((id, at) => {
      const own = waits.get(id);
      if (own?.kind !== 'rlock' || !isWriter(cycle[(at + 1) % cycle.length], own.lock)) return [id];
      const queue = own.lock.waiters.filter((view) => isWriter(view.id, own.lock) && !ring.has(view.id));
      return queue.length < maxQueue ? [id, ...queue.map((view) => view.id)] : [id];
    });
  });
}
