/** Places in the code that take locks, learned from every goroutine that waits at one: who stands behind such a line has passed it. */
import type { Need } from './evidence.ts';
import type { Found } from './identify.ts';
import { type ViewFrame } from './view.ts';

/** A frame stands behind the line of a Lock in the same function. */
export interface Passed {
  readonly line: number;
  readonly distance: number;
  /** The place takes the lock for reading only. */
  readonly reads: boolean;
  /** Learned from the same lock of another object. */
  readonly elsewhere: boolean;
}

export interface Sites {
  /** `before`: the function takes the lock further down, and nowhere else as far as is known. */
  passed(lock: Found, one: ViewFrame, need: Need): Passed | 'before' | undefined;
}

interface Place {
  readonly line: number;
  readonly reads: boolean;
  readonly lock: Found;
}

export function sitesOf(found: Iterable<Found>): Sites {
  // Once for each function, line and field: objects of one type share them.
  const places = new Map<string, Map<string, Place>>();
  for (const lock of found)
    for (const [func, lines] of lock.sites) {
      const own = places.get(func) ?? new Map<string, Place>();
      for (const [line, { reads }] of lines) own.set(`${line} ${fieldOf(lock)}`, { line, reads, lock });
      places.set(func, own);
    }
  return {
    passed(lock, { frame }, need) {
      const { func, line } = frame;
      if (line <= 0) return undefined;
      const own = [...(lock.sites.get(func) ?? [])];
      const nearest = (lines: readonly (readonly [number, { readonly reads: boolean }])[], elsewhere: boolean): Passed | undefined => {
        const passed = lines.filter(([at]) => at < line).toSorted(([a], [b]) => b - a)[0];
        return passed === undefined ? undefined : { line: passed[0], distance: line - passed[0], reads: passed[1].reads, elsewhere };
      };
      // A line that takes it for writing says nothing about who reads.
      if (own.length > 0) return nearest(own, false) ?? (own.every(([at, { reads }]) => line < at && (reads || need !== 'read')) ? 'before' : undefined);
      const field = fieldOf(lock);
      if (field === '') return undefined;
      const others = [...(places.get(func)?.values() ?? [])].filter((place) => fieldOf(place.lock) === field);
      return nearest(
        others.map((place) => [place.line, place] as const),
        true,
      );
    },
  };
}

/** Which lock of which type: the same for all objects of the type; '' when it cannot be told. */
function fieldOf({ object, waits }: Found): string {
  if (object === undefined || object.type === '') return '';
  const shape = waits.some(({ kind }) => kind === 'lock' || kind === 'once') ? 'mutex' : 'rwmutex';
  return `${object.type} ${object.offset ?? shape}`;
}
