/** The artefact kind of profiles: what rules and reports need, summed once. */
import type { Kind, ProfileArtefact, ProfileKind, VarsArtefact } from '../../model.ts';
import type { Profile } from './columns.ts';
import { memstatsOf } from './legacy/memstats.ts';
import { parseProfile } from './parse.ts';
import { summarize } from './summary.ts';

export const profileKind: Kind<ProfileArtefact | VarsArtefact> = {
  name: 'profile',
  recognise({ bytes, path }) {
    const parsed = parseProfile(bytes);
    if (parsed.is === 'not mine') return parsed;
    if (parsed.is === 'broken') return { is: 'broken', kind: 'unknown', reason: parsed.reason };
    const { profile, form, notes, contention, text } = parsed;
    const kind = contention === undefined ? kindOf(profile) : (`${contention} profile` as const);
    const summary = summarize(profile, { file: path, kind, notes, legacy: form === 'legacy' });
    // What /debug/vars would say stands at the end of a heap profile in text.
    const memstats = text === undefined ? undefined : memstatsOf(text);
    return { is: 'fine', artefacts: memstats === undefined ? [summary] : [summary, varsOf(path, memstats)] };
  },
};

function varsOf(file: string, memstats: Readonly<Record<string, number>>): VarsArtefact {
  const { LastGC: last } = memstats;
  return {
    kind: 'vars',
    file,
    memstats,
    cmdline: [],
    badger: {},
    lastGC: last !== undefined && last > 1e18 && last < 4e18 ? new Date(last / 1e6).toISOString() : undefined,
  };
}

/** By sample types; heap and allocs differ by the default type alone (runtime/pprof). */
export function kindOf(profile: Profile): ProfileKind {
  const types = profile.sampleTypes.map(({ type }) => type);
  if (types.includes('cpu')) return 'cpu profile';
  if (types.includes('inuse_space')) return profile.defaultSampleType.startsWith('alloc') ? 'allocs profile' : 'heap profile';
  if (types.includes('alloc_space')) return 'allocs profile';
  if (types.join() === 'objects,space') return 'heap profile';
  if (types.includes('contentions') || types.includes('delay')) return contention(profile);
  if (types[0] === 'goroutine' || types[0] === 'goroutineleak') return 'goroutine profile';
  if (types[0] === 'threadcreate' || types[0] === 'thread') return 'threadcreate profile';
  return 'unknown';
}

/** Charged at the unlock: the innermost frames of a mutex profile (runtime/mprof.go, mutexevent). */
const unlock = /^(?:internal\/)?sync\.\(\*(?:RW)?Mutex\)\.(?:RUnlock|Unlock|unlockSlow|rUnlockSlow)$|^runtime\.(?:unlock\w*|_LostContendedRuntimeLock)$/;

/** Both have the same types; a mutex profile is charged at the unlock, a block profile where it waited. */
function contention(profile: Profile): ProfileKind {
  let unlocks = 0;
  for (let sample = 0; sample < profile.samples; sample += 1) {
    const leaf = profile.sampleLocations[profile.sampleStart[sample] ?? 0] ?? 0;
    const func = profile.lineFunction[profile.lineStart[leaf] ?? 0] ?? -1;
    if (profile.lineStart[leaf] !== profile.lineStart[leaf + 1] && func >= 0 && unlock.test(profile.strings.at(profile.functionName[func] ?? 0))) unlocks += 1;
  }
  return unlocks * 2 >= profile.samples ? 'mutex profile' : 'block profile';
}
