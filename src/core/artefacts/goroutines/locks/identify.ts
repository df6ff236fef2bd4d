/** Which waiters wait for one lock: by exact address, by learned offset in the object, by object, by call site. */
import { knownLockOf, type KnownLock } from '../../../golang/known-locks.ts';
import { leastPointer, receiverOf, isSync, type View, type ViewFrame } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';

export interface LockObject {
  readonly type: string;
  readonly value: number;
  /** Of the lock in the object, when known. */
  readonly offset: number | undefined;
}

/** A lock with its waiters, before anybody is named. */
export interface Found {
  readonly key: string;
  readonly waiters: View[];
  readonly waits: Wait[];
  object: LockObject | undefined;
  readonly address: number | undefined;
  /** The object whose other methods take this lock: it lies behind a pointer, or a helper takes it. */
  up: { readonly type: string; readonly value: number } | undefined;
  /** Functions in which it was asked for, with the lines. */
  readonly sites: Map<string, Set<number>>;
  known: KnownLock | undefined;
}

/** Lock fields lie near the start of their structs; further away is another object. */
const maxOffset = 4096;
const maxOwnerDistance = 512;

/** A function that takes a lock for its caller (PinLock, GCLock, rlock): the caller's frame is the telling one. */
const helper = /\.(?:\(\*?[\w.]+\)\.)?(?:[A-Za-z]*[a-z])?R?W?Lock(?:er)?$/;

export function identify(views: readonly View[], waitOf: (view: View) => Wait): Map<string, Found> {
  const owners = ownersOf(views);
  const offsets = learnOffsets(views, waitOf);
  const found = new Map<string, Found>();
  for (const view of views) {
    const wait = waitOf(view);
    if (!isLockWait(wait.kind)) continue;
    const caller = view.frames[wait.caller];
    const place = placeOf(caller, wait, owners, offsets);
    const known = caller === undefined ? undefined : knownLockOf(caller.frame.func);
    const key = known?.single === true ? `K${known.name}` : place.key;
    let lock = found.get(key);
    if (lock === undefined) {
      lock = { key, waiters: [], waits: [], object: undefined, address: place.address, up: undefined, sites: new Map(), known };
      found.set(key, lock);
    }
    lock.waiters.push(view);
    lock.waits.push(wait);
    lock.object ??= place.object;
    addSites(lock, view, wait, caller);
  }
  joinByObject(found);
  return found;
}

function addSites(lock: Found, view: View, wait: Wait, caller: ViewFrame | undefined): void {
  const site = (frame: ViewFrame | undefined): void => {
    if (frame === undefined) return;
    const lines = lock.sites.get(frame.frame.func) ?? new Set<number>();
    lines.add(frame.frame.line);
    lock.sites.set(frame.frame.func, lines);
  };
  site(caller);
  const receiver = caller === undefined ? undefined : receiverOf(caller);
  if (lock.object === undefined && wait.address !== undefined && receiver !== undefined && caller !== undefined && caller.type !== '')
    lock.up ??= { type: caller.type, value: receiver.value };
  const above = view.frames[wait.caller + 1];
  if (caller === undefined || above === undefined || !helper.test(caller.frame.func)) return;
  const upper = receiverOf(above);
  if (upper !== undefined && above.type !== '') lock.up ??= { type: above.type, value: upper.value };
  site(above);
}

/** The frame that asks through a helper, if there is one. */
export function liftedFrame(view: View, wait: Wait): number {
  const caller = view.frames[wait.caller];
  return caller !== undefined && helper.test(caller.frame.func) && view.frames[wait.caller + 1] !== undefined ? wait.caller + 1 : -1;
}

interface Owners {
  readonly at: readonly number[];
  readonly type: ReadonlyMap<number, string>;
}

/** Every receiver that is printed exactly, sorted: in which object does an address lie. */
function ownersOf(views: readonly View[]): Owners {
  const type = new Map<number, string>();
  for (const { frames } of views)
    for (const one of frames) {
      const [first] = one.args;
      if (
        isSync(one.frame.func) ||
        one.frame.inlined === true ||
        one.type === '' ||
        first === undefined ||
        first.depth !== 0 ||
        first.inexact ||
        first.value === undefined ||
        first.value <= leastPointer
      )
        continue;
      if (!type.has(first.value)) type.set(first.value, one.type);
    }
  return { at: [...type.keys()].sort((a, b) => a - b), type };
}

function ownerOf({ at, type }: Owners, address: number): LockObject | undefined {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const base = at[low - 1];
  return base !== undefined && address - base <= maxOwnerDistance ? { type: type.get(base) ?? '', value: base, offset: address - base } : undefined;
}

type Offsets = ReadonlyMap<string, ReadonlySet<number>>;

const shape = (wait: Wait): string => (wait.kind === 'lock' || wait.kind === 'once' ? 'mutex' : 'rwmutex');

/** Where in its type a lock lies, from waiters that print both. */
function learnOffsets(views: readonly View[], waitOf: (view: View) => Wait): Offsets {
  const offsets = new Map<string, Set<number>>();
  for (const view of views) {
    const wait = waitOf(view);
    const caller = view.frames[wait.caller];
    if (!isLockWait(wait.kind) || wait.address === undefined || caller === undefined || caller.type === '') continue;
    const receiver = receiverOf(caller);
    if (receiver === undefined || (receiver.inexact && !receiver.mended)) continue;
    const offset = wait.address - receiver.value;
    if (offset < 0 || offset > maxOffset) continue;
    const key = `${caller.type} ${shape(wait)}`;
    offsets.set(key, (offsets.get(key) ?? new Set<number>()).add(offset));
  }
  return offsets;
}

interface Place {
  readonly key: string;
  readonly object?: LockObject;
  readonly address?: number;
}

function placeOf(caller: ViewFrame | undefined, wait: Wait, owners: Owners, offsets: Offsets): Place {
  const receiver = caller === undefined ? undefined : receiverOf(caller);
  const type = caller?.type ?? '';
  const { address } = wait;
  if (address !== undefined) {
    const key = `A${address.toString(16)}`;
    const inside = receiver !== undefined && type !== '' && address >= receiver.value && address - receiver.value <= maxOffset;
    if (inside && !receiver.inexact) return { key, address, object: { type, value: receiver.value, offset: address - receiver.value } };
    const owner = ownerOf(owners, address);
    if (owner !== undefined) return { key, address, object: owner };
    return inside ? { key, address, object: { type, value: receiver.value, offset: address - receiver.value } } : { key, address };
  }
  if (receiver !== undefined && type !== '') {
    const learned = [...(offsets.get(`${type} ${shape(wait)}`) ?? [])];
    const [offset] = learned;
    if (learned.length === 1 && offset !== undefined)
      return { key: `A${(receiver.value + offset).toString(16)}`, address: receiver.value + offset, object: { type, value: receiver.value, offset } };
    return { key: `O${type}@${receiver.value.toString(16)}:${shape(wait)}`, object: { type, value: receiver.value, offset: undefined } };
  }
  return { key: `S${caller === undefined ? '?' : `${caller.frame.func}:${caller.frame.line}`}` };
}

/** A lock known by its object only is the lock with an address in the same object, when there is just one. */
function joinByObject(found: Map<string, Found>): void {
  const readsOrWrites = ({ waits }: Found): boolean => waits.some(({ kind }) => kind !== 'lock' && kind !== 'once');
  const byObject = new Map<string, Found[]>();
  for (const lock of found.values()) {
    if (lock.object === undefined || !lock.key.startsWith('A')) continue;
    const key = `${lock.object.type}@${lock.object.value}:${readsOrWrites(lock)}`;
    byObject.set(key, [...(byObject.get(key) ?? []), lock]);
  }
  for (const [key, lock] of found) {
    if (!key.startsWith('O') || lock.object === undefined) continue;
    const same = byObject.get(`${lock.object.type}@${lock.object.value}:${readsOrWrites(lock)}`) ?? [];
    const [only] = same;
    if (same.length !== 1 || only === undefined) continue;
    only.waiters.push(...lock.waiters);
    only.waits.push(...lock.waits);
    for (const [func, lines] of lock.sites) only.sites.set(func, new Set([...(only.sites.get(func) ?? []), ...lines]));
    found.delete(key);
  }
}
