/** A profile as an artefact: sums by function, heaviest stacks, the table that pprof prints. */
import type { FunctionCost, ProfileArtefact, ProfileKind, ReportProfile } from '../../model.ts';
import { inBaseUnits } from './base-units.ts';
import type { Profile } from './columns.ts';
import { costsOf } from './costs.ts';
import { heaviest } from './heavy-stacks.ts';
import { mermaidGraph } from './mermaid.ts';
import { makeTop } from './report/report.ts';
import { sampleIndex, totalOf } from './report/values.ts';
import { workOn } from './report/work.ts';

export interface About {
  readonly file: string;
  readonly kind: ProfileKind;
  readonly notes: readonly string[];
  /** A text or an old format, of which pprof itself makes something else. */
  readonly legacy?: boolean;
}

/** Addresses kept for the binary. */
const maxAddresses = 4096;
/** Lines of pprof's own text: its head is a dozen at most, but for hostile comments. */
const maxLines = 60;
/** Characters of a name: those of C++ templates reach hundreds. */
const maxName = 1000;
/** Rows of the table that a report shows. */
const shownRows = 10;

export function summarize(given: Profile, about: About): ProfileArtefact {
  const profile = inBaseUnits(given);
  const { file, kind, notes } = about;
  const index = sampleIndex(profile, '');
  const type = profile.sampleTypes[index];
  const work = workOn(profile);
  const { functions, top, text } = makeTop(profile, shownRows);
  const places = placesOf(profile);
  const totals = profile.sampleTypes.map((one, at) => ({ type: one.type, unit: one.unit, total: totalOf(work, at, undefined) }));
  const total = totals[index]?.total ?? 0;
  const seconds = profile.durationNanos > 0 ? profile.durationNanos / 1e9 : undefined;
  const costs = costsOf(profile);
  const perSample = perSampleOf(profile, index);
  const [mapping] = profile.mappings;
  const short = about.kind.replace(/ profile$/, '');
  return {
    kind,
    file,
    sampleType: type?.type ?? '',
    unit: type?.unit ?? '',
    seconds,
    at: profile.timeNanos > 0n && profile.timeNanos < 4_000_000_000_000_000_000n ? new Date(Number(profile.timeNanos / 1_000_000n)).toISOString() : undefined,
    total,
    perSample,
    totals,
    symbolized: profile.functionName.length > 0 || profile.samples === 0,
    functions: functions.map(({ info, flat, cum }): FunctionCost => {
      const place = places.get(info.name);
      return { func: cut(info.printable), file: cut(place?.file ?? ''), line: place?.line ?? 0, flat, cum };
    }),
    stacks: heaviest(profile, index, total),
    costs,
    buildId: mapping?.buildId === '' ? undefined : mapping?.buildId,
    shown: {
      file,
      kind: isShownKind(short) ? short : 'other',
      sampleType: type?.type ?? '',
      unit: type?.unit ?? '',
      seconds,
      total,
      perSample,
      top: top.map(({ info, flat, cum }) => ({ func: cut(info.printable), flat, cum })),
      text: text.trimEnd().split('\n', maxLines).map(cut),
      command: `${about.legacy === true ? 'pprof-triage pprof -top' : 'go tool pprof -top'} -nodecount=${shownRows}${about.legacy === true ? '' : ' -symbolize=none'} ${quoted(file)}`,
      costs,
      graph: kind === 'cpu profile' && total > 0 ? mermaidGraph(profile) : undefined,
      notes,
    },
    notes,
    addresses: addressesOf(profile),
    mapping:
      mapping === undefined
        ? undefined
        : { start: hex(mapping.start), limit: hex(mapping.limit), offset: hex(mapping.offset), file: mapping.file, buildId: mapping.buildId },
  };
}

/** The period is of the profile's own event: time for CPU profiles, bytes for heap profiles. */
function perSampleOf({ periodType, period, sampleTypes }: Profile, index: number): number | undefined {
  return period > 1 && periodType !== undefined && periodType.unit !== 'count' && periodType.unit === sampleTypes[index]?.unit ? period : undefined;
}

function cut(name: string): string {
  return name.length > maxName ? `${name.slice(0, maxName)}…` : name;
}

function isShownKind(kind: string): kind is Exclude<ReportProfile['kind'], 'other'> {
  return ['cpu', 'heap', 'allocs', 'mutex', 'block', 'goroutine', 'threadcreate'].includes(kind);
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
