/** Locks of a dump: who waits for each, who most likely holds it, which goroutines wait for each other in a circle. */
import { maxHolders } from '../../../limits.ts';
import type { Certainty, Hold, Holder, Lock, LockKind, ParseHelp } from '../../../model.ts';
import type { FoundLocks, Scanned } from '../scanned.ts';
import type { Candidate } from './candidates.ts';
import { channelEdges } from './channels.ts';
import { cyclesOf } from './cycles.ts';
import { lockEdges } from './edges.ts';
import { hex, inCode } from './evidence.ts';
import { gatheringsOf } from './gatherings.ts';
import { isUntold, type Found } from './identify.ts';
import { withQueuedWriters } from './queued-writers.ts';
import { search, type Named } from './search.ts';
import type { View } from './view.ts';

/** Locks of which the arguments go into the report. */
const maxTold = 500;

export function findLocks(scanned: Scanned, help: ParseHelp): FoundLocks {
  if (scanned.count === 0) return { locks: [], cycles: [] };
  const { views, waitOf, named } = search(scanned, help);
  const locks = named.map(({ lock, candidates }) => lockOf(lock, candidates, scanned.dialect));
  const ends = channelEdges(views, waitOf);
  const cycles = cyclesOf(lockEdges(named, ends));
  const weakest = Math.min(...cycles.map(({ weight }) => weight));
  return {
    locks: [...locks, ...gatheringsOf(views, waitOf, ends)].toSorted(
      (a, b) => b.waiters.length - a.waiters.length || (a.waiters[0] ?? 0) - (b.waiters[0] ?? 0),
    ),
    cycles: withQueuedWriters(
      cycles.map(({ ids }) => ids),
      named.map(({ lock }) => lock),
    ),
    cycleCertainty: cycles.length === 0 ? undefined : certaintyOf(weakest),
    args: argsOf(locks, views),
    sourcesWanted: sourcesOf(named, help),
  };
}

function certaintyOf(weight: number): Certainty {
  return weight >= 0.95 ? 'certain' : weight >= 0.7 ? 'very likely' : weight >= 0.4 ? 'likely' : 'hint';
}

/** Belief from which a holder is named without "may". */
const likely = 0.75;
/** Belief from which it is named at all. */
const possible = 0.2;

/**
 * Words by belief; `holds` only where structure or source shows it. Who is only inside of the object may hold it: in programs made
 * for it one in eight that stood there alone did not.
 */
function hold({ belief, proof, past, recent }: Candidate): Hold | undefined {
  // One that is younger than its waiters has the lock at the moment at most: it is not what they have waited for all the time.
  if (belief >= 0.9 && proof && !recent) return 'holds';
  return belief >= likely && (proof || past) && !recent ? 'very likely' : belief >= possible ? 'may hold' : undefined;
}

function lockOf(lock: Found, candidates: readonly Candidate[], dialect: Scanned['dialect']): Lock {
  const kinds = new Set(lock.waits.map(({ kind }) => kind));
  const kind: LockKind = kinds.has('once')
    ? 'once'
    : kinds.has('rlock') || kinds.has('wlock') || kinds.has('wlock2')
      ? 'rwmutex'
      : kinds.has('semaphore')
        ? 'semaphore'
        : (lock.want?.lock.kind ?? 'mutex');
  const holders = candidates.slice(0, maxHolders).flatMap((candidate): Holder[] => {
    const certainty = hold(candidate);
    if (certainty === undefined) return [];
    const { view, why, frame, reads } = candidate;
    return [{ goroutine: view.id, certainty, why, frame, reads: reads === true || (kinds.has('wlock') && reads !== false) ? reads : undefined }];
  });
  const [caller] = lock.sites.keys();
  const writers = lock.waiters.filter((_, at) => lock.waits[at]?.kind === 'wlock' || lock.waits[at]?.kind === 'wlock2').map(({ id }) => id);
  return {
    kind,
    name: lock.want?.name,
    address: lock.address === undefined ? undefined : hex(lock.address),
    waiters: lock.waiters.map(({ id }) => id).sort((a, b) => a - b),
    writers: kind === 'rwmutex' ? writers.sort((a, b) => a - b) : undefined,
    holders,
    wantedIn: caller ?? '',
    nobody:
      holders.length > 0
        ? undefined
        : isUntold(lock)
          ? 'the dump does not tell which lock it is, as no frame prints its object'
          : candidates.length > 1
            ? `${candidates.length} goroutines may hold it, and nothing in the dump tells them apart`
            : 'no other goroutine of this dump shows the object: a missing Unlock on some path, or a holder whose frames do not carry it',
    settles: holders[0]?.certainty === 'holds' ? undefined : settlesOf(lock, caller, dialect),
  };
}

/** What is not known yet of these: the source, the addresses of locks (a crash dump has them), whether it lasts. */
function settlesOf({ want }: Found, caller: string | undefined, dialect: Scanned['dialect']): string {
  return [
    ...(want?.sure === true ? [] : [`the source of ${caller === undefined ? 'the waiting function' : inCode(caller)} at this version`]),
    ...(dialect === 'crash' ? [] : ['a SIGQUIT dump (it prints the addresses of locks)']),
    'a second dump a minute later',
  ].join(' or ');
}

/** Arguments that the binary can turn into field names: of the waiters' own frames. */
function argsOf(locks: readonly Lock[], views: readonly View[]): FoundLocks['args'] {
  const wanted = new Set(locks.slice(0, maxTold).flatMap(({ waiters, holders }) => [...waiters.slice(0, 20), ...holders.map(({ goroutine }) => goroutine)]));
  const args: Record<number, Record<number, string>> = {};
  for (const view of views) {
    if (!wanted.has(view.id)) continue;
    const own: Record<number, string> = {};
    for (const [at, { args: words }] of view.frames.slice(0, 12).entries())
      if (words.length > 0) own[at] = words.map(({ value, inexact }) => (value === undefined ? '_' : `${hex(value)}${inexact ? '?' : ''}`)).join(', ');
    args[view.id] = own;
  }
  return args;
}

function sourcesOf(named: readonly Named[], help: ParseHelp): readonly string[] | undefined {
  if (help.source !== undefined) return undefined;
  const files = new Set<string>();
  for (const { lock } of named) {
    const [view, wait] = [lock.waiters[0], lock.waits[0]];
    const file = view === undefined || wait === undefined ? undefined : view.at(wait.caller)?.frame.file;
    if (file !== undefined && file !== '' && files.size < 20) files.add(file);
  }
  return [...files];
}
