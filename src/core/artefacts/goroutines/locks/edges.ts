/** Who waits for whom: from waiters to their lock, from the lock to those who may hold it. */
import type { Edge } from './cycles.ts';
import { isUntold, type Found } from './identify.ts';
import type { Named } from './search.ts';
import type { View } from './view.ts';

/** Candidates of one lock that are followed. */
const maxFollowed = 8;
/** Belief from which what a holder waits for is followed through a channel. */
const followed = 0.65;

/**
 * Locks are nodes of their own, by negative numbers, so that a thousand waiters and eight candidates are a thousand and eight
 * edges. A waiting writer keeps readers and other writers out; the writer itself waits for readers that are inside.
 */
export function lockEdges(named: readonly Named[], channels: readonly Edge[]): readonly Edge[] {
  // The other end of a channel is a guess: only from who most likely holds a lock it is followed.
  const holding = new Set(named.flatMap(({ candidates }) => candidates.filter(({ belief }) => belief >= followed).map(({ view }) => view.id)));
  const edges: Edge[] = channels.filter(({ from }) => holding.has(from));
  for (const [at, { lock, candidates }] of named.entries()) {
    for (const writer of pendingOf(lock)) edges.push({ from: queueOf(at), to: writer.id, weight: 0.95 });
    // A place that stands for several locks ties nobody to anybody.
    if (isUntold(lock) && lock.waiters.length > 1) continue;
    for (const { view, belief, tied, past, proof } of candidates.slice(0, maxFollowed))
      if (tied || past || proof) edges.push({ from: heldOf(at), to: view.id, weight: Math.min(0.97, belief) });
  }
  // Only who is waited for can stand in a circle.
  const wanted = new Set(edges.map(({ to }) => to));
  for (const [at, { lock }] of named.entries()) {
    // Behind whom its readers stand is not told.
    if (lock.writerUntold) continue;
    const queued = pendingOf(lock).length > 0;
    for (const [index, { id }] of lock.waiters.entries())
      if (wanted.has(id)) edges.push({ from: id, to: queued && lock.waits[index]?.kind !== 'wlock' ? queueOf(at) : heldOf(at), weight: 1 });
  }
  return edges;
}

const heldOf = (lock: number): number => -2 * lock - 1;
const queueOf = (lock: number): number => -2 * lock - 2;

function pendingOf({ waiters, waits }: Found): readonly View[] {
  return waits.some(({ kind }) => kind === 'wlock') ? waiters.filter((_, index) => waits[index]?.kind === 'wlock') : [];
}
