/** Sums by node for tables, and which of their nodes are inlined: the two loops over all stacks that must be fast. */
import { EdgeTable } from './edges.ts';
import { attach, isShown, mean, type Graph, type GraphOptions, type Node } from './graph.ts';
import type { NodeTable } from './nodes.ts';
import type { Work } from './work.ts';

/** A graph without edges. */
export function sumNodes(work: Work, table: NodeTable, options: GraphOptions): Graph {
  const count = table.infos.length;
  const { start, node } = table;
  const { sampleStart, sampleLocations, values, types } = work;
  const flat = new Float64Array(count);
  const cum = new Float64Array(count);
  const seen = new Int32Array(count).fill(-1);
  // Most locations are one node.
  const single = Int32Array.from(work.lines, (_, location) => ((start[location + 1] ?? 0) - (start[location] ?? 0) === 1 ? (node[start[location] ?? 0] ?? -1) : -1));
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = values[sample * types + options.value] as number;
    if (weight === 0) continue;
    const from = sampleStart[sample] as number;
    const to = sampleStart[sample + 1] as number;
    if (from === to) continue;
    const leaf = node[start[sampleLocations[from] as number] as number] as number;
    flat[leaf] = (flat[leaf] as number) + weight;
    for (let at = from; at < to; at += 1) {
      const location = sampleLocations[at] as number;
      const alone = single[location] as number;
      if (alone >= 0) {
        if (seen[alone] === sample) continue;
        seen[alone] = sample;
        cum[alone] = (cum[alone] as number) + weight;
        continue;
      }
      const last = start[location + 1] as number;
      for (let line = start[location] as number; line < last; line += 1) {
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
    return { id, info, flatSum, cumSum, flat: mean(flatSum, byId.get(id)?.flatSum ?? 0), cum: mean(cumSum, byId.get(id)?.cumSum ?? 0), in: new Map(), out: new Map() };
  });
  return { nodes: nodes.filter((one) => isShown(one, options)) };
}

/** Edges into nodes that are inlined somewhere. When the graph was narrowed, calls lead from the nearest caller that is left. */
export function addInlineEdges(work: Work, table: NodeTable, options: GraphOptions, graph: Graph, narrowed: boolean): void {
  const { start, node } = table;
  const count = table.infos.length;
  const keep = new Uint8Array(count).fill(narrowed ? 0 : 1);
  const listed = new Uint8Array(count);
  for (const { id } of graph.nodes) keep[id] = listed[id] = 1;
  const wanted = inlinedOf(table, listed);
  const looked = new Uint8Array(work.lines.length);
  for (let location = 0; location < looked.length; location += 1) for (let line = start[location] ?? 0; line < (start[location + 1] ?? 0); line += 1) if (wanted[node[line] ?? 0] === 1) looked[location] = 1;
  if (!looked.includes(1)) return;
  const edges = new EdgeTable();
  const { sampleStart, sampleLocations, values, types } = work;
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = values[sample * types + options.value] as number;
    const divisor = options.mean === undefined ? 0 : (values[sample * types + options.mean] as number);
    if (weight === 0 && divisor === 0) continue;
    const from = sampleStart[sample] as number;
    const to = sampleStart[sample + 1] as number;
    // From the root: of calls that repeat in a stack the outermost counts.
    for (let at = to - 1; at >= from; at -= 1) {
      const location = sampleLocations[at] as number;
      if (looked[location] === 0) continue;
      const first = start[location] as number;
      const last = (start[location + 1] as number) - 1;
      for (let line = last; line >= first; line -= 1) {
        const own = node[line] as number;
        if (wanted[own] === 0) continue;
        // The nearest frame outwards that is kept.
        let parent = -1;
        for (let outer = line + 1; parent < 0 && outer <= last; outer += 1) if (keep[node[outer] as number] === 1) parent = node[outer] as number;
        for (let up = at + 1; parent < 0 && up < to; up += 1) {
          const above = sampleLocations[up] as number;
          const end = start[above + 1] as number;
          for (let outer = start[above] as number; parent < 0 && outer < end; outer += 1) if (keep[node[outer] as number] === 1) parent = node[outer] as number;
        }
        if (parent >= 0 && parent !== own) edges.add(parent, own, sample, weight, divisor, false, line !== last);
      }
    }
  }
  // Callers that are not listed (their sums are zero) count as well.
  const unlisted = table.infos.flatMap((info, id): Node[] => (keep[id] === 1 && listed[id] === 0 ? [{ id, info, flatSum: 0, cumSum: 0, flat: 0, cum: 0, in: new Map(), out: new Map() }] : []));
  attach([...graph.nodes, ...unlisted], edges);
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
