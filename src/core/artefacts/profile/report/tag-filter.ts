/** One -tagfocus or -tagignore: a range of numbers with units, or patterns of `key:value`. */
import { pattern } from './options.ts';
import { labelsOfRow, numberUnits } from './labels.ts';
import { scale } from './units.ts';
import type { Work } from './work.ts';

/** Of rows of labels. */
export type TagFilter = (row: number) => boolean;

/** Throws `ReportProblem` for patterns that cannot be. */
export function tagFilter(name: string, source: string, work: Work): TagFilter {
  const equals = source.indexOf('=');
  const key = equals < 0 ? '' : source.slice(0, equals);
  const value = source.slice(equals + 1);
  const range = numberRange(value);
  const units = numberUnits(work.profile);
  const labels = (row: number): ReturnType<typeof labelsOfRow> => labelsOfRow(work.profile, row, work.hiddenLabels);
  if (range !== undefined) {
    work.said.push(`${name}:Interpreted '${value}' as range, not regexp`);
    return (row) =>
      [...labels(row).numbers].some(([own, numbers]) => (key === '' || own === key) && numbers.some((number) => range(number.value, units.get(own) ?? '')));
  }
  const patterns = value.split(',').map((part) => pattern(name, part));
  if (key !== '') return (row) => (labels(row).texts.get(key) ?? []).some((text) => patterns.some((rx) => rx.test(text)));
  return (row) => {
    const pairs = [...labels(row).texts].flatMap(([own, texts]) => texts.map((text) => `${own}:${text}`));
    return patterns.every((rx) => pairs.some((pair) => rx.test(pair)));
  };
}

/** `128kb`, `128kb:`, `:4mb`, `128kb:4mb`; undefined when it is no range. */
function numberRange(text: string): ((value: number, unit: string) => boolean) | undefined {
  const found = /^(:?)([+-]?\d+)([a-zA-Z]+)?(:?)(?:([+-]?\d+)([a-zA-Z]+)?)?$/.exec(text);
  if (found === null) return undefined;
  const [, before, low = '', lowUnit = '', colon, high, highUnit = ''] = found;
  const [least, unit] = scale(Number(low), lowUnit, lowUnit);
  const inUnit = (value: number, from: string): number | undefined => {
    const [scaled, name] = scale(value, from, unit);
    return name === unit ? scaled : undefined;
  };
  const test =
    (check: (value: number) => boolean) =>
    (value: number, from: string): boolean => {
      const scaled = inUnit(value, from);
      return scaled !== undefined && check(scaled);
    };
  if (high !== undefined) {
    if (before !== '' || colon === '') return undefined;
    const [most, name] = scale(Number(high), highUnit, unit);
    return name === unit ? test((value) => value >= least && value <= most) : undefined;
  }
  if (before !== '') return colon === '' ? test((value) => value <= least) : undefined;
  return colon === '' ? test((value) => value === least) : test((value) => value >= least);
}
