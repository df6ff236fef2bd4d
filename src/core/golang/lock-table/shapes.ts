/** A function's locks as a list of numbers, and back: `[length, kind, sites…, ranges…, kept…]` with lines counted from its first. */
import type { FunctionLocks, LockKept, LockMode, LockPlace, LockRange, LockSite } from '../lock-facts.ts';
import { modes } from './format.ts';

/** Second number of a shape. */
const plain = 0;
const literal = 1;
/** Could not be read: nothing may be said about it. */
const unread = 2;

/** Numbers for words and locks. */
export interface Interned {
  word(text: string): number;
  lock(lock: LockPlace): number;
}

export function shapeOf(one: FunctionLocks, interned: Interned): readonly number[] {
  const shape = [one.end - one.line, one.literal ? literal : plain, one.sites.length];
  for (const { line, lock, mode, through } of one.sites) shape.push(line - one.line, interned.lock(lock), modes.indexOf(mode) + (through === true ? 4 : 0));
  shape.push(one.ranges.length);
  for (const { is, from, to, lock, mode, sure, unless } of one.ranges) {
    shape.push(from - one.line, to - from, interned.lock(lock), modes.indexOf(mode) + (sure ? 4 : 0) + (is === 'held' ? 8 : 0), unless?.length ?? 0);
    for (const callee of unless ?? []) shape.push(interned.word(callee));
  }
  shape.push(one.keeps.length);
  for (const { lock, mode, sure } of one.keeps) shape.push(interned.lock(lock), modes.indexOf(mode) + (sure ? 4 : 0));
  return shape;
}

export function unreadShape(length: number): readonly number[] {
  return [length, unread];
}

/** What stands in a shape; undefined for a function that could not be read. */
export function functionFrom(
  shape: readonly number[],
  name: string,
  line: number,
  words: readonly string[],
  locks: readonly LockPlace[],
): FunctionLocks | undefined {
  let at = 0;
  const next = (): number => shape[at++] ?? 0;
  const lock = (): LockPlace => locks[next()] ?? nowhere;
  const end = line + next();
  const kind = next();
  if (kind === unread) return undefined;
  const sites: LockSite[] = [];
  for (let left = next(); left > 0; left -= 1) {
    const on = line + next();
    const of = lock();
    const bits = next();
    sites.push({ line: on, lock: of, mode: modeOf(bits), through: (bits & 4) !== 0 ? true : undefined });
  }
  const ranges: LockRange[] = [];
  for (let left = next(); left > 0; left -= 1) {
    const from = line + next();
    const to = from + next();
    const of = lock();
    const bits = next();
    const unless: string[] = [];
    for (let more = next(); more > 0; more -= 1) unless.push(words[next()] ?? '');
    ranges.push({
      is: (bits & 8) !== 0 ? 'held' : 'let go',
      from,
      to,
      lock: of,
      mode: modes[bits & 3] ?? 'either',
      sure: (bits & 4) !== 0,
      unless: unless.length === 0 ? undefined : unless,
    });
  }
  const keeps: LockKept[] = [];
  for (let left = next(); left > 0; left -= 1) {
    const of = lock();
    const bits = next();
    keeps.push({ lock: of, mode: modeOf(bits), sure: (bits & 4) !== 0 });
  }
  return { name, literal: kind === literal, line, end, sites, ranges, keeps };
}

/** Shapes of functions that could not be read still say how long those are. */
export function lengthOf(shape: readonly number[]): number {
  return shape[0] ?? 0;
}

function modeOf(bits: number): LockMode {
  return (bits & 3) === 0 ? 'read' : 'write';
}

const nowhere: LockPlace = { name: '', kind: 'mutex', from: 'elsewhere', path: '' };
