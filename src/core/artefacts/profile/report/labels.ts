/** Labels of samples: texts, numbers, and the unit that each numeric label is meant in. */
import type { Profile } from '../columns.ts';
import { labelRow, type Work } from './work.ts';

export interface SampleLabels {
  /** Key → texts in file order. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** Key → numbers with the unit written beside them ('' when none). */
  readonly numbers: ReadonlyMap<string, readonly { readonly value: number; readonly unit: string }[]>;
}

const none: SampleLabels = { texts: new Map(), numbers: new Map() };

/** Labels of a row, hidden keys left out. */
export function labelsOfRow(profile: Profile, row: number, hidden: ReadonlySet<string>): SampleLabels {
  const from = profile.labelStart[row] ?? 0;
  const to = profile.labelStart[row + 1] ?? from;
  if (from === to) return none;
  const texts = new Map<string, string[]>();
  const numbers = new Map<string, { value: number; unit: string }[]>();
  for (let at = from; at < to; at += 1) {
    const key = profile.strings.at(profile.labelKey[at] ?? 0);
    if (hidden.has(key)) continue;
    const text = profile.labelText[at] ?? 0;
    if (text !== 0) listOf(texts, key).push(profile.strings.at(text));
    else listOf(numbers, key).push({ value: profile.labelNumber[at] ?? 0, unit: profile.strings.at(profile.labelUnit[at] ?? 0) });
  }
  return { texts, numbers };
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const made: T[] = [];
  lists.set(key, made);
  return made;
}

export function labelsOf(work: Work, sample: number): SampleLabels {
  return labelsOfRow(work.profile, labelRow(work, sample), work.hiddenLabels);
}

/** A sentence for each key of numbers with several units. */
export function unitsThatDiffer(profile: Profile): readonly string[] {
  const units = new Map<string, Set<string>>();
  for (let at = 0; at < profile.labelKey.length; at += 1) {
    const unit = profile.labelUnit[at] ?? 0;
    if (unit === 0 || (profile.labelText[at] ?? 0) !== 0) continue;
    const key = profile.strings.at(profile.labelKey[at] ?? 0);
    units.set(key, (units.get(key) ?? new Set()).add(profile.strings.at(unit)));
  }
  return [...units].flatMap(([key, [used, ...others]]) =>
    others.length === 0 ? [] : [`For tag ${key} used unit ${used}, also encountered unit(s) ${others.toSorted().join(', ')}`],
  );
}

/** Unit by key: the first one written, else what the key itself means (profile.NumLabelUnits). */
export function numberUnits(profile: Profile): ReadonlyMap<string, string> {
  const units = new Map<string, string>();
  for (let at = 0; at < profile.labelKey.length; at += 1) {
    if ((profile.labelText[at] ?? 0) !== 0) continue;
    const key = profile.strings.at(profile.labelKey[at] ?? 0);
    const unit = profile.strings.at(profile.labelUnit[at] ?? 0);
    if (!units.has(key) || units.get(key) === '') units.set(key, unit);
  }
  return new Map([...units].map(([key, unit]) => [key, unit !== '' ? unit : key === 'alignment' || key === 'request' ? 'bytes' : key]));
}
