/** `goroutine profile: total N` and `threadcreate profile: total N`: counts of equal stacks. */
import type { Drafted, Reading } from './draft.ts';
import { rowsFrom, unreadNote, type Cells } from './text-rows.ts';

const rowFormat = /^(\d{1,19}) @((?: 0x[0-9a-f]+)*)$/;

/** Undefined when the first line that is no comment is none of these. */
export function draftCounts(lines: readonly string[], reading: Reading): Drafted | undefined {
  const first = lines.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const found = /^(\S{1,100}) profile: total \d+$/.exec(lines[first] ?? '');
  if (found === null) return undefined;
  const type = found[1] ?? '';
  const cells = (row: string): Cells | undefined => {
    const columns = rowFormat.exec(row);
    return columns === null ? undefined : { values: [Number(columns[1])], addresses: columns[2] ?? '' };
  };
  const { samples, map, unread } = rowsFrom(lines, first + 1, (row) => row.startsWith('---'), cells, reading, 'the end');
  return { sampleTypes: [{ type, unit: 'count' }], periodType: { type, unit: 'count' }, period: 1, samples, map, notes: unreadNote(unread) };
}
