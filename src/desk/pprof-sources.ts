/** The profiles that a pprof command names: read, given the names of a binary, added up, less their base. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Profile } from '../core/artefacts/profile/columns.ts';
import { parseProfile } from '../core/artefacts/profile/parse.ts';
import type { Asked } from '../core/artefacts/profile/report/flags.ts';
import { ReportProblem } from '../core/artefacts/profile/report/options.ts';
import type { Found } from './pprof-program.ts';

/** One profile of all files. Throws `ReportProblem`; `said` gets what pprof says on standard error. */
export async function combined(asked: Asked, said: string[]): Promise<Profile> {
  // As pprof has it, the first of several files may be the program.
  const [first = '', ...others] = asked.files;
  const program = others.length > 0 && isBinary(first) ? first : '';
  const sources = await all(program === '' ? asked.files : others, 'source', { ...asked, program }, said);
  const [one] = sources;
  if (one === undefined) throw new ReportProblem('failed to fetch any source profiles');
  const names = new Set(one.sampleTypes.map(({ type }) => type));
  if (sources.length === 1 && asked.base.length === 0 && asked.comment === '' && names.size === one.sampleTypes.length) return one;
  const { combine } = await import('../core/artefacts/profile/merge.ts');
  const bases = await all(asked.base, 'base', { ...asked, program }, said);
  if (asked.base.length > 0 && bases.length === 0) throw new ReportProblem('failed to fetch any base profiles');
  return combine(sources, bases, { diffBase: asked.diffBase, normalize: asked.normalize, comment: asked.comment });
}

interface About {
  readonly plainly: boolean;
  readonly buildId: string;
  /** File of the program; '' for none. */
  readonly program: string;
}

/** What can be read of them; the others are named, as pprof does. */
async function all(files: readonly string[], what: string, about: About, said: string[]): Promise<readonly Profile[]> {
  const profiles: Profile[] = [];
  for (const file of files) {
    const found = read(file, about);
    if (typeof found === 'string') said.push(`${file}: ${found}`);
    else {
      const { profile, notes } = await named(found, about, said);
      for (const note of notes) said.push(`${file}: ${note}`);
      profiles.push(profile);
    }
  }
  if (profiles.length > 0 && profiles.length < files.length) said.push(`Fetched ${profiles.length} ${what} profiles out of ${files.length}`);
  return profiles;
}

function read(file: string, about: About): Found | string {
  let bytes: Uint8Array;
  try {
    // In one piece: reading in turns takes twice as long for large files.
    bytes = readFileSync(file);
  } catch (problem) {
    return problem instanceof Error && 'code' in problem && problem.code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
  }
  if (bytes.length === 0) return 'the file is empty: take it again';
  const parsed = parseProfile(bytes, { plainly: about.plainly });
  if (parsed.is !== 'fine') return parsed.is === 'broken' ? parsed.reason : 'it is not a profile';
  const found = { profile: withMapping(parsed.profile, about), notes: parsed.notes };
  if (parsed.form !== 'legacy') return found;
  const bare = (go: string | undefined): Found => {
    const again = parseProfile(bytes, { bare: true, go });
    return again.is === 'fine' ? { profile: withMapping(again.profile, about), notes: again.notes } : found;
  };
  return { ...found, bare };
}

/** pprof gives profiles without mappings one of everything, and takes the first to be of the program that was named. */
function withMapping(profile: Profile, { buildId, program }: About): Profile {
  const whole = {
    id: 1,
    start: 0n,
    limit: 0n,
    offset: 0n,
    file: '',
    buildId: '',
    hasFunctions: false,
    hasFilenames: false,
    hasLineNumbers: false,
    hasInlineFrames: false,
  };
  const [first = whole, ...others] = profile.mappings;
  const locationMapping = profile.mappings.length === 0 ? new Int32Array(profile.locationMapping.length) : profile.locationMapping;
  if (profile.mappings.length > 0 && program === '' && buildId === '') return profile;
  const own = { ...first, file: program === '' ? first.file : program, buildId: first.buildId === '' ? buildId : first.buildId };
  return { ...profile, mappings: [own, ...others], locationMapping };
}

/** Bare addresses get the names that the program has for them; -symbolize=none leaves them bare. */
async function named(found: Found, { plainly, program }: About, said: string[]): Promise<Found> {
  if (plainly || program === '' || (found.profile.functionName.length > 0 && found.bare === undefined)) return found;
  return (await import('./pprof-program.ts')).namedBy(program, found, said);
}

/** ELF, Mach-O (both orders, fat) or PE, by its first bytes. */
function isBinary(file: string): boolean {
  const head = Buffer.alloc(4);
  try {
    const open = openSync(file, 'r');
    readSync(open, head, 0, 4, 0);
    closeSync(open);
  } catch {
    return false;
  }
  return ['7f454c46', 'cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe'].includes(head.toString('hex')) || head.toString('latin1', 0, 2) === 'MZ';
}
