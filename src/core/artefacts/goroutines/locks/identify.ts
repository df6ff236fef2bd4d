/** Which waiters wait for one lock: by exact address, by learned offset in the object, by object, by call site. */
import { isSingle } from '../../../golang/single-objects.ts';
import { learnOffsets, maxOffset, ownerOf, ownersOf, shapeOf, type Offsets, type Owners } from './owners.ts';
import type { Want } from './stack-locks.ts';
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
  /** What the source calls it; undefined when no source is at hand, or its waiters ask for different locks by it. */
  want: Want | undefined;
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

export function identify(views: Views, waitOf: (view: View) => Wait, wantOf: (view: View) => Want | undefined): Map<string, Found> {
  const owners = ownersOf(views);
  const offsets = learnOffsets(views.list, waitOf);
  const found = new Map<string, Found>();
  const disputed = new Set<Found>();
  for (const view of views.list) {
    const wait = waitOf(view);
    if (!isLockWait(wait.kind)) continue;
    const caller = view.at(wait.caller);
    const place = placeOf(caller, wait, owners, offsets);
    const want = wantOf(view);
    const key = keyBySource(place, want);
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
        want,
        dictionary: undefined,
        writerUntold: false,
      };
      found.set(key, lock);
    }
    if (want !== undefined && lock.want !== undefined && want.id !== lock.want.id) disputed.add(lock);
    lock.want ??= want;
    lock.waiters.push(view);
    lock.waits.push(wait);
    if (place.object !== undefined && isNearer(place.object, lock.object)) lock.object = place.object;
    addSites(lock, view, wait);
  }
  for (const { object, askers } of found.values()) if (object !== undefined) askers.delete(object.value);
  // One address cannot be two fields: the source is not the program's.
  for (const lock of disputed) lock.want = undefined;
  joinByObject(found);
  joinByName(found);
  joinPending(found);
  return found;
}

/** A variable of a package is one lock; two fields of one object are two, though their address may be unknown. */
function keyBySource(place: Place, want: Want | undefined): string {
  if (want === undefined) return place.key;
  if (want.lock.from === 'package') return `G${want.id}`;
  return place.key.startsWith('O') ? `${place.key}.${want.lock.path}` : place.key;
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
    const [only, ...more] = (byObject.get(keyOf(lock.object.type, lock.object.value, lock)) ?? []).filter(
      ({ want }) => want === undefined || lock.want === undefined || want.id === lock.want.id,
    );
    if (only !== undefined && more.length === 0) join(found, lock, only);
  }
}

/** A lock that a service hands out by functions of its own (`PinLock`), or of a type that has one object, is one for all who ask, while no second object is seen. */
function joinByName(found: Map<string, Found>): void {
  const byId = new Map<string, Found[]>();
  for (const lock of found.values()) {
    if (lock.want === undefined || (lock.want.keepers.size === 0 && !isSingle(lock.want.id))) continue;
    byId.set(lock.want.id, [...(byId.get(lock.want.id) ?? []), lock]);
  }
  for (const same of byId.values()) {
    const seen = new Set(same.flatMap(({ object, address }) => object?.value ?? address ?? []));
    const [first, ...rest] = same.toSorted((a, b) => Number(b.object !== undefined) - Number(a.object !== undefined));
    if (first !== undefined && seen.size <= 1) for (const other of rest) join(found, other, first);
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
  into.object ??= lock.object;
  into.want ??= lock.want;
  found.delete(lock.key);
}
