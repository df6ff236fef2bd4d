/** -tree and -peek: each node with its callers above and its callees below. */
import { sortEdges, type Edge } from './graph.ts';
import { formatValue, reportLabels, type Frame } from './legend.ts';
import { ReportProblem } from './options.ts';
import { row } from './text.ts';
import type { Trimmed } from './trim.ts';
import { percentage } from './units.ts';

const separator = '----------------------------------------------------------+-------------';

export function printTree(frame: Frame, trimmed: Trimmed): string {
  const { nodes } = trimmed.graph;
  const value = nodes.reduce((sum, node) => sum + node.flat, 0);
  const lines = reportLabels(frame, { value, nodes: nodes.length, original: trimmed.original, droppedNodes: trimmed.droppedNodes, droppedEdges: 0 }, false);
  lines.push(separator, '      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t ');
  const { symbol } = frame.options;
  let sum = 0;
  let matched = 0;
  for (const node of nodes) {
    if (symbol !== undefined && !symbol.test(node.info.printable)) continue;
    matched += 1;
    const edge = (one: Edge, name: string): string =>
      `${formatValue(frame, one.weight).padStart(50)} ${percentage(one.weight, node.cum)} |   ${name}${one.inline ? ' (inline)' : ''}`;
    sum += node.flat;
    lines.push(separator);
    for (const one of sortEdges(node.in.values())) lines.push(edge(one, one.source.info.printable));
    lines.push(`${row(frame, node, sum)}                | ${node.info.printable}`);
    for (const one of sortEdges(node.out.values())) lines.push(edge(one, one.destination.info.printable));
  }
  if (nodes.length > 0) lines.push(separator);
  if (symbol !== undefined && matched === 0) throw new ReportProblem(`no matches found for regexp: ${symbol.source}`);
  return `${lines.join('\n')}\n`;
}
