/** The likely other end of a channel or WaitGroup: goroutines that began in a method of the object that the waiter works on. */
import type { Edge } from './cycles.ts';
import { isSync } from './shapes.ts';
import type { View } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';

/** Object of the first method frame that is not sync's own: `type@value`. */
export function objectOf(view: View): string | undefined {
  for (let at = 0; at < view.depth; at++) {
    const place = view.shape.places[at];
    const receiver = place?.type === undefined || isSync(place.frame.func) ? undefined : view.at(at)?.receiver;
    if (receiver !== undefined) return `${place?.type?.name}@${receiver.value}`;
  }
  return undefined;
}

/** Object of the method that a goroutine began in. */
export function entryOf(view: View): string | undefined {
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
    const peers = [...(entries.get(object)?.values() ?? [])].flatMap((alike): (readonly View[])[] => {
      const own = alike.filter((peer) => {
        const { kind, caller } = waitOf(peer);
        // Lock called straight from the entry function is a request, not a loop.
        return peer !== view && !(isLockWait(kind) && caller === peer.depth - 1) && peer.at(caller)?.frame.func !== asking;
      });
      return own.length === 0 ? [] : [own];
    });
    // Of several that differ any may be the other end.
    if (peers.length !== 1 || peers[0] === undefined || peers[0].length > maxPeers) continue;
    for (const peer of peers[0]) edges.push({ from: view.id, to: peer.id, weight });
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
