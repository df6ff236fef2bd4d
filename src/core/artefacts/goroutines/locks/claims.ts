/** Who has a lock by the source: goroutines whose stack stands where it is held, and those whose stack shows that they do not have it. */
import { isSingle } from '../../../golang/single-objects.ts';
import type { Found } from './identify.ts';
import type { SourceFacts } from './source-facts.ts';
import type { StackHold, Want } from './stack-locks.ts';
import { receiverOf, type View, type ViewFrame } from './view.ts';

/** What the source says of one goroutine and one lock. */
export interface Claim {
  /** `may`: on some of the paths that lead there, or some of its code is not known. */
  readonly is: 'holds' | 'may';
  /** Index of the frame that has it. */
  readonly frame: number;
  readonly mode: 'read' | 'write' | undefined;
  /** That it is this very object is shown; otherwise it is one of the type. */
  readonly same: boolean;
  /** The version of the source is the dump's own. */
  readonly sure: boolean;
}

export interface Claims {
  /** Goroutines that have the lock, or may. */
  readonly of: ReadonlyMap<View, Claim>;
  /** Whether a goroutine cannot have it: the source of all its frames that could have taken it is known, and none has. */
  isFree(view: View): boolean;
}

export const noClaims: Claims = { of: new Map(), isFree: () => false };

/** Goroutines by the index of their stack. */
export type ByStack = (stack: number) => readonly View[];

export function claimsOn(
  lock: Found,
  facts: SourceFacts | undefined,
  stacks: readonly number[],
  byStack: ByStack,
  stackOf: (view: View) => number,
  isCut: (stack: number) => boolean,
): Claims {
  const { want } = lock;
  if (facts === undefined || want === undefined) return noClaims;
  const wanted = wantedObjects(lock, (view) => facts.wants.get(stackOf(view)));
  const claims = new Map<View, Claim>();
  for (const stack of stacks) {
    const holds = facts.holding(stack).holds.filter((hold) => isOf(hold, want));
    if (holds.length === 0) continue;
    for (const view of byStack(stack)) {
      const found = holds.flatMap((hold) => claimOf(hold, view, lock, want, wanted) ?? []);
      const best = found.toSorted((a, b) => rank(b) - rank(a))[0];
      if (best !== undefined) claims.set(view, best);
    }
  }
  // An exported field may be locked by anybody.
  const open = /(?:^|\.)[A-Z]\w*$/.test(want.lock.name) && want.lock.from !== 'local';
  return {
    of: claims,
    isFree(view) {
      if (claims.has(view) || open || !want.sure || want.outlives) return false;
      const stack = stackOf(view);
      const { holds, unknown } = facts.holding(stack);
      if (isCut(stack) || unknown.has(want.path)) return false;
      // The lock of a condition is whichever its maker put there.
      if (holds.some(({ lock: { path } }) => /(?:^|\.)L$/.test(path))) return false;
      return want.keepers.size === 0 || unknown.size === 0;
    },
  };
}

function isOf(hold: StackHold, want: Want): boolean {
  return hold.id === want.id || (hold.by !== undefined && want.keepers.has(hold.by));
}

/** Every way in which a waiter's frames show the object; the path from it to the lock tells them apart. */
function wantedObjects({ waiters, object }: Found, wantFor: (view: View) => Want | undefined): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  for (const view of waiters)
    for (const { lock, frame: at } of wantFor(view)?.seen ?? []) {
      const frame = view.at(at);
      if (frame === undefined || wanted.has(lock.path)) continue;
      const value = lock.from === 'receiver' && object !== undefined && object.type === frame.type ? object.value : objectOf(frame, lock);
      if (value !== undefined) wanted.set(lock.path, value);
    }
  return wanted;
}

/** The object that a lock is reached from, as the frame prints it; undefined where that cannot be trusted. */
function objectOf(frame: ViewFrame, lock: StackHold['lock']): number | undefined {
  if (lock.from === 'receiver') {
    const receiver = receiverOf(frame);
    return receiver === undefined || (receiver.inexact && !receiver.mended) ? undefined : receiver.value;
  }
  const argument = lock.from === 'argument' && lock.word !== undefined ? frame.args[lock.word] : undefined;
  return argument === undefined || argument.inexact ? undefined : argument.value;
}

/** Undefined when it is the lock of another object. */
function claimOf(hold: StackHold, view: View, { object, address }: Found, want: Want, wanted: ReadonlyMap<string, number>): Claim | undefined {
  const { lock, by, must, frame, sure } = hold;
  const kept = by === undefined ? undefined : want.keepers.get(by);
  const mode = hold.mode === 'either' ? kept : hold.mode;
  const made = (same: boolean): Claim => ({ is: must ? 'holds' : 'may', frame, mode, same, sure: sure && want.sure });
  const at = view.at(frame);
  const value = at === undefined ? undefined : objectOf(at, lock);
  const theirs = wanted.get(lock.path);
  if (theirs !== undefined && value !== undefined) return value === theirs ? made(true) : undefined;
  // Waiters reach the lock another way: it lies in the object of this frame, or in another one of its type.
  if (value !== undefined && at !== undefined && lock.from === 'receiver') {
    if (value === address) return made(true);
    if (object !== undefined && object.type === at.type) return value === object.value ? made(true) : undefined;
  }
  // One for the whole process: a variable of a package, a type of which there is one, or the lock that a service hands out by a function of its own.
  return made(by !== undefined || isSingle(want.id) || (lock.from === 'package' && want.lock.from === 'package'));
}

function rank({ is, same }: Claim): number {
  return (is === 'holds' ? 2 : 0) + (same ? 1 : 0);
}

/** How much a claim is worth as evidence; words follow from it as from all scores. */
export function scoreOf({ is, same, sure }: Claim): number {
  if (is === 'may') return same ? 0.5 : 0.4;
  return same ? (sure ? 1.1 : 0.7) : 0.6;
}
