/** Which waiters wait for one lock: by exact address, by learned offset in the object, by object, by call site. */
import { knownLockOf, type KnownLock } from '../../../golang/known-locks.ts';
import { learnOffsets, maxOffset, ownerOf, ownersOf, shapeOf, type Offsets, type Owners } from './owners.ts';
import { receiverOf, subjectOf, type View, type ViewFrame, type Views } from './view.ts';
import { isLockWait, type Wait } from './wait.ts';

export interface LockObject {
  /** '' for what a plain function got as its first word. */
  readonly type: string;
  readonly value: number;
  /** Of the lock in the object, when known. */
  readonly offset: number | undefined;
}

/** Lines of a function on which a lock is asked for, and whether only for reading. */
export type Site = Map<number, { reads: boolean }>;

export interface Asker {
  readonly type: string;
  /** A helper takes the lock for it and returns with it; else the lock lies behind a pointer of the object. */
  readonly helped: boolean;
}

/** A lock with its waiters, before anybody is named. */
export interface Found {
  readonly key: string;
  readonly waiters: View[];
  readonly waits: Wait[];
  object: LockObject | undefined;
  readonly address: number | undefined;
  /** Other objects whose methods ask for this lock, by their pointers. */
  readonly askers: Map<number, Asker>;
  /** Functions in which it was asked for, with the lines. */
  readonly sites: Map<string, Site>;
  known: KnownLock | undefined;
  /** Of the generic methods that ask for it. */
  dictionary: number | undefined;
  /** Its readers may wait behind a writer of which the dump does not tell the lock. */
  writerUntold: boolean;
}

/** A function that takes a lock for its caller (PinLock, GCLock, rlock): the caller's frame is the telling one. */
const helper = /\.(?:\(\*?[\w.]+\)\.)?(?:[A-Za-z]*[a-z])?R?W?Lock(?:er)?$/;

/** The lock is told by nothing but the place that asks: it may be several. */
export function isUntold({ key }: Found): boolean {
  return key.startsWith('S');
}

export function identify(views: Views, waitOf: (view: View) => Wait): Map<string, Found> {
  const owners = ownersOf(views);
  const offsets = learnOffsets(views.list, waitOf);
  const found = new Map<string, Found>();
  for (const view of views.list) {
    const wait = waitOf(view);
    if (!isLockWait(wait.kind)) continue;
    const caller = view.at(wait.caller);
    const place = placeOf(caller, wait, owners, offsets);
    const known = caller === undefined ? undefined : knownLockOf(caller.frame.func);
    const key = known?.single === true ? `K${known.name}` : place.key;
    let lock = found.get(key);
    if (lock === undefined) {
      lock = {
        key,
        waiters: [],
        waits: [],
        object: undefined,
        address: place.address,
        askers: new Map(),
        sites: new Map(),
        known,
        dictionary: undefined,
        writerUntold: false,
      };
      found.set(key, lock);
    }
    lock.waiters.push(view);
    lock.waits.push(wait);
    if (place.object !== undefined && isNearer(place.object, lock.object)) lock.object = place.object;
    addSites(lock, view, wait);
  }
  for (const { object, askers } of found.values()) if (object !== undefined) askers.delete(object.value);
  joinByObject(found);
  joinPending(found);
  return found;
}

/** Of two objects below one lock the nearer one has it inside. */
function isNearer(one: LockObject, known: LockObject | undefined): boolean {
  return known === undefined || (one.offset !== undefined && (known.offset === undefined || one.offset < known.offset));
}

function addSites(lock: Found, view: View, wait: Wait): void {
  const site = (frame: ViewFrame | undefined, helped: boolean): void => {
    if (frame === undefined) return;
    const lines = lock.sites.get(frame.frame.func) ?? new Map<number, { reads: boolean }>();
    const known = lines.get(frame.frame.line);
    const reads = wait.kind === 'rlock';
    if (known === undefined) lines.set(frame.frame.line, { reads });
    else known.reads &&= reads;
    lock.sites.set(frame.frame.func, lines);
    lock.dictionary ??= frame.dictionary;
    const receiver = receiverOf(frame);
    // What a function literal locks need not belong to the object of its method.
    if (receiver !== undefined && !frame.literal && (!receiver.inexact || receiver.mended)) lock.askers.set(receiver.value, { type: frame.type, helped });
  };
  const caller = view.at(wait.caller);
  site(caller, false);
  const lifted = liftedFrame(view, wait);
  if (lifted >= 0) site(view.at(lifted), true);
}

/** The frame that asks through a helper, or -1. */
export function liftedFrame(view: View, wait: Wait): number {
  const caller = view.at(wait.caller);
  return caller !== undefined && helper.test(caller.frame.func) && view.at(wait.caller + 1) !== undefined ? wait.caller + 1 : -1;
}

interface Place {
  readonly key: string;
  readonly object?: LockObject;
  readonly address?: number;
}

function placeOf(caller: ViewFrame | undefined, wait: Wait, owners: Owners, offsets: Offsets): Place {
  const subject = caller === undefined ? undefined : subjectOf(caller);
  const type = caller?.type ?? '';
  const { address } = wait;
  if (wait.kind === 'fd') return address === undefined ? { key: 'S fd' } : { key: `F${address.toString(16)}:${wait.side ?? ''}`, address };
  if (address !== undefined) {
    const key = `A${address.toString(16)}`;
    const inside = subject !== undefined && address >= subject.value && address - subject.value <= maxOffset;
    const own = inside ? { type, value: subject.value, offset: address - subject.value } : undefined;
    if (own !== undefined && !subject?.inexact && (offsets.confirmed.has(`${type} ${own.offset}`) || type === '')) return { key, address, object: own };
    const owner = ownerOf(owners, address, offsets, shapeOf(wait));
    if (owner !== undefined && (own === undefined || owner.offset <= own.offset)) return { key, address, object: owner };
    return { key, address, object: own };
  }
  const receiver = caller === undefined ? undefined : receiverOf(caller);
  if (receiver !== undefined && type !== '') {
    const learned = [...(offsets.of.get(`${type} ${shapeOf(wait)}`) ?? [])];
    const [offset] = learned;
    if (learned.length === 1 && offset !== undefined)
      return { key: `A${(receiver.value + offset).toString(16)}`, address: receiver.value + offset, object: { type, value: receiver.value, offset } };
    return { key: `O${type}@${receiver.value.toString(16)}:${shapeOf(wait)}`, object: { type, value: receiver.value, offset: undefined } };
  }
  const first = subject === undefined ? '' : `@${subject.value.toString(16)}`;
  return { key: `S${caller === undefined ? '?' : `${caller.frame.func}:${caller.frame.line}${first}`}` };
}

const isReadWrite = ({ waits }: Found): boolean => waits.some(({ kind }) => kind === 'rlock' || kind === 'wlock' || kind === 'wlock2');

/** A lock known by its object only is the lock with an address that lies in the object or is asked for by it, when there is just one. */
function joinByObject(found: Map<string, Found>): void {
  const byObject = new Map<string, Found[]>();
  const keyOf = (type: string, value: number, lock: Found): string => `${type}@${value}:${isReadWrite(lock)}`;
  const add = (key: string, lock: Found): void => {
    const known = byObject.get(key);
    if (known === undefined) byObject.set(key, [lock]);
    else if (known.at(-1) !== lock) known.push(lock);
  };
  for (const lock of found.values()) {
    if (!lock.key.startsWith('A')) continue;
    if (lock.object !== undefined) add(keyOf(lock.object.type, lock.object.value, lock), lock);
    for (const [value, { type, helped }] of lock.askers) if (!helped) add(keyOf(type, value, lock), lock);
  }
  for (const [key, lock] of found) {
    if (!key.startsWith('O') || lock.object === undefined) continue;
    const [only, ...more] = byObject.get(keyOf(lock.object.type, lock.object.value, lock)) ?? [];
    if (only !== undefined && more.length === 0) join(found, lock, only);
  }
}

/**
 * Readers wait only behind a writer. Where a lock has waiting readers and no writer, and the dump has one writer that waits in
 * a function literal of the same type and tells no object, it is the one. Where there are several, it may be any of them.
 */
function joinPending(found: Map<string, Found>): void {
  const untold = [...found.values()].filter((lock) => isUntold(lock) && lock.waits.some(({ kind }) => kind === 'wlock'));
  if (untold.length === 0) return;
  const lonely = new Map<string, Found[]>();
  const packages = new Set(untold.flatMap(({ waiters, waits }) => packageOf(waiters[0]?.at(waits[0]?.caller ?? -1)?.frame.func ?? '')));
  for (const lock of found.values()) {
    if (isUntold(lock) || !lock.waits.every(({ kind }) => kind === 'rlock')) continue;
    const caller = lock.waiters[0]?.at(lock.waits[0]?.caller ?? -1);
    lock.writerUntold = packages.has(packageOf(caller?.frame.func ?? ''));
    const type = lock.object?.type ?? '';
    if (type !== '') lonely.set(type, [...(lonely.get(type) ?? []).slice(0, 1), lock]);
  }
  for (const lock of untold) {
    if (lock.waiters.length !== 1 || lock.waits[0]?.kind !== 'wlock') continue;
    const [only, ...more] = lonely.get(lock.waiters[0]?.at(lock.waits[0].caller)?.type ?? '') ?? [];
    if (only === undefined || more.length > 0) continue;
    only.writerUntold = false;
    join(found, lock, only);
  }
}

/** `a.com/m/pkg` of `a.com/m/pkg.(*T).M`. */
function packageOf(func: string): string {
  const slash = func.lastIndexOf('/', func.indexOf('[') < 0 ? undefined : func.indexOf('['));
  const dot = func.indexOf('.', slash + 1);
  return dot < 0 ? func : func.slice(0, dot);
}

function join(found: Map<string, Found>, lock: Found, into: Found): void {
  for (const view of lock.waiters) into.waiters.push(view);
  for (const wait of lock.waits) into.waits.push(wait);
  for (const [func, lines] of lock.sites) {
    const known = into.sites.get(func);
    if (known === undefined) into.sites.set(func, lines);
    else for (const [line, site] of lines) if (!known.has(line)) known.set(line, site);
  }
  for (const [value, asker] of lock.askers) if (value !== into.object?.value) into.askers.set(value, asker);
  into.dictionary ??= lock.dictionary;
  found.delete(lock.key);
}
