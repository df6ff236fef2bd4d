/** Text for a terminal: as wide as it is, coloured where it can be, and nothing in it that a dump has smuggled in. */
import process from 'node:process';
import { styleText } from 'node:util';
import { printable } from '../core/report/escape.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** A part of a line: plain, or in a style. */
export type Part = string | readonly [Style, string];

/** A line of parts, each without what must not reach a terminal. Styles are left out where standard output is none, or NO_COLOR is set. */
export function line(...parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? printable(part) : styleText(part[0], printable(part[1]), { stream: process.stdout }))).join('');
}

/** Columns of standard output; 80 where it is no terminal. */
export function columns(): number {
  return Math.max(40, Math.min(200, process.stdout.columns ?? 80));
}

/** Words folded at the width; the first line stands behind `first`, the others are indented as far. */
export function folded(words: readonly string[], first: string, indent = ' '.repeat(first.length)): readonly string[] {
  const lines: string[] = [];
  let open = first;
  let empty = true;
  for (const word of words) {
    if (!empty && open.length + 1 + word.length > columns()) {
      lines.push(open);
      open = indent;
      empty = true;
    }
    open += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, open.trimEnd()];
}
