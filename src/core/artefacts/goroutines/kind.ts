/** The artefact kind "goroutine dump": text of any dialect → stacks, goroutines, groups, locks. */
import { goReleaseOf } from '../../golang/releases.ts';
import type { Evidence, GoroutineDump, Kind, ParseHelp, Recognised } from '../../model.ts';
import { readDumps } from './dumps.ts';
import { groupsOf } from './groups.ts';
import { findLocks } from './locks/index.ts';
import { Rows } from './rows.ts';
import type { Scanned } from './scanned.ts';

/** Asked for every file; says "not mine" fast where no goroutine header stands in the bytes. Never throws. */
export function recogniseGoroutines(evidence: Evidence, help: ParseHelp): Recognised<GoroutineDump> {
  const dumps = readDumps(evidence.path, evidence.bytes);
  if (dumps.length === 0) return { is: 'not mine' };
  return { is: 'fine', artefacts: dumps.map((scanned) => dumpOf(scanned, help)) };
}

export const goroutinesKind: Kind<GoroutineDump> = { name: 'goroutine dump', recognise: recogniseGoroutines };

/** A scanned dump as the artefact. */
export function dumpOf(scanned: Scanned, help: ParseHelp): GoroutineDump {
  const groups = groupsOf(scanned);
  const { counts, count, file, dialect, unread, truncated, notes, preamble, stacks } = scanned;
  return {
    kind: 'goroutine dump',
    file,
    dialect,
    count: counts === undefined ? count : counts.reduce((sum, n) => sum + n, 0),
    unread,
    truncated,
    notes,
    preamble,
    stacks,
    goroutines: new Rows(scanned),
    groups,
    ...findLocks(scanned, help),
    go: goReleaseOf(stacks.map(({ frames }) => frames)),
  };
}
