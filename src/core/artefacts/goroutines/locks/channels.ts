/** Channels, WaitGroups and conditions: who waits on one, and which goroutine is the likely other end. */
import { maxHolders } from '../../../limits.ts';
import type { Holder, Lock, LockKind } from '../../../model.ts';
import type { Edge } from './cycles.ts';
import { isSync } from './shapes.ts';
import type { View } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';

/** Object of the first method frame that is not sync's own: `type@address`. */
function objectOf(view: View): string | undefined {
  for (let at = 0; at < view.depth; at++) {
    const place = view.shape.places[at];
    const receiver = place?.type === undefined || isSync(place.frame.func) ? undefined : view.at(at)?.receiver;
    if (receiver !== undefined) return `${place?.type?.name}@${receiver.value}`;
  }
  return undefined;
}

function entryOf(view: View): string | undefined {
  const type = view.shape.places[view.depth - 1]?.type;
  const receiver = type === undefined ? undefined : view.at(view.depth - 1)?.receiver;
  return receiver === undefined ? undefined : `${type?.name}@${receiver.value}`;
}

/** Goroutines whose entry method runs on the same object are the likely peers of a channel or WaitGroup; four alike at most. */
const maxPeers = 4;

export function channelEdges(views: readonly View[], waitOf: (view: View) => Wait): readonly Edge[] {
  const waiting = views.flatMap((view) => {
    const { kind } = waitOf(view);
    const object = kind === 'waitgroup' || (kind === 'channel' && /^chan (?:send|receive)$/.test(view.state)) ? objectOf(view) : undefined;
    return object === undefined ? [] : [{ view, object, weight: kind === 'waitgroup' ? 0.35 : 0.4 }];
  });
  const entries = entriesOf(views, new Set(waiting.map(({ object }) => object)));
  const edges: Edge[] = [];
  for (const { view, object, weight } of waiting) {
    const asking = view.at(waitOf(view).caller)?.frame.func;
    for (const alike of entries.get(object)?.values() ?? []) {
      if (alike.length > maxPeers) continue;
      for (const peer of alike) {
        const { kind, caller } = waitOf(peer);
        // Lock called straight from the entry function is a request, not a loop.
        if (peer === view || (isLockWait(kind) && caller === peer.depth - 1)) continue;
        if (peer.at(caller)?.frame.func !== asking) edges.push({ from: view.id, to: peer.id, weight });
      }
    }
  }
  return edges;
}

/** For each object the goroutines that began in a method of it, alike ones together, up to one more than are looked at. */
function entriesOf(views: readonly View[], objects: ReadonlySet<string>): ReadonlyMap<string, ReadonlyMap<string, readonly View[]>> {
  const entries = new Map<string, Map<string, View[]>>();
  if (objects.size === 0) return entries;
  for (const view of views) {
    const entry = entryOf(view);
    if (entry === undefined || !objects.has(entry)) continue;
    const alike = entries.get(entry) ?? new Map<string, View[]>();
    entries.set(entry, alike);
    const key = `${view.at(view.depth - 1)?.frame.func} ${view.depth}`;
    const own = alike.get(key) ?? [];
    alike.set(key, own);
    if (own.length <= maxPeers) own.push(view);
  }
  return entries;
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
    const group = groups.get(key) ?? { kind: wait.kind, waiters: [], wantedIn: view.at(wait.caller)?.frame.func ?? '', states: new Set<string>() };
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
