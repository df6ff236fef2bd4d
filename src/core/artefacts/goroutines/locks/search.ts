/** The search: which goroutines are read, which locks they wait for, and who may hold each. */
import type { ParseHelp } from '../../../model.ts';
import type { Scanned } from '../scanned.ts';
import { leastPointer } from './arguments.ts';
import { candidatesOf, shared, type Candidate, type Dump } from './candidates.ts';
import { claimsOn, type ByStack } from './claims.ts';
import { identify, type Found } from './identify.ts';
import { oncesOf } from './onces.ts';
import { Sieve } from './sieve.ts';
import { sitesOf } from './sites.ts';
import { sourceFacts, type SourceFacts } from './source-facts.ts';
import { touchesOf } from './touches.ts';
import { type View, Views } from './view.ts';
import { isLockWait, mayWait, waitOf, type Wait } from './wait.ts';

/** Up to here all arguments are read; beyond, only those of waiters and of whoever carries a pointer of theirs. */
const maxWhole = 20_000;
/** Waiters that are read; no program hangs with more that tell more. */
const maxWaiters = 200_000;

/** A lock with those who may hold it, most believed first. */
export interface Named {
  readonly lock: Found;
  readonly candidates: readonly Candidate[];
}

export interface Search {
  readonly views: readonly View[];
  readonly waitOf: (view: View) => Wait;
  readonly named: readonly Named[];
}

export function search(scanned: Scanned, help: ParseHelp): Search {
  const facts = sourceFacts(scanned, help);
  const holding = facts === undefined ? [] : scanned.stacks.flatMap((_, stack) => (facts.holding(stack).holds.length > 0 ? [stack] : []));
  const views = viewsOf(scanned, holding);
  const stackOf = ({ index }: View): number => scanned.stackOf[index] ?? 0;
  const waits = new Map(views.list.map((view) => [view, waitWith(waitOf(view, views.registers), facts, stackOf(view))]));
  const none: Wait = { kind: 'other', caller: 0, address: undefined };
  const waitFor = (view: View): Wait => waits.get(view) ?? none;
  const found = [...identify(views, waitFor, (view) => facts?.wants.get(stackOf(view))).values()];
  const grouped = Map.groupBy(views.list, stackOf);
  const byStack: ByStack = (stack) => grouped.get(stack) ?? [];
  const isCut = (stack: number): boolean => scanned.stacks[stack]?.elidedAfter !== undefined;
  const dump: Dump = {
    views,
    waitOf: waitFor,
    touches: touchesOf(views, found),
    sites: sitesOf(found),
    onces: oncesOf(views.list),
    objects: new Set(found.flatMap(({ object }) => (object === undefined ? [] : [`${object.type}@${object.value}`]))),
    claimsOn: (lock) => claimsOn(lock, facts, holding, byStack, stackOf, isCut),
    whole: !scanned.truncated && scanned.unread === 0,
  };
  const first = found.map((lock) => ({ lock, candidates: candidatesOf(lock, dump) }));
  return { views: views.list, waitOf: waitFor, named: shared(first, dump) };
}

/** A goroutine that is parked at a channel waits for a lock when the source says that the channel is one. */
function waitWith(wait: Wait, facts: SourceFacts | undefined, stack: number): Wait {
  return wait.kind === 'channel' && facts?.wants.get(stack)?.lock.kind === 'semaphore' ? { ...wait, kind: 'semaphore' } : wait;
}

/** `holding`: stacks that have a lock by the source; their goroutines are looked at in the largest dumps too. */
function viewsOf(scanned: Scanned, holding: readonly number[]): Views {
  const views = new Views(scanned);
  const all = Array.from({ length: scanned.count }, (_, index) => index);
  if (scanned.count <= maxWhole) {
    views.read(all);
    views.settle();
    return views;
  }
  const having = new Set(holding);
  const waiting = (index: number): boolean => mayWait(views.shapeOf(index)) || having.has(scanned.stackOf[index] ?? -1);
  views.read(all.filter(waiting).slice(0, maxWaiters));
  views.settle();
  const pointers = pointersOf(views);
  if (pointers.size === 0) return views;
  const others = all.filter((index) => !waiting(index));
  const sieve = new Sieve(pointers.keys(), pointers.size);
  views.read(others, (values, from, to) => {
    for (let word = from; word < to; word++) if (sieve.mayHave(values[word]!) && pointers.has(values[word]!)) return true;
    return false;
  });
  views.settle();
  return views;
}

/** Locks that are waited for, and what the frames that ask work on. */
function pointersOf(views: Views): ReadonlySet<number> {
  const pointers = new Set<number>();
  const { values, frames } = views.args;
  for (const view of views.list) {
    const { kind, address, caller } = waitOf(view, views.registers);
    if (!isLockWait(kind)) continue;
    if (address !== undefined) pointers.add(address);
    for (let at = caller; at < Math.min(caller + 2, view.depth); at++) {
      const [word, end] = [frames[view.base + at]!, frames[view.base + at + 1]!];
      if (word < end && values[word]! > leastPointer) pointers.add(values[word]!);
      const receiver = views.receiver(view, at);
      if (receiver !== undefined) pointers.add(receiver.value);
    }
  }
  return pointers;
}
