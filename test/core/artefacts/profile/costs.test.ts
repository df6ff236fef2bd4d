/** Where the cost goes: stacks of the Go runtime of many releases by kind and owner, and how little of real profiles is left over. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../../../src/core/artefacts/profile/build.ts';
import { costsOf } from '../../../../src/core/artefacts/profile/costs.ts';
import { unclassified } from '../../../../src/core/artefacts/profile/cost-kinds.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';

/** Innermost function first, as profiles have them. */
const stacks: readonly (readonly [kind: string, stack: string])[] = [
  ['GC, idle time', 'runtime.scanobject runtime.gcDrain runtime.gcDrainMarkWorkerIdle runtime.gcBgMarkWorker.func2 runtime.systemstack runtime.gcBgMarkWorker'],
  ['GC, background', 'runtime.(*lfstack).pop runtime.getempty runtime.(*gcWork).tryGet runtime.gcDrain runtime.gcBgMarkWorker.func2 runtime.systemstack'],
  ['GC, background', 'runtime.tryDeferToSpanScan runtime.scanObject runtime.gcDrain runtime.gcBgMarkWorker'],
  ['GC, background', 'runtime.findObject runtime.wbBufFlush1 runtime.wbBufFlush.func1 runtime.systemstack runtime.wbBufFlush runtime.gcWriteBarrier main.f'],
  ['GC, assists of allocators', 'runtime.greyobject runtime.scanobject runtime.gcDrainN runtime.gcAssistAlloc1 runtime.gcAssistAlloc runtime.mallocgc main.f'],
  ['GC, sweep and return', 'runtime.madvise runtime.sysUnusedOS runtime.sysUnused runtime.(*pageAlloc).scavengeOne runtime.bgscavenge'],
  ['stack growth', 'runtime.memmove runtime.copystack runtime.newstack runtime.morestack main.f'],
  ['allocation', 'runtime.memclrNoHeapPointers runtime.mallocgcLarge runtime.mallocgc runtime.makeslice bytes.growSlice main.f'],
  ['allocation', 'runtime.(*fixalloc).alloc runtime.addfinalizer runtime.SetFinalizer.func2 runtime.systemstack runtime.SetFinalizer os.newFile main.f'],
  [
    'locks and channels',
    'runtime.futex runtime.futexwakeup runtime.notewakeup runtime.ready runtime.readyWithTime runtime.semrelease1 sync.(*Mutex).Unlock main.f',
  ],
  ['locks and channels', 'internal/sync.(*Mutex).lockSlow sync.(*Mutex).Lock main.f'],
  ['locks and channels', 'runtime.lock2 runtime.selectgo main.f'],
  [
    'syscalls, network',
    'internal/runtime/syscall/linux.Syscall6 syscall.RawSyscall6 syscall.Syscall syscall.write internal/poll.(*FD).Write net.(*netFD).Write net.(*conn).Write main.f',
  ],
  [
    'syscalls, network',
    'syscall.Syscall6 syscall.recvmmsg golang.org/x/net/internal/socket.recvmmsg golang.org/x/net/ipv4.(*PacketConn).ReadBatch github.com/quic-go/quic-go.f',
  ],
  ['syscalls, files', 'runtime/internal/syscall.Syscall6 syscall.Syscall syscall.read internal/poll.(*FD).Read os.(*File).Read bufio.(*Reader).Read main.f'],
  ['syscalls, files', 'syscall.Syscall golang.org/x/sys/unix.Fsync github.com/dgraph-io/badger/y.FileSync'],
  ['syscalls, memory maps', 'syscall.Syscall6 golang.org/x/sys/unix.mmap golang.org/x/sys/unix.Mmap github.com/dgraph-io/badger/y.mmap'],
  ['syscalls, other', 'syscall.RawSyscall syscall.Getpid main.f'],
  ['C code', 'runtime.cgocall _cgoexp_12.f main.f'],
  [
    'scheduler',
    'runtime.futex runtime.futexsleep runtime.notesleep runtime.mPark runtime.stopm runtime.findRunnable runtime.schedule runtime.park_m runtime.mcall',
  ],
  ['scheduler', 'runtime.epollwait runtime.netpoll runtime.findrunnable runtime.schedule runtime.goschedImpl runtime.gopreempt_m runtime.newstack.func1'],
  ['scheduler', 'runtime.usleep runtime.osyield runtime.runqgrab runtime.runqsteal runtime.stealWork runtime.findRunnable runtime.schedule'],
  ['maps and hashing', 'aeshashbody runtime.mapaccess1_faststr main.f'],
  ['maps and hashing', 'internal/runtime/maps.(*Map).getWithoutKeySmallFastStr runtime.mapaccess2_faststr main.f'],
  ['copying and comparing', 'runtime.memmove main.f'],
  ['the clock', 'runtime.nanotime1 runtime.nanotime time.now time.Now main.f'],
  [
    'stack traces',
    'runtime.pcvalue runtime.(*unwinder).next runtime.tracebackPCs runtime.callers.func1 runtime.systemstack runtime.callers runtime.Callers main.f',
  ],
  ['interfaces and defers', 'runtime.(*itabTableType).find runtime.getitab runtime.typeAssert main.f'],
  [
    'taking a profile',
    'runtime.step runtime.pcvalue runtime.funcline1 runtime.(*Frames).Next runtime/pprof.allFrames runtime/pprof.(*profileBuilder).appendLocsForStack',
  ],
  ['cryptography', 'crypto/internal/fips140/sha256.blockSHANI crypto/sha256.(*digest).Write github.com/ipfs/boxo/f'],
  ['cryptography', 'github.com/minio/sha256-simd.blockIntelSha github.com/ipfs/go-ipfs/f'],
  ['compression', 'github.com/klauspost/compress/zstd.(*fastEncoder).Encode main.f'],
  ['compression', 'gx/ipfs/QmTpvFFWXRSeXtuBTp3khw3JCaZr1dYq6o2wvMTHfVXkNu/golang/snappy.encodeBlock main.f'],
  ['encoding', 'encoding/json.stateInString encoding/json.checkValid main.f'],
  ['text and reflection', 'fmt.(*pp).printArg fmt.Sprint main.f'],
  ['own code', 'main.f main.main runtime.main'],
  ['no stack', ''],
];

test.each(stacks)('%s: %s', (kind, stack) => {
  expect(costOf(stack).kind).toBe(kind);
});

/** Kind and owner of a profile of this stack alone, innermost function first. */
function costOf(stack: string): { readonly kind: string; readonly owner: string } {
  const builder = new ProfileBuilder();
  const place = (name: string, at: number): number =>
    builder.location(BigInt(at + 1), -1, [{ func: builder.func({ name, systemName: name, file: '', startLine: 0 }), line: 1, column: 0 }]);
  const locations = stack.split(' ').map(place);
  builder.sample(stack === '' ? [] : locations, [1], []);
  const [cost] = costsOf(builder.done({ sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }] }));
  if (cost === undefined) throw new Error(`no cost of ${stack}`);
  return cost;
}

test('a preemption is credited to what was preempted', () => {
  expect(costOf('runtime.asyncPreempt main.f runtime.main').kind).toBe('own code');
  expect(costOf('runtime.asyncPreempt2 runtime.asyncPreempt encoding/json.checkValid main.f').kind).toBe('encoding');
  expect(costOf('runtime.asyncPreempt runtime.mapiternext main.f').kind).toBe('maps and hashing');
});

test.each([
  ['bitswap', 'runtime.mallocgc encoding/json.Marshal github.com/ipfs/boxo/bitswap/client/internal/peermanager.f github.com/ipfs/kubo/core.g'],
  ['DHT', 'runtime.mallocgc gx/ipfs/QmTpvFFWXRSeXtuBTp3khw3JCaZr1dYq6o2wvMTHfVXkNu/go-libp2p-kad-dht.(*IpfsDHT).f'],
  ['MFS', 'runtime.memequal type:.eq.github.com/ipfs/boxo/mfs.key runtime.mapaccess1'],
  ['go.uber.org/fx', 'reflect.Value.Call go.uber.org/fx.(*App).run'],
  // A library is the owner only when nobody else is.
  ['kubo', 'google.golang.org/protobuf/proto.Marshal github.com/ipfs/kubo/core.f'],
  ['google.golang.org/protobuf', 'google.golang.org/protobuf/proto.Marshal net/http.(*conn).serve'],
  // Programs of the Go distribution and modules without a host are not Go's library.
  ['cmd/compile', 'runtime.mapaccess1 cmd/compile/internal/ssa.Compile runtime.main'],
  ['shop', 'runtime.mallocgc shop/cart.(*Cart).Add net/http.HandlerFunc.ServeHTTP'],
  // Nobody's but Go's: whose the outermost is, not the runtime's because it is innermost.
  ['Go runtime', 'runtime.gcDrain runtime.gcBgMarkWorker'],
  ['Go runtime', 'time.sendTime runtime.(*timer).unlockAndRun runtime.schedule runtime.mcall'],
  ['net/http', 'runtime.mallocgc bufio.NewReader net/http.(*conn).serve'],
  ['testing', 'runtime.newobject encoding/json.Marshal testing.tRunner runtime.goexit'],
  // The type argument of a function is not its owner.
  ['sync/atomic', 'sync/atomic.(*Pointer[go.shape.struct{github.com/ipfs/boxo/mfs.x}]).Load'],
  ['native code', 'std::vector<int>::push_back [libc.so.6]'],
])('owner %s: %s', (owner, stack) => {
  expect(costOf(stack).owner).toBe(owner);
});

/** Profiles beyond the repository's own: folders named by PPROF_TRIAGE_PROFILES, joined by `:`. */
const folders = ['fixtures/profile/real', 'fixtures/profile/own', ...(process.env['PPROF_TRIAGE_PROFILES'] ?? '').split(':').filter((folder) => folder !== '')];

test('at most 2 % of any CPU profile is runtime work of no kind, and idle GC stands by itself', () => {
  let tried = 0;
  const wrong: string[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:pprof|pb\.gz|prof)$/.test(file))) {
      const parsed = parseProfile(readFileSync(join(folder, name)));
      if (parsed.is !== 'fine' || parsed.profile.samples === 0 || !parsed.profile.sampleTypes.some(({ type }) => type === 'cpu')) continue;
      const costs = costsOf(parsed.profile);
      const [left = 0] = costs.filter(({ kind }) => kind === unclassified).map(({ share }) => share);
      if (left > 0.02) wrong.push(`${folder}/${name}: ${left}`);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThanOrEqual(3);
  expect(wrong).toEqual([]);
});
