/** Damage that dumps suffer on their way into an issue: each undone, and the result the same as of the whole dump. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import { factsOf, fixture, folder } from './expected.ts';

const whole = new TextDecoder().decode(fixture('dialects/go1.27.abba.debug2.gz'));
const facts = (text: string | Uint8Array): unknown => readDumps('x', typeof text === 'string' ? new TextEncoder().encode(text) : text).map(factsOf);
const wanted = facts(whole);
const eachLine = (change: (line: string, n: number) => string): string => whole.split('\n').map(change).join('\n');

describe('what stands before each line', () => {
  test.each<[string, (n: number) => string]>([
    ['journald', (n) => `Jun ${String((n % 28) + 1).padStart(2)} 12:13:57 host.example ipfs[3598897]: `],
    ['grep over syslog', () => '/var/log/messages-20170101:Jan  1 01:02:03 host ipfs: '],
    ['CI', (n) => `2020-01-02T03:04:05.${6725347 + n}Z `],
    ['docker compose', () => 'ipfs_1  | '],
    ['CRI', (n) => `2024-03-04T05:06:07.${100 + n}+00:00 stderr F `],
    ['quote', () => '> '],
    ['quote in a quote', () => '> > '],
    ['indented code', () => '    '],
    ['line numbers', (n) => `${String(n + 1).padStart(6)}\t`],
    ['grep -n', (n) => `ipfs.stacks:${n + 1}:`],
    ['another goroutine', () => 'goroutine 1 '],
  ])('%s', (_name, prefix) => {
    expect(facts(eachLine((line, n) => prefix(n) + line))).toEqual(wanted);
    // Editors and mail programs cut the space off empty lines.
    expect(facts(eachLine((line, n) => (prefix(n) + line).trimEnd()))).toEqual(wanted);
  });

  test('docker json-file', () => {
    expect(facts(eachLine((line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2024-01-01T00:00:00Z' })))).toEqual(wanted);
  });

  test('a whole dump in one JSON string', () => {
    expect(facts(`before\n${JSON.stringify({ level: 'error', msg: 'stuck', stacks: whole.trimEnd() })}\nafter\n`)).toEqual(wanted);
  });
});

describe('what happened to the lines', () => {
  test.each<[string, (text: string) => string]>([
    ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['CR CR LF', (text) => text.replaceAll('\n', '\r\r\n')],
    ['tabs as eight spaces', (text) => text.replaceAll('\t', '        ')],
    ['tabs as two spaces', (text) => text.replaceAll('\t', '  ')],
    ['tabs lost', (text) => text.replaceAll('\t', '')],
    ['tabs as #011', (text) => text.replaceAll('\t', '#011')],
    ['tabs as no-break spaces', (text) => text.replaceAll('\t', '\u00a0\u00a0')],
    ['colours', (text) => text.replaceAll('main.', '\u001b[31mmain\u001b[0m.')],
    ['double spaced', (text) => text.replaceAll('\n', '\n\n')],
    ['blank lines lost', (text) => text.replaceAll('\n\n', '\n')],
    ['byte order mark', (text) => `\ufeff${text}`],
    ['in a fence with words around', (text) => `It hangs, see:\n\`\`\`\n${text}\n\`\`\`\nAny idea?\n`],
    ['behind log lines', (text) => `2024-01-01T00:00:00Z INFO core node/x.go:1 hello\nInitializing daemon...\n${text}`],
  ])('%s', (_name, damage) => expect(facts(damage(whole))).toEqual(wanted));

  test('a terminal of 80 and of 100 columns', () => {
    for (const width of [80, 100]) {
      const wrapped = whole
        .replaceAll('\t', '        ')
        .split('\n')
        .map((line) => line.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n'))
        .join('\n');
      expect(wrapped).not.toBe(whole);
      expect(facts(wrapped)).toEqual(wanted);
    }
  });

  test('UTF-16 of both orders, with and without mark', () => {
    const little = Buffer.from(whole, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [little, big, Buffer.concat([Buffer.from([0xff, 0xfe]), little]), Buffer.concat([Buffer.from([0xfe, 0xff]), big])])
      expect(facts(bytes)).toEqual(wanted);
  });
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
