/** Damage that dumps suffer on their way into an issue: each undone, and the result the same as of the whole dump. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import { groupsOf } from '../../../../src/core/artefacts/goroutines/groups.ts';
import { company, letters, prefixes, wraps } from './damages.ts';
import { factsOf, fixture, folder } from './expected.ts';

const text = (name: string): string => new TextDecoder().decode(fixture(name));
const whole = text('dialects/go1.27.abba.debug2.gz');
const bytesOf = (damaged: string | Uint8Array): Uint8Array => (typeof damaged === 'string' ? new TextEncoder().encode(damaged) : damaged);
const facts = (damaged: string | Uint8Array): unknown => readDumps('x', bytesOf(damaged)).map(factsOf);
const wanted = facts(whole);

/** Clean dumps of all eras and dialects, each small enough to be damaged in a hundred ways. */
const clean = [
  'dialects/go1.5.abba.debug2.gz',
  'dialects/go1.17.abba.debug2.gz',
  'dialects/shapes.1.27.debug2.gz',
  'dialects/shapes.1.27.debug1.gz',
  'dialects/lab.1.26.labels.txt',
  'dialects/1.24.quit.crash.txt',
  'dialects/sigquit.1.9.abba.txt',
  'idle/go-ipfs-0.4.23-idle.stacks.gz',
  'idle/kubo-0.43.1-idle.stacks.gz',
];

/** Every goroutine with all of its frames; how it was read and what it was called are none of it. */
function goroutinesOf(damaged: string | Uint8Array): readonly string[] {
  return readDumps('x', bytesOf(damaged)).flatMap((dump) =>
    groupsOf(dump, 'stack').map(({ stack, state, count, minutes, goroutines }) => {
      const { frames, createdBy } = dump.stacks[stack] ?? {};
      return JSON.stringify({ state, count, minutes, goroutines, frames, createdBy });
    }),
  );
}

describe.each([
  ['what stands before each line', prefixes],
  ['what cut the lines', wraps],
  ['what happened to the letters', letters],
  ['what stands around and between', company],
])('%s', (_title, damages) => {
  const goroutines = clean.map((name) => ({ name, before: text(name), want: goroutinesOf(text(name)) }));
  test.each(Object.entries(damages))('%s', (_name, damage) => {
    for (const { name, before, want } of goroutines) {
      const damaged = damage(before);
      expect({ name, goroutines: goroutinesOf(damaged) }).toEqual({ name, goroutines: want });
    }
  });
});

test('what cannot be undone is counted and shown', () => {
  const said = (damaged: string): unknown => readDumps('x', bytesOf(damaged)).map(({ count, unread, notes }) => [count, unread, notes]);
  const block = 'goroutine 1 [select]:\nmain.f(0x1)\n\t/x.go:1 +0x1\n';
  expect(said(`${block}[... 1000 lines left out ...]\n\ngoroutine 2 [select]:\nmain.g()\n\t/x.go:2 +0x1\n`)).toEqual([[2, 0, ['1 line was not understood']]]);
  expect(said(`${block}\ngoroutine 2 [select]:\n\ngoroutine 3 [select]:\nmain.g()\n\t/x.go:2 +0x1\n`)).toEqual([[3, 1, []]]);
  expect(said(block.replace('f(0x1)', 'notifyAll)'))).toEqual([[1, 0, ['1 line was not understood']]]);
});

test('a stack in the value of a panic is none of the dump', () => {
  const [dump, ...more] = readDumps('x', fixture('dialects/shapes.1.27.panicmulti.gz'));
  expect([dump?.count, dump?.ids[0], more]).toEqual([1, 1, []]);
  const log = text('dialects/shapes.1.27.panicmulti.gz').replaceAll(/^/gm, 'ipfs_1  | ');
  expect(readDumps('x', bytesOf(log)).map(({ ids }) => [...ids])).toEqual([[1]]);
});

describe('cuts', () => {
  const count = (text: string): readonly (readonly [number, boolean])[] =>
    readDumps('x', new TextEncoder().encode(text)).map((dump) => [dump.count, dump.truncated] as const);
  const headers = (text: string): number => text.match(/^goroutine \d+ \[/gm)?.length ?? 0;

  test('tail: every header before the cut counts, and the cut is said', () => {
    const end = whole.lastIndexOf('\tcreated') > 0 ? whole.length : whole.lastIndexOf('created by ');
    for (const at of [end + 14, whole.lastIndexOf('\n\t') + 10, whole.lastIndexOf('goroutine ') + 22]) {
      const text = whole.slice(0, at);
      expect([at, count(text)]).toEqual([at, [[headers(text), true]]]);
    }
  });

  test('head: what has no header is said', () => {
    const text = whole.slice(whole.indexOf('\n\t') + 1);
    expect(count(text)).toEqual([[headers(text), true]]);
    const [dump] = readDumps('x', new TextEncoder().encode(text));
    expect(dump?.notes).toEqual(['its beginning is missing: the first stack has no header']);
  });

  test('a whole dump is not called cut, with or without its last line feed', () => {
    expect(count(whole)).toEqual([[headers(whole), false]]);
    expect(count(whole.trimEnd())).toEqual([[headers(whole), false]]);
  });
});

describe('several dumps in one file', () => {
  test('two of debug=2 one after the other', () => {
    expect(facts(`${whole}\n\n${whole}`)).toEqual([wanted, wanted].flat());
  });

  test('debug=2, debug=1 and a crash in one log', () => {
    const counted = new TextDecoder().decode(fixture('dialects/go1.27.abba.debug1.gz'));
    const crash = new TextDecoder().decode(fixture('dialects/1.27.nil.all.txt'));
    const dumps = readDumps('x', new TextEncoder().encode(`${whole}\nsome words\n${counted}\n2024-01-01 ERROR restarting\n${crash}`));
    expect(dumps.map(({ dialect, preamble }) => [dialect, preamble?.what])).toEqual([
      ['debug=2', undefined],
      ['debug=1', undefined],
      ['crash', 'panic'],
    ]);
    expect(factsOf(dumps[0] ?? fail())).toEqual(Array.isArray(wanted) ? wanted[0] : undefined);
  });

  test('threads of GOTRACEBACK=crash are one dump', () => {
    expect(readDumps('x', fixture('dialects/1.24.quit.crash.txt')).map(({ count }) => count)).toEqual([15]);
  });
});

test('shapes of real threads', () => {
  const seen = Object.fromEntries(
    readdirSync(`${folder}damage`).map((name) => [
      name.replace(/__.*/, ''),
      readDumps(name, fixture(`damage/${name}`)).map((dump) => [
        dump.dialect,
        dump.counts?.reduce((a, b) => a + b, 0) ?? dump.count,
        dump.truncated,
        dump.stacks.map(({ frames, createdBy }) => frames.length + (createdBy === undefined ? 0 : 1)),
      ]),
    ]),
  );
  expect(seen['bee-105']).toEqual([['debug=2', 2, false, [3]]]);
  expect(seen['bor-939']).toEqual([['debug=2', 1, false, [2]]]);
  expect(seen['etcd-10009']).toEqual([['debug=1', 33001, true, [1, 1]]]);
  expect(seen['kubo-1120']).toEqual([['crash', 2, false, [1, 1]]]);
  expect(seen['kubo-6400']).toEqual([['debug=2', 2, false, [5, 3]]]);
  expect(seen['kubo-6885']).toEqual([['debug=2', 1, false, [5]]]);
  expect(seen['kubo-8195']).toEqual([['crash', 2, false, [1, 5]]]);
  expect(seen['kubo-8407']).toEqual([['debug=2', 1, true, [3]]]);
  expect(seen['neo-go-3786']).toEqual([['crash', 2, false, [5, 2]]]);
  expect(seen['support-61']).toEqual([['crash', 1, false, [3]]]);
  expect(seen['syncthing-791']).toEqual([['debug=2', 1, false, [2]]]);
});

function fail(): never {
  throw new Error('no dump was found');
}
