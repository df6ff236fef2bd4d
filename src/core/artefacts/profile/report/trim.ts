/** The part of a graph that is shown: nodes and edges over the cutoffs, redundant residual edges removed (internal/report). */
import { buildGraph, sortEdges, sortNodes, type Edge, type Graph, type GraphOptions, type Node } from './graph.ts';
import type { NodeTable } from './nodes.ts';
import { addInlineEdges, sumNodes } from './sums.ts';
import type { Options } from './options.ts';
import { countTags, trimTags } from './tags.ts';
import { buildTree, trimTree } from './tree-graph.ts';
import type { Work } from './work.ts';

export interface Trimmed {
  readonly graph: Graph;
  /** Nodes before the node count was applied. */
  readonly original: number;
  readonly droppedNodes: number;
  readonly droppedEdges: number;
}

/** Nodelets drawn at most for one node. */
export const maxNodelets = 4;

/** `sums`: what `sumNodes` gave for the same, if it was asked already. */
export function trimmedGraph(work: Work, table: NodeTable, options: Options, graphOptions: GraphOptions, sums?: Graph): Trimmed {
  const visual = options.format === 'dot';
  const tree = options.callTree && visual;
  // A table needs of calls only whether they are inlined: they are looked at once, when it is known what is shown.
  const flat = options.format === 'top';
  const order = visual ? 'entropy' : options.cum ? 'cum' : 'flat';
  // Which nodes are too small is known from sums alone: calls are followed only for those that stay.
  let graph = tree ? buildTree(work, table, graphOptions) : (sums ?? sumNodes(work, table, graphOptions));
  const total = graph.nodes.reduce((sum, node) => sum + node.flatSum, 0);
  const nodeCutoff = Math.abs(Math.trunc(total * options.nodefraction));
  const edgeCutoff = Math.abs(Math.trunc(total * options.edgefraction));
  let droppedNodes = 0;
  let narrowed = false;
  const narrow = (kept: readonly Node[]): void => {
    narrowed = true;
    if (tree) trimTree(graph, new Set(kept));
    else if (flat) graph = { nodes: [...kept] };
    else graph = buildGraph(work, table, graphOptions, new Set(kept.map(({ id }) => id)));
  };
  if (nodeCutoff > 0) {
    const kept = graph.nodes.filter((node) => Math.abs(node.cumSum) >= nodeCutoff);
    if (kept.length !== graph.nodes.length) {
      droppedNodes = graph.nodes.length - kept.length;
      narrow(kept);
    }
  }
  if (!tree && !flat && !narrowed) graph = buildGraph(work, table, graphOptions);
  const original = graph.nodes.length;
  sortNodes(graph, order);
  if (options.nodecount > 0) {
    for (const node of graph.nodes) trimTags(node.tags, nodeCutoff);
    trimEdges(graph, edgeCutoff);
    const kept = topNodes(graph, options.nodecount, visual);
    if (kept.length !== graph.nodes.length) {
      narrow(kept);
      sortNodes(graph, order);
    }
  }
  if (flat) addInlineEdges(work, table, graphOptions, graph, narrowed);
  for (const node of graph.nodes) trimTags(node.tags, nodeCutoff);
  const droppedEdges = trimEdges(graph, edgeCutoff);
  if (visual) removeRedundantEdges(graph);
  return { graph, original, droppedNodes, droppedEdges };
}

/** In a drawing each tag box counts as a node. */
function topNodes(graph: Graph, most: number, visual: boolean): readonly Node[] {
  let limit = most;
  if (visual) {
    let count = 0;
    for (const [at, node] of graph.nodes.entries()) {
      count += Math.min(countTags(node.tags), maxNodelets) + 1;
      if (count >= most) {
        limit = at + 1;
        break;
      }
    }
  }
  return graph.nodes.slice(0, limit);
}

function trimEdges(graph: Graph, cutoff: number): number {
  let dropped = 0;
  for (const node of graph.nodes) {
    for (const [source, edge] of node.in) {
      if (Math.abs(edge.weight) >= cutoff) continue;
      node.in.delete(source);
      source.out.delete(node);
      dropped += 1;
    }
  }
  return dropped;
}

/** A residual edge is redundant when another path leads from its source to its destination. */
export function removeRedundantEdges(graph: Graph): void {
  for (const node of graph.nodes.toReversed()) {
    for (const edge of sortEdges(node.in.values()).toReversed()) {
      if (!edge.residual) break;
      if (!redundant(edge)) continue;
      edge.source.out.delete(edge.destination);
      edge.destination.in.delete(edge.source);
    }
  }
}

function redundant(edge: Edge): boolean {
  const seen = new Set<Node>([edge.destination]);
  const queue: Node[] = [edge.destination];
  for (let at = 0; at < queue.length; at += 1) {
    for (const incoming of queue[at]?.in.values() ?? []) {
      if (incoming === edge || seen.has(incoming.source)) continue;
      if (incoming.source === edge.source) return true;
      seen.add(incoming.source);
      queue.push(incoming.source);
    }
  }
  return false;
}
