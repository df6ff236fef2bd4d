/** A profile while a report is made of it: lines by location and locations by sample, which filters take away. */
import type { Profile } from '../columns.ts';

export interface Line {
  /** Index of the function, -1 when the location has none. */
  readonly func: number;
  readonly line: number;
  readonly column: number;
}

/** Mutable on purpose: one report, one Work. */
export interface Work {
  readonly profile: Profile;
  readonly types: number;
  /** Innermost first; empty for a location without symbols. */
  lines: (readonly Line[])[];
  address: BigUint64Array;
  samples: number;
  sampleStart: Uint32Array;
  sampleLocations: Uint16Array | Uint32Array;
  values: Float64Array;
  /** Row of the profile's label columns for each sample. */
  labelRow: Uint32Array | undefined;
  names: readonly string[];
  systemNames: readonly string[];
  files: readonly string[];
  /** Keys of labels that are not to be seen. */
  hiddenLabels: ReadonlySet<string>;
  /** What pprof tells on standard error meanwhile: filters that matched nothing, units that do not agree. */
  readonly said: string[];
}

export function workOn(profile: Profile, said: string[] = []): Work {
  const count = profile.locationIds.length;
  const lines: (readonly Line[])[] = Array.from({ length: count });
  for (let at = 0; at < count; at += 1) {
    const own: Line[] = [];
    for (let n = profile.lineStart[at] ?? 0; n < (profile.lineStart[at + 1] ?? 0); n += 1)
      own.push({ func: profile.lineFunction[n] ?? -1, line: profile.lineNumber[n] ?? 0, column: profile.lineColumn[n] ?? 0 });
    lines[at] = own;
  }
  const text = (column: Uint32Array): string[] => Array.from(column, (index) => profile.strings.at(index));
  return {
    profile,
    types: profile.sampleTypes.length,
    lines,
    address: profile.locationAddress,
    samples: profile.samples,
    sampleStart: profile.sampleStart,
    sampleLocations: profile.sampleLocations,
    values: profile.values,
    labelRow: undefined,
    names: text(profile.functionName),
    systemNames: text(profile.functionSystemName),
    files: text(profile.functionFile),
    hiddenLabels: new Set(),
    said,
  };
}

/** Keeps the outermost line of each location, which is the function that was not inlined. */
export function withoutInlines(work: Work, columns: boolean): void {
  work.lines = work.lines.map((lines) => lines.slice(-1).map((line) => (columns ? line : { ...line, column: 0 })));
}

/** pprof's words for a filter of this name. */
export function matchedNothing(option: string): string {
  return `${option} expression matched no samples`;
}

/** The row of a sample in the profile's label columns. */
export function labelRow(work: Work, sample: number): number {
  return work.labelRow === undefined ? sample : (work.labelRow[sample] ?? sample);
}

/** Keeps the samples for which `choose` gives a range of their locations (from, to in `sampleLocations`). */
export function chooseSamples(work: Work, choose: (sample: number, from: number, to: number) => readonly number[] | undefined): void {
  const rows: number[] = [];
  const starts: number[] = [];
  const locations: number[] = [];
  const values: number[] = [];
  for (let sample = 0; sample < work.samples; sample += 1) {
    const kept = choose(sample, work.sampleStart[sample] ?? 0, work.sampleStart[sample + 1] ?? 0);
    if (kept === undefined) continue;
    rows.push(labelRow(work, sample));
    starts.push(locations.length);
    for (const location of kept) locations.push(location);
    for (let type = 0; type < work.types; type += 1) values.push(work.values[sample * work.types + type] ?? 0);
  }
  starts.push(locations.length);
  work.samples = rows.length;
  work.labelRow = Uint32Array.from(rows);
  work.sampleStart = Uint32Array.from(starts);
  work.sampleLocations = Uint32Array.from(locations);
  work.values = Float64Array.from(values);
}

/** Locations of a sample from the first to the last. */
export function stackOf(work: Work, from: number, to: number): number[] {
  return Array.from(work.sampleLocations.subarray(from, to));
}
