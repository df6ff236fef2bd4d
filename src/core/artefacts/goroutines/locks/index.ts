/** Locks of a dump: who waits for each, who most likely holds it, which goroutines wait for each other in a circle. */
import { maxHolders } from '../../../limits.ts';
import type { Certainty, Hold, Holder, Lock, LockKind, ParseHelp } from '../../../model.ts';
import type { FoundLocks, Scanned } from '../scanned.ts';
import { candidatesOf, indexOf, leastScore, short, type Candidate } from './candidates.ts';
import { channelEdges, channelLocks } from './channels.ts';
import { cyclesOf, type Edge } from './cycles.ts';
import { heldBySource } from './held.ts';
import { identify, type Found } from './identify.ts';
import { isSync, mendReceivers, viewOf, type View } from './view.ts';
import { isLockWait, waitOf, type Wait } from './wait.ts';

/** Up to here all arguments are read; beyond, only those of waiters and of whoever mentions their objects. */
const maxWhole = 20_000;
const maxViews = 40_000;

export function findLocks(scanned: Scanned, help: ParseHelp): FoundLocks {
  if (scanned.count === 0) return { locks: [], cycles: [] };
  const views = viewsOf(scanned);
  const era = mendReceivers(views);
  const waits = new Map(views.map((view) => [view, waitOf(view, era)]));
  const none: Wait = { kind: 'other', caller: 0, address: undefined };
  const waitFor = (view: View): Wait => waits.get(view) ?? none;
  const found = [...identify(views, waitFor).values()];
  const index = indexOf(views);
  const heldAt = heldBySource(help);
  const edges: Edge[] = [];
  const locks: Lock[] = [];
  const named = discounted(found.map((lock) => ({ lock, candidates: candidatesOf(lock, index, waitFor, heldAt) })));
  for (const { lock, candidates } of named) {
    locks.push(lockOf(lock, candidates));
    addEdges(edges, lock, candidates);
  }
  const ends = channelEdges(views, waitFor);
  // A circle of channels and WaitGroups alone is a guess on a guess: one lock must be in it.
  const cycles = cyclesOf([...edges, ...ends]).filter(({ ids }) =>
    ids.some((id, at) => edges.some(({ from, to }) => from === id && to === (ids[(at + 1) % ids.length] ?? id))),
  );
  const weakest = Math.min(...cycles.map(({ weight }) => weight));
  return {
    locks: [...locks, ...channelLocks(views, waitFor, ends)].toSorted(
      (a, b) => b.waiters.length - a.waiters.length || (a.waiters[0] ?? 0) - (b.waiters[0] ?? 0),
    ),
    cycles: cycles.map(({ ids }) => ids),
    cycleCertainty: cycles.length === 0 ? undefined : certaintyOf(weakest),
    args: argsOf(locks, views),
    sourcesWanted: sourcesOf(found, help),
  };
}

function certaintyOf(weight: number): Certainty {
  return weight >= 0.9 ? 'certain' : weight >= 0.5 ? 'very likely' : weight >= 0.35 ? 'likely' : 'hint';
}

function viewsOf(scanned: Scanned): readonly View[] {
  const all = Array.from({ length: scanned.count }, (_, index) => index);
  if (scanned.count <= maxWhole) return all.map((index) => viewOf(scanned, index));
  const locking = scanned.stacks.map(({ frames }) => frames.some(({ func }) => isSync(func) && /Mutex|Once|runtime_Sema/.test(func)));
  const waiters = all.filter((index) => locking[scanned.stackOf[index] ?? 0] === true).slice(0, maxViews / 2);
  const views = waiters.map((index) => viewOf(scanned, index));
  const era = mendReceivers(views);
  const addresses = new Set<string>();
  for (const view of views) {
    const wait = waitOf(view, era);
    if (!isLockWait(wait.kind)) continue;
    const receiver = view.frames[wait.caller]?.args[0]?.value;
    for (const value of [wait.address, receiver]) if (value !== undefined && value > 4096 && addresses.size < 1000) addresses.add(`0x${value.toString(16)}`);
  }
  const chosen = new Set(waiters);
  for (const mentioned of scanned.mentioningAny([...addresses]).values()) for (const index of mentioned) if (chosen.size < maxViews) chosen.add(index);
  return [...chosen].sort((a, b) => a - b).map((index) => viewOf(scanned, index));
}

interface Named {
  readonly lock: Found;
  readonly candidates: readonly Candidate[];
}

/** A goroutine that surely holds another lock of the same object is there because of that one. */
const explainedBy = 0.75;
const explained = 0.2;

function discounted(all: readonly Named[]): readonly Named[] {
  const sure = new Map<number, Found[]>();
  for (const { lock, candidates } of all) {
    const [first] = candidates;
    if (first !== undefined && first.score >= explainedBy) sure.set(first.view.id, [...(sure.get(first.view.id) ?? []), lock]);
  }
  return all.map(({ lock, candidates }) => {
    for (const candidate of candidates) {
      const other = (sure.get(candidate.view.id) ?? []).some(
        (found) => found !== lock && found.object !== undefined && found.object.value === lock.object?.value,
      );
      if (other && !candidate.proof && candidate.score < explainedBy) candidate.score -= explained;
    }
    return { lock, candidates: candidates.filter(({ score }) => score > leastScore).toSorted((a, b) => b.score - a.score) };
  });
}

/** Words by score; `holds` only where structure or source shows it. */
function hold({ score, proof }: Candidate): Hold | undefined {
  if (score >= 0.9 && proof) return 'holds';
  return score >= 0.5 ? 'very likely' : score >= 0.3 ? 'may hold' : undefined;
}

function lockOf(lock: Found, candidates: readonly Candidate[]): Lock {
  const kinds = new Set(lock.waits.map(({ kind }) => kind));
  const kind: LockKind = kinds.has('once')
    ? 'once'
    : kinds.has('rlock') || kinds.has('wlock') || kinds.has('wlock2')
      ? 'rwmutex'
      : (lock.known?.kind ?? 'mutex');
  const [first, second] = candidates;
  const close = first !== undefined && second !== undefined && first.score - second.score < 0.05 && !kinds.has('wlock');
  // Nobody but a few loops of the same object that are parked in their own select: each of them may.
  const loops = candidates.length <= maxHolders && candidates.every(({ score, idle }) => idle && score >= 0.2);
  const holders = candidates.flatMap((candidate): Holder[] => {
    const certainty = hold(candidate) ?? (loops ? 'may hold' : undefined);
    if (certainty === undefined) return [];
    // A mutex has one holder: two that fit alike are both only possible, and only the best can be very likely.
    // One that is younger than its waiters has the lock at the moment at most: it is not what they have waited for all the time.
    const exclusive = !kinds.has('wlock');
    const word =
      exclusive && certainty !== 'may hold' && (candidate !== first || (!candidate.proof && (close || candidate.recent === true))) ? 'may hold' : certainty;
    return [
      {
        goroutine: candidate.view.id,
        certainty: word,
        why: candidate.why,
        frame: candidate.frame,
        reads: candidate.reads === true || (kinds.has('wlock') && candidate.reads !== false) ? candidate.reads : undefined,
      },
    ];
  });
  const [caller] = lock.sites.keys();
  const writers = lock.waiters.filter((_, at) => lock.waits[at]?.kind === 'wlock' || lock.waits[at]?.kind === 'wlock2').map(({ id }) => id);
  return {
    kind,
    name: lock.known?.name,
    address: lock.address === undefined ? undefined : `0x${lock.address.toString(16)}`,
    waiters: lock.waiters.map(({ id }) => id).sort((a, b) => a - b),
    writers: kind === 'rwmutex' ? writers.sort((a, b) => a - b) : undefined,
    holders: holders.slice(0, maxHolders),
    wantedIn: caller ?? '',
    nobody:
      holders.length > 0
        ? undefined
        : 'no other goroutine of this dump shows the object: a missing Unlock on some path, or a holder whose frames do not carry it',
    settles:
      holders[0]?.certainty === 'holds'
        ? undefined
        : `the source of ${short(caller ?? 'the waiting function')} at this version, a second dump a minute later, or a SIGQUIT dump, which prints the addresses of locks`,
  };
}

/** A waiting writer keeps readers and other writers out; the writer itself waits for readers that are inside. */
function addEdges(edges: Edge[], lock: Found, candidates: readonly Candidate[]): void {
  const pending = lock.waiters.filter((_, at) => lock.waits[at]?.kind === 'wlock');
  const best = candidates.slice(0, 8);
  for (const [at, waiter] of lock.waiters.entries()) {
    const kind = lock.waits[at]?.kind;
    const behind = pending.length > 0 && (kind === 'rlock' || kind === 'wlock2');
    if (behind) for (const writer of pending) edges.push({ from: waiter.id, to: writer.id, weight: 0.95 });
    else
      for (const { view, score } of best) if (kind !== 'wlock' || view !== waiter) edges.push({ from: waiter.id, to: view.id, weight: Math.min(0.97, score) });
  }
}

/** Arguments that the binary can turn into field names: of the waiters' own frames. */
function argsOf(locks: readonly Lock[], views: readonly View[]): FoundLocks['args'] {
  const wanted = new Set(locks.flatMap(({ waiters, holders }) => [...waiters.slice(0, 20), ...holders.map(({ goroutine }) => goroutine)]));
  const args: Record<number, Record<number, string>> = {};
  for (const view of views) {
    if (!wanted.has(view.id)) continue;
    const own: Record<number, string> = {};
    for (const [at, { args: words }] of view.frames.slice(0, 12).entries())
      if (words.length > 0)
        own[at] = words.map(({ value, inexact }) => (value === undefined ? '_' : `0x${value.toString(16)}${inexact ? '?' : ''}`)).join(', ');
    args[view.id] = own;
  }
  return args;
}

function sourcesOf(found: readonly Found[], help: ParseHelp): readonly string[] | undefined {
  if (help.source !== undefined) return undefined;
  const files = new Set<string>();
  for (const lock of found) {
    const [view, wait] = [lock.waiters[0], lock.waits[0]];
    const file = view === undefined || wait === undefined ? undefined : view.frames[wait.caller]?.frame.file;
    if (file !== undefined && file !== '' && files.size < 20) files.add(file);
  }
  return [...files];
}
