/** Whether two dumps are of one process: Go numbers goroutines upwards and never twice, so the eldest ones stay what they were. */
import type { Goroutine, GoroutineDump } from '../model.ts';

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

/** Do the eldest goroutines of `from` stand in `to` with the same stack? In a cut file only those count that are there. */
function kept(from: GoroutineDump, to: GoroutineDump): boolean | undefined {
  const there = new Map(to.goroutines.map((goroutine) => [goroutine.id, goroutine]));
  // Numbers above all of the other dump are of goroutines that came after it.
  const last = to.goroutines.reduce((most, { id }) => Math.max(most, id), 0);
  const old = from.goroutines
    .filter(({ id }) => id <= last && (!to.truncated || there.has(id)))
    .toSorted((a, b) => a.id - b.id)
    .slice(0, eldest);
  if (old.length < least) return undefined;
  const same = old.filter((goroutine) => {
    const now = there.get(goroutine.id);
    return now !== undefined && entry(from, goroutine) === entry(to, now);
  });
  return same.length >= old.length * enough;
}

/** What a goroutine was started with: this never changes while it lives. */
function entry(dump: GoroutineDump, { stack }: Goroutine): string {
  const { frames = [], createdBy } = dump.stacks[stack] ?? {};
  return `${frames.at(-1)?.func ?? ''}\0${createdBy?.func ?? ''}`;
}
