/** Who may hold a lock: every goroutine with a frame that touches its object, scored by what the frame shows. */
import type { Found } from './identify.ts';
import { liftedFrame } from './identify.ts';
import { isRuntime, isSync, receiverOf, type View, type ViewFrame } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';
import type { HeldAt } from './held.ts';

export interface Candidate {
  readonly view: View;
  score: number;
  readonly why: string[];
  readonly frame: number;
  /** It waits for this very lock itself. */
  readonly self: boolean;
  /** Shown by the structure of Once or by the source: words do not depend on the score alone. */
  proof: boolean;
  readonly reads?: boolean;
  /** Parked directly in its entry function, as event loops are. */
  readonly idle: boolean;
  /** Blocked for less time than its waiters: the lock goes from one to the next, and this one has it at the moment. */
  recent?: boolean;
}

export interface Index {
  readonly views: readonly View[];
  readonly byValue: ReadonlyMap<number, readonly View[]>;
  /** Goroutines with a frame of a type whose receiver cannot be read. */
  readonly byType: ReadonlyMap<string, readonly View[]>;
  readonly byFunction: ReadonlyMap<string, readonly View[]>;
  /** How many goroutines stand at one code position on one object. */
  readonly positions: ReadonlyMap<string, number>;
}

export function indexOf(views: readonly View[]): Index {
  const byValue = new Map<number, View[]>();
  const byType = new Map<string, View[]>();
  const byFunction = new Map<string, View[]>();
  const positions = new Map<string, number>();
  const add = <K>(map: Map<K, View[]>, key: K, view: View): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [view]);
    else if (list.at(-1) !== view) list.push(view);
  };
  for (const view of views) {
    const own = new Set<string>();
    for (const one of view.frames) {
      if (isSync(one.frame.func) || isRuntime(one.frame.func)) continue;
      for (const { value } of one.args) if (value !== undefined && value > 4096) add(byValue, value, view);
      const receiver = receiverOf(one);
      if (receiver !== undefined) add(byValue, receiver.value, view);
      if (one.type !== '' && (one.frame.inlined === true || receiver === undefined || receiver.inexact)) add(byType, one.type, view);
      add(byFunction, one.frame.func, view);
      own.add(positionOf(one));
    }
    for (const position of own) positions.set(position, (positions.get(position) ?? 0) + 1);
  }
  return { views, byValue, byType, byFunction, positions };
}

function positionOf(one: ViewFrame): string {
  return `${one.frame.func}:${one.frame.line}@${receiverOf(one)?.value ?? ''}`;
}

/** Below this nobody is worth a word. */
export const leastScore = 0.16;

export function candidatesOf(lock: Found, index: Index, waitOf: (view: View) => Wait, heldAt: HeldAt): readonly Candidate[] {
  const longest = Math.max(...lock.waiters.map(({ minutes }) => minutes));
  const pending = lock.waits.some(({ kind }) => kind === 'wlock');
  const waiting = new Set(lock.waiters);
  const candidates: Candidate[] = [];
  for (const view of nearby(lock, index, heldAt)) {
    const best = bestFrame(lock, view, waitOf(view), waiting.has(view), pending, index, heldAt);
    if (best === undefined) continue;
    if (longest > 0 && view.state !== 'running' && view.state !== 'runnable') {
      best.recent = view.minutes + 1 < longest;
      if (view.minutes + 3 >= longest) best.score += 0.1;
      else {
        best.score -= 0.15;
        best.why.push('but it is blocked for less time than they are');
      }
    }
    if (best.score > leastScore) candidates.push(best);
  }
  addOnce(lock, index, waitOf, waiting, candidates);
  return ranked(lock, candidates);
}

/** Only goroutines that carry the object, its type or the functions that ask for the lock. */
function nearby(lock: Found, index: Index, heldAt: HeldAt): readonly View[] {
  const near = new Set<View>();
  const take = (views: readonly View[] | undefined): void => {
    for (const view of views ?? []) near.add(view);
  };
  if (lock.object !== undefined) {
    take(index.byValue.get(lock.object.value));
    take(index.byType.get(lock.object.type));
  }
  if (lock.address !== undefined) take(index.byValue.get(lock.address));
  if (lock.up !== undefined) take(index.byValue.get(lock.up.value));
  if (lock.object === undefined) for (const func of lock.sites.keys()) take(index.byFunction.get(func));
  if (lock.known !== undefined) for (const [func, views] of index.byFunction) if (lock.known.heldIn.test(func)) take(views);
  if (heldAt.everywhere && lock.object === undefined) take(index.views);
  return [...near].sort((a, b) => a.index - b.index);
}

function bestFrame(lock: Found, view: View, wait: Wait, self: boolean, pending: boolean, index: Index, heldAt: HeldAt): Candidate | undefined {
  let best: Candidate | undefined;
  const lifted = self ? liftedFrame(view, wait) : -1;
  const leaf = view.frames.findIndex(({ frame }) => !isSync(frame.func) && !isRuntime(frame.func));
  for (const [at, one] of view.frames.entries()) {
    if (isSync(one.frame.func) || isRuntime(one.frame.func)) continue;
    // This very frame is asking for the lock.
    if (self && (at === wait.caller || at === lifted)) continue;
    const found = frameScore(lock, view, at, one, heldAt);
    if (found === undefined) continue;
    // Two goroutines at one position on one object cannot both hold an exclusive lock, so neither holds it by that frame.
    if (!pending && !found.reads && (index.positions.get(positionOf(one)) ?? 0) > 1) continue;
    let { score } = found;
    const { why } = found;
    const lines = [...(lock.sites.get(one.frame.func) ?? [])];
    if (lines.length > 0 && one.frame.line > 0) {
      const passed = lines.filter((line) => one.frame.line > line);
      if (passed.length > 0) {
        score += 0.35;
        why.unshift(`it is past the Lock of line ${passed[0]} in ${short(one.frame.func)} (line ${one.frame.line})`);
      } else if (lines.every((line) => one.frame.line < line)) score -= 0.25;
    }
    const idle = at === view.frames.length - 1 && at === leaf && /^(?:select|chan receive)/.test(view.state) && !found.proof;
    if (idle) score -= 0.3;
    if (at === leaf && !self && (wait.kind === 'cond' || wait.kind === 'waitgroup')) score -= 0.15;
    if (best === undefined || score > best.score) best = { view, score, why, frame: at, self, proof: found.proof, reads: found.reads, idle };
  }
  return best;
}

interface FrameScore {
  readonly score: number;
  readonly why: string[];
  readonly proof: boolean;
  readonly reads?: boolean;
}

function frameScore(lock: Found, view: View, at: number, one: ViewFrame, heldAt: HeldAt): FrameScore | undefined {
  const { object } = lock;
  const receiver = receiverOf(one);
  // Another object of the type is another lock.
  if (object !== undefined && receiver !== undefined && !receiver.inexact && one.type === object.type && receiver.value !== object.value) return undefined;
  if (object !== undefined && receiver?.mended === true && one.type === object.type && receiver.value !== object.value) return undefined;
  let score = 0;
  let proof = false;
  let reads: boolean | undefined;
  const why: string[] = [];
  const same = object !== undefined && receiver !== undefined && receiver.value === object.value && !(receiver.inexact && !receiver.mended);
  if (same && one.type === object.type) {
    score += receiver.mended ? 0.38 : 0.45;
    why.push(`it is inside ${short(one.frame.func)} of the same object`);
  } else if (same) {
    score += 0.4;
    why.push(`it is inside ${short(one.frame.func)} at the address of the same object`);
  } else if (object !== undefined && one.args.some(({ value }) => value === object.value)) {
    score += one.args.some(({ value, inexact }) => value === object.value && !inexact) ? 0.2 : 0.1;
    why.push(`it was handed the same object in ${short(one.frame.func)}`);
  } else if (object !== undefined && one.type === object.type && one.frame.inlined === true) {
    score += 0.1;
    why.push(`it is inside ${short(one.frame.func)}`);
  } else if (object !== undefined && one.type === object.type && (receiver === undefined || receiver.inexact)) {
    score += 0.18;
    why.push(`it is inside ${short(one.frame.func)}, of which object cannot be read`);
  } else if (lock.address !== undefined && one.args.some(({ value, inexact }) => value === lock.address && !inexact)) {
    score += 0.3;
    why.push(`it was handed the lock itself in ${short(one.frame.func)}`);
  } else if (lock.up !== undefined && receiver !== undefined && receiver.value === lock.up.value && one.type === lock.up.type) {
    score += receiver.inexact && !receiver.mended ? 0.15 : 0.3;
    why.push(`it is inside ${short(one.frame.func)} of the object whose methods take this lock`);
  } else if (object === undefined && lock.sites.has(one.frame.func)) {
    score += 0.15;
    why.push(`it is inside ${short(one.frame.func)}, which takes the lock`);
  }
  const known = knownHold(lock, view, at, one);
  if (known !== undefined && (lock.known?.single === true || score > 0)) {
    score += known.score;
    ({ proof, reads } = known);
    why.unshift(known.why);
  } else if (
    known === undefined &&
    lock.known !== undefined &&
    lock.known.releasedIn !== undefined &&
    view.frames.slice(0, at).some(({ frame }) => lock.known?.releasedIn?.test(frame.func) === true)
  )
    return undefined;
  const held = heldAt.at(lock, one.frame);
  if (held === 'held') {
    score += 0.5;
    proof = true;
    why.unshift(`the source keeps the lock at line ${one.frame.line} of ${short(one.frame.func)}`);
  } else if (held === 'free' && score > 0 && !lock.waits.some(({ kind }) => kind === 'once')) score -= 0.12;
  if (score > 0 && likeName(lock, one.frame.func)) score += 0.1;
  return score > 0 ? { score, why, proof, reads } : undefined;
}

/** Functions that are known from the source to keep the lock while they run. */
function knownHold(
  { known }: Found,
  view: View,
  at: number,
  one: ViewFrame,
): { readonly score: number; readonly why: string; readonly proof: boolean; readonly reads: boolean } | undefined {
  if (known === undefined || !known.heldIn.test(one.frame.func)) return undefined;
  const below = view.frames.slice(0, at);
  if (known.releasedIn !== undefined && below.some(({ frame }) => known.releasedIn?.test(frame.func) === true)) return undefined;
  // The lock is taken inside: a frame below that still asks for it has not got it.
  if (below.some(({ frame }) => known.wantedIn.test(frame.func)) && below.some(({ frame }) => isSync(frame.func)) && known.single) return undefined;
  return {
    score: 0.5,
    why: `${short(one.frame.func)} keeps ${known.name} while it runs`,
    proof: known.single,
    reads: known.readsIn?.test(one.frame.func) === true,
  };
}

/** Get and Set of one word belong together: `addConn` and `Conns`, `AddListen` and `Listeners`. */
function likeName(lock: Found, func: string): boolean {
  const stem = (name: string): string =>
    name
      .replace(/^.*\./, '')
      .replace(/^(?:Get|Set|Add|Remove|Is|Has|On|Do|New|Try)(?=[A-Z])/i, '')
      .toLowerCase();
  const own = stem(func);
  return [...lock.sites.keys()].some((site) => site !== func && commonPrefix(stem(site), own) >= 4);
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** `sync.(*Once).doSlow` below other frames runs the Once: with the waiters' address it is the holder. */
function addOnce(lock: Found, index: Index, waitOf: (view: View) => Wait, waiting: ReadonlySet<View>, candidates: Candidate[]): void {
  if (!lock.waits.some(({ kind }) => kind === 'once')) return;
  const slow = /^(?:internal\/)?sync\.\(\*Once\)\.doSlow$/;
  const addressOf = (view: View, from: number): number | undefined => view.frames.find(({ frame }, at) => at >= from && slow.test(frame.func))?.args[0]?.value;
  const wanted = new Set(lock.waiters.map((view) => addressOf(view, 0)).filter((value) => value !== undefined));
  for (const view of index.views) {
    const wait = waitOf(view);
    const from = waiting.has(view) ? wait.caller : 1;
    const frame = view.frames.findIndex(({ frame: one }, at) => at >= from && slow.test(one.func));
    if (frame < 0) continue;
    const own = addressOf(view, from);
    const same = own !== undefined && wanted.has(own);
    const score = same ? 0.97 : 0.5;
    const why = same ? 'it runs the function of this very Once' : 'it runs the function of a Once';
    const known = candidates.find((candidate) => candidate.view === view);
    if (known === undefined) candidates.push({ view, score, why: [why], frame, self: waiting.has(view), proof: same, idle: false });
    else {
      known.score = Math.max(known.score, score);
      known.proof ||= same;
      known.why.unshift(why);
    }
  }
}

function ranked(lock: Found, candidates: readonly Candidate[]): readonly Candidate[] {
  const others = candidates.some(({ self, score }) => !self && score >= 0.4);
  for (const one of candidates) if (others && one.self && !one.proof) one.score -= 0.3;
  const best = Math.max(...candidates.map(({ score }) => score));
  const top = candidates.filter(({ score }) => score > best - 0.05);
  const reads = lock.waits.some(({ kind }) => kind === 'wlock');
  // Many equal candidates share the belief.
  if (top.length > 3 && !reads) for (const one of top) one.score = Math.max(leastScore, (one.score * 3) / top.length);
  return candidates
    .filter(({ score }) => score > leastScore)
    .toSorted((a, b) => b.score - a.score || b.view.minutes - a.view.minutes || a.view.index - b.view.index);
}

/** Package and name. */
export function short(func: string): string {
  return func.slice(func.lastIndexOf('/', func.includes('[') ? func.indexOf('[') : undefined) + 1);
}

export { isLockWait };
