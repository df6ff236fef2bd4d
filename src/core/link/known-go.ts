/** Mutex profiles in text read again once it is known which Go wrote them: only that tells whether their figures are counted twice. */
import { parseProfile } from '../artefacts/profile/parse.ts';
import { summarize } from '../artefacts/profile/summary.ts';
import type { Exhibit } from '../artefacts/understand.ts';
import type { Artefact } from '../model.ts';

/** Artefacts in the order of the exhibits; those that the release does not change as they are. */
export function withKnownGo(exhibits: readonly Exhibit[], artefacts: readonly Artefact[], go: string | undefined): readonly Artefact[] {
  if (go === undefined) return artefacts;
  return artefacts.map((artefact, at) => {
    const evidence = exhibits[at]?.evidence;
    if (artefact.kind !== 'mutex profile' || evidence === undefined || !artefact.notes.some((note) => note.includes('sampling period'))) return artefact;
    const parsed = parseProfile(evidence.bytes, { go });
    return parsed.is === 'fine' ? summarize(parsed.profile, { file: artefact.file, kind: artefact.kind, notes: parsed.notes, legacy: true }) : artefact;
  });
}
