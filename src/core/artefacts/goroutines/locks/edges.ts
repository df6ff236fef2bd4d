/** Who waits for whom: from waiters to their lock, from the lock to those who may hold it. */
import type { Candidate } from './candidates.ts';
import type { Edge } from './cycles.ts';
import { isUntold, type Found } from './identify.ts';

/** Candidates of one lock that are followed. */
const maxFollowed = 8;

/**
 * Locks are nodes of their own, by negative numbers, so that a thousand waiters and eight candidates are a thousand and eight
 * edges. A waiting writer keeps readers and other writers out; the writer itself waits for readers that are inside.
 */
export function lockEdges(named: readonly { readonly lock: Found; readonly candidates: readonly Candidate[] }[]): readonly Edge[] {
  const edges: Edge[] = [];
  for (const [at, { lock, candidates }] of named.entries()) {
    const held = -2 * at - 1;
    const queue = -2 * at - 2;
    const pending = lock.waiters.filter((_, index) => lock.waits[index]?.kind === 'wlock');
    for (const writer of pending) edges.push({ from: queue, to: writer.id, weight: 0.95 });
    for (const [index, { id }] of lock.waiters.entries()) {
      const kind = lock.waits[index]?.kind;
      edges.push({ from: id, to: pending.length > 0 && kind !== 'wlock' ? queue : held, weight: 1 });
    }
    // A place that stands for several locks ties nobody to anybody.
    if (isUntold(lock) && lock.waiters.length > 1) continue;
    for (const { view, belief } of candidates.slice(0, maxFollowed)) edges.push({ from: held, to: view.id, weight: Math.min(0.97, belief) });
  }
  return edges;
}
