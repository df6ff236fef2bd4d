/** Pools that are exhausted: every worker waits inside for the pool itself, so none gets free. */
import { entryOf } from './channels.ts';
import { inCode } from './evidence.ts';
import type { Gathering } from './gatherings.ts';
import { lexical } from './touches.ts';
import type { View } from './view.ts';

/** Goroutines by what they began in: a method of an object, or a literal of a function. */
export type Workers = ReadonlyMap<string, readonly View[]>;

/** Only of functions and objects that goroutines gather at. */
export function workersOf(views: readonly View[], gatherings: readonly Gathering[]): Workers {
  const functions = new Set(gatherings.map(({ wantedIn }) => lexical(wantedIn)));
  const types = new Set(gatherings.flatMap(({ waiters }) => waiters[0]?.shape.places.map(({ type }) => type?.name) ?? []));
  const workers = new Map<string, View[]>();
  for (const view of views) {
    const entry = view.shape.places[view.depth - 1];
    if (entry === undefined) continue;
    const literal = entry.literal && functions.has(lexical(entry.frame.func)) ? lexical(entry.frame.func) : undefined;
    const object = entry.literal || !types.has(entry.type?.name) ? undefined : entryOf(view);
    const key = literal ?? (object === undefined ? undefined : `${object} ${entry.frame.func}`);
    if (key === undefined) continue;
    const list = workers.get(key);
    if (list === undefined) workers.set(key, [view]);
    else list.push(view);
  }
  return workers;
}

/**
 * All that `(*Group).Go` started wait in Go; or all that began in `(*Pool).worker` wait in `(*Pool).Do` of the same pool, as others
 * from outside do: workers at rest wait where only workers come. The answer is a sentence.
 */
export function busyPool({ waiters, wantedIn }: Gathering, workers: Workers): string | undefined {
  const own = new Set(waiters);
  const stuck = (list: readonly View[]): boolean => list.length > 1 && list.every((worker) => own.has(worker));
  const started = workers.get(lexical(wantedIn)) ?? [];
  if (stuck(started)) return `all ${started.length} goroutines that ${inCode(lexical(wantedIn))} started wait in it themselves: no place gets free`;
  const seen = new Set<string>();
  for (const view of waiters) {
    const func = view.shape.places[view.depth - 1]?.frame.func ?? '';
    const object = func === wantedIn ? undefined : entryOf(view);
    const key = `${object} ${func}`;
    if (object === undefined || seen.has(key)) continue;
    seen.add(key);
    const began = workers.get(key) ?? [];
    if (began.length < waiters.length && stuck(began))
      return `all ${began.length} goroutines that began in ${inCode(func)} of one object wait in ${inCode(wantedIn)} of it, as ${waiters.length - began.length} others do: no worker is free`;
  }
  return undefined;
}
