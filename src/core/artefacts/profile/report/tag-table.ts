/** -tags: sums by label, in Go's text/tabwriter with right-aligned cells. */
import { labelsOf, numberUnits } from './labels.ts';
import { formatValue, type Frame } from './legend.ts';
import { percentage, scaledLabel } from './units.ts';
import type { Work } from './work.ts';

export function printTags(frame: Frame, work: Work, value: number): string {
  const units = numberUnits(work.profile);
  const byKey = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  const add = (key: string, tag: string, weight: number): void => {
    const own = byKey.get(key) ?? new Map<string, number>();
    own.set(tag, (own.get(tag) ?? 0) + weight);
    byKey.set(key, own);
    totals.set(key, (totals.get(key) ?? 0) + weight);
  };
  for (let sample = 0; sample < work.samples; sample += 1) {
    const weight = work.values[sample * work.types + value] ?? 0;
    const { texts, numbers } = labelsOf(work, sample);
    for (const [key, tags] of texts) for (const tag of tags) add(key, tag, weight);
    for (const [key, tags] of numbers) for (const tag of tags) add(key, scaledLabel(tag.value, units.get(key) ?? '', frame.options.unit), weight);
  }
  const share = (weight: number): string => (frame.total > 0 ? ` (${percentage(weight, frame.total)})` : '');
  const lines: string[] = [];
  for (const key of [...byKey.keys()].sort()) {
    const total = totals.get(key) ?? 0;
    lines.push(`${key}:\t Total ${formatValue(frame, total)} of ${formatValue(frame, frame.total)}${share(total)}`);
    const rows = [...(byKey.get(key) ?? [])].sort((a, b) => (a[1] === b[1] ? 0 : Math.abs(b[1]) - Math.abs(a[1])) || (a[0] < b[0] ? -1 : 1));
    for (const [tag, weight] of rows) lines.push(` \t${formatValue(frame, weight)}${share(weight)}:\t ${tag}`);
    lines.push('');
  }
  return aligned(lines.map((line) => `${line}\n`).join(''));
}

/** Go's text/tabwriter, cells aligned right: those that a tab ends get the width of the widest of their block, plus one. */
function aligned(text: string): string {
  const cells = text.split(/[\n\f]/).map((line) => line.split(/[\t\v]/));
  const widths = cells.map((line) => line.slice(0, -1).map(() => 0));
  const columns = cells.reduce((most, line) => Math.max(most, line.length - 1), 0);
  for (let column = 0; column < columns; column += 1) {
    for (let from = 0; from < cells.length; from += 1) {
      if ((cells[from]?.length ?? 0) - 1 <= column) continue;
      let to = from;
      while (to < cells.length && (cells[to]?.length ?? 0) - 1 > column) to += 1;
      let most = 0;
      for (let at = from; at < to; at += 1) most = Math.max(most, letters(cells[at]?.[column]));
      for (let at = from; at < to; at += 1) {
        const own = widths[at];
        if (own !== undefined) own[column] = most + 1;
      }
      from = to;
    }
  }
  return cells
    .map((line, at) =>
      line.map((cell, column) => (column === line.length - 1 ? cell : ' '.repeat(Math.max(0, (widths[at]?.[column] ?? 0) - letters(cell))) + cell)).join(''),
    )
    .join('\n');
}

function letters(cell = ''): number {
  return Array.from(cell).length;
}
