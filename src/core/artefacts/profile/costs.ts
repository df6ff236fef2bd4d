/** Where the cost goes: each sample is of one kind (by its whole stack) and belongs to one owner (first frame that is not Go's own). */
import { isGo, ownerOf } from '../../golang/subsystems.ts';
import type { ProfileArtefact } from '../../model.ts';
import type { Profile } from './columns.ts';
import { sampleIndex } from './report/report.ts';

/** Kinds that hold when any frame of the stack matches, most telling first. Names are of the Go runtime, 1.4 to 1.27. */
const anywhere: readonly (readonly [string, RegExp])[] = [
  ['GC, idle time', /^runtime\.gcDrainMarkWorkerIdle$/],
  ['GC, assists of allocators', /^runtime\.(?:gcAssistAlloc\d?|gcParkAssist|\(\*gcControllerState\)\.(?:assist|revise))/],
  [
    'GC, background',
    /^runtime\.(?:gcBgMarkWorker|gcDrain|gcMark|gcStart|gcSweep$|gcResetMarkState|gcFlushBgCredit|gcControllerCommit|gcWriteBarrier|scan(?:object|block|stack|Conservative|Span|Object)|spanQueue|markroot|greyobject|shade|tryDeferToSpanScan|\(\*gcWork\)|\(\*gcControllerState\)|wbBufFlush|\(\*wbBuf\)|bulkBarrier|stopTheWorld|startTheWorld|stwGC)/,
  ],
  [
    'GC, sweep and return',
    /^runtime\.(?:bgsweep|bgscavenge|sweepone|deductSweepCredit|\(\*sweepLocke[dr]\)|\(\*mspan\)\.(?:sweep|ensureSwept)|\(\*mheap\)\.reclaim|\(\*pageAlloc\)\.scavenge|\(\*scavengerState\)|finishsweep_m|sysUnused|runfinq|runFinalizers|runCleanups)/,
  ],
  ['stack growth', /^runtime\.(?:morestack|newstack|copystack|adjustframe|adjustpointers|stackalloc|stackfree|stackcacherefill|shrinkstack)/],
  [
    'allocation',
    /^runtime\.(?:mallocgc|newobject|newarray|makeslice|growslice|makemap|makechan|rawbyteslice|rawruneslice|rawstring|concatstring|slicebytetostring|stringtoslice|intstring|nextFreeFast|\(\*mcache\)|\(\*mcentral\)|\(\*mheap\)\.(?:alloc|grow)|profilealloc|mProf_Malloc|convT|newdefer|persistentalloc)/,
  ],
];

/** Kinds that are decided by the innermost run of runtime frames. */
const innermost: readonly (readonly [string, RegExp])[] = [
  [
    'locks and channels',
    /^(?:runtime\.(?:chansend|chanrecv|selectgo|selectnb|closechan|semacquire|semrelease|sync_|readyWithTime|notifyList|send$|recv$)|sync\.\(\*(?:Mutex|RWMutex|WaitGroup|Cond|Once|Pool|Map)\)|internal\/sync\.|sync\.runtime_)/,
  ],
  [
    'syscalls',
    /^(?:syscall\.(?:Syscall|RawSyscall|rawSyscall|syscall|runtime_)|runtime\.(?:cgocall|asmcgocall)|(?:internal\/runtime|runtime\/internal)\/syscall|internal\/syscall\/|golang\.org\/x\/sys\/)/,
  ],
  [
    'scheduler',
    /^runtime\.(?:mcall|park_m|schedule|find[rR]unnable|stealWork|runq|gopreempt_m|goschedImpl|gosched|goexit|gdestroy|startm|stopm|wakep|ready$|goready|mPark|note|futex|sema(?:sleep|wakeup)|usleep|osyield|procyield|resetspinning|pidle|checkTimers|runtimer|adjusttimers|netpoll|epollwait|kevent|sysmon|retake|preempt|asyncPreempt|sigtramp|sighandler|tgkill|doSigPreempt|handoffp|exitsyscall|entersyscall|reentersyscall|mstart|newproc|gfget|malg|execute|gogo|mach_semaphore|pthread_|stdcall|lock|unlock|cputicks|nanotime|walltime|\(\*timers?\))/,
  ],
  ['maps', /^(?:runtime\.(?:map|aeshash|memhash|strhash|evacuate|hashGrow|growWork|\(\*hmap\)|\(\*bmap\))|internal\/runtime\/maps\.|aeshashbody|memhash)/],
  [
    'copying',
    /^(?:runtime\.(?:memmove|memclr|typedmemmove|typedmemclr|typedslicecopy|duffcopy|duffzero|memequal)|memeqbody|cmpbody|indexbytebody|internal\/bytealg\.)/,
  ],
];

/** Kinds of the first frame that is no runtime frame. */
const byCaller: readonly (readonly [string, RegExp])[] = [
  ['cryptography', /^(?:vendor\/)?(?:crypto\/|golang\.org\/x\/crypto\/|math\/big\.)|ed25519|secp256k1|sha256-simd|blake2|blake3|chacha|\/noise/],
  ['compression', /^(?:compress\/|hash\/(?:crc32|adler32)|github\.com\/(?:klauspost\/compress|golang\/snappy|pierrec\/lz4))/],
  ['encoding', /^(?:encoding\/|google\.golang\.org\/protobuf|github\.com\/(?:gogo|golang)\/protobuf)|refmt|go-ipld-cbor|multiformats/],
  ['text and reflection', /^(?:regexp|reflect|fmt|sort|slices|strconv|strings|bytes|unicode)[./]/],
];

const runtimeFrame =
  /^(?:runtime[./]|internal\/runtime\/|internal\/abi|internal\/bytealg|internal\/race|internal\/chacha8|sync\.|internal\/sync|syscall\.|internal\/syscall|golang\.org\/x\/sys\/|aeshash|memhash|memeq|cmpbody|indexbyte)/;

/** Kind of a stack, innermost function first. */
export function costKind(stack: readonly string[]): string {
  const all = anywhere.find(([, pattern]) => stack.some((func) => pattern.test(func)));
  if (all !== undefined) return all[0];
  const length = stack.findIndex((func) => !runtimeFrame.test(func));
  const run = stack.slice(0, Math.max(1, length < 0 ? stack.length : length));
  const inner = innermost.find(([, pattern]) => run.some((func) => pattern.test(func)));
  if (inner !== undefined) return inner[0];
  const caller = stack[length < 0 ? 0 : length] ?? '';
  const called = byCaller.find(([, pattern]) => pattern.test(caller));
  if (called !== undefined) return called[0];
  return length === 0 ? 'own code' : 'other runtime work';
}

/** Owner of a stack: background work of the runtime is its own, everything else is its first caller's that is not Go. */
export function costOwner(stack: readonly string[]): string {
  const own = stack.find((func) => !isGo(func));
  return own === undefined ? 'Go runtime' : ownerOf(own);
}

/** Cost kind × owner over the default sample type, as shares of the total; below a thousandth left out. */
export function costsOf(profile: Profile): ProfileArtefact['costs'] {
  if (profile.functionName.length === 0) return [];
  const type = sampleIndex(profile, '');
  const isTime = profile.sampleTypes[type]?.unit === 'nanoseconds' && profile.sampleTypes[type]?.type === 'cpu';
  const width = profile.sampleTypes.length;
  const names = Array.from(profile.functionName, (name) => profile.strings.at(name));
  const sums = new Map<string, { kind: string; owner: string; value: number }>();
  const known = new Map<string, { kind: string; owner: string }>();
  let total = 0;
  for (let sample = 0; sample < profile.samples; sample += 1) {
    const value = profile.values[sample * width + type] ?? 0;
    if (value <= 0) continue;
    total += value;
    const locations = profile.sampleLocations.subarray(profile.sampleStart[sample], profile.sampleStart[sample + 1]);
    const key = locations.join();
    let cost = known.get(key);
    if (cost === undefined) {
      const stack = stackOf(profile, names, locations);
      cost = { kind: isTime ? costKind(stack) : 'all', owner: costOwner(stack) };
      if (known.size < 200_000) known.set(key, cost);
    }
    const row = `${cost.kind}\0${cost.owner}`;
    const sum = sums.get(row);
    if (sum === undefined) sums.set(row, { ...cost, value });
    else sum.value += value;
  }
  return [...sums.values()]
    .sort((a, b) => b.value - a.value || (`${a.kind}${a.owner}` < `${b.kind}${b.owner}` ? -1 : 1))
    .map(({ kind, owner, value }) => ({ kind, owner, share: value / total }))
    .filter(({ share }) => share >= 0.001);
}

function stackOf(profile: Profile, names: readonly string[], locations: Uint16Array | Uint32Array): string[] {
  const stack: string[] = [];
  for (const location of locations) {
    for (let line = profile.lineStart[location] ?? 0; line < (profile.lineStart[location + 1] ?? 0); line += 1) {
      const name = names[profile.lineFunction[line] ?? -1];
      if (name !== undefined) stack.push(name);
    }
  }
  return stack;
}
