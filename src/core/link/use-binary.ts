/** The binary of a capture held against its dumps and profiles: the verdict, and what the exact one adds to them. */
import { type CaptureParts, type Enriched, enrichWithBinary } from '../artefacts/binary/enrich.ts';
import { readDumps } from '../artefacts/goroutines/dumps.ts';
import { parseProfile } from '../artefacts/profile/parse.ts';
import { summarize } from '../artefacts/profile/summary.ts';
import type { Exhibit } from '../artefacts/understand.ts';
import type { Artefact, Evidence, GoroutineDump, ProfileArtefact, ReportBinary, VersionArtefact } from '../model.ts';
import { callPairs, withSymbols } from './symbols.ts';

export interface UsedBinary {
  /** In the order of the exhibits. */
  readonly artefacts: readonly Artefact[];
  readonly verdict?: ReportBinary;
}

/**
 * Of several binaries the first exact one is used; without one, the verdict on the first that was sent is told. Never throws.
 * `official` programs are tried last, and only an exact one is told of.
 */
export function useBinary(exhibits: readonly Exhibit[], official: readonly Evidence[] = []): UsedBinary {
  const artefacts = exhibits.map(({ artefact }) => artefact);
  if (official.length === 0 && !artefacts.some(({ kind }) => kind === 'binary')) return { artefacts };
  const dumps = exhibits.filter(isDump);
  const parts = held(exhibits);
  const tried: Enriched[] = [];
  for (const { artefact, evidence } of exhibits) {
    if (artefact.kind !== 'binary') continue;
    const enriched = enrichWithBinary(artefact.file, evidence.bytes, parts);
    if (enriched.symbolize !== undefined) return { artefacts: exhibits.map((exhibit) => used(exhibit, dumps, enriched)), verdict: enriched.verdict };
    tried.push(enriched);
  }
  for (const { path, bytes } of official) {
    const enriched = enrichWithBinary(path, bytes, parts);
    if (enriched.symbolize === undefined || enriched.facts === undefined) continue;
    const { verdict, why, ...about } = enriched.verdict;
    const rest = exhibits.filter(({ artefact }) => artefact.kind !== 'binary');
    return {
      artefacts: [...rest.map((exhibit) => used(exhibit, dumps, enriched)), { kind: 'binary', file: path, ...enriched.facts }],
      verdict: { ...about, verdict, why: ['nobody sent it: it is the official build, and it is the one that ran', ...why] },
    };
  }
  return { artefacts, verdict: tried[0]?.verdict };
}

type DumpExhibit = Exhibit & { readonly artefact: GoroutineDump };

function isDump(one: Exhibit): one is DumpExhibit {
  return one.artefact.kind === 'goroutine dump';
}

/** What a binary is held against: dumps as they were mended, profiles with their calls, the version file. */
export function held(exhibits: readonly Exhibit[]): CaptureParts {
  const dumps = exhibits.filter(isDump);
  return {
    dumps: dumps.map((exhibit, index) => ({ bytes: textOf(dumps, index), dump: exhibit.artefact })),
    profiles: exhibits.flatMap(({ artefact, evidence }) => ('sampleType' in artefact ? [{ ...artefact, calls: callsOf(artefact, evidence.bytes) }] : [])),
    version: exhibits.map(({ artefact }) => artefact).find((one): one is VersionArtefact => one.kind === 'version'),
  };
}

/** What the stacks of a profile without names say of the program's calls. */
function callsOf({ symbolized }: ProfileArtefact, bytes: Uint8Array): ReturnType<typeof callPairs> | undefined {
  const parsed = symbolized ? undefined : parseProfile(bytes);
  return parsed?.is === 'fine' ? callPairs(parsed.profile) : undefined;
}

/** The text of a dump as it was mended: prefixes, wraps and foreign encodings removed. One file may hold several dumps. */
function textOf(dumps: readonly DumpExhibit[], index: number): Uint8Array {
  const exhibit = dumps[index];
  if (exhibit === undefined) return new Uint8Array();
  const { evidence, artefact } = exhibit;
  const before = dumps.slice(0, index).filter((one) => one.evidence === evidence).length;
  // Nothing was mended: the file itself will do.
  if (artefact.notes.length === 0 && dumps.filter((one) => one.evidence === evidence).length === 1) return evidence.bytes;
  return readDumps(evidence.path, evidence.bytes)[before]?.bytes ?? evidence.bytes;
}

function used(exhibit: Exhibit, dumps: readonly Exhibit[], { dumps: named, symbolize, verdict }: Enriched): Artefact {
  const { artefact, evidence } = exhibit;
  if (artefact.kind === 'goroutine dump') return named[dumps.indexOf(exhibit)] ?? artefact;
  if (!('sampleType' in artefact) || artefact.symbolized || symbolize === undefined) return artefact;
  const parsed = parseProfile(evidence.bytes);
  if (parsed.is !== 'fine') return artefact;
  let told = true;
  const profile = withSymbols(parsed.profile, (addresses) => {
    const frames = symbolize(addresses, artefact);
    told = frames !== undefined;
    return frames ?? [];
  });
  if (!told)
    return { ...artefact, notes: [...artefact.notes, 'nothing proves that its addresses are of the binary that was sent: they are left without names'] };
  const notes = [
    ...artefact.notes.filter((note) => !note.includes('addresses only')),
    `its functions were named by ${verdict.file ?? 'the binary'}, which is the exact one`,
  ];
  return summarize(profile, { file: artefact.file, kind: artefact.kind, notes });
}
