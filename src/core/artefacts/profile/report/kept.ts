/** A profile after its filters: what -proto writes, and what flame graphs show. */
import { ProfileBuilder } from '../build.ts';
import type { Profile } from '../columns.ts';
import type { Work } from './work.ts';
import { labelsOf } from './labels.ts';

/** Only what samples still use stays. Samples of value 0 are kept: another type may count them. */
export function keptProfile(work: Work): Profile {
  const { profile, types } = work;
  const builder = new ProfileBuilder();
  for (const mapping of profile.mappings) builder.mappings.push({ ...mapping, id: builder.mappings.length + 1 });
  const placed = new Int32Array(work.lines.length).fill(-1);
  const place = (location: number): number => {
    const known = placed[location] ?? -1;
    if (known >= 0) return known;
    const lines = (work.lines[location] ?? []).map(({ func, line, column }) => ({ func: func < 0 ? -1 : builder.func(functionOf(work, func)), line, column }));
    const made = builder.newLocation(work.address[location] ?? 0n, profile.locationMapping[location] ?? -1, lines, profile.locationFolded[location]);
    placed[location] = made;
    return made;
  };
  for (let sample = 0; sample < work.samples; sample += 1) {
    const { texts, numbers } = labelsOf(work, sample);
    const labels = [
      ...[...texts].flatMap(([key, all]) => all.map((text) => ({ key, text }))),
      ...[...numbers].flatMap(([key, all]) => all.map(({ value, unit }) => ({ key, number: value, unit }))),
    ];
    const locations = Array.from(work.sampleLocations.subarray(work.sampleStart[sample], work.sampleStart[sample + 1]), place);
    builder.sample(locations, work.values.subarray(sample * types, (sample + 1) * types), labels);
  }
  return builder.done(profile);
}

function functionOf(
  { profile, names, systemNames, files }: Work,
  func: number,
): { readonly name: string; readonly systemName: string; readonly file: string; readonly startLine: number } {
  return { name: names[func] ?? '', systemName: systemNames[func] ?? '', file: files[func] ?? '', startLine: profile.functionStartLine[func] ?? 0 };
}
