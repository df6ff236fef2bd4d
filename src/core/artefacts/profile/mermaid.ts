/** The call graph as Mermaid: at most 25 nodes, labels of a plain alphabet. */
import type { Profile } from './columns.ts';
import { sortEdges, type Node } from './report/graph.ts';
import { shorten } from './report/names.ts';
import { defaults } from './report/options.ts';
import { makeGraph } from './report/report.ts';

/** More cannot be read in a comment. */
const maxNodes = 25;
const maxEdges = 40;

/** Mermaid source without its fence; undefined when there is nothing to draw. */
export function mermaidGraph(profile: Profile): string | undefined {
  const { trimmed, total } = makeGraph(profile, { ...defaults, format: 'dot', nodecount: maxNodes, nodefraction: 0.02, edgefraction: 0.01 });
  const nodes = trimmed.graph.nodes.slice(0, maxNodes);
  if (nodes.length < 2 || total === 0) return undefined;
  const ids = new Map(nodes.map((node, at) => [node, `n${at}`]));
  const percent = (value: number): string => `${Math.round((Math.abs(value) / total) * 100)}%`;
  const share = ({ flat, cum }: Node): string => (percent(flat) === '0%' ? percent(cum) : `${percent(flat)} of ${percent(cum)}`);
  const lines = nodes.map((node, at) => `  n${at}["${label(node.info.name, at)}<br/>${share(node)}"]`);
  const edges = sortEdges(nodes.flatMap((node) => [...node.out.values()])).filter(({ source, destination }) => ids.has(source) && ids.has(destination));
  const arrows = edges
    .slice(0, maxEdges)
    .map((edge) => `  ${ids.get(edge.source)} ${edge.residual ? '-.->' : '-->'}|${percent(edge.weight)}| ${ids.get(edge.destination)}`);
  return ['flowchart TD', ...lines, ...arrows].join('\n');
}

function label(name: string, at: number): string {
  const short = shorten(name).replaceAll('[...]', '').slice(0, 60);
  return /^[A-Za-z0-9_.*/() -]+$/.test(short) ? short : `frame ${at + 1}`;
}
