/** Which locks a function has at one point of its body, and how that changes along its paths. */
import type { LockMode, LockPlace } from '../lock-facts.ts';

/** A test that decides whether a lock is held: `err==nil`, `ok`. */
export interface When {
  readonly text: string;
  readonly is: boolean;
}

export interface Held {
  readonly lock: LockPlace;
  readonly mode: LockMode | 'either';
  /** On every path to here. */
  readonly must: boolean;
  readonly when?: When;
}

/** Let go though this function did not take it: its caller did. */
export interface Freed {
  readonly lock: LockPlace;
  readonly mode: LockMode | 'either';
  readonly must: boolean;
}

/** What a call does to locks. Keys tell objects of one function apart. */
export interface Operation {
  readonly does: 'take' | 'release';
  readonly key: string;
  readonly lock: LockPlace;
  readonly mode: LockMode | 'either';
  readonly must: boolean;
  readonly when?: When;
  /** A release of what this very function took: nothing happens when it does not have it. */
  readonly own?: boolean;
}

export interface Deferred {
  /** Tells one `defer` statement from another. */
  readonly id: object;
  readonly callee: string;
  readonly operations: readonly Operation[];
  readonly must: boolean;
}

/** `undefined` in place of a state: no path leads here. */
export interface State {
  readonly held: ReadonlyMap<string, Held>;
  readonly freed: ReadonlyMap<string, Freed>;
  readonly deferred: readonly Deferred[];
}

export const emptyState: State = { held: new Map(), freed: new Map(), deferred: [] };

/** Locks of one function at once; more come only from hostile source. */
const maxHeld = 64;
const maxDeferred = 64;

export function apply(state: State, operations: readonly Operation[]): State {
  let now = state;
  for (const operation of operations) now = operation.does === 'take' ? take(now, operation) : release(now, operation);
  return now;
}

function take(state: State, { key, lock, mode, must, when }: Operation): State {
  const freed = state.freed.get(key);
  if (freed !== undefined) {
    const rest = new Map(state.freed);
    if (must) rest.delete(key);
    else rest.set(key, { ...freed, must: false });
    return { ...state, freed: rest };
  }
  if (state.held.size >= maxHeld) return state;
  const known = state.held.get(key);
  return { ...state, held: new Map(state.held).set(key, known?.must === true ? known : { lock, mode, must, when }) };
}

function release(state: State, { key, lock, mode, must, own }: Operation): State {
  const known = state.held.get(key);
  const held = new Map(state.held);
  if (known !== undefined) {
    if (must) held.delete(key);
    else held.set(key, { ...known, must: false, when: undefined });
    return { ...state, held };
  }
  if (own === true) return state;
  // The same field of another object, or the same object by another name: nobody can tell here.
  let alias = false;
  for (const [other, one] of state.held) {
    if (one.lock.name !== lock.name || one.lock.by !== lock.by || (one.lock.from !== 'elsewhere' && lock.from !== 'elsewhere')) continue;
    held.set(other, { ...one, must: false, when: undefined });
    alias = true;
  }
  if (alias || state.freed.size >= maxHeld) return { ...state, held };
  return { ...state, freed: new Map(state.freed).set(key, { lock, mode, must }) };
}

/** What holds after two paths meet. */
export function join(a: State | undefined, b: State | undefined): State | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  return { held: joinMaps(a.held, b.held), freed: joinMaps(a.freed, b.freed), deferred: joinDeferred(a.deferred, b.deferred) };
}

function joinMaps<T extends Held | Freed>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if (a.size === 0 && b.size === 0) return a;
  const joined = new Map<string, T>();
  for (const [key, one] of a) {
    const other = b.get(key);
    if (other === undefined) joined.set(key, { ...one, must: false });
    else joined.set(key, { ...one, mode: one.mode === other.mode ? one.mode : 'either', must: one.must && other.must, ...whenOf(one, other) });
  }
  for (const [key, one] of b) if (!a.has(key)) joined.set(key, { ...one, must: false });
  return joined;
}

function whenOf(a: Held | Freed, b: Held | Freed): { readonly when?: When } {
  const [x, y] = ['when' in a ? a.when : undefined, 'when' in b ? b.when : undefined];
  return { when: x !== undefined && y !== undefined && x.text === y.text && x.is === y.is ? x : undefined };
}

function joinDeferred(a: readonly Deferred[], b: readonly Deferred[]): readonly Deferred[] {
  if (a === b) return a;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const inShort = new Map(short.map((one) => [one.id, one]));
  const joined = long.map((one) => ({ ...one, must: one.must && inShort.get(one.id)?.must === true }));
  const known = new Set(long.map(({ id }) => id));
  for (const one of short) if (!known.has(one.id)) joined.push({ ...one, must: false });
  return joined;
}

export function defer(state: State, id: object, callee: string, operations: readonly Operation[]): State {
  if (state.deferred.length >= maxDeferred || state.deferred.some((one) => one.id === id)) return state;
  return { ...state, deferred: [...state.deferred, { id, callee, operations, must: true }] };
}

/** What is known once a test came out true or false. */
export function refine(state: State, text: string, truth: boolean): State {
  let held: Map<string, Held> | undefined;
  for (const [key, one] of state.held) {
    if (one.when?.text !== text) continue;
    held ??= new Map(state.held);
    if (one.when.is === truth) held.set(key, { ...one, must: true, when: undefined });
    else held.delete(key);
  }
  return held === undefined ? state : { ...state, held };
}

/** After `if text { … }`: what only one branch has taken is held when the test says so. */
export function remember(state: State | undefined, text: string, yes: State | undefined, no: State | undefined): State | undefined {
  if (state === undefined || yes === undefined || no === undefined) return state;
  let held: Map<string, Held> | undefined;
  for (const [key, one] of state.held) {
    const [there, here] = [yes.held.get(key)?.must === true && !no.held.has(key), no.held.get(key)?.must === true && !yes.held.has(key)];
    if (there === here) continue;
    held ??= new Map(state.held);
    held.set(key, { ...one, when: { text, is: there } });
  }
  return held === undefined ? state : { ...state, held };
}

/** A variable has a new value: tests of it say nothing any more, whatever they were. */
export function forget(state: State, variable: string): State {
  let held: Map<string, Held> | undefined;
  for (const [key, one] of state.held) {
    if (one.when === undefined || (one.when.text !== variable && one.when.text !== `${variable}==nil`)) continue;
    held ??= new Map(state.held);
    held.set(key, { ...one, when: undefined });
  }
  return held === undefined ? state : { ...state, held };
}

/** The outcome of a call has been given a name: `err`, `ok`. */
export function rename(state: State, from: string, to: string): State {
  let held: Map<string, Held> | undefined;
  for (const [key, one] of state.held) {
    if (one.when?.text !== from) continue;
    held ??= new Map(state.held);
    held.set(key, { ...one, when: { text: to, is: one.when.is } });
  }
  return held === undefined ? state : { ...state, held };
}
