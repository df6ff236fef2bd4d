/** A profile as an artefact: sums by function, heaviest stacks, the table that pprof prints. */
import type { FunctionCost, HeavyStack, ProfileArtefact, ProfileKind, ReportProfile } from '../../model.ts';
import type { Profile } from './columns.ts';
import { costsOf } from './costs.ts';
import { mermaidGraph } from './mermaid.ts';
import { makeGraph, makeReport, sampleIndex, totalOf } from './report/report.ts';
import { defaults } from './report/options.ts';
import { workOn } from './report/work.ts';

export interface About {
  readonly file: string;
  readonly kind: ProfileKind;
  readonly notes: readonly string[];
  /** A text or an old format, of which pprof itself makes something else. */
  readonly legacy?: boolean;
}

/** Stacks and addresses kept for rules and for the binary. */
const maxStacks = 300;
const maxAddresses = 4096;

export function summarize(profile: Profile, about: About): ProfileArtefact {
  const { file, kind, notes } = about;
  const index = sampleIndex(profile, '');
  const type = profile.sampleTypes[index];
  const work = workOn(profile);
  const { trimmed } = makeGraph(profile, { ...defaults, nodecount: 0, nodefraction: 0, edgefraction: 0 });
  const places = placesOf(profile);
  const functions = trimmed.graph.nodes.map(({ info, flat, cum }): FunctionCost => ({
    func: info.printable,
    file: places.get(info.name)?.file ?? '',
    line: places.get(info.name)?.line ?? 0,
    flat,
    cum,
  }));
  const total = totalOf(work, index, undefined);
  const seconds = profile.durationNanos > 0 ? profile.durationNanos / 1e9 : undefined;
  const costs = costsOf(profile);
  const [mapping] = profile.mappings;
  return {
    kind,
    file,
    sampleType: type?.type ?? '',
    unit: type?.unit ?? '',
    seconds,
    at: profile.timeNanos > 0n && profile.timeNanos < 4_000_000_000_000_000_000n ? new Date(Number(profile.timeNanos / 1_000_000n)).toISOString() : undefined,
    total,
    totals: profile.sampleTypes.map((one, at) => ({ type: one.type, unit: one.unit, total: totalOf(work, at, undefined) })),
    symbolized: profile.functionName.length > 0 || profile.samples === 0,
    functions,
    stacks: heaviest(profile, index, total),
    costs,
    buildId: mapping?.buildId === '' ? undefined : mapping?.buildId,
    shown: shownOf(profile, about, { seconds, total, costs }),
    notes,
    addresses: addressesOf(profile),
    mapping:
      mapping === undefined
        ? undefined
        : { start: hex(mapping.start), limit: hex(mapping.limit), offset: hex(mapping.offset), file: mapping.file, buildId: mapping.buildId },
  };
}

function shownOf(profile: Profile, about: About, { seconds, total, costs }: Pick<ProfileArtefact, 'seconds' | 'total' | 'costs'>): ReportProfile {
  const index = sampleIndex(profile, '');
  const type = profile.sampleTypes[index];
  const options = { ...defaults, nodecount: 10 };
  const { text, trimmed } = makeReport(profile, options);
  const short = about.kind.replace(/ profile$/, '');
  return {
    file: about.file,
    kind:
      short === 'cpu' || short === 'heap' || short === 'allocs' || short === 'mutex' || short === 'block' || short === 'goroutine' || short === 'threadcreate'
        ? short
        : 'other',
    sampleType: type?.type ?? '',
    unit: type?.unit ?? '',
    seconds,
    total,
    top: (trimmed?.graph.nodes ?? []).map(({ info, flat, cum }) => ({ func: info.printable, flat, cum })),
    text: text.trimEnd().split('\n'),
    command: `${about.legacy === true ? 'pprof-triage pprof -top -nodecount=10' : 'go tool pprof -top -nodecount=10 -symbolize=none'} ${quoted(about.file)}`,
    costs,
    graph: about.kind === 'cpu profile' && total > 0 ? mermaidGraph(profile) : undefined,
    notes: about.notes,
  };
}

/** The bare file name, as a shell takes it. */
function quoted(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^[\w.+=@:-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

/** Where each function was seen first, for links. */
function placesOf(profile: Profile): ReadonlyMap<string, { readonly file: string; readonly line: number }> {
  const places = new Map<string, { file: string; line: number }>();
  for (const [at, name] of profile.functionName.entries()) {
    const file = profile.strings.at(profile.functionFile[at] ?? 0);
    if (file !== '') places.set(profile.strings.at(name), { file, line: profile.functionStartLine[at] ?? 0 });
  }
  for (const [at, func] of profile.lineFunction.entries()) {
    const name = func < 0 ? undefined : profile.strings.at(profile.functionName[func] ?? 0);
    const place = name === undefined ? undefined : places.get(name);
    if (place !== undefined && place.line === 0) place.line = profile.lineNumber[at] ?? 0;
  }
  return places;
}

/** Distinct stacks by weight. */
function heaviest(profile: Profile, index: number, total: number): readonly HeavyStack[] {
  const { sampleTypes, samples, sampleStart, sampleLocations, values } = profile;
  const sums = new Map<number, { value: number; readonly sample: number }>();
  for (let sample = 0; sample < samples; sample += 1) {
    const value = values[sample * sampleTypes.length + index] ?? 0;
    if (value <= 0) continue;
    // Two hashes of 32 and 21 bits: text keys would cost seconds for millions of stacks.
    let [one, two] = [0x811c9dc5, 0x9747b28c];
    for (let at = sampleStart[sample] ?? 0; at < (sampleStart[sample + 1] ?? 0); at += 1) {
      const location = sampleLocations[at] ?? 0;
      one = Math.imul(one ^ location, 0x01000193) ^ (one >>> 15);
      two = Math.imul(two + location, 0x85ebca6b) ^ (two >>> 13);
    }
    const key = (two >>> 11) * 2 ** 32 + (one >>> 0);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { value, sample });
    else known.value += value;
  }
  return [...sums.values()]
    .sort((a, b) => b.value - a.value || a.sample - b.sample)
    .slice(0, maxStacks)
    .map(({ value, sample }) => ({ value, share: total === 0 ? 0 : value / total, funcs: functionsOf(profile, sample) }));
}

function functionsOf(profile: Profile, sample: number): readonly string[] {
  const names: string[] = [];
  for (let at = profile.sampleStart[sample] ?? 0; at < (profile.sampleStart[sample + 1] ?? 0); at += 1) {
    const location = profile.sampleLocations[at] ?? 0;
    for (let line = profile.lineStart[location] ?? 0; line < (profile.lineStart[location + 1] ?? 0); line += 1) {
      const func = profile.lineFunction[line] ?? -1;
      if (func >= 0) names.push(profile.strings.at(profile.functionName[func] ?? 0));
    }
  }
  return names;
}

/** Addresses with the outermost function of each, which is the one that the line table names. */
function addressesOf(profile: Profile): NonNullable<ProfileArtefact['addresses']> {
  const step = Math.max(1, Math.ceil(profile.locationIds.length / maxAddresses));
  const found: { address: string; func?: string; line?: number }[] = [];
  for (let location = 0; location < profile.locationIds.length; location += step) {
    const last = (profile.lineStart[location + 1] ?? 0) - 1;
    const func = last >= (profile.lineStart[location] ?? 0) ? (profile.lineFunction[last] ?? -1) : -1;
    const address = hex(profile.locationAddress[location] ?? 0n);
    found.push(func < 0 ? { address } : { address, func: profile.strings.at(profile.functionName[func] ?? 0), line: profile.lineNumber[last] ?? 0 });
  }
  return found;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
