/** The call graph of a profile: flat and cum by node, weights by edge (internal/graph). */
import { EdgeTable } from './edges.ts';
import { goSort } from './go-sort.ts';
import { components, type NodeInfo, type NodeTable } from './nodes.ts';
import { addTags, tagsOf, type NodeTags, type TagContext } from './tags.ts';
import { truncate } from './units.ts';
import type { Work } from './work.ts';

export interface Edge {
  readonly source: Node;
  readonly destination: Node;
  readonly weight: number;
  /** Weight, or the mean where -mean asks for it. */
  readonly value: number;
  residual: boolean;
  inline: boolean;
}

export interface Node {
  readonly id: number;
  readonly info: NodeInfo;
  /** Sums; the mean divides when shown. */
  flatSum: number;
  cumSum: number;
  flat: number;
  cum: number;
  readonly in: Map<Node, Edge>;
  readonly out: Map<Node, Edge>;
  tags?: NodeTags;
}

export interface Graph {
  nodes: Node[];
}

export interface GraphOptions {
  /** Index of the value. */
  readonly value: number;
  /** Index of the divisor of -mean; undefined without. */
  readonly mean: number | undefined;
  readonly dropNegative: boolean;
  readonly tags?: TagContext;
}

/** `kept`: ids of nodes that stay; calls over dropped ones become residual edges. */
export function buildGraph(work: Work, table: NodeTable, options: GraphOptions, kept?: ReadonlySet<number>): Graph {
  const count = table.infos.length;
  const keep = new Uint8Array(count).fill(kept === undefined ? 1 : 0);
  for (const id of kept ?? []) keep[id] = 1;
  const flat = new Float64Array(count);
  const cum = new Float64Array(count);
  const flatDivisor = new Float64Array(count);
  const cumDivisor = new Float64Array(count);
  const seen = new Int32Array(count).fill(-1);
  const edges = new EdgeTable();
  const tags = new Map<number, NodeTags>();
  const { start, node } = table;
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = work.values[sample * work.types + options.value] ?? 0;
    const divisor = options.mean === undefined ? 0 : (work.values[sample * work.types + options.mean] ?? 0);
    if (weight === 0 && divisor === 0) continue;
    let parent = -1;
    let residual = false;
    const labels = options.tags === undefined ? undefined : tagsOf(work, sample, options.tags);
    const from = work.sampleStart[sample] ?? 0;
    for (let at = (work.sampleStart[sample + 1] ?? 0) - 1; at >= from; at -= 1) {
      const location = work.sampleLocations[at] ?? 0;
      const first = start[location] ?? 0;
      const last = (start[location + 1] ?? 0) - 1;
      for (let line = last; line >= first; line -= 1) {
        const own = node[line] ?? 0;
        if (keep[own] === 0) {
          residual = true;
          continue;
        }
        if (seen[own] !== sample) {
          seen[own] = sample;
          cum[own] = (cum[own] ?? 0) + weight;
          cumDivisor[own] = (cumDivisor[own] ?? 0) + divisor;
          if (labels !== undefined) addTags(tags, own, labels, weight, divisor, false);
        }
        if (parent >= 0 && parent !== own) edges.add(parent, own, sample, weight, divisor, residual, line !== last);
        parent = own;
        residual = false;
      }
    }
    if (parent >= 0 && !residual) {
      flat[parent] = (flat[parent] ?? 0) + weight;
      flatDivisor[parent] = (flatDivisor[parent] ?? 0) + divisor;
      if (labels !== undefined) addTags(tags, parent, labels, weight, divisor, true);
    }
  }
  const nodes = table.infos.flatMap((info, id): Node[] =>
    keep[id] === 0
      ? []
      : [
          {
            id,
            info,
            flatSum: flat[id] ?? 0,
            cumSum: cum[id] ?? 0,
            flat: mean(flat[id] ?? 0, flatDivisor[id] ?? 0),
            cum: mean(cum[id] ?? 0, cumDivisor[id] ?? 0),
            in: new Map(),
            out: new Map(),
            tags: tags.get(id),
          },
        ],
  );
  attach(nodes, edges);
  return { nodes: nodes.filter((one) => isShown(one, options)) };
}

/** Nodes without value are not listed, though calls to them may be (selectNodesForGraph). */
export function isShown({ flatSum, cumSum }: { readonly flatSum: number; readonly cumSum: number }, { dropNegative }: GraphOptions): boolean {
  if (flatSum === 0 && cumSum === 0) return false;
  return !dropNegative || !(flatSum < 0 || (flatSum === 0 && cumSum < 0));
}

/** Go's integer division; without a divisor the sum itself. */
export function mean(sum: number, divisor: number): number {
  return divisor === 0 ? sum : Math.trunc(sum / divisor) + 0;
}

/** Puts edges between nodes that are there. */
export function attach(nodes: readonly Node[], edges: EdgeTable): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (let at = 0; at < edges.count; at += 1) {
    const source = byId.get(edges.source[at] ?? -1);
    const destination = byId.get(edges.destination[at] ?? -1);
    if (source === undefined || destination === undefined) continue;
    const flags = edges.flags[at] ?? 0;
    const weight = edges.weight[at] ?? 0;
    const edge: Edge = { source, destination, weight, value: mean(weight, edges.divisor[at] ?? 0), residual: (flags & 1) !== 0, inline: (flags & 2) === 0 };
    source.out.set(destination, edge);
    destination.in.set(source, edge);
  }
}

/** Orders of internal/graph: by value, then name; equal names of different nodes by all that tells them apart. */
export function sortNodes(graph: Graph, by: 'flat' | 'cum' | 'entropy'): void {
  const score = new Map(
    graph.nodes.map((node): [Node, number | bigint] => [
      node,
      by === 'flat' ? Math.abs(node.flatSum) : by === 'cum' ? Math.abs(node.cumSum) : entropyScore(node),
    ]),
  );
  const differ = (a: Node, b: Node): number => {
    const [one, other] = [score.get(a) ?? 0, score.get(b) ?? 0];
    return other > one ? 1 : other < one ? -1 : 0;
  };
  const order = (a: Node, b: Node): number =>
    differ(a, b) ||
    compareNames(a.info, b.info) ||
    (by === 'flat' ? Math.abs(b.cumSum) - Math.abs(a.cumSum) : Math.abs(b.flatSum) - Math.abs(a.flatSum)) ||
    compareAll(a.info, b.info);
  goSort(graph.nodes, (a, b) => order(a, b) < 0);
}

function compareNames(a: NodeInfo, b: NodeInfo): number {
  if (a.address !== 0n && b.address !== 0n && a.address !== b.address) return a.address < b.address ? -1 : 1;
  return compareText(a.printable, b.printable);
}

function compareAll(a: NodeInfo, b: NodeInfo): number {
  const whole = (info: NodeInfo): string => `{${info.name}  ${info.address} ${info.file} ${info.startLine} ${info.line} ${info.column} ${info.objfile}}`;
  return compareText(whole(a), whole(b));
}

/** Go compares bytes; UTF-16 agrees with that except beyond the basic plane. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How much a node says about the shape of the graph (entropyScore). A call of weight 0 makes it overflow, as it does in Go: then it is exact. */
function entropyScore(node: Node): number | bigint {
  const incoming = node.in.size === 0 ? 1 : edgeEntropy(node.in, 0);
  const outgoing = node.out.size === 0 ? 1 : edgeEntropy(node.out, node.flatSum);
  const score = truncate((incoming + outgoing) * node.cumSum);
  if (Math.abs(score) < 2 ** 52 && Math.abs(node.flatSum) < 2 ** 52) return Math.abs(score + node.flatSum);
  const exact = BigInt.asIntN(64, BigInt(score) + BigInt(node.flatSum));
  return exact < 0n ? BigInt.asIntN(64, -exact) : exact;
}

function edgeEntropy(edges: ReadonlyMap<Node, Edge>, self: number): number {
  let total = self;
  for (const { weight } of edges.values()) if (weight > 0) total += Math.abs(weight);
  if (total === 0) return 0;
  let score = 0;
  // The sum depends on the order in the last bits only; heaviest first is stable.
  for (const weight of [...edges.values()].map((edge) => Math.abs(edge.weight)).toSorted((a, b) => b - a)) {
    const share = weight / total;
    score += -share * Math.log2(share);
  }
  if (self > 0) {
    const share = Math.abs(self) / total;
    score += -share * Math.log2(share);
  }
  return score;
}

/** Heaviest first, then by names (edgeList of internal/graph). */
export function sortEdges(edges: Iterable<Edge>): Edge[] {
  return [...edges].sort(
    (a, b) =>
      (a.weight === b.weight ? 0 : Math.abs(b.weight) - Math.abs(a.weight)) ||
      compareText(a.source.info.printable, b.source.info.printable) ||
      compareText(a.destination.info.printable, b.destination.info.printable),
  );
}

export { components };
