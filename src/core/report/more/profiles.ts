/** Profiles in the folded part: a sentence each, a table where it says something, and the command that gives the same. */
import type { ReportProfile } from '../../model.ts';
import { codeSpan, fence, inline } from '../escape.ts';
import { ended } from '../words.ts';

/** Kinds whose table helps in a comment; the page has all of them. */
const tabled: ReadonlySet<string> = new Set(['cpu', 'heap', 'mutex']);
/** A call graph of less says nothing: 100 samples of 10 ms. */
const leastGraph = 1e9;

/** Blocks of one profile. */
export function profile(one: ReportProfile): readonly string[] {
  if (one.top.length === 0) return [`**${title(one.kind)} profile** has no samples. (${codeSpan(one.file)})`];
  const notes = (one.notes ?? []).slice(0, 3).map((note) => inline(ended(note)));
  const costs = (one.costs ?? []).slice(0, 5).map(({ kind, owner, share }) => `${(share * 100).toFixed(0)} % ${kind === 'all' ? owner : `${kind} (${owner})`}`);
  const head = [
    `**${title(one.kind)} profile** ${codeSpan(one.file)}`,
    ...notes,
    ...(costs.length === 0 || !tabled.has(one.kind) ? [] : [inline(`By cost: ${costs.join(', ')}.`)]),
  ].join(' ');
  if (!tabled.has(one.kind)) return [one.command === undefined ? head : `${head}: ${codeSpan(one.command)}`];
  return [
    head,
    ...(one.text === undefined ? [] : [fence(one.text.join('\n'), 'text')]),
    ...(one.command === undefined ? [] : [`The same by ${codeSpan(one.command)}`]),
    ...(one.graph === undefined || one.total < leastGraph ? [] : [['```mermaid', one.graph.trim(), '```'].join('\n')]),
  ];
}

function title(kind: string): string {
  return kind === 'cpu' ? 'CPU' : `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}
