/** -call_tree: a node for each path from the root (newTree and TrimTree of internal/graph). */
import type { Edge, Graph, GraphOptions, Node } from './graph.ts';
import { isShown, mean } from './graph.ts';
import type { NodeTable } from './nodes.ts';
import { addTags, tagsOf, type NodeTags } from './tags.ts';
import { removeRedundantEdges } from './trim.ts';
import type { Work } from './work.ts';

interface Growing {
  readonly info: number;
  readonly parent: number;
  flat: number;
  cum: number;
  flatDivisor: number;
  cumDivisor: number;
  weight: number;
  divisor: number;
  inline: boolean;
}

/** Paths as nodes; ids are of paths, not of the table. */
export function buildTree(work: Work, table: NodeTable, options: GraphOptions): Graph {
  const paths: Growing[] = [];
  const children = new Map<number, Map<number, number>>();
  const tags = new Map<number, NodeTags>();
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = work.values[sample * work.types + options.value] ?? 0;
    const divisor = options.mean === undefined ? 0 : (work.values[sample * work.types + options.mean] ?? 0);
    if (weight === 0 && divisor === 0) continue;
    let parent = -1;
    const labels = options.tags === undefined ? undefined : tagsOf(work, sample, options.tags);
    for (let at = (work.sampleStart[sample + 1] ?? 0) - 1; at >= (work.sampleStart[sample] ?? 0); at -= 1) {
      const location = work.sampleLocations[at] ?? 0;
      const last = (table.start[location + 1] ?? 0) - 1;
      for (let line = last; line >= (table.start[location] ?? 0); line -= 1) {
        const own = childOf(paths, children, parent, table.node[line] ?? 0);
        const path = paths[own];
        if (path === undefined) continue;
        path.cum += weight;
        path.cumDivisor += divisor;
        if (parent >= 0) {
          path.weight += weight;
          path.divisor += divisor;
          path.inline &&= line !== last;
        }
        if (labels !== undefined) addTags(tags, own, labels, weight, divisor, false);
        parent = own;
      }
    }
    const leaf = paths[parent];
    if (leaf === undefined) continue;
    leaf.flat += weight;
    leaf.flatDivisor += divisor;
    if (labels !== undefined) addTags(tags, parent, labels, weight, divisor, true);
  }
  return grown(paths, table, tags, options);
}

function childOf(paths: Growing[], children: Map<number, Map<number, number>>, parent: number, info: number): number {
  let own = children.get(parent);
  if (own === undefined) {
    own = new Map();
    children.set(parent, own);
  }
  const known = own.get(info);
  if (known !== undefined) return known;
  paths.push({ info, parent, flat: 0, cum: 0, flatDivisor: 0, cumDivisor: 0, weight: 0, divisor: 0, inline: true });
  own.set(info, paths.length - 1);
  return paths.length - 1;
}

function grown(paths: readonly Growing[], table: NodeTable, tags: ReadonlyMap<number, NodeTags>, options: GraphOptions): Graph {
  const nodes = paths.flatMap((path, id): readonly Node[] => {
    const info = table.infos[path.info];
    if (info === undefined) return [];
    const [flat, cum] = [mean(path.flat, path.flatDivisor), mean(path.cum, path.cumDivisor)];
    return [{ id, info, flatSum: path.flat, cumSum: path.cum, flat, cum, in: new Map(), out: new Map(), tags: tags.get(id) }];
  });
  // Calls lead to nodes of no value too, though these are not listed.
  for (const [id, path] of paths.entries()) {
    const [source, destination] = [nodes[path.parent], nodes[id]];
    if (source === undefined || destination === undefined) continue;
    const edge: Edge = { source, destination, weight: path.weight, value: mean(path.weight, path.divisor), residual: false, inline: path.inline };
    source.out.set(destination, edge);
    destination.in.set(source, edge);
  }
  return { nodes: nodes.filter((node) => isShown(node, options)) };
}

/** Takes nodes out and hangs their children on their parents, by residual edges. */
export function trimTree(graph: Graph, kept: ReadonlySet<Node>): void {
  const before = graph.nodes;
  graph.nodes = before.filter((node) => kept.has(node));
  for (const node of before) {
    if (kept.has(node)) continue;
    const [up] = node.in.values();
    up?.source.out.delete(node);
    for (const down of node.out.values()) {
      const child = down.destination;
      child.in.delete(node);
      if (up === undefined) continue;
      const edge: Edge = { ...down, source: up.source, residual: true, inline: up.inline && down.inline };
      child.in.set(up.source, edge);
      up.source.out.set(child, edge);
    }
  }
  removeRedundantEdges(graph);
}
