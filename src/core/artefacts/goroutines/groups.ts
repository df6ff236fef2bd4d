/** Goroutines that do the same thing, at several levels of sameness; never split by arguments, parents, ids, minutes or pc offsets. */
import { hungMinutes } from '../../limits.ts';
import { isStandardFunction, isWrapper } from '../../golang/names.ts';
import { restingPlace } from '../../golang/resting-places.ts';
import { parkedIn } from '../../golang/wait-reasons.ts';
import type { Group, Stack } from '../../model.ts';
import { fingerprintOf, type NormalNames } from './fingerprint.ts';
import type { Scanned } from './scanned.ts';
import { classOf, isHungClass } from './waits.ts';

/** Exact stack; functions without lines; functions of our own code; where it began and where it is; who started it. */
export const levels = ['stack', 'functions', 'own', 'leaf', 'creator'] as const;
export type Level = (typeof levels)[number];

/** Groups of a dump, largest first. States are part of the key at every level but `creator`, where a group may be in several: its state is ''. */
export function groupsOf(scanned: Scanned, level: Level = 'functions'): readonly Group[] {
  const keys = keysOf(scanned.stacks, level);
  return (scanned.counts === undefined ? ofGoroutines(scanned, keys, level) : ofCounts(scanned, keys)).toSorted(
    (a, b) => b.count - a.count || (b.minutes?.[1] ?? 0) - (a.minutes?.[1] ?? 0) || a.stack - b.stack,
  );
}

/** A number for each stack, equal where two stacks are the same at this level. */
function keysOf(stacks: readonly Stack[], level: Level): Int32Array {
  const numbers = new Map<string, number>();
  const number = (text: string): number => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  // A path of functions is a chain of pairs, so that no long text is ever built.
  const pairs = new Map<number, number>();
  const chain = (before: number, next: number): number => {
    const pair = before * 0x2000000 + next;
    const known = pairs.get(pair);
    if (known !== undefined) return known;
    pairs.set(pair, pairs.size + 1);
    return pairs.size;
  };
  const own = new Map<string, boolean>();
  const isOwn = (name: string): boolean => {
    let answer = own.get(name);
    if (answer === undefined) own.set(name, (answer = !isWrapper(name) && !isStandardFunction(name)));
    return answer;
  };
  const keys = new Int32Array(stacks.length);
  for (const [index, { frames, createdBy }] of stacks.entries()) {
    let key = 0;
    if (level === 'creator') key = number(createdBy?.func ?? frames.findLast(({ func }) => isOwn(func))?.func ?? '');
    else if (level === 'leaf') {
      const mine = frames.filter(({ func }) => isOwn(func));
      key = chain(number(mine[0]?.func ?? frames[0]?.func ?? ''), number(mine.at(-1)?.func ?? frames.at(-1)?.func ?? ''));
    } else {
      for (const { func, file, line } of frames) {
        if (level === 'own' && !isOwn(func)) continue;
        key = chain(key, number(level === 'stack' ? `${func} ${file}:${line}` : func));
      }
      if (level === 'own' && key === 0) for (const { func } of frames) key = chain(key, number(func));
    }
    keys[index] = key;
  }
  return keys;
}

interface Open {
  readonly stack: number;
  /** -1 where its goroutines are in several. */
  state: number;
  readonly ids: number[];
  least: number;
  most: number;
}

function ofGoroutines(scanned: Scanned, keys: Int32Array, level: Level): Group[] {
  const { count, ids, states, minutes, stackOf, stacks, stateNames } = scanned;
  const numbers = new Map<number, number>();
  const open: Open[] = [];
  const width = stateNames.length + 1;
  // Nearly all goroutines of a stack are in the state of the one before.
  const lastState = new Int32Array(stacks.length).fill(-1);
  const lastGroup = new Int32Array(stacks.length);
  for (let index = 0; index < count; index++) {
    const stack = stackOf[index]!;
    const state = level === 'creator' ? 0 : states[index]!;
    if (lastState[stack] !== state) {
      const key = keys[stack]! * width + state;
      let number = numbers.get(key);
      if (number === undefined) {
        number = open.push({ stack, state: states[index]!, ids: [], least: Infinity, most: -1 }) - 1;
        numbers.set(key, number);
      }
      lastState[stack] = state;
      lastGroup[stack] = number;
    }
    const group = open[lastGroup[stack]!]!;
    if (states[index] !== group.state) group.state = -1;
    group.ids.push(ids[index]!);
    const waited = minutes[index]!;
    if (waited < 0) continue;
    if (waited < group.least) group.least = waited;
    if (waited > group.most) group.most = waited;
  }
  const names: NormalNames = new Map();
  return open.map(({ stack, state, ids: members, least, most }) => {
    const name = stateNames[state] ?? '';
    const group = judged(
      stacks[stack] ?? { frames: [] },
      {
        stack,
        state: name,
        count: members.length,
        minutes: most < 0 ? undefined : [least, most],
        goroutines: ascending(members),
      },
      names,
    );
    // Goroutines in several states wait for nothing together.
    return state < 0 ? { ...group, class: 'other', hung: false, idle: false, rest: undefined } : group;
  });
}

function ascending(ids: number[]): readonly number[] {
  for (let i = 1; i < ids.length; i++) if (ids[i]! < ids[i - 1]!) return ids.sort((a, b) => a - b);
  return ids;
}

function ofCounts({ stacks, counts = [] }: Scanned, keys: Int32Array): Group[] {
  const open = new Map<number, { stack: number; count: number }>();
  for (let stack = 0; stack < stacks.length; stack++) {
    const key = keys[stack]!;
    const group = open.get(key);
    if (group === undefined) open.set(key, { stack, count: counts[stack] ?? 0 });
    else group.count += counts[stack] ?? 0;
  }
  const names: NormalNames = new Map();
  return [...open.values()].map(({ stack, count }) => {
    const shown = stacks[stack] ?? { frames: [] };
    const parked = parkedIn(shown.frames.slice(0, 12).map(({ func }) => func));
    const group = judged(shown, { stack, state: parked?.state ?? '', count, minutes: undefined, goroutines: [] }, names);
    // No state was printed; that is not the runtime's own state without a name.
    return parked === undefined ? { ...group, class: 'other' } : group;
  });
}

type Facts = Pick<Group, 'stack' | 'state' | 'count' | 'minutes' | 'goroutines'>;

/** Adds what follows from state, stack and minutes. */
function judged(stack: Stack, facts: Facts, names: NormalNames): Group {
  const functions = stack.frames.map(({ func }) => func);
  const wait = classOf(stack, facts.state);
  const rest = restingPlace(stack, facts.state, wait);
  const hung = rest === undefined && (facts.minutes?.[1] ?? 0) >= hungMinutes && isHungClass(stack, facts.state);
  return { fingerprint: fingerprintOf(functions, names), ...facts, class: wait, hung, idle: rest !== undefined, ...(rest === undefined ? {} : { rest }) };
}
