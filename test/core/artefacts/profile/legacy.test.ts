/** Legacy formats: google/pprof's own files as it prints them, texts against protobufs of the same state, bytes of every word size. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../../src/core/artefacts/profile/columns.ts';
import { profileKind } from '../../../../src/core/artefacts/profile/kind.ts';
import { memstatsOf } from '../../../../src/core/artefacts/profile/legacy/memstats.ts';
import { aligned, symbolLine } from '../../../../src/core/artefacts/profile/legacy/symbol-lines.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { defaults } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';

const legacy = 'fixtures/profile/legacy';
const own = 'fixtures/profile/own';

function profileOf(file: string, plainly = false): Profile {
  const parsed = parseProfile(readFileSync(file), { plainly });
  if (parsed.is !== 'fine') throw new Error(`${file} is ${parsed.is}`);
  return parsed.profile;
}

describe('google/pprof prints the same of them', () => {
  const names = readdirSync(legacy)
    .filter((name) => name.endsWith('.string'))
    .map((name) => name.replace(/\.string$/, ''));
  test('all are tried', () => expect(names.length).toBe(11));
  test.each(names)('%s', (name) => {
    expect(makeReport(profileOf(`${legacy}/${name}`, true), { ...defaults, format: 'raw' }).text).toBe(readFileSync(`${legacy}/${name}.string`, 'utf8'));
  });
});

/** Rows of -top without what only one of both forms can know: inlining. */
function rows(profile: Profile): readonly string[] {
  const { text } = makeReport(profile, { ...defaults, nodefraction: 0, nodecount: 0 });
  return text
    .split('\n')
    .filter((line) => /%/.test(line) && !/^ *flat|^Showing|^Dropped/.test(line))
    .map((line) => line.replace(/ \((?:partial-)?inline\)$/, ''))
    .toSorted();
}

describe('a text says what the protobuf of the same state says', () => {
  test.each(['heap.go119', 'heap.go126', 'mutex.go119', 'mutex.go126', 'block.go126'])('%s', (name) => {
    const text = rows(profileOf(`${own}/${name}.txt`));
    expect(text.length).toBeGreaterThan(3);
    expect(text).toEqual(rows(profileOf(`${own}/${name}.pb.gz`)));
  });
  test('plainly, the period of a mutex text is counted twice, as pprof does', () => {
    const sum = (plainly: boolean): number => {
      const { values } = profileOf(`${own}/mutex.go126.txt`, plainly);
      return values.filter((_, at) => at % 2 === 1).reduce((total, value) => total + value, 0);
    };
    expect(sum(true) / sum(false)).toBeCloseTo(5, 6);
  });
  test('goroutines are counted the same', () => {
    const [text, proto] = [profileOf(`${own}/goroutine.go126.txt`), profileOf(`${own}/goroutine.go126.pb.gz`)];
    expect(text.values.reduce((a, b) => a + b, 0)).toBe(proto.values.reduce((a, b) => a + b, 0));
    expect(text.functionName.length).toBeGreaterThan(10);
  });
});

describe('texts that something changed on the way', () => {
  const text = readFileSync(`${own}/heap.go126.txt`, 'utf8');
  test.each([
    ['line ends of Windows', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['UTF-16 of a PowerShell redirect', Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le')],
    ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['a prompt before it', Buffer.from(`$ curl localhost:5001/debug/pprof/heap?debug=1\n${text}`)],
  ])('%s', (_, bytes) => {
    const parsed = parseProfile(bytes);
    expect(parsed.is === 'fine' && rows(parsed.profile)).toEqual(rows(profileOf(`${own}/heap.go126.txt`)));
  });
});

test('rows without addresses and rows that are damaged do not stop the reading', () => {
  const parsed = parseProfile(Buffer.from('threadcreate profile: total 9\n6 @\n\n3 @ 0x1 0x2\nthree @ 0x3\n'));
  expect(parsed).toMatchObject({ is: 'fine', notes: ['1 row of it could not be read and is not counted', expect.stringContaining('addresses only')] });
  expect(parsed.is === 'fine' && [...parsed.profile.values]).toEqual([6, 3]);
});

describe('binary CPU profiles', () => {
  /** Header, two stacks, the end, a memory map. */
  function words(size: 4 | 8, little: boolean): Uint8Array {
    const numbers = [0, 3, 0, 10_000, 0, 5, 2, 0x401000, 0x402001, 1, 1, 0x401000, 0, 1, 0];
    const bytes = Buffer.alloc(numbers.length * size);
    for (const [at, number] of numbers.entries()) {
      const low = little ? 0 : size - 4;
      if (little) bytes.writeUInt32LE(number, at * size + low);
      else bytes.writeUInt32BE(number, at * size + low);
    }
    return Buffer.concat([bytes, Buffer.from('00400000-00500000 r-xp 00000000 00:00 0 /bin/old\n')]);
  }
  test.each([
    [4, true],
    [4, false],
    [8, true],
    [8, false],
  ] as const)('words of %d bytes, little endian %s', (size, little) => {
    const parsed = parseProfile(words(size, little));
    expect(parsed.is).toBe('fine');
    if (parsed.is !== 'fine') return;
    expect([...parsed.profile.values]).toEqual([5, 50_000_000, 1, 10_000_000]);
    expect([...parsed.profile.locationAddress]).toEqual([0x401000n, 0x402000n]);
    expect(parsed.profile.mappings[0]).toMatchObject({ file: '/bin/old', start: 0x400000n });
  });
  test('times that do not fit into 64 bits overflow as they do in Go', () => {
    const damaged = BigUint64Array.from([0n, 3n, 0n, 10_000n, 0n, 2n ** 60n + 1n, 1n, 0x401000n, 0n, 1n, 0n]);
    const parsed = parseProfile(new Uint8Array(damaged.buffer));
    expect(parsed.is === 'fine' && [...parsed.profile.values]).toEqual([2 ** 60, 10_000_000]);
  });
  test('a cut one is read as far as it goes, and says so', () => {
    const whole = readFileSync(`${legacy}/gobench.cpu`);
    const parsed = parseProfile(whole.subarray(0, whole.length / 2));
    expect(parsed).toMatchObject({ is: 'fine', notes: expect.arrayContaining([expect.stringContaining('ends early')]) });
  });
});

describe('the end of a heap text', () => {
  const text = readFileSync(`${own}/heap.go126.txt`, 'utf8');
  test('is memstats by their Go names', () => {
    expect(memstatsOf(text)).toMatchObject({
      Sys: 99_727_656,
      HeapAlloc: 33_082_400,
      StackInuse: 1_540_096,
      MSpanSys: 1_191_360,
      NumGC: 169,
      MaxRSS: 101_404_672,
    });
  });
  test('is an artefact of its own', () => {
    const answer = profileKind.recognise({ path: 'heap.txt', bytes: Buffer.from(text) }, {});
    expect(answer).toMatchObject({ is: 'fine', artefacts: [{ kind: 'heap profile' }, { kind: 'vars', lastGC: '2026-11-23T06:31:06.048Z' }] });
  });
  test('cut, it is none', () => expect(memstatsOf(text.slice(0, text.indexOf('# HeapIdle')))).toBeUndefined());
});

test('symbol lines with tabs, spaces, generics and Windows paths', () => {
  expect(symbolLine('#\t0x4a5b\tmain.f+0x2a\t\t/src/main.go:12')).toEqual({ address: 0x4a5bn, func: 'main.f', file: '/src/main.go', line: 12 });
  expect(symbolLine('# 0x4a5b  slices.pdqOrdered[...]+0x2a  C:/Program Files/Go/src/slices/z.go:12')).toEqual({
    address: 0x4a5bn,
    func: 'slices.pdqOrdered[...]',
    file: 'C:/Program Files/Go/src/slices/z.go',
    line: 12,
  });
  expect(symbolLine('# labels: {"a":"b"}')).toBeUndefined();
  const symbol = { address: 9n, func: 'f', file: 'f.go', line: 1 };
  expect(aligned([5n, 10n, 20n], [symbol])).toEqual([undefined, symbol, undefined]);
});

describe('which Go wrote a mutex text', () => {
  const old = '--- mutex:\ncycles/second=1000000000\nsampling period=4\n100 1 @ 0x401000\n#\t0x400fff\tsync.(*Mutex).Unlock+0x6d\t/src/sync/mutex.go:223\n';
  const delay = (go?: string): unknown => {
    const parsed = parseProfile(Buffer.from(old), { go });
    return parsed.is === 'fine' ? [parsed.profile.values[1], parsed.notes.length] : parsed;
  };
  test('unknown: multiplied as pprof does, and said', () => expect(delay()).toEqual([400, 1]));
  test('Go 1.19: multiplied', () => expect(delay('go1.19.8')).toEqual([400, 0]));
  test('Go 1.24: not again, and said', () => expect(delay('go1.24.9')).toEqual([100, 1]));
});
