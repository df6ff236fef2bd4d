/** Cases from numbers: which profiles, which flags. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '../../../../../src/core/artefacts/profile/columns.ts';
import { parseProfile } from '../../../../../src/core/artefacts/profile/parse.ts';
import { once, oneOf, seeded } from '../../../../seeded.ts';
import { madeFlags, type Known } from './made-flags.ts';
import { madeLegacy } from './made-legacy.ts';
import { madeProfile } from './made-profile.ts';

/** Flags and files of a case; made profiles are written into `folder`. `real` are files to choose from beside made ones. */
export function caseOf(seed: number, folder: string, real: readonly string[]): readonly string[] {
  const next = seeded(seed);
  if (real.length > 0 && once(next, 2)) {
    const file = oneOf(next, real);
    const known = knownOf(file);
    const flags = madeFlags(seed, known);
    return once(next, 6) ? [...flags, ...several(next(4), file, oneOf(next, real))] : [...flags, file];
  }
  // Now and then of one kind, so that they can be added up.
  const kind = next(10);
  const legacy = once(next, 6);
  const files = [0, 1].map((nth) => {
    const made = legacy ? madeLegacy(seed * 2 + nth) : madeProfile(seed * 2 + nth, once(next, 10) ? undefined : kind);
    const path = join(folder, `made-${seed * 2 + nth}.pb`);
    return { path, made, write: () => writeFileSync(path, made.bytes) };
  });
  const [first, second] = files;
  if (first === undefined || second === undefined) return [];
  first.write();
  const flags = madeFlags(seed, first.made);
  if (!once(next, 3)) return [...flags, first.path];
  second.write();
  return [...flags, ...several(next(4), first.path, second.path)];
}

function several(how: number, one: string, other: string): readonly string[] {
  return (
    [
      [`-base=${other}`, one],
      [`-diff_base=${other}`, one],
      [one, other],
      ['-normalize', `-base=${other}`, one],
    ][how] ?? []
  );
}

const knownFiles = new Map<string, Known>();

function knownOf(file: string): Known {
  const seen = knownFiles.get(file);
  if (seen !== undefined) return seen;
  const parsed = parseProfile(readFileSync(file), { plainly: true });
  const known = parsed.is === 'fine' ? namesOf(parsed.profile) : { names: ['main'], types: ['0'], labels: [] };
  knownFiles.set(file, known);
  return known;
}

function namesOf(profile: Profile): Known {
  const texts = (column: Uint32Array): string[] => [...new Set(Array.from(column, (at) => profile.strings.at(at)))];
  const names = texts(profile.functionName);
  return { names: names.length > 0 ? names : ['main'], types: profile.sampleTypes.map(({ type }) => type), labels: texts(profile.labelKey) };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'pprof-cases-'));
}
