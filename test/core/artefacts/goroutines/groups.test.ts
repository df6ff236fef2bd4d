/** Groups, resting places, hung waits, fingerprints, and two dumps of one process. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dumpOfProfile } from '../../../../src/core/artefacts/goroutine-profile.ts';
import { diffDumps } from '../../../../src/core/artefacts/goroutines/diff.ts';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import { groupsOf, levels } from '../../../../src/core/artefacts/goroutines/groups.ts';
import { only } from '../../../../src/core/artefacts/goroutines/only.ts';
import { Rows, rowsOf } from '../../../../src/core/artefacts/goroutines/rows.ts';
import type { Scanned } from '../../../../src/core/artefacts/goroutines/scanned.ts';
import { goReleaseOf } from '../../../../src/core/golang/releases.ts';
import { parkedIn, plainWords, waitReasons } from '../../../../src/core/golang/wait-reasons.ts';
import { normalFunction, shortFunction } from '../../../../src/core/golang/names.ts';
import type { GoroutineDump, Group } from '../../../../src/core/model.ts';
import { fixture } from './expected.ts';

function read(name: string): Scanned {
  const [dump] = readDumps(name, fixture(name));
  if (dump === undefined) throw new Error(`no dump in ${name}`);
  return dump;
}

const of = (text: string): Scanned => {
  const [dump] = readDumps('x', new TextEncoder().encode(text));
  if (dump === undefined) throw new Error('no dump');
  return dump;
};

/** A goroutine with these functions, innermost first. */
const goroutine = (id: number, state: string, functions: readonly string[], creator = 'main.main'): string =>
  `goroutine ${id} [${state}]:\n${functions.map((name, i) => `${name}(0x${(id * 16 + i).toString(16)})\n\t/x/a.go:${10 + i} +0x${id.toString(16)}\n`).join('')}created by ${creator} in goroutine ${id + 100}\n\t/x/a.go:9 +0x1\n\n`;

describe('levels', () => {
  const dump = of(
    [
      goroutine(1, 'select, 4 minutes', ['a.com/m.leaf', 'a.com/m.mid', 'a.com/m.entry']),
      goroutine(2, 'select, 9 minutes', ['a.com/m.leaf', 'a.com/m.mid', 'a.com/m.entry']),
      goroutine(3, 'select', ['a.com/m.leaf', 'a.com/m.mid', 'a.com/m.entry']).replace('a.go:11', 'a.go:77'),
      goroutine(4, 'select', ['a.com/m.leaf', 'net/http.f', 'a.com/m.mid', 'a.com/m.entry']),
      goroutine(5, 'select', ['a.com/m.leaf', 'a.com/m.other', 'a.com/m.entry']),
      goroutine(6, 'chan receive', ['a.com/m.leaf', 'a.com/m.other', 'a.com/m.entry']),
      goroutine(7, 'chan receive', ['a.com/m.x'], 'a.com/m.New'),
    ].join(''),
  );
  test.each([
    ['stack', [2, 1, 1, 1, 1, 1]],
    ['functions', [3, 1, 1, 1, 1]],
    ['own', [4, 1, 1, 1]],
    ['leaf', [5, 1, 1]],
    ['creator', [6, 1]],
  ] as const)('%s', (level, sizes) => {
    expect(groupsOf(dump, level).map(({ count }) => count)).toEqual(sizes);
  });

  test('arguments, parents, ids, minutes and offsets never split; ranges and ids are kept', () => {
    const [first] = groupsOf(dump);
    expect([first?.goroutines, first?.minutes, first?.state, first?.class]).toEqual([[1, 2, 3], [4, 9], 'select', 'select']);
  });

  test('every goroutine is in one group at every level', () => {
    const real = read('gc-behind-pin.stacks.gz');
    for (const level of levels) expect(groupsOf(real, level).reduce((sum, { count }) => sum + count, 0)).toBe(real.count);
  });

  test('a filtered dump keeps what belongs to each goroutine', () => {
    const some = only(dump, (i) => dump.ids[i] === 6 || dump.ids[i] === 7);
    expect([[...some.ids], some.argsOf(1, 0), groupsOf(some).length]).toEqual([[6, 7], '0x70', 2]);
  });
});

test('protobuf and debug=1 of one process have the same groups; protobuf also tells which end of a channel it is', () => {
  const file = 'prometheus.goroutines.pb.gz';
  const dump = dumpOfProfile(file, readFileSync(`fixtures/goroutines/${file}`));
  const text = groupsOf(read('prometheus.goroutines.debug1.gz'));
  const same = (groups: readonly Group[]): readonly string[] => groups.map(({ fingerprint, count }) => `${count} ${fingerprint}`).toSorted();
  expect([dump?.dialect, dump?.count, dump?.unread]).toEqual(['protobuf', 31, 0]);
  expect(same(dump?.groups ?? [])).toEqual(same(text));
  const states = (groups: readonly Group[]): readonly string[] => [...new Set(groups.map(({ state }) => state))].toSorted();
  expect(states(text)).toEqual(['', 'IO wait', 'sync.WaitGroup.Wait', 'syscall']);
  expect(states(dump?.groups ?? [])).toEqual(['', 'IO wait', 'chan receive', 'select', 'sync.WaitGroup.Wait', 'syscall']);
  expect(dumpOfProfile('x', readFileSync('fixtures/goroutines/idle/caddy_2.11.4-1.stacks.gz'))).toBeUndefined();
});

test('fingerprints: equal for the same own code, whatever gx hash, vendor folder, major version or standard frame', () => {
  const print = (functions: readonly string[]): string | undefined => groupsOf(of(goroutine(1, 'select', functions)))[0]?.fingerprint;
  const plain = print(['github.com/x/go-y.(*T).f', 'main.main']);
  expect(plain).toMatch(/^g1:[0-9a-f]{16}$/);
  expect(print(['runtime.gopark', 'github.com/x/go-y/v3.(*T).f', 'main.main', 'runtime.goexit'])).toBe(plain);
  expect(print(['github.com/ipfs/go-ipfs/vendor/github.com/x/go-y.(*T).f', 'main.main'])).toBe(plain);
  expect(print(['github.com/x/go-y.(*T).g', 'main.main'])).not.toBe(plain);
  expect(normalFunction('gx/ipfs/QmZ8MMKFwA95viWULoSYFZpA4kdFa8idmFSrP12YJwjjaL/yamux.(*Stream).Read')).toBe('yamux.(*Stream).Read');
  // FNV-1a, 64 bits, of `main.f` and a line feed.
  expect(print(['main.f'])).toBe('g1:f904bef5ef9c25a2');
});

describe('nothing hangs in healthy programs', () => {
  const files = readdirSync('fixtures/goroutines/idle');
  test.each(files)('%s', (name) => {
    const groups = groupsOf(read(`idle/${name}`));
    expect(groups.length).toBeGreaterThan(5);
    expect(groups.filter(({ hung }) => hung)).toEqual([]);
    const waiting = groups.filter(({ minutes }) => (minutes?.[1] ?? 0) >= 3);
    expect(waiting.filter(({ idle, class: wait }) => !idle && wait !== 'io').map(({ state, rest }) => [state, rest])).toEqual([]);
  });
});

describe('what hangs', () => {
  const hung = (name: string): readonly (readonly [number, string])[] =>
    groupsOf(read(name))
      .filter((group) => group.hung)
      .map(({ count, state }) => [count, state] as const);

  test('garbage collection behind a pin', () => {
    expect(hung('gc-behind-pin.stacks.gz')).toEqual([
      [20, 'chan receive'],
      [20, 'sync.RWMutex.RLock'],
      [1, 'select'],
      [1, 'sync.RWMutex.Lock'],
      [1, 'select'],
    ]);
  });

  const first = (state: string, functions: readonly string[]): Group | undefined => groupsOf(of(goroutine(1, state, functions)))[0];
  test.each<[string, string, readonly string[], boolean, boolean]>([
    [
      'a lock of three minutes hangs, even in a worker',
      'sync.Mutex.Lock, 3 minutes',
      ['sync.runtime_SemacquireMutex', 'sync.(*Mutex).lockSlow', 'a.com/m.(*T).worker'],
      true,
      false,
    ],
    ['a lock of two does not', 'sync.Mutex.Lock, 2 minutes', ['sync.runtime_SemacquireMutex', 'a.com/m.(*T).worker'], false, false],
    ['an old lock by its frames', 'semacquire, 9 minutes', ['sync.runtime_Semacquire', 'sync.(*RWMutex).RLock', 'main.loop'], true, false],
    ['a send is never rest', 'chan send, 9 minutes', ['a.com/m.(*T).run'], true, false],
    ['a worker without work', 'select, 900 minutes', ['a.com/m.(*pool).worker'], false, true],
    ['a worker in the middle of its work', 'select, 900 minutes', ['a.com/m.fetch', 'a.com/m.(*pool).handle', 'a.com/m.(*pool).worker'], true, false],
    ['an accept loop', 'select, 900 minutes', ['a.com/m.(*listener).Accept', 'a.com/m.(*server).handle', 'a.com/m.f'], false, true],
    ['main', 'chan receive, 900 minutes', ['a.com/m.run', 'main.start', 'main.main'], false, true],
    ['a result that somebody waits for', 'chan receive, 4 minutes', ['a.com/m.(*T).Get', 'a.com/m.(*T).Handle', 'net/http.(*conn).serve'], true, false],
    ['a goroutine that only waits where it began is not called hung, and not called idle', 'select, 9 minutes', ['a.com/gc.GC.func1'], false, false],
    ['network', 'IO wait, 9 minutes', ['internal/poll.runtime_pollWait', 'net.(*conn).Write', 'a.com/m.handle'], false, false],
    ['nil channel', 'chan receive (nil chan), 9 minutes', ['a.com/m.loop', 'a.com/m.f'], true, false],
  ])('%s', (_name, state, functions, hangs, rests) => {
    const group = first(state, functions);
    expect([group?.hung, group?.idle]).toEqual([hangs, rests]);
    expect(group?.rest === undefined).toBe(!rests);
  });
});

describe('wait reasons', () => {
  test('64 reasons, each with words; none unknown in the stored dumps', () => {
    expect([...waitReasons.values()].filter(({ since }) => since !== '').length).toBe(64);
    for (const { words } of waitReasons.values()) expect(words.length).toBeGreaterThan(3);
    for (const name of ['dialects/1.27.quit.all.txt', 'dialects/sigquit.1.9.abba.txt', 'gc-behind-pin.stacks.gz']) {
      expect(read(name).stateNames.filter((state) => plainWords(state) === undefined)).toEqual([]);
    }
  });

  test.each([
    [['sync.runtime_SemacquireMutex', 'sync.(*Mutex).lockSlow'], 'sync.Mutex.Lock'],
    [['internal/sync.runtime_SemacquireMutex', 'internal/sync.(*Mutex).lockSlow'], 'sync.Mutex.Lock'],
    [['sync.runtime_Semacquire', 'sync.(*WaitGroup).Wait'], 'sync.WaitGroup.Wait'],
    [['sync.runtime_SemacquireRWMutexR', 'sync.(*RWMutex).RLock'], 'sync.RWMutex.RLock'],
    [['runtime.gopark', 'runtime.goparkunlock', 'runtime.semacquire1', 'sync.runtime_SemacquireMutex', 'sync.(*RWMutex).Lock'], 'sync.RWMutex.Lock'],
    [['internal/poll.runtime_pollWait'], 'IO wait'],
    [['time.Sleep'], 'sleep'],
    [['main.f'], undefined],
  ])('frames %j prove %s', (functions, state) => expect(parkedIn(functions)?.state).toBe(state));

  test('debug=1 has states only where frames prove them', () => {
    const groups = groupsOf(read('dialects/go1.27.abba.debug1.gz'));
    expect(groups.filter(({ class: wait }) => wait === 'lock').reduce((sum, { count }) => sum + count, 0)).toBe(7);
    expect(groups.some(({ state, hung }) => state === '' && !hung)).toBe(true);
  });
});

test('the Go release by path or by lines of the blocking calls', () => {
  const release = (name: string): string | undefined => goReleaseOf(read(name).stacks.map(({ frames }) => frames));
  expect(['go1.5', 'go1.17', 'go1.27'].map((version) => release(`dialects/${version}.abba.debug2.gz`))).toEqual(['go1.5', 'go1.17', 'go1.27']);
  expect(release('gc-behind-pin.stacks.gz')).toBe('go1.24');
  expect(
    goReleaseOf([
      [
        { func: 'sync.runtime_SemacquireMutex', file: 'runtime/sema.go', line: 71 },
        { func: 'sync.(*Mutex).lockSlow', file: 'sync/mutex.go', line: 138 },
      ],
    ]),
  ).toBeUndefined();
  const path = (file: string): string | undefined => goReleaseOf([[{ func: 'net.f', file, line: 1 }]]);
  expect(path('/home/ci/.gvm/gos/go1.12.9/src/net/net.go')).toBe('go1.12.9');
  expect(path('/nix/store/abc-go-1.16.7/share/go/src/net/net.go')).toBe('go1.16.7');
  expect(path('/opt/hostedtoolcache/go/1.19.3/x64/src/net/net.go')).toBe('go1.19.3');
  expect(path('/home/ci/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.24.9.linux-amd64/src/net/net.go')).toBe('go1.24.9');
  expect(path('/home/go/src/net/net.go')).toBeUndefined();
});

test('short names', () => {
  expect(shortFunction('github.com/ipfs/boxo/mfs.(*Directory).Child')).toBe('mfs.(*Directory).Child');
  expect(shortFunction('github.com/quic-go/quic-go/v2.(*T[...]).f')).toBe('quic-go.(*T[...]).f');
});

describe('two dumps', () => {
  const asDump = (scanned: Scanned): GoroutineDump => ({
    kind: 'goroutine dump',
    file: scanned.file,
    dialect: 'debug=2',
    count: scanned.count,
    unread: 0,
    truncated: false,
    notes: [],
    stacks: scanned.stacks,
    goroutines: new Rows(scanned),
    groups: groupsOf(scanned),
    locks: [],
    cycles: [],
  });

  test('the same goroutines at the same place for longer are hung for certain', () => {
    const diff = diffDumps(asDump(read('gc-behind-pin.stacks.gz')), asDump(read('gc-behind-pin.stacks.2.gz')));
    expect([diff.sameProcess, diff.hung.length, diff.both]).toEqual([true, 43, 322]);
    expect(diff.hung.map(({ goroutine: id }) => id)).toContain(585);
    expect(diff.hung.every(({ minutes: [was = 0, is = 0] }) => is > was)).toBe(true);
  });

  test('idle daemons have none', () => {
    const dump = asDump(read('idle/kubo-0.34.1-idle.stacks.gz'));
    const later = { ...dump, goroutines: rowsOf(Array.from(dump.goroutines, (one) => ({ ...one, minutes: (one.minutes ?? 0) + 5 }))) };
    expect(diffDumps(dump, later).hung).toEqual([]);
  });

  test('what grew, and what of it is a leak', () => {
    const stuck = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, i) => goroutine(from + i, 'chan send, 4 minutes', ['a.com/m.send', 'a.com/m.f'], 'a.com/m.Start')).join('');
    const busy = (from: number): string => goroutine(from, 'select', ['a.com/m.wait', 'a.com/m.serve2', 'a.com/m.conn']);
    const diff = diffDumps(asDump(of(stuck(1, 11) + busy(50))), asDump(of(stuck(1, 31) + busy(60) + busy(61))));
    expect(diff.grew.map(({ before, after, leak, createdBy }) => [before, after, leak, createdBy?.func])).toEqual([
      [10, 30, true, 'a.com/m.Start'],
      [1, 2, false, 'main.main'],
    ]);
    expect([diff.appeared, diff.vanished, diff.hung]).toEqual([[], [], []]);
  });

  test('dumps of two processes are known by their ids', () => {
    expect(diffDumps(asDump(of(goroutine(1, 'select', ['main.f']))), asDump(of(goroutine(2, 'select', ['main.f'])))).sameProcess).toBe(false);
  });
});
