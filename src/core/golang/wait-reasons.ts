/**
 * Every wait reason that a goroutine header can show, Go 1.4 to 1.27, with what it means.
 * Source: golang/go src/runtime/runtime2.go waitReasonStrings at each release, the gopark call sites for 1.4 to 1.10;
 * statuses: src/runtime/traceback.go gStatusStrings.
 */
import type { WaitClass } from '../model.ts';

export interface WaitReason {
  readonly reason: string;
  readonly class: WaitClass;
  /** First and last Go release that prints it; no last one: still printed by 1.27. */
  readonly since: string;
  readonly until?: string;
  /** What the goroutine does, for a reader who does not know the runtime. */
  readonly words: string;
}

type Row = readonly [reason: string, waits: WaitClass, since: string, until: string, words: string];

const reasons: readonly Row[] = [
  ['', 'runtime', '1.11', '', "no reason recorded; the header falls back to the plain status 'waiting'"],
  ['GC assist marking', 'runtime', '1.8', '', 'this goroutine was made to help the garbage collector before it could allocate'],
  ['GC assist wait', 'runtime', '1.6', '', 'it waits until enough garbage-collection work is done to pay for an allocation'],
  ['GC mark termination', 'runtime', '1.20', '', 'the collector is ending its mark phase (short)'],
  ['GC scavenge wait', 'runtime', '1.13', '', 'background task that gives memory back to the system, idle'],
  ['GC sweep wait', 'runtime', '1.4', '', 'background sweeper, idle'],
  ['GC weak to strong wait', 'runtime', '1.24', '', 'a weak pointer conversion waits for the collector'],
  ['GC worker (active)', 'runtime', '1.20', '', 'garbage-collection worker, busy'],
  ['GC worker (idle)', 'runtime', '1.5', '', 'garbage-collection worker, idle'],
  ['GOMAXPROCS updater (idle)', 'runtime', '1.25', '', 'background task that follows CPU limits, idle'],
  ['IO wait', 'io', '<=1.4', '', 'waiting in the network poller for a socket, pipe or pollable file to be ready'],
  ['chan receive', 'channel', '<=1.4', '', 'waiting to receive from a channel: nobody has sent and it is not closed'],
  ['chan receive (durable)', 'channel', '1.25', '', 'inside a synctest bubble: receive that only another goroutine of the bubble can end'],
  ['chan receive (nil chan)', 'channel', '1.4', '', 'receives from a nil channel: blocked for ever'],
  ['chan receive (synctest)', 'channel', '1.24', '1.24', 'Go 1.24 name of a receive inside a synctest group'],
  ['chan send', 'channel', '<=1.4', '', 'waiting to send on a channel: no receiver, or its buffer is full'],
  ['chan send (durable)', 'channel', '1.25', '', 'inside a synctest bubble: send that only another goroutine of the bubble can end'],
  ['chan send (nil chan)', 'channel', '1.4', '', 'sends on a nil channel: blocked for ever'],
  ['chan send (synctest)', 'channel', '1.24', '1.24', 'Go 1.24 name of a send inside a synctest group'],
  ['cleanup wait', 'runtime', '1.25', '', 'runtime goroutine waiting for cleanups (runtime.AddCleanup) to run'],
  ['coroutine', 'runtime', '1.22', '', 'paused half of an iter.Pull pair'],
  ['debug call', 'runtime', '1.15', '', 'a debugger injected a call'],
  ['dumping heap', 'runtime', '1.4', '', 'the world waits while a heap dump is written'],
  ['finalizer wait', 'runtime', '1.4', '', 'runtime goroutine waiting for finalizers to run'],
  ['flushing proc caches', 'runtime', '1.22', '', 'runtime pause to flush per-processor caches'],
  ['force gc (idle)', 'runtime', '1.4', '', 'background task that forces a collection every two minutes, idle'],
  ['garbage collection', 'runtime', '1.4', '', 'waits for a collection to start or stop the world'],
  ['garbage collection scan', 'runtime', '1.5', '', 'its stack is being scanned'],
  ['page trace flush', 'runtime', '1.22', '', 'runtime page tracer'],
  ['panicwait', 'runtime', '1.4', '', "main waits for another goroutine's panic to finish printing"],
  ['preempted', 'runtime', '1.14', '', 'stopped by the scheduler at a safe point'],
  ['select', 'select', '<=1.4', '', 'waiting in a select: none of its channels is ready'],
  ['select (durable)', 'select', '1.25', '', 'inside a synctest bubble: select that only another goroutine of the bubble can end'],
  ['select (no cases)', 'select', '1.4', '', 'select{}: parked on purpose, for ever'],
  ['select (synctest)', 'select', '1.24', '1.24', 'Go 1.24 name of a select inside a synctest group'],
  [
    'semacquire',
    'semaphore',
    '<=1.4',
    '',
    'waiting on a semaphore: up to Go 1.19 every Mutex, RWMutex, WaitGroup (and Cond up to 1.10); WaitGroup alone from 1.20 to 1.23; rare afterwards',
  ],
  ['sleep', 'sleep', '<=1.4', '', 'time.Sleep'],
  ['stopping the world', 'runtime', '1.20', '', 'waits for all other goroutines to stop (GC, profile, GOMAXPROCS)'],
  ['sync.Cond.Wait', 'cond', '1.11', '', 'waiting for Signal or Broadcast on a sync.Cond'],
  ['sync.Mutex.Lock', 'lock', '1.20', '', 'waiting for a sync.Mutex (or for a RWMutex behind another writer) that somebody holds'],
  ['sync.RWMutex.Lock', 'lock', '1.20', '', 'writer waiting for the current readers to leave; new readers queue behind it'],
  ['sync.RWMutex.RLock', 'lock', '1.20', '', 'reader waiting: a writer holds the lock, or waits for it'],
  ['sync.WaitGroup.Wait', 'semaphore', '1.24', '', 'waiting for a WaitGroup to reach zero'],
  ['sync.WaitGroup.Wait (durable)', 'semaphore', '1.25', '', 'inside a synctest bubble: WaitGroup.Wait'],
  ['synctest.Run', 'runtime', '1.24', '', 'waits for its synctest bubble to finish'],
  ['synctest.Wait', 'runtime', '1.24', '', 'waits for the other goroutines of its bubble to block'],
  ['timer goroutine (idle)', 'runtime', '1.4', '1.19', 'per-processor timer task of Go 1.13 and older, idle (name kept in the table to 1.19)'],
  ['trace goroutine status', 'runtime', '1.22', '', 'execution tracer bookkeeping'],
  ['trace proc status', 'runtime', '1.22', '', 'execution tracer bookkeeping'],
  ['trace reader (blocked)', 'runtime', '1.5', '', 'execution trace reader, waiting for data'],
  ['wait for GC cycle', 'runtime', '1.9', '', 'runtime.GC or debug.FreeOSMemory waits for a cycle'],
  ['semarelease', 'runtime', '1.4', '1.6', 'handing a semaphore over'],
  ['stack growth', 'runtime', '1.4', '1.6', 'its stack is being moved'],
  ['stack trace', 'runtime', '1.5', '1.10', 'stops the world to print stacks'],
  ['write heap dump', 'runtime', '1.5', '1.10', 'stops the world for a heap dump'],
  ['stop tracing', 'runtime', '1.5', '1.10', 'stops the world to end a trace'],
  ['start tracing', 'runtime', '1.5', '1.10', 'stops the world to start a trace'],
  ['read mem stats', 'runtime', '1.5', '1.10', 'runtime.ReadMemStats stops the world'],
  ['profile', 'runtime', '1.5', '1.10', 'goroutine profile stops the world'],
  ['GOMAXPROCS', 'runtime', '1.5', '1.10', 'runtime.GOMAXPROCS stops the world'],
  ['mark wait (idle)', 'runtime', '1.5', '1.5', 'GC mark helper, idle'],
  ['Concurrent GC wait', 'runtime', '1.5', '1.5', 'background GC goroutine, idle'],
  ['CountPagesInUse', 'runtime', '1.7', '1.10', 'runtime test helper'],
  ['ReadMemStatsSlow', 'runtime', '1.9', '1.10', 'runtime test helper'],
];

/** What is printed when nothing is being waited for. */
const statuses: readonly Row[] = [
  ['idle', 'runtime', '', '', 'being created, or g0'],
  ['runnable', 'runnable', '', '', 'ready to run, waiting for a processor'],
  ['running', 'running', '', '', 'executing (or the goroutine that wrote the dump)'],
  ['syscall', 'syscall', '', '', 'in a system call or cgo: disk I/O, DNS through cgo, or a blocked C function'],
  ['waiting', 'other', '', '', 'blocked with no reason recorded'],
  ['dead', 'other', '', '', 'finished, not printed normally'],
  ['enqueue', 'runtime', '', '', '1.4-1.6 only'],
  ['copystack', 'runtime', '', '', 'its stack is being moved'],
  ['preempted', 'runnable', '', '', '1.14+: stopped at a safe point'],
  ['leaked', 'other', '', '', '1.26+: found unreachable by the goroutineleak profile'],
  ['waiting for cgo callback', 'runtime', '', '', '1.26+: spare goroutine of a C thread'],
  ['???', 'other', '', '', 'status out of range: corrupted dump'],
];

/** All of them by their text in a header. */
export const waitReasons: ReadonlyMap<string, WaitReason> = new Map(
  [...statuses, ...reasons].map(([reason, waits, since, until, words]) => [reason, { reason, class: waits, since, words, ...(until === '' ? {} : { until }) }]),
);

/** What a state means in plain words; undefined for one that Go never printed. */
export function plainWords(state: string): string | undefined {
  return waitReasons.get(state)?.words;
}

/** Names of the calls that park a goroutine, innermost frames of a stack, and the state that they prove. */
const parking: readonly (readonly [RegExp, string, WaitClass])[] = [
  [/^sync\.runtime_SemacquireRWMutexR$|^sync\.\(\*RWMutex\)\.RLock$/, 'sync.RWMutex.RLock', 'lock'],
  [/^sync\.runtime_SemacquireRWMutex$|^sync\.\(\*RWMutex\)\.Lock$/, 'sync.RWMutex.Lock', 'lock'],
  [/^(?:internal\/)?sync\.\(\*Mutex\)\.(?:lockSlow|Lock)$|^(?:internal\/)?sync\.runtime_SemacquireMutex$/, 'sync.Mutex.Lock', 'lock'],
  [/^sync\.\(\*Once\)\.(?:doSlow|Do)$/, 'sync.Mutex.Lock', 'lock'],
  [/^sync\.\(\*WaitGroup\)\.Wait$|^sync\.runtime_SemacquireWaitGroup$/, 'sync.WaitGroup.Wait', 'semaphore'],
  [/^sync\.\(\*Cond\)\.Wait$|^sync\.runtime_(?:notifyListWait|Syncsemacquire)$/, 'sync.Cond.Wait', 'cond'],
  [/^(?:internal\/poll|net)\.runtime_pollWait$/, 'IO wait', 'io'],
  [/^time\.Sleep$/, 'sleep', 'sleep'],
  [
    /^(?:syscall|internal\/runtime\/syscall|runtime\/internal\/syscall|golang\.org\/x\/sys\/unix)\.(?:Raw)?[Ss]yscall\w*$|^os\/signal\.signal_recv$|^runtime\.cgocall$/,
    'syscall',
    'syscall',
  ],
];

/** Frames that only lead to the call that parks: their own name proves nothing. */
const vague = /^(?:internal\/)?sync\.runtime_Semacquire(?:Mutex)?$|^runtime\./;

/** Frames of the runtime that protobuf profiles keep: they tell the ends of a channel apart. */
const channels: Readonly<Record<string, string>> = {
  'runtime.chansend1': 'chan send',
  'runtime.chanrecv1': 'chan receive',
  'runtime.chanrecv2': 'chan receive',
  'runtime.selectgo': 'select',
  'runtime.block': 'select (no cases)',
};

export interface Parked {
  readonly state: string;
  readonly class: WaitClass;
}

/**
 * What a goroutine waits for, told by its innermost frames alone: in debug=1 and protobuf dumps, which print no state,
 * and for `semacquire`, which up to Go 1.19 names every lock alike. Undefined where the frames do not prove it.
 */
export function parkedIn(functions: readonly string[]): Parked | undefined {
  let first = 0;
  for (; first < functions.length && first < 8 && vague.test(functions[first] ?? ''); first++) {
    const state = channels[functions[first] ?? ''];
    if (state !== undefined) return { state, class: waitReasons.get(state)?.class ?? 'channel' };
  }
  const semaphore = functions.slice(0, first).some((name) => name.includes('SemacquireMutex'));
  // A writer behind another writer waits in the mutex inside the RWMutex; a Once waits in its mutex. The outermost of these names it.
  const name = functions[first];
  if (name === undefined) return undefined;
  for (const [pattern, state, waits] of parking) if (pattern.test(name)) return { state, class: waits };
  return semaphore ? { state: 'sync.Mutex.Lock', class: 'lock' } : undefined;
}

/** Class of a state, made sharper by the frames where the state alone does not tell. */
export function waitClass(state: string, functions: readonly string[]): WaitClass {
  const known = waitReasons.get(state)?.class ?? 'other';
  if (known !== 'semaphore') return known;
  return parkedIn(functions)?.class ?? known;
}
