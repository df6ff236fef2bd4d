/** Whether two dumps are of one process: Go numbers goroutines upwards and never twice, so the eldest ones stay what they were. */
import type { GoroutineDump } from '../model.ts';

/** Goroutines from the start of a program, by their numbers: they live as long as it does. */
const eldest = 100;
/** Fewer tell nothing. */
const least = 20;
/** Real daemons: two dumps of one share 99 % of these, two daemons of one release 67 % at most. */
const enough = 0.85;

/** Undefined where the dumps cannot tell: no numbers (debug=1), or too few goroutines. */
export function sameProcess(a: GoroutineDump, b: GoroutineDump): boolean | undefined {
  const [forth, back] = [kept(a, b), kept(b, a)];
  return forth === undefined || back === undefined ? undefined : forth && back;
}

/** Do the eldest goroutines of `from` stand in `to` with the same entry? In a cut file only those count that are there. */
function kept(from: GoroutineDump, to: GoroutineDump): boolean | undefined {
  // Numbers above all of the other dump are of goroutines that came after it. Ids of a group ascend.
  const last = to.groups.reduce((most, { goroutines }) => Math.max(most, goroutines.at(-1) ?? 0), 0);
  const old = from.groups
    .flatMap(({ goroutines }) => goroutines.filter((id) => id <= last && (!to.truncated || to.goroutines.byId(id) !== undefined)))
    .toSorted((a, b) => a - b)
    .slice(0, eldest);
  if (old.length < least) return undefined;
  const same = old.filter((id) => entry(from, id) === entry(to, id));
  return same.length >= old.length * enough;
}

/** What a goroutine was started with, which never changes while it lives; undefined when it is not there. */
function entry(dump: GoroutineDump, id: number): string | undefined {
  const goroutine = dump.goroutines.byId(id);
  if (goroutine === undefined) return undefined;
  const { frames = [], createdBy } = dump.stacks[goroutine.stack] ?? {};
  return `${frames.at(-1)?.func ?? ''}\0${createdBy?.func ?? ''}`;
}
