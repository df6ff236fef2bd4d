/** Times in nanoseconds and sizes in bytes, as Go writes them, so that what follows need not ask. Other writers count milliseconds. */
import type { Profile } from './columns.ts';
import { scale } from './report/units.ts';

const bases: Readonly<Record<string, string>> = { ns: 'nanoseconds', B: 'bytes' };

/** The same profile where nothing is to be done. */
export function inBaseUnits(profile: Profile): Profile {
  const types = profile.sampleTypes.map(({ unit }) => inBase(unit));
  const period = profile.periodType === undefined ? undefined : inBase(profile.periodType.unit);
  if (types.every(({ factor }) => factor === 1) && (period === undefined || period.factor === 1)) return profile;
  return {
    ...profile,
    sampleTypes: profile.sampleTypes.map(({ type }, at) => ({ type, unit: types[at]?.unit ?? '' })),
    values: profile.values.map((value, at) => value * (types[at % types.length]?.factor ?? 1)),
    periodType: profile.periodType === undefined || period === undefined ? undefined : { type: profile.periodType.type, unit: period.unit },
    period: profile.period * (period?.factor ?? 1),
  };
}

/** Units of anything else (counts, other quantities) stay as they are. */
function inBase(unit: string): { readonly unit: string; readonly factor: number } {
  const [factor, name] = scale(1, unit, 'ns');
  const base = bases[name];
  return base === undefined || unit === base ? { unit, factor: 1 } : { unit: base, factor };
}
