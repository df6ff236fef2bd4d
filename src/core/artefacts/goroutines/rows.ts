/** The goroutines of a scanned dump one by one, each made from the columns when it is asked for. */
import type { Goroutine, Goroutines } from '../../model.ts';
import { leakedBit, lockedBit, type Scanned } from './scanned.ts';

type Columns = Pick<Scanned, 'count' | 'ids' | 'states' | 'stateNames' | 'minutes' | 'stackOf' | 'creators' | 'flags'>;

/** Goroutines of a list, for dumps that were not scanned. */
export function rowsOf(list: readonly Goroutine[]): Rows {
  const stateNames = [...new Set(list.map(({ state }) => state))];
  return new Rows({
    count: list.length,
    ids: Float64Array.from(list, ({ id }) => id),
    states: Uint16Array.from(list, ({ state }) => stateNames.indexOf(state)),
    stateNames,
    minutes: Int32Array.from(list, ({ minutes }) => minutes ?? -1),
    stackOf: Int32Array.from(list, ({ stack }) => stack),
    creators: Float64Array.from(list, ({ creator }) => creator ?? -1),
    flags: Uint8Array.from(list, ({ locked, leaked }) => (locked === true ? lockedBit : 0) | (leaked === true ? leakedBit : 0)),
  });
}

function slotOf(id: number): number {
  const mixed = Math.imul(id, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function indexOf(ids: Float64Array, count: number): Int32Array {
  let size = 16;
  while (size < count * 2) size *= 2;
  const index = new Int32Array(size).fill(-1);
  for (let row = 0; row < count; row++) {
    let slot = slotOf(ids[row]!) & (size - 1);
    // The first of equal ids stands before the others.
    while (index[slot]! >= 0) slot = (slot + 1) & (size - 1);
    index[slot] = row;
  }
  return index;
}

/** A dump of a million goroutines is looked at in groups: a million objects would cost more than reading it. */
export class Rows implements Goroutines {
  private readonly columns: Columns;
  readonly length: number;
  /** Rows by id, open addressing; made on first use. */
  private index: Int32Array | undefined;

  constructor(columns: Columns) {
    this.columns = columns;
    this.length = columns.count;
  }

  at(index: number): Goroutine | undefined {
    return index >= 0 && index < this.length ? this.row(index) : undefined;
  }

  byId(id: number): Goroutine | undefined {
    this.index ??= indexOf(this.columns.ids, this.length);
    const mask = this.index.length - 1;
    for (let slot = slotOf(id) & mask; this.index[slot] !== -1; slot = (slot + 1) & mask) {
      const row = this.index[slot] ?? -1;
      if (this.columns.ids[row] === id) return this.row(row);
    }
    return undefined;
  }

  find(wanted: (one: Goroutine) => boolean): Goroutine | undefined {
    for (const one of this) if (wanted(one)) return one;
    return undefined;
  }

  some(wanted: (one: Goroutine) => boolean): boolean {
    return this.find(wanted) !== undefined;
  }

  filter(wanted: (one: Goroutine) => boolean): readonly Goroutine[] {
    const found: Goroutine[] = [];
    for (const one of this) if (wanted(one)) found.push(one);
    return found;
  }

  *[Symbol.iterator](): IterableIterator<Goroutine> {
    for (let index = 0; index < this.length; index++) yield this.row(index);
  }

  /** All of them: artefacts can be printed. */
  toJSON(): readonly Goroutine[] {
    return [...this];
  }

  private row(index: number): Goroutine {
    const { ids, states, stateNames, minutes, stackOf, creators, flags } = this.columns;
    const [bits = 0, waited = -1, creator = -1] = [flags[index], minutes[index], creators[index]];
    return {
      id: ids[index] ?? 0,
      state: stateNames[states[index] ?? -1] ?? '',
      minutes: waited < 0 ? undefined : waited,
      stack: stackOf[index] ?? 0,
      creator: creator < 0 ? undefined : creator,
      locked: (bits & lockedBit) !== 0 ? true : undefined,
      leaked: (bits & leakedBit) !== 0 ? true : undefined,
    };
  }
}
