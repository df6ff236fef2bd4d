/** -top: the table, and its rows as data. */
import type { Node } from './graph.ts';
import { formatValue, reportLabels, type Frame } from './legend.ts';
import type { Trimmed } from './trim.ts';
import { percentage } from './units.ts';

export function printTop(frame: Frame, trimmed: Trimmed): string {
  const { nodes } = trimmed.graph;
  const value = nodes.reduce((sum, node) => sum + node.flat, 0);
  const labels = reportLabels(frame, { value, nodes: nodes.length, original: trimmed.original, droppedNodes: trimmed.droppedNodes, droppedEdges: 0 }, false);
  let sum = 0;
  const rows = nodes.map((node) => {
    sum += node.flat;
    return `${row(frame, node, sum)}  ${node.info.printable}${inlineLabel(node)}`;
  });
  return [...labels, `${'flat'.padStart(10)} ${'flat'.padStart(5)}% ${'sum'.padStart(5)}% ${'cum'.padStart(10)} ${'cum'.padStart(5)}%`, ...rows, ''].join('\n');
}

/** flat, flat%, sum%, cum, cum%. */
export function row(frame: Frame, node: Node, sum: number): string {
  return `${formatValue(frame, node.flat).padStart(10)} ${percentage(node.flat, frame.total)} ${percentage(sum, frame.total)} ${formatValue(frame, node.cum).padStart(10)} ${percentage(node.cum, frame.total)}`;
}

function inlineLabel(node: Node): string {
  const edges = [...node.in.values()];
  if (!edges.some(({ inline }) => inline)) return '';
  return edges.every(({ inline }) => inline) ? ' (inline)' : ' (partial-inline)';
}
