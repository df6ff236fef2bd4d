/** What a goroutine waits for, by its frames rather than by its state, and at which address when that is exact. */
import { isRuntime, isSync, type Era, type View, type ViewFrame } from './view.ts';

export type WaitKind = 'lock' | 'rlock' | 'wlock' | 'wlock2' | 'once' | 'fd' | 'waitgroup' | 'cond' | 'channel' | 'io' | 'other';

export interface Wait {
  /** `wlock`: the writer that waits for readers; `wlock2`: a writer behind another writer. */
  readonly kind: WaitKind;
  /** Index of the first frame that is not runtime or sync. */
  readonly caller: number;
  /** Address of the Mutex, of the RWMutex's inner parts, of the channel, of the poller's file, when exact. */
  readonly address: number | undefined;
  /** Of a file: which of its two locks. */
  readonly side?: 'read' | 'write';
}

/** Those that are locks with a holder. */
export function isLockWait(kind: WaitKind): boolean {
  return kind === 'lock' || kind === 'rlock' || kind === 'wlock' || kind === 'wlock2' || kind === 'once' || kind === 'fd';
}

const exact = (frame: ViewFrame | undefined): number | undefined => {
  const [first] = frame?.args ?? [];
  return frame === undefined || frame.frame.inlined === true || first === undefined || first.inexact ? undefined : first.value;
};

/** Offsets: Mutex{state, sema+4}, RWMutex{w, writerSem+8, readerSem+12}, the same from Go 1.4 to 1.27 (sync/mutex.go, rwmutex.go). */
export function waitOf({ frames, state }: View, era: Era): Wait {
  let caller = frames.findIndex(({ frame }) => !isSync(frame.func) && !isRuntime(frame.func));
  if (caller < 0) caller = frames.length;
  const inner = frames.slice(0, caller);
  const has = (pattern: RegExp): ViewFrame | undefined => inner.find(({ frame }) => pattern.test(frame.func));
  const wait = (kind: WaitKind, address?: number): Wait => ({ kind, caller, address });
  if (frames[caller]?.frame.func === 'internal/poll.runtime_Semacquire' && state === 'semacquire') return fileWait(frames, caller);
  if (!inner.some(({ frame }) => isSync(frame.func))) {
    if (/^chan (?:send|receive)/.test(state) || state.startsWith('select')) return wait('channel', exact(has(/^runtime\.chan(?:send|recv)$/)));
    return wait(state === 'IO wait' ? 'io' : 'other');
  }
  // Running ones are on their way; they wait for nothing now.
  if (state === 'running' || state === 'runnable') return wait('other');
  const semaphore = exact(has(/^runtime\.semacquire1$/)) ?? (era.registers ? undefined : exact(has(/runtime_Semacquire/)));
  const slow = has(/\.\(\*Mutex\)\.lockSlow$/);
  const lock = has(/\.\(\*Mutex\)\.Lock$/);
  const mutex = exact(slow) ?? (era.registers && slow === undefined ? undefined : exact(lock)) ?? (semaphore === undefined ? undefined : semaphore - 4);
  const reader = has(/\.\(\*RWMutex\)\.RLock$/);
  const writer = has(/\.\(\*RWMutex\)\.Lock$/);
  // Woken, but its lock is held: Wait takes it again before it returns.
  const again = (slow ?? lock ?? reader ?? writer) !== undefined;
  if (!again && has(/\.\(\*Cond\)\.Wait$/) !== undefined) return wait('cond', exact(has(/\.\(\*Cond\)\.Wait$/)));
  if (has(/\.\(\*WaitGroup\)\.Wait$/) !== undefined) return wait('waitgroup', exact(has(/\.\(\*WaitGroup\)\.Wait$/)));
  if (has(/\.\(\*Once\)\.(?:doSlow|Do)$/) !== undefined && (slow ?? lock) !== undefined) return wait('once', mutex);
  if (reader !== undefined)
    return wait(
      'rlock',
      era.registers ? (semaphore === undefined ? undefined : semaphore - 12) : (exact(reader) ?? (semaphore === undefined ? undefined : semaphore - 12)),
    );
  if (writer !== undefined) {
    if ((slow ?? lock) !== undefined) return wait('wlock2', mutex);
    return wait('wlock', (era.registers ? undefined : exact(writer)) ?? (semaphore === undefined ? undefined : semaphore - 8));
  }
  if ((slow ?? lock ?? has(/runtime_Semacquire/)) !== undefined) return wait('lock', mutex);
  return wait('other');
}

/** A file of the poller has a lock for readers and one for writers, so that two calls of Write do not mix (internal/poll/fd_mutex.go). */
function fileWait(frames: readonly ViewFrame[], from: number): Wait {
  let caller = from;
  while (caller < frames.length && /^(?:internal\/poll|net|os)\./.test(frames[caller]?.frame.func ?? '')) caller += 1;
  const inner = frames.slice(from, caller);
  const address = exact(inner.find(({ frame }) => frame.func === 'internal/poll.(*fdMutex).rwlock'));
  const call = inner.find(({ frame }) => /\(\*FD\)\.(?:read|write)Lock$|\(\*FD\)\.(?:Read|Write|Accept)/.test(frame.func));
  return { kind: 'fd', caller, address, side: /write/i.test(call?.frame.func ?? '') ? 'write' : 'read' };
}
