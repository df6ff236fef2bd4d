/** Deadlock cycles: the strongest closed path in each knot of who waits for whom. */

/** `from` waits for `to`, believed with `weight`. Goroutines by id. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

export interface Cycle {
  /** In waiting order. */
  readonly ids: readonly number[];
  /** Of the weakest edge. */
  readonly weight: number;
}

/** Weaker edges make no cycle. */
const leastWeight = 0.3;
/** Edges looked at in one knot; more come only from hostile dumps. */
const maxEdges = 400;
const maxLength = 64;

/** At most one cycle for each knot: the widest, of those the shortest. */
export function cyclesOf(edges: readonly Edge[]): readonly Cycle[] {
  const strong = edges.filter(({ weight }) => weight >= leastWeight);
  const knotOf = knots(strong);
  const byKnot = new Map<number, Edge[]>();
  for (const edge of strong) {
    const knot = knotOf.get(edge.from);
    if (knot === undefined || knot !== knotOf.get(edge.to)) continue;
    byKnot.set(knot, [...(byKnot.get(knot) ?? []), edge]);
  }
  return [...byKnot.values()].flatMap((own) => widest(own.toSorted((a, b) => b.weight - a.weight).slice(0, maxEdges)) ?? []);
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

function widest(edges: readonly Edge[]): Cycle | undefined {
  let best: Cycle | undefined;
  for (const first of edges) {
    if (best !== undefined && first.weight < best.weight) break;
    const found = first.from === first.to ? { ids: [first.from], weight: first.weight } : through(first, edges);
    if (found === undefined) continue;
    if (best === undefined || found.weight > best.weight + 1e-9 || (Math.abs(found.weight - best.weight) < 1e-9 && found.ids.length < best.ids.length))
      best = found;
  }
  return best;
}

/** The widest path from the end of an edge back to its start. */
function through(first: Edge, edges: readonly Edge[]): Cycle | undefined {
  const reached = new Map<number, { weight: number; hops: number; via: Edge | undefined }>([[first.to, { weight: 1, hops: 0, via: undefined }]]);
  const queue = new Set([first.to]);
  while (queue.size > 0) {
    const at = [...queue].reduce((a, b) => {
      const [x, y] = [reached.get(a), reached.get(b)];
      return (y?.weight ?? 0) > (x?.weight ?? 0) || (y?.weight === x?.weight && (y?.hops ?? 0) < (x?.hops ?? 0)) ? b : a;
    });
    queue.delete(at);
    const own = reached.get(at);
    if (own === undefined) continue;
    for (const edge of edges) {
      if (edge.from !== at || edge.to === at) continue;
      const weight = Math.min(own.weight, edge.weight);
      const known = reached.get(edge.to);
      if (known !== undefined && (known.weight > weight || (known.weight === weight && known.hops <= own.hops + 1))) continue;
      reached.set(edge.to, { weight, hops: own.hops + 1, via: edge });
      queue.add(edge.to);
    }
  }
  const end = reached.get(first.from);
  if (end === undefined) return undefined;
  const ids: number[] = [];
  let at = first.from;
  while (at !== first.to && ids.length <= maxLength) {
    ids.push(at);
    at = reached.get(at)?.via?.from ?? first.to;
  }
  ids.push(first.to);
  return { ids: waitingOrder([...new Set(ids)].toReversed()), weight: Math.min(end.weight, first.weight) };
}

/** Begins with the smallest id, so that a cycle is always written alike. */
function waitingOrder(ids: readonly number[]): readonly number[] {
  const start = ids.indexOf(Math.min(...ids));
  return [...ids.slice(start), ...ids.slice(0, start)];
}
