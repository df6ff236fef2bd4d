/** Two dumps of one process compared: who still hangs where, and what grew. */
import { sameProcess } from '../../golang/same-process.ts';
import { hungMinutes } from '../../limits.ts';
import { isHungClass } from './waits.ts';
import type { Frame, GoroutineDump, Group, Stack } from '../../model.ts';

/** A goroutine that stands in both dumps at the same place. */
export interface Stuck {
  readonly goroutine: number;
  readonly state: string;
  /** Minutes in the first and in the second dump, where printed. */
  readonly minutes: readonly [number | undefined, number | undefined];
  /** Index into the second dump's stacks. */
  readonly stack: number;
}

/** A group by its functions and state in both dumps. */
export interface Change {
  readonly fingerprint: string;
  readonly state: string;
  readonly before: number;
  readonly after: number;
  /** The group of the second dump, or of the first when it vanished. */
  readonly group: Group;
  readonly frames: readonly Frame[];
  readonly createdBy?: Frame;
  /** It is new goroutines that wait, with nothing that ended: more of them in the second dump, and old ones still there. */
  readonly leak: boolean;
}

export interface DumpDiff {
  /** Same id, same stack, still waiting for a lock, channel or condition: hung for certain. Longest first. */
  readonly hung: readonly Stuck[];
  /** Groups with more members in the second dump, most first. */
  readonly grew: readonly Change[];
  readonly shrank: readonly Change[];
  readonly appeared: readonly Change[];
  readonly vanished: readonly Change[];
  /** Minutes between the dumps as the waits tell that went on; negative when `before` is the later one, undefined when none tells. */
  readonly apart?: number;
  /** Goroutines that are in both dumps, and in only one. */
  readonly both: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  /** False where the eldest goroutines differ: they are of different processes. */
  readonly sameProcess: boolean;
}

/** `before` and `after` in order of time. Pure; linear in the goroutines of both. */
export function diffDumps(before: GoroutineDump, after: GoroutineDump): DumpDiff {
  const places = new Map<string, number>();
  const beforePlaces = placesOf(before.stacks, places);
  const afterPlaces = placesOf(after.stacks, places);
  const idle = idleStacks(after);
  const waiting: Stuck[] = [];
  const still = new Set<number>();
  let both = 0;
  for (const goroutine of after.goroutines) {
    const then = before.goroutines.byId(goroutine.id);
    if (then === undefined) continue;
    both++;
    if (then.state !== goroutine.state || beforePlaces[then.stack] !== afterPlaces[goroutine.stack]) continue;
    still.add(goroutine.id);
    waiting.push({ goroutine: goroutine.id, state: goroutine.state, minutes: [then.minutes, goroutine.minutes], stack: goroutine.stack });
  }
  const apart = apartBy(waiting);
  const hung = waiting.filter(
    (one) => waitsOn(one, apart ?? 0) && !idle.has(`${one.stack} ${one.state}`) && isHungClass(after.stacks[one.stack] ?? { frames: [] }, one.state),
  );
  const changes = changesOf(before, after, still);
  return {
    hung: hung.toSorted((a, b) => (b.minutes[1] ?? 0) - (a.minutes[1] ?? 0) || a.goroutine - b.goroutine),
    grew: changes.filter((c) => c.before > 0 && c.after > c.before).toSorted((a, b) => b.after - b.before - (a.after - a.before)),
    shrank: changes.filter((c) => c.after > 0 && c.after < c.before).toSorted((a, b) => b.before - b.after - (a.before - a.after)),
    appeared: changes.filter((c) => c.before === 0).toSorted((a, b) => b.after - a.after),
    vanished: changes.filter((c) => c.after === 0).toSorted((a, b) => b.before - a.before),
    apart,
    both,
    onlyBefore: before.goroutines.length - both,
    onlyAfter: after.goroutines.length - both,
    sameProcess: sameProcess(before, after) ?? both * 2 >= Math.max(1, Math.min(before.goroutines.length, after.goroutines.length)),
  };
}

/** What the minutes of most goroutines grew by that stand where they stood: nearly all of a program wait for hours. */
function apartBy(waiting: readonly Stuck[]): number | undefined {
  const counts = new Map<number, number>();
  for (const {
    minutes: [was, is],
  } of waiting)
    if (was !== undefined && is !== undefined) counts.set(is - was, (counts.get(is - was) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

/** One wait in both dumps, not a new one at the same place: it grew by about the time between them. */
function waitsOn({ minutes: [was, is = -1] }: Stuck, apart: number): boolean {
  return was === undefined ? is >= hungMinutes : is > was && is - was >= apart - 1;
}

/** A number for each stack that is the same for the same frames in both dumps. */
function placesOf(stacks: readonly Stack[], known: Map<string, number>): readonly number[] {
  return stacks.map(({ frames }) => {
    const key = frames.map(({ func, line }) => `${func}:${line}`).join('\n');
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    return number;
  });
}

/** Stack and state of groups at rest. */
function idleStacks({ groups, goroutines }: GoroutineDump): ReadonlySet<string> {
  const resting = new Set(groups.filter((group) => group.idle).flatMap((group) => group.goroutines));
  return new Set(goroutines.filter(({ id }) => resting.has(id)).map(({ stack, state }) => `${stack} ${state}`));
}

function changesOf(before: GoroutineDump, after: GoroutineDump, still: ReadonlySet<number>): readonly Change[] {
  const pairs = new Map<string, { before?: Group; after?: Group }>();
  const key = (dump: GoroutineDump, group: Group): string => `${group.state}\n${(dump.stacks[group.stack]?.frames ?? []).map(({ func }) => func).join('\n')}`;
  for (const group of before.groups) pairs.set(key(before, group), { before: group });
  for (const group of after.groups) {
    const name = key(after, group);
    pairs.set(name, { ...pairs.get(name), after: group });
  }
  return [...pairs.values()].flatMap((pair) => {
    const group = pair.after ?? pair.before;
    if (group === undefined || pair.before?.count === pair.after?.count) return [];
    const { frames = [], createdBy } = (pair.after === undefined ? before : after).stacks[group.stack] ?? {};
    const [was, is] = [pair.before?.count ?? 0, pair.after?.count ?? 0];
    const kept = (pair.after?.goroutines ?? []).filter((id) => still.has(id)).length;
    const leak = was > 0 && is > was && kept * 10 >= was * 9 && group.class !== 'running' && group.class !== 'runnable';
    return [{ fingerprint: group.fingerprint, state: group.state, before: was, after: is, group, frames, createdBy, leak }];
  });
}
