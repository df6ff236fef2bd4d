/** In which object a lock lies: exact receivers around its address, and offsets learned from waiters that print both. */
import { receiverOf, type View, type Views } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';

/** Lock fields lie near the start of their structs; further away is another object. */
export const maxOffset = 4096;
const maxOwnerDistance = 512;

export interface Owners {
  /** Every receiver that is printed exactly, ascending. */
  readonly at: readonly number[];
  readonly type: ReadonlyMap<number, string>;
  /** No object of the type is larger: the least distance between two of them. */
  readonly size: ReadonlyMap<string, number>;
}

export function ownersOf(views: Views): Owners {
  const type = new Map<number, string>();
  for (const view of views.list)
    for (let frame = 0; frame < view.depth; frame++) {
      const place = view.shape.places[frame];
      if (place?.type === undefined || place.inner) continue;
      const value = views.exact(view, frame);
      if (!Number.isNaN(value) && !type.has(value)) type.set(value, place.type.name);
    }
  const at = [...type.keys()].sort((a, b) => a - b);
  const size = new Map<string, number>();
  const last = new Map<string, number>();
  for (const value of at) {
    const own = type.get(value) ?? '';
    const before = last.get(own);
    if (before !== undefined) size.set(own, Math.min(size.get(own) ?? Infinity, value - before));
    last.set(own, value);
  }
  return { at, type, size };
}

export interface Offsets {
  /** `type shape` → offsets at which locks of that shape were seen. */
  readonly of: ReadonlyMap<string, ReadonlySet<number>>;
  /** `type offset` that two objects or two functions agree on. */
  readonly confirmed: ReadonlySet<string>;
}

export function shapeOf({ kind }: Wait): 'mutex' | 'rwmutex' {
  return kind === 'lock' || kind === 'once' ? 'mutex' : 'rwmutex';
}

/** Where in its type a lock lies, from waiters that print both. */
export function learnOffsets(views: readonly View[], waitOf: (view: View) => Wait): Offsets {
  const of = new Map<string, Set<number>>();
  const first = new Map<string, string>();
  const confirmed = new Set<string>();
  for (const view of views) {
    const wait = waitOf(view);
    const caller = view.at(wait.caller);
    if (!isLockWait(wait.kind) || wait.address === undefined || caller === undefined || caller.type === '') continue;
    const receiver = receiverOf(caller);
    if (receiver === undefined || (receiver.inexact && !receiver.mended)) continue;
    const offset = wait.address - receiver.value;
    if (offset < 0 || offset > maxOffset) continue;
    const key = `${caller.type} ${shapeOf(wait)}`;
    of.set(key, (of.get(key) ?? new Set<number>()).add(offset));
    const place = `${caller.type} ${offset}`;
    const seen = first.get(place);
    if (seen === undefined) first.set(place, String(receiver.value));
    else if (seen !== String(receiver.value)) confirmed.add(place);
  }
  return { of, confirmed };
}

/** The nearest object at or below an address that can have the lock inside. */
export function ownerOf(
  { at, type, size }: Owners,
  address: number,
  offsets: Offsets,
  shape: string,
): { readonly type: string; readonly value: number; readonly offset: number } | undefined {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const base = at[low - 1];
  if (base === undefined) return undefined;
  const own = type.get(base) ?? '';
  const offset = address - base;
  if (offset > maxOwnerDistance || offset >= (size.get(own) ?? Infinity)) return undefined;
  // Other objects of this type have their locks elsewhere.
  const learned = offsets.of.get(`${own} ${shape}`);
  return learned !== undefined && !learned.has(offset) ? undefined : { type: own, value: base, offset };
}
