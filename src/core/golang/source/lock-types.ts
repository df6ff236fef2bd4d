/** Types that are locks, and what their methods do: package sync, x/sync/semaphore, and mutexes of other packages that behave alike. */
import type { LockMode, LockPlace } from '../lock-facts.ts';
import type { GoType } from './types.ts';

/** What a method of a lock does to it. */
export type LockMethod =
  /** `succeeds`: it has the lock only when its result is true, or a nil error. */
  | { readonly does: 'take'; readonly mode: LockMode; readonly succeeds?: 'true' | 'no error'; readonly waits: boolean }
  | { readonly does: 'release'; readonly mode: LockMode }
  | { readonly does: 'once' }
  /** Lets the lock of the Cond go while it waits. */
  | { readonly does: 'wait' }
  /** Its result is the lock for reading. */
  | { readonly does: 'reader' };

const take = (mode: LockMode): LockMethod => ({ does: 'take', mode, waits: true });
const attempt = (mode: LockMode): LockMethod => ({ does: 'take', mode, succeeds: 'true', waits: false });
const release = (mode: LockMode): LockMethod => ({ does: 'release', mode });

const mutex: Readonly<Record<string, LockMethod>> = { Lock: take('write'), Unlock: release('write'), TryLock: attempt('write') };
const rwmutex: Readonly<Record<string, LockMethod>> = {
  ...mutex,
  RLock: take('read'),
  RUnlock: release('read'),
  TryRLock: attempt('read'),
  RLocker: { does: 'reader' },
};
const once: Readonly<Record<string, LockMethod>> = { Do: { does: 'once' } };
const cond: Readonly<Record<string, LockMethod>> = { Wait: { does: 'wait' } };
const weighted: Readonly<Record<string, LockMethod>> = {
  Acquire: { does: 'take', mode: 'write', succeeds: 'no error', waits: true },
  TryAcquire: attempt('write'),
  Release: release('write'),
};
/** internal/poll's own lock of a file's reading or writing side (src/internal/poll/fd_mutex.go); the side is told by its argument. */
const descriptor: Readonly<Record<string, LockMethod>> = {
  rwlock: { does: 'take', mode: 'write', succeeds: 'true', waits: true },
  rwunlock: release('write'),
};

export interface LockType {
  readonly kind: LockPlace['kind'] | 'cond';
  readonly methods: Readonly<Record<string, LockMethod>>;
}

const mutexType: LockType = { kind: 'mutex', methods: mutex };
const rwmutexType: LockType = { kind: 'rwmutex', methods: rwmutex };

/** The lock that a type is; undefined for all others. Own types that only wrap one are not meant: their methods say what they do. */
export function lockType(type: GoType, packageName: string): LockType | undefined {
  if (type.is !== 'named') return undefined;
  const { path, name } = type;
  const sync = path === 'sync' || path === 'internal/sync' || (path === '' && packageName === 'sync' && (name === 'Mutex' || name === 'RWMutex'));
  if (sync) {
    if (name === 'Mutex' || name === 'Locker') return mutexType;
    if (name === 'RWMutex') return rwmutexType;
    if (name === 'Once') return { kind: 'once', methods: once };
    return name === 'Cond' ? { kind: 'cond', methods: cond } : undefined;
  }
  if (name === 'Weighted' && /(?:^|\/)semaphore$/.test(path)) return { kind: 'semaphore', methods: weighted };
  if (path === '') return packageName === 'poll' && name === 'fdMutex' ? { kind: 'mutex', methods: descriptor } : undefined;
  if (/^(?:Try|Trace|Debug)?RWMutex$/.test(name)) return rwmutexType;
  return /^(?:Try|Trace|Debug|Chan)?Mutex$/.test(name) ? mutexType : undefined;
}

/** Calls without arguments by these names are locks whatever the type, when that is not known. */
export function byNameAlone(method: string): LockMethod | undefined {
  return Object.hasOwn(rwmutex, method) && method !== 'RLocker' ? rwmutex[method] : undefined;
}

/** Names that make a function worth reading. */
export const lockWords: ReadonlySet<string> = new Set([...Object.keys(rwmutex), ...Object.keys(weighted), ...Object.keys(descriptor), 'Do', 'Wait']);

/** Methods of what a helper returned that let its lock go: `Unlock`, `Release`, `Done`, … */
export const lettingGo = /^(?:[rR]?[uU]nlock\w*|[rR]elease|[cC]lose|[dD]one|[fF]ree|[lL]eave|[eE]nd|[sS]top)$/;
