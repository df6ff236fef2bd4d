/** Diagnoses of CPU and memory: each with what shows it and a near miss that stays silent. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capture, Complaint, Finding } from '../../src/core/model.ts';
import { judge } from '../../src/core/rules/judge.ts';
import { memoryParts } from '../../src/core/rules/memory-parts.ts';
import { api, captureOf, dumpOf, profileOf, varsOf, writing } from './captures.ts';

const about = (what: Partial<Complaint>): Complaint => ({ hang: false, cpu: false, memory: false, crash: false, onTopic: true, ...what });
const sure = (capture: Capture, complaint?: Complaint): readonly Finding[] =>
  judge([capture], complaint).findings.filter(({ certainty }) => certainty !== 'hint');
const rulesOf = (capture: Capture, complaint?: Complaint): readonly string[] => sure(capture, complaint).map(({ rule }) => rule);

const second = 1e9;
const mega = 2 ** 20;
const gcStack = ['runtime.scanobject', 'runtime.gcDrain', 'runtime.gcBgMarkWorker'];
const addStack = ['crypto/sha256.block', 'github.com/ipfs/kubo/core/coreunix.(*Adder).add', ...api];
const cpu = (gc: number, rest: number): ReturnType<typeof profileOf> =>
  profileOf('cpu profile', [
    { value: gc * second, funcs: gcStack },
    { value: rest * second, funcs: addStack },
  ]);

describe('cpu-gc', () => {
  const limit = varsOf({ NextGC: 267 * mega, HeapAlloc: 269 * mega, HeapIdle: 18 * mega, HeapReleased: 18 * mega, HeapInuse: 272 * mega, Sys: 300 * mega });
  test('a memory limit', () => {
    const [story] = sure(captureOf({ profiles: [cpu(6, 3)], vars: limit }));
    expect(story?.rule).toBe('cpu-gc');
    expect(story?.certainty).toBe('very likely');
    expect(story?.functions).toContain('runtime.gcBgMarkWorker');
    expect(story?.facts).toMatchObject({ limit: true });
  });
  test('on a machine that gives the node little', () => {
    expect(sure(captureOf({ profiles: [cpu(1, 0.4)], vars: limit }))[0]?.facts).toMatchObject({ limit: true });
    expect(rulesOf(captureOf({ profiles: [cpu(0.5, 0.2)], vars: limit }))).toEqual([]);
    const roomy = varsOf({ NextGC: 520 * mega, HeapAlloc: 269 * mega, HeapIdle: 18 * mega, HeapReleased: 18 * mega, HeapInuse: 272 * mega, Sys: 300 * mega });
    expect(rulesOf(captureOf({ profiles: [cpu(2.1, 0.9)], vars: roomy }))).toEqual([]);
    const near = varsOf({ NextGC: 280 * mega, HeapAlloc: 269 * mega, HeapIdle: 18 * mega, HeapReleased: 18 * mega, HeapInuse: 272 * mega, Sys: 300 * mega });
    expect(rulesOf(captureOf({ profiles: [cpu(2.1, 0.9)], vars: near }))).toEqual([]);
  });
  test('is named where it is too little to be a story', () => {
    const { quiet } = judge([captureOf({ profiles: [cpu(2.1, 0.9)] })], undefined);
    expect(quiet.join(' ')).toContain('70 % of it garbage collection');
    expect(judge([captureOf({ profiles: [cpu(0.9, 2.1)] })], undefined).quiet.join(' ')).toContain('nothing in it is unusual');
  });
  test('without memstats it is not called a limit', () =>
    expect(sure(captureOf({ profiles: [cpu(6, 3)] }), about({ cpu: true }))[0]?.facts).toMatchObject({ limit: false }));
  test('and nobody complained: a hint', () => expect(rulesOf(captureOf({ profiles: [cpu(6, 3)] }))).toEqual([]));
  test('a third of the CPU is what adds cost', () => expect(rulesOf(captureOf({ profiles: [cpu(3, 6)] }))).toEqual([]));
  test('an idle node that collects is idle', () => expect(rulesOf(captureOf({ profiles: [cpu(0.6, 0.1)] }))).toEqual([]));
});

describe('cpu-spin', () => {
  const spin = ['runtime.futex', 'runtime.findRunnable', 'runtime.schedule', 'runtime.park_m', 'runtime.mcall'];
  test('a busy loop', () =>
    expect(
      rulesOf(
        captureOf({
          profiles: [
            profileOf('cpu profile', [
              { value: 25 * second, funcs: spin },
              { value: 5 * second, funcs: ['x/y.poll'] },
            ]),
          ],
        }),
      ),
    ).toEqual(['cpu-spin']));
  test('idling', () => expect(rulesOf(captureOf({ profiles: [profileOf('cpu profile', [{ value: 0.5 * second, funcs: spin }])] }))).toEqual([]));
});

describe('cpu-hot', () => {
  test('answers a complaint', () => expect(rulesOf(captureOf({ profiles: [cpu(1, 25)] }), about({ cpu: true }))).toContain('cpu-hot'));
  test('without one it is a hint', () => expect(rulesOf(captureOf({ profiles: [cpu(1, 25)] }))).toEqual([]));
  test('a profile of an idle node does not answer it, and is asked for again', () => {
    const { findings, gaps } = judge([captureOf({ profiles: [cpu(0.1, 0.2)], program: { version: '0.34.1' } })], about({ cpu: true }));
    expect(findings[0]?.facts).toMatchObject({ idle: true });
    expect(gaps.map(({ need }) => need)).toContain('cpu profile');
  });
});

describe('cpu-quota', () => {
  const sysinfo = { kind: 'sysinfo', file: 's', runtime: { gomaxprocs: 32, numcpu: 32 }, memory: {}, disk: {} } as const;
  const two = profileOf('cpu profile', [{ value: 40.2 * second, funcs: addStack }]);
  const hints = (go: string): readonly string[] =>
    judge([captureOf({ profiles: [two], sysinfo, program: { go } })], undefined).findings.map(({ rule }) => rule);
  test('a whole number of cores', () => expect(hints('go1.24.9')).toContain('cpu-quota'));
  test('Go 1.25 reads the quota itself', () => expect(hints('go1.25.1')).not.toContain('cpu-quota'));
});

describe('go-release', () => {
  const hints = (go: string, os: string, complaint: Partial<Complaint>): readonly string[] =>
    judge([captureOf({ profiles: [cpu(0.1, 0.2)], program: { go, os } })], about(complaint)).findings.map(({ rule }) => rule);
  test('timers of Go 1.23.1 and a hang', () => expect(hints('go1.23.1', 'linux', { hang: true })).toContain('go-release'));
  test('memory of Go 1.13 on Linux', () => expect(hints('go1.13.7', 'linux', { memory: true })).toContain('go-release'));
  test('another complaint, the mended release, another system', () => {
    expect(hints('go1.23.1', 'linux', { memory: true })).not.toContain('go-release');
    expect(hints('go1.23.2', 'linux', { hang: true })).not.toContain('go-release');
    expect(hints('go1.13.7', 'windows', { memory: true })).not.toContain('go-release');
  });
});

describe('lock-contention', () => {
  const mutex = profileOf('mutex profile', [
    { value: 90, funcs: ['sync.(*Mutex).Unlock', 'x/y.(*T).Do'] },
    { value: 10, funcs: ['x/y.Other'] },
  ]);
  const dump = (waiting: number): ReturnType<typeof dumpOf> =>
    dumpOf([{ id: 1, frames: ['sync.(*Mutex).Lock', 'x/y.(*T).Do'], state: 'sync.Mutex.Lock', count: waiting }], {
      locks: [{ kind: 'mutex', waiters: Array.from({ length: waiting }, (_, at) => at + 1), holders: [], wantedIn: 'x/y.(*T).Do' }],
    });
  test('profile and dump agree', () => expect(rulesOf(captureOf({ profiles: [mutex], dump: dump(200) }))).toEqual(['lock-contention']));
  test('nobody waits in the dump', () => expect(rulesOf(captureOf({ profiles: [mutex], dump: dump(2) }))).toEqual([]));
});

describe('memory-held', () => {
  const reads = ['os.readFileContents', 'os.ReadFile', 'github.com/ipfs/go-ds-flatfs.(*Datastore).Get', 'github.com/ipfs/boxo/blockstore.(*blockstore).Get'];
  const heap = profileOf('heap profile', [
    { value: 512 * mega, funcs: reads },
    { value: 30 * mega, funcs: ['x/y.F'] },
  ]);
  const stalled = dumpOf([{ frames: [...writing, ...api], state: 'IO wait', minutes: 5, count: 200 }]);
  test('stalled downloads keep it, and they fold into one story', () => {
    const findings = sure(captureOf({ profiles: [heap], dump: stalled }));
    expect(findings.map(({ rule }) => rule)).toEqual(['memory-held']);
    expect(findings[0]?.facts).toMatchObject({ stalled: 200 });
    expect(findings[0]?.follows?.map(({ rule }) => rule)).toContain('slow-consumer');
    expect(findings[0]?.functions).toContain('os.ReadFile');
  });
  test('what a later dump adds of the same goroutines is part of that story; of others it is not', () => {
    const young = dumpOf([{ frames: [...writing, ...api], state: 'IO wait', minutes: 1, count: 200 }]);
    const first = captureOf({ profiles: [heap], dump: young });
    expect(sure(first).map(({ rule, follows = [] }) => [rule, ...follows.map((one) => one.rule)])).toEqual([['memory-held']]);
    const told = (later: Capture): readonly string[] =>
      judge([first, later], undefined)
        .findings.filter(({ certainty }) => certainty !== 'hint')
        .map(({ rule }) => rule);
    expect(told(captureOf({ dump: dumpOf([{ frames: [...writing, ...api], state: 'IO wait', minutes: 2, count: 200 }]) }))).toEqual(['memory-held']);
    const others = dumpOf([
      { frames: ['x/y.rest', ...api], state: 'select', minutes: 9, count: 200, idle: true },
      { frames: [...writing, ...api], state: 'IO wait', minutes: 2, count: 200, id: 4000 },
    ]);
    expect(told(captureOf({ dump: others }))).toEqual(['memory-held', 'slow-consumer']);
  });
  test('an owner alone answers a complaint only', () => {
    expect(rulesOf(captureOf({ profiles: [heap] }))).toEqual([]);
    expect(rulesOf(captureOf({ profiles: [heap] }), about({ memory: true }))).toEqual(['memory-held']);
  });
  test('a small heap is none', () =>
    expect(
      judge([captureOf({ profiles: [profileOf('heap profile', [{ value: 20 * mega, funcs: reads }])] })], about({ memory: true })).findings.map(
        ({ rule }) => rule,
      ),
    ).toEqual([]));
});

describe('memory-not-leak', () => {
  test('idle memory', () =>
    expect(
      rulesOf(
        captureOf({ vars: varsOf({ Sys: 900 * mega, HeapAlloc: 100 * mega, HeapInuse: 110 * mega, HeapIdle: 700 * mega, HeapReleased: 50 * mega }) }),
        about({ memory: true }),
      ),
    ).toEqual(['memory-not-leak']));
  test('memory in use', () =>
    expect(
      rulesOf(
        captureOf({ vars: varsOf({ Sys: 900 * mega, HeapAlloc: 800 * mega, HeapInuse: 810 * mega, HeapIdle: 40 * mega, HeapReleased: 10 * mega }) }),
        about({ memory: true }),
      ),
    ).toEqual([]));
});

describe('memory-growth', () => {
  const at = (bytes: number, total: number): Capture =>
    captureOf({ profiles: [profileOf('heap profile', [{ value: bytes, funcs: ['x/y.Grow'] }])], vars: varsOf({ TotalAlloc: total }) });
  test('between two captures, whatever their order', () => {
    const { findings } = judge([at(500 * mega, 9e9), at(100 * mega, 1e9)], undefined);
    expect(findings.find(({ rule }) => rule === 'memory-growth')?.facts).toMatchObject({ from: 100 * mega, to: 500 * mega });
  });
  test('what grew is what stalled downloads keep: one story; something else is another', () => {
    const dump = dumpOf([{ frames: [...writing, ...api], state: 'IO wait', minutes: 5, count: 200 }]);
    const heap = (blocks: number, other: number): ReturnType<typeof profileOf> =>
      profileOf('heap profile', [
        { value: blocks * mega, funcs: ['os.readFileContents', 'os.ReadFile', 'github.com/ipfs/go-ds-flatfs.(*Datastore).Get'] },
        { value: other * mega, funcs: ['x/y.Grow'] },
      ]);
    const between = (before: readonly [number, number], after: readonly [number, number]): readonly string[] =>
      judge(
        [
          captureOf({ profiles: [heap(...before)], vars: varsOf({ TotalAlloc: 1e9 }) }),
          captureOf({ profiles: [heap(...after)], dump, vars: varsOf({ TotalAlloc: 9e9 }) }),
        ],
        undefined,
      )
        .findings.filter(({ certainty }) => certainty !== 'hint')
        .map(({ rule }) => rule);
    expect(between([10, 30], [512, 30])).toEqual(['memory-held']);
    expect(between([512, 10], [512, 400]).toSorted()).toEqual(['memory-growth', 'memory-held']);
  });
  test('shrinking is none', () =>
    expect(judge([at(500 * mega, 1e9), at(100 * mega, 9e9)], undefined).findings.map(({ rule }) => rule)).not.toContain('memory-growth'));
});

describe('memory-mapped', () => {
  const vars = (stored: number): ReturnType<typeof varsOf> => varsOf({ Sys: 300 * mega }, { badger_lsm_size_bytes: stored, badger_vlog_size_bytes: stored });
  test('a badger store larger than the heap', () =>
    expect(rulesOf(captureOf({ vars: vars(4000 * mega) }), about({ memory: true }))).toEqual(['memory-mapped']));
  test('zeros mean that badger is not in use', () => expect(rulesOf(captureOf({ vars: vars(0) }), about({ memory: true }))).toEqual([]));
});

describe('disagreement', () => {
  const hints = (capture: Capture): readonly string[] => judge([capture], undefined).findings.map(({ rule }) => rule);
  test('is said', () => expect(hints(captureOf({ disagreements: ['the version file says 0.34.1, the log says 0.30.0'] }))).toEqual(['disagreement']));
  test('is not said without one', () => expect(hints(captureOf({}))).toEqual([]));
});

test('memory parts sum to Sys, and none is negative', () => {
  const bytes = fc.nat(2 ** 40);
  fc.assert(
    fc.property(bytes, bytes, bytes, bytes, bytes, bytes, (inuse, idle, stack, span, gc, other) => {
      const stats = {
        HeapInuse: inuse,
        HeapIdle: idle,
        HeapReleased: idle >> 1,
        HeapAlloc: inuse + 5,
        StackSys: stack,
        MSpanSys: span,
        GCSys: gc,
        OtherSys: other,
        Sys: inuse + idle + stack + span + gc + other,
      };
      const parts = memoryParts(stats);
      expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(stats.Sys);
      expect(parts.every((part) => part.bytes >= 0)).toBe(true);
    }),
  );
});

test('nothing at all is judged', () => {
  expect(judge([], undefined)).toMatchObject({ findings: [], gaps: [] });
});

test('never throws on captures of any shape', () => {
  const frames = fc.array(
    fc.oneof(
      fc.constantFrom(
        'sync.(*Mutex).Lock',
        'github.com/ipfs/boxo/mfs.(*Directory).Child',
        'internal/poll.(*FD).Write',
        'net/http.(*response).Write',
        'main.main',
      ),
      fc.string(),
    ),
    { maxLength: 6 },
  );
  const spec = fc.record({
    frames,
    state: fc.constantFrom('select', 'chan receive', 'sync.Mutex.Lock', 'IO wait', 'syscall', ''),
    minutes: fc.option(fc.nat(5000), { nil: undefined }),
    count: fc.integer({ min: 1, max: 30 }),
    idle: fc.boolean(),
    creator: fc.option(fc.integer({ min: 100, max: 130 }), { nil: undefined }),
  });
  const ids = fc.array(fc.integer({ min: 95, max: 140 }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 5 }), ids, ids, fc.array(ids, { maxLength: 2 }), (specs, waiters, holders, cycles) => {
      const dump = dumpOf(specs, {
        locks: [{ kind: 'mutex', waiters, holders: holders.map((goroutine) => ({ goroutine, certainty: 'may hold', why: [] })), wantedIn: '' }],
        cycles,
      });
      const { findings } = judge([captureOf({ dump }), captureOf({ dump })], about({ hang: true, cpu: true, memory: true }));
      expect(findings.every(({ title }) => title.length > 0)).toBe(true);
    }),
  );
});
