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

/** Both have the same types; a mutex profile is charged at the unlock, a block profile where it waited. */
function contention(profile: Profile): ProfileKind {
  if (profile.comments.includes('#mutex')) return 'mutex profile';
  let unlocks = 0;
  let waits = 0;
  for (const name of profile.functionName) {
    const text = profile.strings.at(name);
    if (/^(?:sync\.\((?:\*RW|\*)Mutex\)\.R?Unlock|internal\/sync\.\(\*Mutex\)\.Unlock|runtime\.unlock|runtime\._LostContendedRuntimeLock)/.test(text)) unlocks += 1;
    if (/^(?:runtime\.(?:chanrecv|chansend|selectgo)|sync\.\((?:\*RW|\*)Mutex\)\.R?Lock|sync\.\(\*WaitGroup\)\.Wait|sync\.\(\*Cond\)\.Wait)/.test(text)) waits += 1;
  }
  return unlocks > 0 && waits === 0 ? 'mutex profile' : profile.samples === 0 ? 'mutex profile' : 'block profile';
}
