/** -dot: the graph that `web` draws (internal/graph.ComposeDot). */
import { components, sortEdges, type Edge, type Node } from './graph.ts';
import { formatValue, reportLabels, type Frame } from './legend.ts';
import { base } from './nodes.ts';
import { escape, shorten } from './names.ts';
import { nodelets } from './nodelets.ts';
import type { Trimmed } from './trim.ts';
import { percentage } from './units.ts';

export function printDot(frame: Frame, trimmed: Trimmed): string {
  const { nodes } = trimmed.graph;
  const value = nodes.reduce((sum, node) => sum + node.flat, 0);
  const file = frame.profile.mappings[0]?.file ?? '';
  const { drawn } = frame.options;
  const title = file === '' ? '' : drawn ? escape(base(file)) : base(file);
  const labels = reportLabels(
    frame,
    { value, nodes: nodes.length, original: trimmed.original, droppedNodes: trimmed.droppedNodes, droppedEdges: trimmed.droppedEdges },
    true,
  );
  const out = [`digraph "${title === '' ? 'unnamed' : title}" {`, ...(drawn ? [font] : []), 'node [style=filled fillcolor="#f8f8f8"]'];
  if (labels.length > 0) {
    out.push(
      `subgraph cluster_L { "${escape(labels[0] ?? '')}" [shape=box fontsize=16 label="${labels.map(escape).join('\\l')}\\l"${title === '' ? '' : ` tooltip="${title}"`}] }`,
    );
  }
  if (nodes.length > 0) {
    const ids = new Map(nodes.map((node, at) => [node, at + 1]));
    const most = nodes.reduce((largest, node) => Math.max(largest, Math.abs(node.flat)), 0);
    const withNodelets = new Set<Node>();
    const edges: Edge[] = [];
    for (const node of nodes) {
      out.push(nodeLine(frame, node, ids.get(node) ?? 0, most));
      const boxes = nodelets(frame, node, ids.get(node) ?? 0);
      if (boxes.length > 0) withNodelets.add(node);
      for (const box of boxes) out.push(box);
      for (const edge of node.out.values()) edges.push(edge);
    }
    for (const edge of sortEdges(edges))
      out.push(edgeLine(frame, edge, ids.get(edge.source) ?? 0, ids.get(edge.destination) ?? 0, withNodelets.has(edge.source)));
  }
  out.push('}', '');
  return out.join('\n');
}

/** Boxes are laid out by the widths of its letters; of a list of fonts Graphviz knows none and takes those of Times, which are narrower. */
const font = ['graph', 'node', 'edge'].map((what) => `${what} [fontname="Helvetica"]`).join('\n');

function nodeLine(frame: Frame, node: Node, id: number, most: number): string {
  const { flat, cum } = node;
  const flatText = formatValue(frame, flat);
  let label = multiline(node, frame.options.drawn) + (flat === 0 ? '0' : `${flatText} (${percentage(flat, frame.total).trim()})`);
  let cumText = flatText;
  if (cum !== flat) {
    cumText = formatValue(frame, cum);
    label += `${flat === 0 ? ' ' : '\\n'}of ${cumText} (${percentage(cum, frame.total).trim()})`;
  }
  const size = 8 + (most !== 0 && flat !== 0 ? Math.ceil(16 * Math.sqrt(Math.abs(flat) / most)) : 0);
  const score = cum / Math.abs(frame.total);
  return `N${id} [label="${label}" id="node${id}" fontsize=${size} shape=box tooltip="${escape(node.info.printable)} (${cumText})" color="${color(score, false)}" fillcolor="${color(score, true)}"]`;
}

function edgeLine(frame: Frame, edge: Edge, from: number, to: number, hasNodelets: boolean): string {
  const weight = formatValue(frame, edge.value);
  let line = `label=" ${weight}${edge.inline ? '\\n (inline)' : ''}"`;
  if (frame.total !== 0) {
    const heavy = 1 + Math.min(Math.abs(Math.trunc((edge.value * 100) / frame.total)), 100);
    const wide = 1 + Math.min(Math.abs(Math.trunc((edge.value * 5) / frame.total)), 5);
    if (heavy > 1) line += ` weight=${heavy}`;
    if (wide > 1) line += ` penwidth=${wide}`;
    line += ` color="${color(edge.value / Math.abs(frame.total), false)}"`;
  }
  const tip = `"${escape(edge.source.info.printable)} ${edge.residual ? '...' : '->'} ${escape(edge.destination.info.printable)} (${weight})"`;
  line += ` tooltip=${tip} labeltooltip=${tip}`;
  if (edge.residual) line += ' style="dotted"';
  if (hasNodelets) line += ' minlen=2';
  return `N${from} -> N${to} [${line}]`;
}

/** Red for what costs, green for what a difference saved; background pale (dotColor). */
function color(share: number, background: boolean): string {
  const value = background ? 0.93 : 0.7;
  let score = Math.max(-1, Math.min(1, share));
  let saturation = background ? 0.1 : 1;
  if (Math.abs(score) < 0.2) saturation *= Math.abs(score) / 0.2;
  if (score !== 0) score = Math.sign(score) * Math.abs(score) ** 0.3;
  const pale = value * (1 - saturation * Math.abs(score));
  const [red, green] = score < 0 ? [pale, value] : [value, pale];
  // A share of nothing is NaN, whose bits are 0.
  const hex = (part: number): string => (Math.trunc(part * 255) & 255).toString(16).padStart(2, '0');
  return `#${hex(red)}${hex(green)}${hex(value * (1 - saturation))}`;
}

/** Function on lines of its own parts, file shortened. */
function multiline({ info }: Node, drawn: boolean): string {
  const own = (text: string): string => (drawn ? escape(text) : text);
  const name = escape(shorten(info.name)).replaceAll('::', '\\n').replaceAll('[...]', '[…]').replaceAll('.', '\\n');
  return `${components({ ...info, name, file: info.file === '' ? '' : own(base(info.file)), objfile: own(info.objfile) }).join('\\n')}\\n`;
}
