/**
 * Sums by node for tables, and which of their nodes are inlined: the two loops over all stacks that must be fast. Their inner loops are functions of
 * their own, which engines compile long before a loop that runs once.
 */
import { EdgeTable } from './edges.ts';
import { attach, isShown, mean, type Graph, type GraphOptions, type Node } from './graph.ts';
import type { NodeTable } from './nodes.ts';
import type { Work } from './work.ts';

/** Marks a location of more than one node. */
const several = 1 << 31;

/** A graph without edges. */
export function sumNodes(work: Work, table: NodeTable, options: GraphOptions): Graph {
  const count = table.infos.length;
  const { start, node } = table;
  const { sampleStart, sampleLocations, values, types } = work;
  const flat = new Float64Array(count);
  const cum = new Float64Array(count);
  const seen = new Int32Array(count).fill(-1);
  // Most locations are one node. Those with more (sign bit) are put aside without a branch, which would often be guessed wrong.
  const innermost = Int32Array.from(work.lines, (_, location) => {
    const first = start[location] ?? 0;
    return (node[first] ?? 0) | ((start[location + 1] ?? 0) - first > 1 ? several : 0);
  });
  let aside = new Int32Array(256);
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = values[sample * types + options.value] as number;
    if (weight === 0) continue;
    const from = sampleStart[sample] as number;
    const to = sampleStart[sample + 1] as number;
    if (from === to) continue;
    if (to - from > aside.length) aside = new Int32Array((to - from) * 2);
    const leaf = (innermost[sampleLocations[from] as number] as number) & ~several;
    flat[leaf] = (flat[leaf] as number) + weight;
    const many = summed(sampleLocations, innermost, seen, cum, from, to, sample, weight, aside);
    for (let at = 0; at < many; at += 1) {
      const location = aside[at] as number;
      const last = start[location + 1] as number;
      for (let line = (start[location] as number) + 1; line < last; line += 1) {
        const own = node[line] as number;
        if (seen[own] === sample) continue;
        seen[own] = sample;
        cum[own] = (cum[own] as number) + weight;
      }
    }
  }
  const divisors = options.mean === undefined ? undefined : sumNodes(work, table, { ...options, value: options.mean, mean: undefined, dropNegative: false });
  const byId = new Map(divisors?.nodes.map((one) => [one.id, one]));
  const nodes = table.infos.map((info, id): Node => {
    const [flatSum, cumSum] = [flat[id] ?? 0, cum[id] ?? 0];
    return {
      id,
      info,
      flatSum,
      cumSum,
      flat: mean(flatSum, byId.get(id)?.flatSum ?? 0),
      cum: mean(cumSum, byId.get(id)?.cumSum ?? 0),
      in: new Map(),
      out: new Map(),
    };
  });
  return { nodes: nodes.filter((one) => isShown(one, options)) };
}

/** Adds a sample to the innermost node of each of its locations, and puts locations of several nodes aside; returns how many. */
function summed(
  stacks: Uint16Array | Uint32Array,
  innermost: Int32Array,
  seen: Int32Array,
  cum: Float64Array,
  from: number,
  to: number,
  sample: number,
  weight: number,
  aside: Int32Array,
): number {
  let many = 0;
  for (let at = from; at < to; at += 1) {
    const location = stacks[at] as number;
    const inner = innermost[location] as number;
    aside[many] = location;
    many += inner >>> 31;
    const own = inner & ~several;
    if (seen[own] === sample) continue;
    seen[own] = sample;
    cum[own] = (cum[own] as number) + weight;
  }
  return many;
}

/** Edges into nodes that are inlined somewhere. When the graph was narrowed, calls lead from the nearest caller that is left. */
export function addInlineEdges(work: Work, table: NodeTable, options: GraphOptions, graph: Graph, narrowed: boolean): void {
  const count = table.infos.length;
  const keep = new Uint8Array(count).fill(narrowed ? 0 : 1);
  const listed = new Uint8Array(count);
  for (const { id } of graph.nodes) keep[id] = listed[id] = 1;
  const wanted = inlinedOf(table, listed);
  const plan = planOf(table, keep, wanted);
  if (plan.own.length === 0) return;
  const edges = new EdgeTable();
  const { sampleStart, sampleLocations, values, types } = work;
  const { first, own, parent, inline, nearest } = plan;
  const wantedThere = Uint8Array.from(nearest, (_, location) => ((first[location + 1] ?? 0) > (first[location] ?? 0) ? 1 : 0));
  let aside = new Int32Array(256);
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = values[sample * types + options.value] as number;
    const divisor = options.mean === undefined ? 0 : (values[sample * types + options.mean] as number);
    if (weight === 0 && divisor === 0) continue;
    const from = sampleStart[sample] as number;
    const to = sampleStart[sample + 1] as number;
    if (to - from > aside.length) aside = new Int32Array((to - from) * 2);
    const many = gathered(sampleLocations, wantedThere, from, to, aside);
    // From the root: of calls that repeat in a stack the outermost counts.
    for (let nth = many - 1; nth >= 0; nth -= 1) {
      const at = aside[nth] as number;
      const location = sampleLocations[at] as number;
      const end = first[location + 1] as number;
      for (let entry = first[location] as number; entry < end; entry += 1) {
        let caller = parent[entry] as number;
        for (let up = at + 1; caller < 0 && up < to; up += 1) caller = nearest[sampleLocations[up] as number] as number;
        if (caller >= 0 && caller !== own[entry]) edges.add(caller, own[entry] as number, sample, weight, divisor, false, inline[entry] === 1);
      }
    }
  }
  // Callers that are not listed (their sums are zero) count as well.
  const unlisted = table.infos.flatMap((info, id): Node[] =>
    keep[id] === 1 && listed[id] === 0 ? [{ id, info, flatSum: 0, cumSum: 0, flat: 0, cum: 0, in: new Map(), out: new Map() }] : [],
  );
  attach([...graph.nodes, ...unlisted], edges);
}

/** Positions of a stack that are flagged, without a branch. */
function gathered(stacks: Uint16Array | Uint32Array, flags: Uint8Array, from: number, to: number, into: Int32Array): number {
  let many = 0;
  for (let at = from; at < to; at += 1) {
    into[many] = at;
    many += flags[stacks[at] as number] as number;
  }
  return many;
}

/** What to look at in each location, outermost line first. */
interface Plan {
  /** CSR by location of the entries below. */
  readonly first: Int32Array;
  readonly own: Int32Array;
  /** Nearest kept caller in the same location; -1: in a location further out. */
  readonly parent: Int32Array;
  readonly inline: Uint8Array;
  /** Innermost kept node of each location; -1: none. */
  readonly nearest: Int32Array;
}

function planOf(table: NodeTable, keep: Uint8Array, wanted: Uint8Array): Plan {
  const count = table.start.length - 1;
  const first = new Int32Array(count + 1);
  const nearest = new Int32Array(count).fill(-1);
  const entries: { readonly own: number; readonly parent: number; readonly inline: number }[] = [];
  for (let location = 0; location < count; location += 1) {
    first[location] = entries.length;
    const last = (table.start[location + 1] ?? 0) - 1;
    let outer = -1;
    for (let line = last; line >= (table.start[location] ?? 0); line -= 1) {
      const own = table.node[line] ?? 0;
      if (wanted[own] === 1) entries.push({ own, parent: outer, inline: line === last ? 0 : 1 });
      if (keep[own] === 1) outer = own;
    }
    nearest[location] = outer;
  }
  first[count] = entries.length;
  return {
    first,
    own: Int32Array.from(entries, ({ own }) => own),
    parent: Int32Array.from(entries, ({ parent }) => parent),
    inline: Uint8Array.from(entries, ({ inline }) => inline),
    nearest,
  };
}

/** Nodes of the list that are somewhere not the outermost line of their location. */
function inlinedOf(table: NodeTable, listed: Uint8Array): Uint8Array {
  const found = new Uint8Array(table.infos.length);
  for (let location = 0; location + 1 < table.start.length; location += 1) {
    const last = (table.start[location + 1] ?? 0) - 1;
    for (let line = table.start[location] ?? 0; line < last; line += 1) {
      const own = table.node[line] ?? 0;
      found[own] = listed[own] ?? 0;
    }
  }
  return found;
}
