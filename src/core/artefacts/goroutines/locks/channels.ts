/** Channels, WaitGroups and conditions: who waits on one, and which goroutine is the likely other end. */
import { maxHolders } from '../../../limits.ts';
import type { Holder, Lock, LockKind } from '../../../model.ts';
import type { Edge } from './cycles.ts';
import { isSync, receiverOf, type View } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';

/** Object of the first method frame that is not sync's own: `type@address`. */
function objectOf({ frames }: View): string | undefined {
  for (const one of frames) {
    const receiver = receiverOf(one);
    if (receiver !== undefined && one.type !== '' && !isSync(one.frame.func)) return `${one.type}@${receiver.value}`;
  }
  return undefined;
}

function entryOf({ frames }: View): string | undefined {
  const last = frames.at(-1);
  const receiver = last === undefined ? undefined : receiverOf(last);
  return last === undefined || receiver === undefined || last.type === '' ? undefined : `${last.type}@${receiver.value}`;
}

/** Goroutines whose entry method runs on the same object are the likely peers of a channel or WaitGroup; four alike at most. */
const maxPeers = 4;

export function channelEdges(views: readonly View[], waitOf: (view: View) => Wait): readonly Edge[] {
  const entries = new Map<string, View[]>();
  for (const view of views) {
    const entry = entryOf(view);
    if (entry !== undefined) entries.set(entry, [...(entries.get(entry) ?? []), view].slice(0, 64));
  }
  const edges: Edge[] = [];
  for (const view of views) {
    const wait = waitOf(view);
    const group = wait.kind === 'waitgroup';
    if (!group && !(wait.kind === 'channel' && /^chan (?:send|receive)$/.test(view.state))) continue;
    const object = objectOf(view);
    const peers = object === undefined ? [] : (entries.get(object) ?? []);
    for (const peer of peers) {
      if (peer === view) continue;
      const theirs = waitOf(peer);
      // Lock called straight from the entry function is a request, not a loop.
      if (isLockWait(theirs.kind) && theirs.caller === peer.frames.length - 1) continue;
      const alike = peers.filter(
        (other) => other.frames.at(-1)?.frame.func === peer.frames.at(-1)?.frame.func && other.frames.length === peer.frames.length,
      ).length;
      if (alike > maxPeers || peer.frames[theirs.caller]?.frame.func === view.frames[wait.caller]?.frame.func) continue;
      edges.push({ from: view.id, to: peer.id, weight: group ? 0.35 : 0.4 });
    }
  }
  return edges;
}

/** Groups on one exact address (SIGQUIT dumps, WaitGroups and conditions); nobody holds these. */
export function channelLocks(views: readonly View[], waitOf: (view: View) => Wait, ends: readonly Edge[]): readonly Lock[] {
  const groups = new Map<string, { kind: LockKind; waiters: View[]; wantedIn: string; states: Set<string> }>();
  for (const view of views) {
    const wait = waitOf(view);
    if (!(wait.kind === 'channel' || wait.kind === 'waitgroup' || wait.kind === 'cond')) continue;
    if (wait.kind === 'channel' && view.state.startsWith('select')) continue;
    const place = wait.address === undefined ? (wait.kind === 'waitgroup' ? objectOf(view) : undefined) : String(wait.address);
    if (place === undefined) continue;
    const key = `${wait.kind}@${place}`;
    const group = groups.get(key) ?? { kind: wait.kind, waiters: [], wantedIn: view.frames[wait.caller]?.frame.func ?? '', states: new Set<string>() };
    group.waiters.push(view);
    group.states.add(view.state);
    groups.set(key, group);
  }
  return [...groups.entries()].flatMap(([key, { kind, waiters, wantedIn, states }]) => {
    const holders = kind === 'waitgroup' ? workersOf(waiters, ends) : [];
    if (waiters.length < 2 && holders.length === 0) return [];
    const place = Number(key.slice(key.indexOf('@') + 1));
    return [
      {
        kind,
        address: Number.isFinite(place) ? `0x${place.toString(16)}` : undefined,
        waiters: waiters.map(({ id }) => id).sort((a, b) => a - b),
        holders,
        wantedIn,
        nobody: holders.length > 0 ? undefined : nobody(kind, states),
      },
    ];
  });
}

function nobody(kind: LockKind, states: ReadonlySet<string>): string {
  if (kind !== 'channel') return 'nobody holds it: it waits for work that has not ended';
  return states.size === 1 && states.has('chan send') ? 'all send on one channel, and nobody in this dump receives from it' : 'all wait on one channel';
}

/** Goroutines that were started on the same object and have not ended, when they are few. */
function workersOf(waiters: readonly View[], ends: readonly Edge[]): readonly Holder[] {
  const own = new Set(waiters.map(({ id }) => id));
  const workers = [...new Set(ends.filter(({ from }) => own.has(from)).map(({ to }) => to))];
  if (workers.length > maxHolders) return [];
  return workers.map((goroutine) => ({ goroutine, certainty: 'may hold', why: ['it was started on the same object and has not ended'] }));
}
