/** The artefact kind of profiles: what rules and reports need, summed once. */
import type { Kind, ProfileArtefact, ProfileKind } from '../../model.ts';
import type { Profile } from './columns.ts';
import { parseProfile } from './parse.ts';
import { summarize } from './summary.ts';

export const profileKind: Kind<ProfileArtefact> = {
  name: 'profile',
  recognise({ bytes, path }) {
    const parsed = parseProfile(bytes);
    if (parsed.is === 'not mine') return parsed;
    if (parsed.is === 'broken') return { is: 'broken', kind: 'unknown', reason: parsed.reason };
    return { is: 'fine', artefacts: [summarize(parsed.profile, { file: path, kind: kindOf(parsed.profile), notes: parsed.notes })] };
  },
};

/** By sample types; heap and allocs differ by the default type alone (runtime/pprof). */
export function kindOf(profile: Profile): ProfileKind {
  const types = profile.sampleTypes.map(({ type }) => type);
  if (types.includes('cpu')) return 'cpu profile';
  if (types.includes('inuse_space')) return profile.defaultSampleType.startsWith('alloc') ? 'allocs profile' : 'heap profile';
  if (types.join() === 'objects,space') return 'heap profile';
  if (types.includes('contentions') || types.includes('delay')) return contention(profile);
  if (types[0] === 'goroutine' || types[0] === 'goroutineleak') return 'goroutine profile';
  if (types[0] === 'threadcreate') return 'threadcreate profile';
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
