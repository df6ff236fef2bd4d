/** Rows of a text profile with the comment lines that belong to each. */
import type { NewLabel } from '../build.ts';
import { addressesOf, beginsMap, call, mapAfter, maxLine, type Draft, type DraftSample, type Reading, type SymbolLine } from './draft.ts';
import { aligned, labelLine, symbolLine } from './symbol-lines.ts';

/** What a row says: its values, its labels, and the text that holds its addresses. */
export interface Cells {
  readonly values: readonly number[];
  readonly labels?: readonly NewLabel[];
  readonly addresses: string;
}

export interface Rows {
  readonly samples: DraftSample[];
  readonly map: Draft['map'];
  /** Rows that could not be read. */
  readonly unread: number;
}

/** Reads rows from a line on; `cells` gives undefined for a row that it cannot read. Of what the text hides, the protobuf hides `hides` too. */
export function rowsFrom(
  lines: readonly string[],
  from: number,
  ends: (line: string) => boolean,
  cells: (row: string) => Cells | undefined,
  reading: Reading,
  hides: 'both ends' | 'the end' = 'both ends',
): Rows {
  const samples: DraftSample[] = [];
  let unread = 0;
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const bare = line.trim();
    if (bare === '' || bare.startsWith('#')) continue;
    if (ends(bare) || beginsMap(bare)) break;
    const row = line.length > maxLine ? undefined : cells(bare);
    const pcs = row === undefined ? undefined : addressesOf(row.addresses);
    if (row === undefined || pcs === undefined) {
      unread += 1;
      continue;
    }
    const { symbols, labels } = reading.plainly ? { symbols: [], labels: [] } : below(lines, at + 1);
    const { stack, symbols: names } = visible(pcs, symbols, reading.bare && hides === 'the end');
    samples.push({ values: row.values, stack, ...(reading.bare ? {} : { symbols: names }), labels: [...(row.labels ?? []), ...labels] });
  }
  return { samples, map: mapAfter(lines, at), unread };
}

/** What the text hides at both ends: the allocator or the scheduler, unless the `whole` beginning is wanted, and goexit. */
function visible(pcs: readonly bigint[], symbols: readonly SymbolLine[], whole: boolean): Pick<DraftSample, 'stack' | 'symbols'> {
  const stack = pcs.map(call);
  const found = aligned(pcs, symbols);
  const first = found.findIndex((symbol) => symbol !== undefined);
  if (first < 0) return { stack };
  const from = whole ? 0 : first;
  const to = found.findLastIndex((symbol) => symbol !== undefined) + 1;
  return { stack: stack.slice(from, to), symbols: found.slice(from, to) };
}

function below(lines: readonly string[], from: number): { readonly symbols: readonly SymbolLine[]; readonly labels: readonly NewLabel[] } {
  const symbols: SymbolLine[] = [];
  const labels: NewLabel[] = [];
  for (let at = from; at < lines.length && (lines[at] ?? '').startsWith('#'); at += 1) {
    const line = lines[at] ?? '';
    if (line.length > maxLine) continue;
    const symbol = symbolLine(line);
    if (symbol !== undefined) symbols.push(symbol);
    else labels.push(...labelLine(line));
  }
  return { symbols, labels };
}

/** A sentence about rows that were not read. */
export function unreadNote(unread: number): readonly string[] {
  return unread === 0 ? [] : [`${unread} ${unread === 1 ? 'row' : 'rows'} of it could not be read and ${unread === 1 ? 'is' : 'are'} not counted`];
}
