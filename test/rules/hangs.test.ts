/** Diagnoses of hanging: each with what shows it and a near miss that stays silent. */
import { describe, expect, test } from 'vitest';
import type { Capture, Finding } from '../../src/core/model.ts';
import { judge } from '../../src/core/rules/judge.ts';
import { api, captureOf, dumpOf, lockOf, type Spec, wanting, writing } from './captures.ts';

const sure = (capture: Capture): readonly Finding[] => judge([capture], undefined).findings.filter(({ certainty }) => certainty !== 'hint');
const rulesOf = (capture: Capture): readonly string[] => sure(capture).map(({ rule }) => rule);
const all = (capture: Capture): readonly string[] => judge([capture], undefined).findings.map(({ rule }) => rule);

const pin = [
  'github.com/ipfs/boxo/ipld/merkledag.parallelWalkDepth',
  'github.com/ipfs/boxo/ipld/merkledag.FetchGraph',
  'github.com/ipfs/boxo/pinning/pinner/dspinner.(*pinner).Pin',
  'github.com/ipfs/kubo/core/coreapi.(*PinAPI).Add',
  ...api,
];
const gc = [
  'sync.runtime_SemacquireRWMutex',
  'sync.(*RWMutex).Lock',
  'github.com/ipfs/boxo/blockstore.(*gclocker).GCLock',
  'github.com/ipfs/kubo/gc.GC',
  ...api,
];
const add = [
  'sync.runtime_SemacquireRWMutexR',
  'sync.(*RWMutex).RLock',
  'github.com/ipfs/boxo/blockstore.(*gclocker).PinLock',
  'github.com/ipfs/kubo/core/coreunix.(*Adder).AddAllAndPin',
  ...api,
];
const worker = [...wanting, 'github.com/ipfs/boxo/ipld/merkledag.parallelWalkDepth.func1'];
const queue: readonly Spec[] = [
  { id: 10, frames: pin, minutes: 5 },
  { id: 11, frames: worker, minutes: 5, creator: 10 },
  { id: 20, frames: gc, state: 'sync.RWMutex.Lock', minutes: 5 },
  { id: 30, frames: add, state: 'sync.RWMutex.RLock', minutes: 5, count: 20 },
];
const adders = Array.from({ length: 20 }, (_, at) => 30 + at);
const held = lockOf([20, ...adders], [{ goroutine: 10, certainty: 'very likely', why: ['it is inside of PinAPI.Add, which holds the lock'], reads: true }], {
  kind: 'rwmutex',
  writers: [20],
});

describe('lock-held', () => {
  test('one story with the root first, all others folded into it', () => {
    const findings = sure(captureOf({ dump: dumpOf(queue, { locks: [held] }) }));
    expect(findings.map(({ rule }) => rule)).toEqual(['lock-held']);
    const [story] = findings;
    expect(story?.goroutines[0]).toBe(10);
    expect(story?.certainty).toBe('very likely');
    expect(story?.facts).toMatchObject({ rootDoes: '`ipfs pin add`', cause: 'content' });
    expect(story?.title).toContain('`ipfs pin add`');
    expect(story?.effect).toContain('`ipfs repo gc`');
    expect(story?.chain?.edges).toContainEqual(['writer', 'root']);
    expect(story?.rows?.[0]?.goroutine).toBe(10);
  });

  test('before Go 1.21 the requests of those that wait are told by the function that started them, when they are as many', () => {
    const add = 'github.com/ipfs/kubo/core/commands.glob..func6';
    const lock = lockOf([30, 31, 32], [{ goroutine: 10, certainty: 'holds', why: ['a frame of it took the lock'] }]);
    const told = (requests: number): readonly (string | undefined)[] =>
      judge(
        [
          captureOf({
            dump: dumpOf(
              [
                { id: 10, frames: [...wanting, 'github.com/ipfs/kubo/core/coreapi.(*PinAPI).Add', ...api], minutes: 9 },
                {
                  id: 30,
                  frames: ['sync.(*RWMutex).RLock', 'x/y.(*Locker).PinLock'],
                  state: 'semacquire',
                  class: 'lock',
                  minutes: 8,
                  count: 3,
                  createdBy: add,
                },
                { id: 50, frames: [add, ...api], state: 'chan receive', minutes: 8, count: requests },
              ],
              { locks: [lock] },
            ),
          }),
        ],
        undefined,
      ).findings.map(({ rule }) => rule);
    expect(told(3)).toEqual(['lock-held']);
    expect(told(4)).toEqual(['lock-held', 'hung-group']);
  });

  test('follows the holder that waits itself', () => {
    const first = lockOf([40], [{ goroutine: 20, certainty: 'holds', why: ['a frame of it took the lock'] }]);
    const dump = dumpOf(
      [...queue, { id: 40, frames: ['sync.(*Mutex).Lock', 'github.com/ipfs/boxo/mfs.(*Directory).Child', ...api], state: 'sync.Mutex.Lock', minutes: 4 }],
      { locks: [held, first] },
    );
    expect(sure(captureOf({ dump })).map(({ goroutines }) => goroutines[0])).toEqual([10]);
  });

  test('short waits of a few with nothing outside are contention', () => {
    const dump = dumpOf(
      [
        { id: 1, frames: ['github.com/dgraph-io/badger.(*oracle).readTs'], state: 'runnable' },
        { id: 2, frames: ['sync.(*Mutex).Lock', 'github.com/dgraph-io/badger.(*oracle).readTs'], state: 'semacquire', count: 2 },
      ],
      { locks: [lockOf([2, 3], [{ goroutine: 1, certainty: 'very likely', why: [] }])] },
    );
    expect(rulesOf(captureOf({ dump }))).toEqual([]);
  });

  const early = (count: number, certainty: 'very likely' | 'may hold', root: readonly string[]): Capture =>
    captureOf({
      dump: dumpOf(
        [
          { id: 10, frames: root },
          { id: 30, frames: ['sync.(*Mutex).Lock', 'github.com/ipfs/boxo/mfs.(*Directory).Child', ...api], state: 'semacquire', count },
        ],
        {
          locks: [
            lockOf(
              Array.from({ length: count }, (_, at) => 30 + at),
              [{ goroutine: 10, certainty, why: ['it is inside of the object'] }],
            ),
          ],
        },
      ),
    });
  const fetching = [...wanting, 'github.com/ipfs/boxo/mfs.(*Directory).Child', ...api];

  test('a crowd behind a fetch in its first minute is told as that, and a second dump is asked for', () => {
    const [story] = sure(early(17, 'very likely', fetching));
    expect(story).toMatchObject({ rule: 'lock-held', certainty: 'likely' });
    expect(story?.title).toContain('waits for content from the network');
    expect(story?.because).toContain('None has waited for a minute yet');
    expect(story?.next).toHaveLength(1);
    expect(story?.next[0]).toContain("Take the dump again in a minute: `curl -o ipfs.stacks2.txt '");
    const [windows] = sure({ ...early(17, 'very likely', fetching), program: { version: '0.39.0', os: 'windows' } });
    expect(windows?.next[0]).toContain('`curl.exe -o ipfs.stacks2.txt "');
  });
  test.each([
    ['a few', early(9, 'very likely', fetching)],
    ['a holder that only may be it', early(17, 'may hold', fetching)],
    ['a holder that works', early(17, 'very likely', ['github.com/ipfs/boxo/mfs.(*Directory).Child', ...api])],
  ])('in the first minute %s is no story', (_, capture) => expect(rulesOf(capture)).toEqual([]));

  test('several who may hold it and nothing outside: only a hint', () => {
    const waiters: readonly Spec[] = [{ id: 2, frames: ['sync.(*Mutex).Lock', 'x/y.F'], state: 'sync.Mutex.Lock', minutes: 9, count: 4 }];
    const dump = dumpOf([{ id: 1, frames: ['x/y.G'], state: 'running' }, { id: 9, frames: ['x/y.H'], state: 'running' }, ...waiters], {
      locks: [
        lockOf(
          [2, 3, 4, 5],
          [
            { goroutine: 1, certainty: 'may hold', why: [] },
            { goroutine: 9, certainty: 'may hold', why: [] },
          ],
        ),
      ],
    });
    expect(rulesOf(captureOf({ dump }))).toEqual([]);
  });
});

describe('lock-cycle', () => {
  const ring: readonly Spec[] = [
    { id: 1, frames: ['sync.(*Mutex).Lock', 'a/b.F'], state: 'sync.Mutex.Lock', minutes: 9 },
    { id: 2, frames: ['sync.(*Mutex).Lock', 'a/b.G'], state: 'sync.Mutex.Lock', minutes: 9 },
  ];
  const locks = [lockOf([1], [{ goroutine: 2, certainty: 'holds', why: [] }]), lockOf([2], [{ goroutine: 1, certainty: 'holds', why: [] }])];
  test('a ring', () => expect(rulesOf(captureOf({ dump: dumpOf(ring, { locks, cycles: [[1, 2]] }) }))).toEqual(['lock-cycle']));
  test('goroutines at rest are none', () =>
    expect(
      rulesOf(
        captureOf({
          dump: dumpOf(
            ring.map((spec) => ({ ...spec, state: 'chan receive', idle: true })),
            { cycles: [[1, 2]] },
          ),
        }),
      ),
    ).toEqual([]));
  test('the same waits without a ring', () => expect(rulesOf(captureOf({ dump: dumpOf(ring, { locks: [], cycles: [] }) }))).toEqual([]));
});

describe('forgotten-unlock', () => {
  const specs: readonly Spec[] = [{ id: 1, frames: ['sync.(*Mutex).Lock', 'a/b.(*T).F'], state: 'sync.Mutex.Lock', minutes: 12, count: 3 }];
  const lock = lockOf([1, 2, 3], [], { wantedIn: 'a/b.(*T).F' });
  test('nobody can hold it', () => expect(rulesOf(captureOf({ dump: dumpOf(specs, { locks: [lock] }) }))).toEqual(['forgotten-unlock']));
  test('a cut dump may hide the holder', () => expect(rulesOf(captureOf({ dump: dumpOf(specs, { locks: [lock], truncated: true }) }))).toEqual([]));
  test('so may an excerpt, which has no main goroutine', () =>
    expect(
      rulesOf(
        captureOf({
          dump: dumpOf(
            specs.map((spec) => ({ ...spec, id: 5 })),
            { locks: [lockOf([5, 6, 7], [], { wantedIn: 'a/b.(*T).F' })] },
          ),
        }),
      ),
    ).toEqual([]));
});

describe('missing-content', () => {
  const cat = [...wanting, 'github.com/ipfs/kubo/core/commands.cat', ...api];
  test.each([
    'github.com/ipfs/boxo/bitswap/client/internal/getter',
    'github.com/ipfs/go-libipfs/bitswap/client/internal/getter',
    'github.com/ipfs/go-bitswap/client/internal/getter',
    'github.com/ipfs/go-bitswap/internal/getter',
    'github.com/ipfs/go-bitswap/getter',
    'gx/ipfs/QmYJ48z7NEzo3u2yCvUvNtBQ7wJWd5dX2nxxc7FeA6nHq1/go-bitswap/getter',
  ])('in every name of it: %s', (path) => {
    const asks = [`${path}.SyncGetBlock`, 'x/y.(*Session).GetBlock', 'github.com/ipfs/kubo/core/commands.cat', ...api];
    expect(sure(captureOf({ dump: dumpOf([{ frames: asks, minutes: 6, count: 200 }]) }))[0]?.rule).toBe('missing-content');
    const other = [`${path}.SyncGetBlockOf`, 'x/y.(*Session).GetBlock', 'github.com/ipfs/kubo/core/commands.cat', ...api];
    expect(rulesOf(captureOf({ dump: dumpOf([{ frames: other, minutes: 6, count: 20 }]) }))).toEqual([]);
  });
  test('counted by command', () => {
    const [story] = sure(
      captureOf({
        dump: dumpOf([
          { frames: cat, minutes: 6, count: 200 },
          { frames: [...wanting, 'github.com/ipfs/kubo/core/commands/dag.dagGet', ...api], minutes: 6, count: 100 },
        ]),
      }),
    );
    expect(story?.rule).toBe('missing-content');
    expect(story?.facts).toMatchObject({
      requests: 300,
      by: [
        { who: '`ipfs cat`', count: 200 },
        { who: '`ipfs dag get`', count: 100 },
      ],
      longest: 6,
    });
  });
  test('a fetch of a minute is none', () => expect(all(captureOf({ dump: dumpOf([{ frames: cat, minutes: 1, count: 50 }]) }))).toEqual([]));
  test('a few gateway requests are a hint', () =>
    expect(
      rulesOf(
        captureOf({
          dump: dumpOf([{ frames: [...wanting, 'github.com/ipfs/boxo/gateway.(*handler).getOrHeadHandler', 'net/http.(*conn).serve'], minutes: 6, count: 3 }]),
        }),
      ),
    ).toEqual([]));
});

describe('slow-consumer', () => {
  test('a crowd', () =>
    expect(rulesOf(captureOf({ dump: dumpOf([{ frames: [...writing, ...api], state: 'IO wait', minutes: 5, count: 90 }]) }))).toEqual(['slow-consumer']));
  test('one is a hint', () => expect(rulesOf(captureOf({ dump: dumpOf([{ frames: [...writing, ...api], state: 'IO wait', minutes: 5 }]) }))).toEqual([]));
  test('idle connections read', () =>
    expect(
      all(
        captureOf({
          dump: dumpOf([
            {
              frames: ['internal/poll.(*pollDesc).waitRead', 'internal/poll.(*FD).Read', 'net/http.(*connReader).backgroundRead'],
              state: 'IO wait',
              minutes: 500,
              count: 90,
              idle: true,
            },
          ]),
        }),
      ),
    ).toEqual([]));
  test('one that keeps a lock is the cause of the queue behind it', () => {
    const stream = ['github.com/ipfs/boxo/pinning/pinner/dspinner.(*pinner).streamIndex.func1'];
    const dump = dumpOf(
      [
        { id: 1, frames: [...writing, 'github.com/ipfs/kubo/core/commands/pin.pinLsAll', ...api], state: 'IO wait', minutes: 5 },
        { id: 2, frames: stream, minutes: 5, creator: 1 },
        {
          id: 3,
          frames: ['sync.(*RWMutex).Lock', 'github.com/ipfs/boxo/pinning/pinner/dspinner.(*pinner).Pin', 'github.com/ipfs/kubo/core/coreapi.(*PinAPI).Add'],
          state: 'sync.RWMutex.Lock',
          minutes: 5,
        },
      ],
      { locks: [lockOf([3], [{ goroutine: 2, certainty: 'very likely', why: [] }], { kind: 'rwmutex', writers: [3] })] },
    );
    const findings = sure(captureOf({ dump, program: { version: '0.34.1' } }));
    expect(findings.map(({ rule }) => rule)).toEqual(['lock-held']);
    expect(findings[0]?.goroutines).toEqual([2, 1]);
    expect(findings[0]?.known?.id).toBe('pin-ls-holds-lock');
  });
});

describe('outside', () => {
  test.each<readonly [string, Spec, Spec]>([
    [
      'peer-silent',
      { frames: ['github.com/quic-go/quic-go.(*streamsMap).OpenStreamSync', 'github.com/x/y.F'], minutes: 30, count: 40 },
      { frames: ['github.com/quic-go/quic-go.(*streamsMap).OpenStreamSync', 'github.com/x/y.F'], minutes: 2, count: 40 },
    ],
    [
      'slow-disk',
      { frames: ['syscall.fsync', 'os.(*File).Sync', 'github.com/ipfs/go-ds-flatfs.syncFile'], state: 'syscall', minutes: 4, count: 3 },
      { frames: ['os/signal.signal_recv', 'os/signal.loop'], state: 'syscall', minutes: 400, idle: true },
    ],
    [
      'provide-queue',
      { frames: ['github.com/libp2p/go-libp2p-kad-dht.(*IpfsDHT).Provide', 'x/y.F'], minutes: 30, count: 80 },
      { frames: ['github.com/libp2p/go-libp2p-kad-dht.(*IpfsDHT).Provide', 'x/y.F'], minutes: 2, count: 80 },
    ],
    [
      'hung-group',
      { frames: ['x/y.(*T).wait'], state: 'chan receive', minutes: 60, count: 300 },
      { frames: ['x/y.(*T).wait'], state: 'chan receive', minutes: 60, count: 300, idle: true },
    ],
  ])('%s', (rule, shows, misses) => {
    expect(rulesOf(captureOf({ dump: dumpOf([shows]) }))).toContain(rule);
    expect(all(captureOf({ dump: dumpOf([misses]) }))).not.toContain(rule);
  });
});

describe('start-does-not-end', () => {
  const start = [
    ...wanting,
    'github.com/ipfs/boxo/ipld/merkledag.(*dagService).Get',
    'github.com/ipfs/kubo/core/node.Files',
    'go.uber.org/fx.New',
    'main.main',
  ];
  test('the MFS root is asked of the network', () => {
    const [story] = sure(captureOf({ dump: dumpOf([{ frames: start, minutes: 7 }]) }));
    expect(story?.rule).toBe('start-does-not-end');
    expect(story?.known?.id).toBe('mfs-root-missing');
  });
  test('a daemon that serves has started', () =>
    expect(
      rulesOf(
        captureOf({
          dump: dumpOf([
            { frames: start, minutes: 7 },
            { frames: ['net/http.(*Server).Serve', 'github.com/ipfs/kubo/core/corehttp.Serve.func1'], state: 'IO wait', minutes: 7, idle: true },
          ]),
        }),
      ),
    ).not.toContain('start-does-not-end'));
});

describe('shutdown-does-not-end', () => {
  test('a part that does not close', () => {
    const frames = [
      'sync.(*WaitGroup).Wait',
      'github.com/libp2p/go-libp2p-kad-dht/fullrt.(*FullRT).Close',
      'go.uber.org/fx.(*App).Stop',
      'github.com/ipfs/kubo/core.(*IpfsNode).Close',
    ];
    const [story] = sure(captureOf({ dump: dumpOf([{ frames, state: 'semacquire', class: 'semaphore', minutes: 4 }]), program: { version: '0.34.1' } }));
    expect(story?.rule).toBe('shutdown-does-not-end');
    expect(story?.known?.id).toBe('shutdown-reprovide');
  });
  test('waiting for the signal to close is rest', () =>
    expect(rulesOf(captureOf({ dump: dumpOf([{ frames: ['github.com/ipfs/kubo/core.NewNode.func2'], minutes: 400, idle: true }]) }))).toEqual([]));
});

describe('cli-own-dump', () => {
  const client: Spec = {
    frames: ['net/http.(*persistConn).roundTrip', 'github.com/ipfs/go-ipfs-cmds/http.(*client).Execute', 'github.com/ipfs/go-ipfs-cmds/cli.Run', 'main.main'],
  };
  test('only the command', () => expect(rulesOf(captureOf({ dump: dumpOf([client]) }))).toEqual(['cli-own-dump']));
  test('a daemon that uses the client too', () =>
    expect(rulesOf(captureOf({ dump: dumpOf([client, { frames: ['main.daemonFunc', 'main.main'], state: 'chan receive', idle: true }]) }))).toEqual([]));
});

describe('crash and exhausted', () => {
  const frames: readonly Spec[] = [{ frames: ['runtime.gopanic', 'github.com/cockroachdb/pebble.(*DB).Get', 'main.main'], state: 'running' }];
  test('a panic names its place', () => {
    const [story] = sure(captureOf({ dump: dumpOf(frames, { preamble: { what: 'panic', text: 'panic: pebble: closed' } }) }));
    expect(story?.rule).toBe('crash');
    expect(story?.title).toContain('pebble.(*DB).Get');
  });
  test('SIGQUIT is no crash', () => expect(rulesOf(captureOf({ dump: dumpOf(frames, { preamble: { what: 'SIGQUIT', text: 'SIGQUIT: quit' } }) }))).toEqual([]));
  test('a limit in the log', () =>
    expect(rulesOf(captureOf({ logs: [{ kind: 'log', file: 'ipfs.log', lines: 1, notable: ['accept tcp: too many open files'] }] }))).toEqual(['exhausted']));
  test('a limit that ended the process is one story with its crash', () => {
    const told = (text: string): readonly (readonly string[])[] =>
      sure(captureOf({ dump: dumpOf(frames, { preamble: { what: 'fatal error', text } }) })).map(({ rule, follows = [] }) => [
        rule,
        ...follows.map((one) => one.rule),
      ]);
    expect(told('fatal error: thread exhaustion')).toEqual([['exhausted', 'crash']]);
    expect(told('runtime: failed to create new OS thread\nfatal error: newosproc')).toEqual([['exhausted', 'crash']]);
    expect(told('fatal error: runtime: out of memory')).toEqual([['crash']]);
    expect(told('fatal error: all goroutines are asleep')).toEqual([['crash']]);
  });
  test("Go's own limit of threads is not one of the system", () => {
    const advice = (text: string): string => sure(captureOf({ dump: dumpOf(frames, { preamble: { what: 'fatal error', text } }) }))[0]?.next?.join(' ') ?? '';
    expect(advice('runtime: program exceeds 10000-thread limit\nfatal error: thread exhaustion')).not.toContain('ulimit');
    expect(advice('fatal error: newosproc')).toContain('ulimit -u');
  });
  test('a log without one', () =>
    expect(rulesOf(captureOf({ logs: [{ kind: 'log', file: 'ipfs.log', lines: 1, notable: ['ERROR core: something else'] }] }))).toEqual([]));
});

test("two dumps of one process tell one story, with the first one's proof", () => {
  const one = captureOf({ dump: dumpOf(queue, { locks: [held] }) });
  const { findings } = judge([one, { ...one }], undefined);
  expect(findings.filter(({ certainty }) => certainty !== 'hint').map(({ capture }) => capture)).toEqual([0]);
  expect(findings[0]?.because).toContain('second dump');
});
