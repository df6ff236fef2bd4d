/** Deadlock cycles: the strongest closed path in each knot of who waits for whom. */

/** `from` waits for `to`, believed with `weight`. Goroutines by id, locks by negative numbers. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

export interface Cycle {
  /** Goroutines in waiting order, the smallest id first. */
  readonly ids: readonly number[];
  /** Of the weakest edge. */
  readonly weight: number;
}

/** Weaker edges make no cycle. */
const leastWeight = 0.3;
/** Edges looked at in one knot; more come only from hostile dumps. */
const maxEdges = 800;
const maxLength = 128;

/** At most one cycle for each knot: the widest, of those the shortest. A circle of channels alone is a guess on a guess: one lock must be in it. */
export function cyclesOf(edges: readonly Edge[]): readonly Cycle[] {
  const strong = edges.filter(({ weight }) => weight >= leastWeight);
  const knotOf = knots(strong);
  const byKnot = new Map<number, Edge[]>();
  for (const edge of strong) {
    const knot = knotOf.get(edge.from);
    if (knot === undefined || knot !== knotOf.get(edge.to)) continue;
    const own = byKnot.get(knot);
    if (own === undefined) byKnot.set(knot, [edge]);
    else own.push(edge);
  }
  return [...byKnot.values()].flatMap((own) => {
    const found = own.some(({ from }) => from < 0) ? widest(own) : undefined;
    return found === undefined ? [] : [found];
  });
}
/** Strongly connected components (Tarjan, without recursion); single ones only with an edge to themselves. */
function knots(edges: readonly Edge[]): ReadonlyMap<number, number> {
  const out = new Map<number, number[]>();
  for (const { from, to } of edges) {
    const list = out.get(from);
    if (list === undefined) out.set(from, [to]);
    else list.push(to);
  }
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const knot = new Map<number, number>();
  for (const root of out.keys()) {
    if (order.has(root)) continue;
    const work: { node: number; next: number }[] = [{ node: root, next: 0 }];
    while (work.length > 0) {
      const top = work.at(-1);
      if (top === undefined) break;
      const { node } = top;
      if (top.next === 0) {
        order.set(node, order.size);
        low.set(node, order.get(node) ?? 0);
        stack.push(node);
        onStack.add(node);
      }
      const to = out.get(node)?.[top.next];
      top.next += 1;
      if (to !== undefined) {
        if (!order.has(to)) work.push({ node: to, next: 0 });
        else if (onStack.has(to)) low.set(node, Math.min(low.get(node) ?? 0, order.get(to) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) low.set(parent.node, Math.min(low.get(parent.node) ?? 0, low.get(node) ?? 0));
      if (low.get(node) !== order.get(node)) continue;
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member);
        knot.set(member, node);
        if (member === node) break;
      }
    }
  }
  return knot;
}

function widest(all: readonly Edge[]): Cycle | undefined {
  const edges = all.length <= maxEdges ? all : all.toSorted((a, b) => b.weight - a.weight).slice(0, maxEdges);
  const out = new Map<number, Edge[]>();
  for (const edge of edges) {
    const list = out.get(edge.from);
    if (list === undefined) out.set(edge.from, [edge]);
    else list.push(edge);
  }
  let best: Cycle | undefined;
  // Every circle goes through a lock, and leaves it by one of its candidates.
  for (const first of edges.filter(({ from }) => from < 0).toSorted((a, b) => b.weight - a.weight)) {
    if (best !== undefined && first.weight < best.weight) break;
    const found = through(first, out);
    if (found === undefined) continue;
    if (best === undefined || found.weight > best.weight + 1e-9 || (Math.abs(found.weight - best.weight) < 1e-9 && found.ids.length < best.ids.length))
      best = found;
  }
  return best;
}

interface Step {
  readonly weight: number;
  readonly hops: number;
  readonly via: Edge | undefined;
}

/** The widest path from the end of an edge back to its start. */
function through(first: Edge, out: ReadonlyMap<number, readonly Edge[]>): Cycle | undefined {
  const reached = new Map<number, Step>([[first.to, { weight: 1, hops: 0, via: undefined }]]);
  const queue = new Set([first.to]);
  while (queue.size > 0) {
    let at: number | undefined;
    let own: Step | undefined;
    for (const node of queue) {
      const step = reached.get(node);
      if (step !== undefined && (own === undefined || step.weight > own.weight || (step.weight === own.weight && step.hops < own.hops)))
        [at, own] = [node, step];
    }
    if (at === undefined || own === undefined) break;
    queue.delete(at);
    for (const edge of out.get(at) ?? []) {
      const weight = Math.min(own.weight, edge.weight);
      const known = reached.get(edge.to);
      if (known !== undefined && (known.weight > weight || (known.weight === weight && known.hops <= own.hops + 1))) continue;
      reached.set(edge.to, { weight, hops: own.hops + 1, via: edge });
      queue.add(edge.to);
    }
  }
  const end = reached.get(first.from);
  if (end === undefined) return undefined;
  const path: number[] = [];
  for (let at = first.from; at !== first.to && path.length <= maxLength; at = reached.get(at)?.via?.from ?? first.to) path.push(at);
  path.push(first.to);
  const ids = path.filter((node) => node >= 0).toReversed();
  return { ids: waitingOrder([...new Set(ids)]), weight: Math.min(end.weight, first.weight) };
}

/** Begins with the smallest id, so that a cycle is always written alike. */
function waitingOrder(ids: readonly number[]): readonly number[] {
  const start = ids.indexOf(Math.min(...ids));
  return [...ids.slice(start), ...ids.slice(0, start)];
}
