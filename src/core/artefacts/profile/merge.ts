/** Profiles added up or subtracted, as pprof does it (profile/merge.go, internal/driver/fetch.go). */
import { ProfileBuilder, type NewLabel } from './build.ts';
import type { Profile, ValueType } from './columns.ts';
import { hasUnit, scale } from './report/units.ts';
import { compareText } from './report/graph.ts';
import { ReportProblem } from './report/options.ts';

export interface Combining {
  /** Marks the samples of the base, so that shares are of the base. */
  readonly diffBase: boolean;
  /** Scales the sources to the size of the base first. */
  readonly normalize: boolean;
  readonly comment: string;
}

/** A profile on its way into a sum: its values may be scaled, reordered and dropped without touching it. */
interface Part {
  readonly profile: Profile;
  types: readonly ValueType[];
  defaultType: string;
  values: Float64Array;
  /** Samples that scaling made empty are out. */
  dropped: Uint8Array;
  period: number;
  periodType: ValueType;
  base: boolean;
}

/** The label that marks samples of the base (-diff_base). */
export const baseLabel = 'pprof::base';

/** Sources added up, less the bases. Throws `ReportProblem` when they cannot be compared. */
export function combine(sources: readonly Profile[], bases: readonly Profile[], { diffBase, normalize, comment }: Combining): Profile {
  let sum = fetched(sources, 'problem fetching source profiles: ', '');
  if (bases.length > 0) {
    const [source, base] = [partOf(sum), partOf(fetched(bases, 'problem fetching base profiles: ', ','))];
    base.base = diffBase;
    if (normalize) scaleTo(source, base);
    scaleValues(
      base,
      base.types.map(() => -1),
    );
    sum = added([source, base]);
  }
  return comment === '' ? sum : { ...sum, comments: [...sum.comments, comment] };
}

function partOf(profile: Profile): Part {
  const { sampleTypes: types, defaultSampleType: defaultType, values, period, periodType = { type: '', unit: '' } } = profile;
  return { profile, types, defaultType, values, dropped: new Uint8Array(profile.samples), period, periodType, base: false };
}

/** Files of one side added up; what goes wrong is said as pprof says it. */
function fetched(profiles: readonly Profile[], before: string, after: string): Profile {
  try {
    return added(profiles.map(partOf));
  } catch (problem) {
    throw problem instanceof ReportProblem ? new ReportProblem(`${before}${problem.message}${after}`) : problem;
  }
}

function added(parts: readonly Part[]): Profile {
  sameTypes(parts);
  const [first] = parts;
  if (first === undefined) throw new ReportProblem('no profiles to merge');
  if (parts.length === 1) {
    const { types: sampleTypes, defaultType: defaultSampleType, values } = first;
    return sampleTypes === first.profile.sampleTypes ? first.profile : { ...first.profile, sampleTypes, defaultSampleType, values };
  }
  sameUnits(parts);
  for (const part of parts.slice(1)) {
    compatible(first, part);
  }
  const merged = merge(parts);
  // Samples that cancelled out go, and with them what only they used.
  return hasZero(merged) ? merge([partOf(merged)]) : merged;
}

/** As Go prints the structure: type, unit, two numbers that are 0 once it was read. */
function shown({ type, unit }: ValueType): string {
  return `{${type} ${unit} 0 0}`;
}

function compatible(one: Part, other: Part): void {
  if (shown(one.periodType) !== shown(other.periodType))
    throw new ReportProblem(`incompatible period types &${shown(one.periodType)} and &${shown(other.periodType)}`);
  const [types, others] = [one.types.map(shown).join(' '), other.types.map(shown).join(' ')];
  if (types !== others) throw new ReportProblem(`incompatible sample types [${types}] and [${others}]`);
}

/** Keeps the sample types that all have, in the order of the first (CompatibilizeSampleTypes). */
function sameTypes(parts: readonly Part[]): void {
  // A name that one profile has twice counts twice, and is out.
  const times = new Map<string, number>();
  for (const { type } of parts.flatMap(({ types }) => types)) times.set(type, (times.get(type) ?? 0) + 1);
  const common = (parts[0]?.types ?? []).map(({ type }) => type).filter((type) => times.get(type) === parts.length);
  if (common.length === 0) throw new ReportProblem('profiles have empty common sample type list');
  for (const part of parts) {
    const from = common.map((type) => part.types.findIndex((own) => own.type === type));
    if (from.length === part.types.length && from.every((index, at) => index === at)) continue;
    const width = part.types.length;
    const values = new Float64Array(part.profile.samples * from.length);
    for (let sample = 0; sample < part.profile.samples; sample += 1)
      for (const [at, index] of from.entries()) values[sample * from.length + at] = part.values[sample * width + index] ?? 0;
    part.values = values;
    part.types = from.flatMap((index) => part.types[index] ?? []);
    if (!common.includes(part.defaultType)) part.defaultType = common[0] ?? '';
  }
}

/** Scales to the finest unit of each type (measurement.ScaleProfiles). */
function sameUnits(parts: readonly Part[]): void {
  const period = finest(
    parts.map(({ periodType }) => periodType),
    'period type',
  );
  const types = (parts[0]?.types ?? []).map((_, at) =>
    finest(
      parts.flatMap((part) => part.types[at] ?? []),
      'sample types',
    ),
  );
  for (const part of parts) {
    if (part.periodType.unit !== period.unit) {
      part.period = Math.trunc(scale(part.period, part.periodType.unit, period.unit)[0]);
      part.periodType = { ...part.periodType, unit: period.unit };
    }
    scaleValues(
      part,
      part.types.map(({ unit }, at) => (types[at] === undefined ? 1 : scale(1, unit, types[at].unit)[0])),
    );
    part.types = part.types.map((type, at) => ({ ...type, unit: types[at]?.unit ?? type.unit }));
  }
}

function finest(types: readonly ValueType[], what: string): ValueType {
  return types.reduce((least, type) => {
    if (least.type.replace(/s$/, '') !== type.type.replace(/s$/, '') || (least.unit !== type.unit && !hasUnit(least.unit, type.unit)))
      throw new ReportProblem(`${what}: incompatible types: ${shown(least)} ${shown(type)}`);
    return scale(1, type.unit, least.unit)[0] < 1 ? type : least;
  });
}

/** Multiplies values and drops samples that become nothing (ScaleN). */
function scaleValues(part: Part, ratios: readonly number[]): void {
  if (ratios.every((ratio) => ratio === 1)) return;
  const values = part.values.slice();
  const width = ratios.length;
  for (let sample = 0; sample < part.profile.samples; sample += 1) {
    let keep = false;
    for (const [at, ratio] of ratios.entries()) {
      if (ratio === 1) continue;
      const value = (part.values[sample * width + at] ?? 0) * ratio;
      // Go rounds halves away from zero.
      const rounded = Math.sign(value) * Math.round(Math.abs(value)) + 0;
      values[sample * width + at] = rounded;
      keep ||= rounded !== 0;
    }
    if (!keep) part.dropped[sample] = 1;
  }
  part.values = values;
}

/** Each type of the source made as large in sum as the base's (Normalize). */
function scaleTo(source: Part, base: Part): void {
  compatible(source, base);
  const sums = (part: Part): readonly number[] =>
    part.types.map((_, at) => {
      let sum = 0;
      for (let sample = 0; sample < part.profile.samples; sample += 1) sum += part.values[sample * part.types.length + at] ?? 0;
      return sum;
    });
  const wanted = sums(base);
  scaleValues(
    source,
    sums(source).map((sum, at) => (sum === 0 ? 0 : (wanted[at] ?? 0) / sum)),
  );
}

function merge(parts: readonly Part[]): Profile {
  const builder = new ProfileBuilder();
  const samples = new Map<string, { readonly locations: readonly number[]; readonly values: number[]; readonly labels: readonly NewLabel[] }>();
  const mappings = new Map<string, number>();
  for (const part of parts) {
    const place = placer(builder, mappings, part.profile);
    const width = part.types.length;
    for (let sample = 0; sample < part.profile.samples; sample += 1) {
      const values = Array.from(part.values.subarray(sample * width, (sample + 1) * width));
      if (part.dropped[sample] === 1 || values.every((value) => value === 0)) continue;
      const locations = Array.from(part.profile.sampleLocations.subarray(part.profile.sampleStart[sample], part.profile.sampleStart[sample + 1]), place);
      const labels = labelsOf(part, sample);
      const key = `${locations.join()}${
        labels.length === 0
          ? ''
          : `;${labels
              .map(({ key: name, text, number, unit }) => ({
                name: `${text === undefined ? 'n' : 't'}${name}`,
                rest: `${text ?? ''}\u0001${number ?? ''}\u0001${unit ?? ''}`,
              }))
              .sort((a, b) => compareText(a.name, b.name))
              .map(({ name, rest }) => `${name}\u0001${rest}`)
              .join('\u0002')}`
      }`;
      const known = samples.get(key);
      if (known === undefined) samples.set(key, { locations, values, labels });
      else for (const [at, value] of values.entries()) known.values[at] = (known.values[at] ?? 0) + value;
    }
  }
  for (const { locations, values, labels } of samples.values()) builder.sample(locations, values, labels);
  const profiles = parts.map(({ profile }) => profile);
  const [first] = parts;
  return builder.done({
    sampleTypes: first?.types ?? [],
    defaultSampleType: parts.map(({ defaultType }) => defaultType).find((name) => name !== ''),
    comments: [...new Set(profiles.flatMap(({ comments }) => comments))],
    timeNanos: profiles.reduce((least, { timeNanos }) => (least === 0n || timeNanos < least ? timeNanos : least), 0n),
    durationNanos: profiles.reduce((sum, { durationNanos }) => sum + durationNanos, 0),
    periodType: first?.periodType,
    period: parts.reduce((most, { period }) => (most === 0 || most < period ? period : most), 0),
    dropFrames: first?.profile.dropFrames,
    keepFrames: first?.profile.keepFrames,
    docUrl: profiles.map(({ docUrl }) => docUrl).find((url) => url !== ''),
  });
}

/** Location of a profile → location of the sum: the same code is one location wherever it was mapped. */
function placer(builder: ProfileBuilder, mappings: Map<string, number>, profile: Profile): (location: number) => number {
  const own = new Map<number, { readonly index: number; readonly shift: bigint }>();
  const mapping = (index: number): { readonly index: number; readonly shift: bigint } => {
    const from = profile.mappings[index];
    if (from === undefined) return { index: -1, shift: 0n };
    const seen = own.get(index);
    if (seen !== undefined) return seen;
    const size = BigInt.asUintN(64, from.limit - from.start + 0xfffn) / 0x1000n;
    const key = `${size} ${from.offset} ${from.buildId === '' ? from.file : from.buildId}`;
    const known = mappings.get(key);
    const to = known ?? builder.mappings.push({ ...from, id: builder.mappings.length + 1 }) - 1;
    mappings.set(key, to);
    const found = { index: to, shift: (builder.mappings[to]?.start ?? 0n) - from.start };
    own.set(index, found);
    return found;
  };
  // The first mapping is the program itself and stays the first.
  if (mappings.size === 0) mapping(0);
  const placed = new Int32Array(profile.locationIds.length).fill(-1);
  return (location) => {
    const known = placed[location] ?? -1;
    if (known >= 0) return known;
    const { index, shift } = mapping(profile.locationMapping[location] ?? -1);
    const lines = [];
    for (let at = profile.lineStart[location] ?? 0; at < (profile.lineStart[location + 1] ?? 0); at += 1) {
      lines.push({ func: func(builder, profile, profile.lineFunction[at] ?? -1), line: profile.lineNumber[at] ?? 0, column: profile.lineColumn[at] ?? 0 });
    }
    const made = builder.location(BigInt.asUintN(64, (profile.locationAddress[location] ?? 0n) + shift), index, lines, profile.locationFolded[location]);
    placed[location] = made;
    return made;
  };
}

function func(builder: ProfileBuilder, profile: Profile, index: number): number {
  if (index < 0) return -1;
  const text = (column: Uint32Array): string => profile.strings.at(column[index] ?? 0);
  return builder.func({
    name: text(profile.functionName),
    systemName: text(profile.functionSystemName),
    file: text(profile.functionFile),
    startLine: profile.functionStartLine[index] ?? 0,
  });
}

function labelsOf({ profile, base }: Part, sample: number): readonly NewLabel[] {
  const labels: NewLabel[] = [];
  for (let at = profile.labelStart[sample] ?? 0; at < (profile.labelStart[sample + 1] ?? 0); at += 1) {
    const key = profile.strings.at(profile.labelKey[at] ?? 0);
    const text = profile.labelText[at] ?? 0;
    if (text === 0) labels.push({ key, number: profile.labelNumber[at] ?? 0, unit: profile.strings.at(profile.labelUnit[at] ?? 0) });
    else if (!base || key !== baseLabel) labels.push({ key, text: profile.strings.at(text) });
  }
  return base ? [...labels, { key: baseLabel, text: 'true' }] : labels;
}

function hasZero(profile: Profile): boolean {
  const width = profile.sampleTypes.length;
  for (let sample = 0; sample < profile.samples; sample += 1) {
    let zero = true;
    for (let at = 0; at < width; at += 1) zero &&= profile.values[sample * width + at] === 0;
    if (zero) return true;
  }
  return false;
}
