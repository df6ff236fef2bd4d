/** What a goroutine waits for, by its frames rather than by its state, and at which address when that is exact. */
import type { Shape } from './shapes.ts';
import { isSync } from './shapes.ts';
import type { View } from './view.ts';

export type WaitKind = 'lock' | 'rlock' | 'wlock' | 'wlock2' | 'once' | 'fd' | 'semaphore' | 'waitgroup' | 'cond' | 'channel' | 'io' | 'other';

export interface Wait {
  /** `wlock`: the writer that waits for readers; `wlock2`: a writer behind another writer. */
  readonly kind: WaitKind;
  /** Index of the first frame that is not of the runtime, of sync or of the poller. */
  readonly caller: number;
  /** Address of the Mutex, of the RWMutex's inner parts, of the channel, of the poller's file, when exact. */
  readonly address: number | undefined;
  /** Of a file: which of its two locks. */
  readonly side?: 'read' | 'write';
}

/** Those that are locks with a holder. */
export function isLockWait(kind: WaitKind): boolean {
  return kind === 'lock' || kind === 'rlock' || kind === 'wlock' || kind === 'wlock2' || kind === 'once' || kind === 'fd' || kind === 'semaphore';
}

/** Frames that a wait is told by: their indexes in the stack, -1 for none. */
interface Inner {
  readonly caller: number;
  readonly sync: boolean;
  readonly semacquire: number;
  readonly semaphore: number;
  readonly slow: number;
  readonly lock: number;
  readonly reader: number;
  readonly writer: number;
  readonly cond: number;
  readonly group: number;
  readonly once: number;
  readonly channel: number;
  readonly file?: { readonly caller: number; readonly rwlock: number; readonly side: 'read' | 'write' };
}

const inners = new WeakMap<Shape, Inner>();

function innerOf(shape: Shape): Inner {
  const known = inners.get(shape);
  if (known !== undefined) return known;
  const all = shape.places.slice(0, shape.depth);
  const outer = all.findIndex(({ inner }) => !inner);
  const caller = outer < 0 ? all.length : outer;
  const funcs = all.slice(0, caller).map(({ frame }) => frame.func);
  const find = (pattern: RegExp): number => funcs.findIndex((func) => pattern.test(func));
  const inner = {
    caller,
    sync: funcs.some(isSync),
    semacquire: find(/^runtime\.semacquire1$/),
    semaphore: find(/runtime_Semacquire/),
    slow: find(/\.\(\*Mutex\)\.lockSlow$/),
    lock: find(/\.\(\*Mutex\)\.Lock$/),
    reader: find(/\.\(\*RWMutex\)\.RLock$/),
    writer: find(/\.\(\*RWMutex\)\.Lock$/),
    cond: find(/\.\(\*Cond\)\.Wait$/),
    group: find(/\.\(\*WaitGroup\)\.Wait$/),
    once: find(/\.\(\*Once\)\.(?:doSlow|Do)$/),
    channel: find(/^runtime\.chan(?:send|recv)$/),
    file: fileOf(
      all.map(({ frame }) => frame.func),
      caller,
    ),
  };
  inners.set(shape, inner);
  return inner;
}

/** A file of the poller has a lock for readers and one for writers, so that two calls of Write do not mix (internal/poll/fd_mutex.go). */
function fileOf(funcs: readonly string[], from: number): Inner['file'] {
  if (funcs[from] !== 'internal/poll.runtime_Semacquire') return undefined;
  let caller = from;
  while (caller < funcs.length && /^(?:internal\/poll|net|os)\./.test(funcs[caller] ?? '')) caller += 1;
  const own = funcs.slice(from, caller);
  const rwlock = own.indexOf('internal/poll.(*fdMutex).rwlock');
  const call = own.find((func) => /\(\*FD\)\.(?:read|write)Lock$|\(\*FD\)\.(?:Read|Write|Accept)/.test(func));
  return { caller, rwlock: rwlock < 0 ? -1 : from + rwlock, side: /write/i.test(call ?? '') ? 'write' : 'read' };
}

/** Whether goroutines with this stack can wait for a lock, a WaitGroup or a condition, or show the address of a channel. */
export function mayWait(shape: Shape): boolean {
  const { sync, file, channel } = innerOf(shape);
  return sync || file !== undefined || channel >= 0;
}

/** Offsets: Mutex{state, sema+4}, RWMutex{w, writerSem+8, readerSem+12}, the same from Go 1.4 to 1.27 (sync/mutex.go, rwmutex.go). */
export function waitOf(view: View, registers: boolean): Wait {
  const inner = innerOf(view.shape);
  const { state } = view;
  const exact = (at: number): number | undefined => {
    const value = view.certain(at);
    return Number.isNaN(value) ? undefined : value;
  };
  const wait = (kind: WaitKind, address?: number): Wait => ({ kind, caller: inner.caller, address });
  if (inner.file !== undefined && state === 'semacquire')
    return { kind: 'fd', caller: inner.file.caller, address: exact(inner.file.rwlock), side: inner.file.side };
  if (!inner.sync) {
    if (/^chan (?:send|receive)/.test(state) || state.startsWith('select')) return wait('channel', exact(inner.channel));
    return wait(state === 'IO wait' ? 'io' : 'other');
  }
  // Running ones are on their way; they wait for nothing now.
  if (state === 'running' || state === 'runnable') return wait('other');
  const { slow, lock, reader, writer, cond, group, once } = inner;
  const below = (address: number | undefined, offset: number): number | undefined => (address === undefined ? undefined : address - offset);
  const semaphore = exact(inner.semacquire) ?? (registers ? undefined : exact(inner.semaphore));
  const locks = slow >= 0 || lock >= 0;
  const mutex = exact(slow) ?? (registers && slow < 0 ? undefined : exact(lock)) ?? below(semaphore, 4);
  // Woken, but its lock is held: Wait takes it again before it returns.
  const again = locks || reader >= 0 || writer >= 0;
  if (cond >= 0 && !again) return wait('cond', exact(cond));
  if (group >= 0) return wait('waitgroup', exact(group));
  if (once >= 0 && locks) return wait('once', mutex);
  if (reader >= 0) return wait('rlock', (registers ? undefined : exact(reader)) ?? below(semaphore, 12));
  if (writer >= 0) {
    if (locks) return wait('wlock2', mutex);
    return wait('wlock', (registers ? undefined : exact(writer)) ?? below(semaphore, 8));
  }
  return locks || inner.semaphore >= 0 ? wait('lock', mutex) : wait('other');
}
