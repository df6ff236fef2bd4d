/** What grew between two profiles of one kind, beyond what sampling alone does. */
import type { ProfileArtefact } from '../model.ts';

/** A function that grew, in the unit of the profiles. */
export interface Grown {
  readonly func: string;
  readonly before: number;
  readonly after: number;
}

/** Two standard errors: chance alone goes beyond them once in twenty times. */
const errors = 2;
/** Growth of less than this part of all growth is not listed. */
const leastPart = 0.05;

/** Functions by their own growth, largest first; [] when the two cannot be compared. CPU is compared by what it was in the same time. */
export function grown(before: ProfileArtefact, after: ProfileArtefact): readonly Grown[] {
  if (!comparable(before, after)) return [];
  const scale = scaleOf(before, after);
  const old = new Map(before.functions.map(({ func, flat }) => [func, flat * scale]));
  const rows = after.functions.map(({ func, flat }) => ({ func, before: old.get(func) ?? 0, after: flat }));
  const noise = (row: Grown): number => errors * Math.sqrt((row.before * scale + row.after) * (after.perSample ?? 0));
  const real = rows.filter((row) => row.after - row.before > noise(row)).toSorted((a, b) => b.after - b.before - (a.after - a.before));
  const all = real.reduce((sum, row) => sum + row.after - row.before, 0);
  return real.filter((row) => row.after - row.before >= all * leastPart);
}

/** The same thing counted in the same unit, both with names. */
export function comparable(before: ProfileArtefact, after: ProfileArtefact): boolean {
  return before.kind === after.kind && before.sampleType === after.sampleType && before.unit === after.unit && before.symbolized && after.symbolized;
}

/** What the earlier one would be over the time of the later one; 1 for snapshots. */
export function scaleOf(before: ProfileArtefact, after: ProfileArtefact): number {
  if (after.kind !== 'cpu profile' || before.seconds === undefined || after.seconds === undefined || before.seconds <= 0) return 1;
  return after.seconds / before.seconds;
}
