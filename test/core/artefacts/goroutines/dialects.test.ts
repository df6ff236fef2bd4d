/** Every dialect that Go prints: stored dumps of many releases, and forms too rare to be in them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import { leakedBit, lockedBit, type Scanned } from '../../../../src/core/artefacts/goroutines/scanned.ts';
import { allFacts, fixture, folder } from './expected.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function one(text: string): Scanned {
  const [dump, ...more] = readDumps('x', bytes(text));
  expect(more).toEqual([]);
  if (dump === undefined) throw new Error('no dump was found');
  return dump;
}

const state = (dump: Scanned, i = 0): string | undefined => dump.stateNames[dump.states[i] ?? -1];
const functions = (dump: Scanned, i = 0): readonly string[] => (dump.stacks[dump.stackOf[i] ?? -1]?.frames ?? []).map(({ func }) => func);

test('stored dumps give the stored facts', () => {
  const golden: unknown = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));
  const facts = JSON.parse(JSON.stringify(allFacts()));
  expect(Object.keys(facts).length).toBeGreaterThan(14);
  expect(facts).toEqual(golden);
});

test('as many goroutines as there are headers', () => {
  for (const name of Object.keys(allFacts()).filter((file) => !/debug1|^lab|^race/.test(file))) {
    const text = new TextDecoder().decode(fixture(`dialects/${name}`));
    const headers = text.match(/^goroutine \d+ /gm)?.length ?? 0;
    expect(headers, name).toBeGreaterThan(0);
    expect([name, readDumps(name, fixture(`dialects/${name}`)).reduce((sum, { count }) => sum + count, 0)]).toEqual([name, headers]);
  }
});

test('a goroutine among others is read as it is read alone', () => {
  for (const name of Object.keys(allFacts()).filter((file) => !/debug1|^race/.test(file))) {
    for (const dump of readDumps(name, fixture(`dialects/${name}`))) {
      for (let i = 0; i < dump.count; i++) {
        const block = dump.bytes.subarray(dump.starts[i], i + 1 < dump.count ? dump.starts[i + 1] : dump.bytes.length);
        const [alone] = readDumps(name, block);
        const [a, b] = [[dump, i] as const, [alone ?? dump, 0] as const].map(([from, at]) => [
          from.ids[at],
          state(from, at),
          from.minutes[at],
          from.creators[at],
          from.stacks[from.stackOf[at] ?? -1],
        ]);
        expect([name, a]).toEqual([name, b]);
      }
    }
  }
});

describe('headers', () => {
  const frame = 'main.f()\n\t/x/main.go:1 +0x1\n';
  test.each([
    ['goroutine 7 [running]:', 'running', -1],
    ['goroutine 7 [chan receive (nil chan), 12 minutes, locked to thread]:', 'chan receive (nil chan)', 12],
    ['goroutine 7 [select (scan), 3 minutes]:', 'select', 3],
    ['goroutine 7 gp=0xc000002380 m=nil [GC worker (idle)]:', 'GC worker (idle)', -1],
    ['goroutine 7 gp=0xc000002380 m=3 mp=0xc000100008 [syscall, 90 minutes]:', 'syscall', 90],
    ['goroutine 7 [select (durable), synctest bubble 3]:', 'select', -1],
    ['goroutine 7 [chan receive (synctest), synctest group 3]:', 'chan receive', -1],
    ['goroutine 7 [chan send (leaked)]:', 'chan send', -1],
    ['goroutine 7 [select (no cases) labels:{"a": "b]{c}: \\"q\\""}]:', 'select (no cases)', -1],
    ['goroutine 7 [sleep, 4 minutes] {k: }:', 'sleep', 4],
    ['goroutine 7 [select] {"weird key": "a]b{c}: \\"q\\", 5 minutes\\n"}:', 'select', -1],
  ])('%s', (header, wanted, minutes) => {
    const dump = one(`${header}\n${frame}\n`);
    expect(dump.count).toBe(1);
    expect([state(dump), dump.minutes[0], dump.ids[0], functions(dump)]).toEqual([wanted, minutes, 7, ['main.f']]);
    expect((dump.flags[0] ?? 0) & leakedBit).toBe(header.includes('leaked') ? leakedBit : 0);
    expect((dump.flags[0] ?? 0) & lockedBit).toBe(header.includes('locked') ? lockedBit : 0);
    expect(dump.unread).toBe(0);
  });

  test('labels are kept as printed', () => {
    expect(one(`goroutine 7 [select] {peer: 12D3Koo, protocol: /ipfs/bitswap/1.2.0}:\n${frame}`).labels.get(0)).toBe(
      'peer: 12D3Koo, protocol: /ipfs/bitswap/1.2.0',
    );
    expect(one(`goroutine 7 [select labels:{"peer": "x"}]:\n${frame}`).labels.get(0)).toBe('"peer": "x"');
  });

  test('ids beyond 32 bits', () => {
    expect(one(`goroutine 178000000123 [select]:\n${frame}created by main.g in goroutine 170000000000\n\t/x/main.go:3 +0x1\n`).creators[0]).toBe(170000000000);
  });
});

describe('frames', () => {
  test('aggregates, generics, closures, windows paths, spaces, odd names', () => {
    const dump = one(
      [
        'goroutine 1 [running]:',
        'main.(*G[...]).wait({0x1, {0x2?, _}, ...}, 0x3)',
        '\tC:/Program Files/app/main.go:26 +0x1d',
        'gopkg.in/yaml%2ev2.(*T).f(...)',
        '\t/x/yaml.go:3',
        'github.com/x/routing/dht.func·002()',
        '\t/home/u/src/dht.go:60 +0x180',
        'main.main.func1-range1(0x0)',
        '\t/x/main.go:9 +0x2 fp=0xc000 sp=0xc001 pc=0x401000',
        'created by main.main in goroutine 12',
        '\t<autogenerated>:1 +0x2f',
        '',
      ].join('\n'),
    );
    expect(dump.stacks[0]).toEqual({
      frames: [
        { func: 'main.(*G[...]).wait', file: 'C:/Program Files/app/main.go', line: 26 },
        { func: 'gopkg.in/yaml%2ev2.(*T).f', file: '/x/yaml.go', line: 3, inlined: true },
        { func: 'github.com/x/routing/dht.func·002', file: '/home/u/src/dht.go', line: 60 },
        { func: 'main.main.func1-range1', file: '/x/main.go', line: 9 },
      ],
      createdBy: { func: 'main.main', file: '<autogenerated>', line: 1 },
    });
    expect(dump.creators[0]).toBe(12);
    expect(dump.allArgsOf(0)).toEqual(['{0x1, {0x2?, _}, ...}, 0x3', '...', '', '0x0']);
    expect([dump.notes, dump.truncated]).toEqual([[], false]);
  });

  test('both elisions stay one goroutine', () => {
    for (const mark of ['...additional frames elided...', '...31 frames elided...']) {
      const dump = one(`goroutine 1 [running]:\nmain.f(0x1)\n\t/x.go:1 +0x1\n${mark}\nmain.g()\n\t/x.go:2 +0x1\ncreated by main.h\n\t/x.go:3 +0x1\n`);
      expect(functions(dump)).toEqual(['main.f', 'main.g']);
      expect(dump.stacks[0]?.elidedAfter).toBe(0);
      expect(dump.stacks[0]?.createdBy?.func).toBe('main.h');
    }
  });

  test('cgo frames, unavailable stacks, ancestors, registers', () => {
    const dump = one(
      [
        'SIGQUIT: quit',
        'PC=0x46fca1 m=0 sigcode=0',
        '',
        'goroutine 0 [idle]:',
        'non-Go function at pc=0x7f0012',
        'pthread_cond_wait',
        '\tpc=0x7f0013',
        'runtime.asmcgocall(0x1)',
        '\t/go/src/runtime/asm.s:1 +0x1',
        'rax    0xfffffffffffffffc',
        'rbx    0x3',
        '',
        'goroutine 5 [running]:',
        '\tgoroutine running on other thread; stack unavailable',
        'created by main.main',
        '\t/x/main.go:63 +0x1e6',
        '',
        'goroutine 6 [select]:',
        'main.f()',
        '\t/x/main.go:64 +0x1',
        'created by main.g',
        '\t/x/main.go:65 +0x1',
        '[originating from goroutine 1]:',
        'main.h(...)',
        '\t/x/main.go:66 +0x1',
        'created by main.main',
        '\t/x/main.go:67 +0x1',
        '',
      ].join('\n'),
    );
    expect([dump.count, dump.dialect, dump.unread, dump.preamble]).toEqual([3, 'crash', 0, { what: 'SIGQUIT', text: 'SIGQUIT: quit' }]);
    expect(functions(dump, 0)).toEqual(['non-Go function', 'pthread_cond_wait', 'runtime.asmcgocall']);
    expect(functions(dump, 2)).toEqual(['main.f']);
    expect(dump.notes).toEqual(['1 goroutine was running, so Go could not print its stack']);
  });

  test('a state that is no state and a frame that is no frame are counted, not guessed', () => {
    const dump = one('goroutine 1 [select]:\nwhat is this?\nneither do I know\n\ngoroutine 2 [select]:\nmain.f()\n\t/x.go:1 +0x1\n');
    expect([dump.count, dump.unread, dump.notes]).toEqual([2, 1, ['2 lines were not understood']]);
  });
});

test('why the program dumped', () => {
  const tail = '\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n';
  const kinds = [
    'panic: boom [recovered]',
    'fatal error: all goroutines are asleep - deadlock!',
    'SIGABRT: abort',
    'runtime: out of memory: cannot allocate',
    'unexpected fault address 0x0',
  ].map((line) => one(line + tail).preamble?.what);
  expect(kinds).toEqual(['panic', 'fatal error', 'SIGABRT', 'fatal error', 'signal']);
  expect(one(`panic: nil dereference\n[signal SIGSEGV: segmentation violation code=0x1]${tail}`).preamble?.text).toBe(
    'panic: nil dereference [signal SIGSEGV: segmentation violation code=0x1]',
  );
  expect(one(tail).preamble).toBeUndefined();
});

test('a race report is its goroutines', () => {
  const dump = one(
    [
      '==================',
      'WARNING: DATA RACE',
      'Write at 0x00c0000b4010 by goroutine 7:',
      '  main.main.func1()',
      '      /x/main.go:10 +0x3c',
      '',
      'Previous read at 0x00c0000b4010 by main goroutine:',
      '  main.main()',
      '      /x/main.go:13 +0x8d',
      '',
      'Goroutine 7 (running) created at:',
      '  main.main()',
      '      /x/main.go:9 +0x7a',
      '==================',
      'Found 1 data race(s)',
    ].join('\n'),
  );
  expect([dump.preamble?.what, [...dump.ids]]).toEqual(['data race', [7, 1]]);
  expect(dump.stacks[0]).toEqual({
    frames: [{ func: 'main.main.func1', file: '/x/main.go', line: 10 }],
    createdBy: { func: 'main.main', file: '/x/main.go', line: 9 },
  });
});

describe('debug=1', () => {
  test('counts, labels, equal stacks of different addresses merged', () => {
    const text = [
      'goroutine profile: total 12',
      '10 @ 0x1 0x2',
      '# labels: {"peer":"x"}',
      '#\t0x1\tmain.f+0x1\t/x.go:1',
      '',
      '1 @ 0x3 0x2',
      '# labels: {"peer":"x"}',
      '#\t0x3\tmain.f+0x2\t/x.go:1',
      '',
      '1 @ 0x5',
      '#\t0x5',
      '',
    ].join('\n');
    const dump = one(text);
    expect([dump.dialect, dump.count, dump.counts, dump.labels.get(0), dump.truncated]).toEqual(['debug=1', 0, [11, 1], '"peer":"x"', false]);
    expect(dump.stacks[1]?.frames).toEqual([{ func: 'unknown', file: '', line: 0 }]);
  });

  test('a stack without lines is one of hidden frames; one with strange lines is not read', () => {
    expect(one('goroutine profile: total 2\n2 @ 0x1\n\n').unread).toBe(0);
    expect(one('goroutine profile: total 2\n2 @ 0x1\nwhat is this?\n').unread).toBe(2);
  });

  test('a total that is not reached is said', () => {
    expect(one('goroutine profile: total 12\n10 @ 0x1\n#\t0x1\tmain.f+0x1\t/x.go:1\n').truncated).toBe(true);
  });
});

test('no dump is no dump', () => {
  const near = [
    '',
    'goroutine',
    'goroutine 5 is stuck',
    'see goroutine 12 [running] there',
    'heap profile: 1: 2 [3: 4] @ heap/1048576',
    '{"a": 1}',
    '\0\0\0goroutine 1 [running]:\n',
    'created by main.main in goroutine 1\n\t/x.go:1 +0x1\n',
  ];
  for (const text of near) expect([text, readDumps('x', bytes(text)).length]).toEqual([text, 0]);
});
