/** Valid profiles in the formats older than the protobuf, from a seed: texts of Go and of gperftools, binary CPU profiles of all word sizes. */
import { once, oneOf, seeded, type Seeded } from '../../../../seeded.ts';
import type { Made } from './made-profile.ts';

/** The same seed gives the same bytes. They have no names, only addresses. */
export function madeLegacy(seed: number): Made {
  const next = seeded(seed);
  const make = oneOf(next, [heap, heap, counts, contention, threads, cpu, cpu]);
  return { bytes: make(next), names: ['ipfs', 'unknown', 'libc'], types: ['space', 'objects', 'cpu', 'delay'], labels: ['bytes'] };
}

function lines(all: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${all.join('\n')}\n`);
}

function address(next: Seeded): number {
  return once(next, 4) ? 0x7f00_0000 + next(64) * 16 : 0x400000 + next(64) * 16;
}

function stack(next: Seeded, least = 0): string {
  return Array.from({ length: least + next(6) }, () => ` 0x${address(next).toString(16)}`).join('');
}

function heap(next: Seeded): Uint8Array {
  const kind = oneOf(next, ['heap', 'heap', 'heap_v2', 'heapz_v2', 'heapprofile', 'growthz', 'growth', 'fragmentationz']);
  const rate = /^heap(?!profile)/.test(kind) ? `/${oneOf(next, ['1', '2', '524288', '1048576', '131072'])}` : '';
  const hasAlloc = once(next, 2);
  const rows = Array.from({ length: next(15) }, () => {
    const [count, size] = [next(100), 1 + next(100_000)];
    const [more, larger] = hasAlloc ? [count + next(1000), size * 3 + next(1_000_000)] : [count, size];
    const cell = (number: number, bytes: number): string => `${' '.repeat(next(3))}${number}: ${' '.repeat(next(3))}${number === 0 ? 0 : number * bytes}`;
    return `${cell(count, size)} [${cell(more, larger)}] @${stack(next)}`;
  });
  const head = `heap profile: ${next(100)}: ${next(10_000)} [ ${hasAlloc ? `${200 + next(100)}: ${20_000 + next(1000)}` : '0: 0'}] @ ${kind}${rate}`;
  return lines([head, ...rows.flatMap((row) => (once(next, 4) ? [row, '#\t0x400001\tmain.f+0x1\t/src/f.go:1', ''] : [row])), ...map(next)]);
}

function counts(next: Seeded): Uint8Array {
  const rows = Array.from({ length: next(15) }, () => `${1 + next(1000)} @${stack(next, 1)}`);
  return lines([
    ...(once(next, 4) ? ['', '# a comment'] : []),
    `${oneOf(next, ['goroutine', 'threadcreate', 'custom.thing'])} profile: total ${next(1000)}`,
    ...rows,
    ...map(next),
  ]);
}

function contention(next: Seeded): Uint8Array {
  const settings = [
    `cycles/second = ${oneOf(next, ['1000000000', '2600000000', '3201000000', '100000000'])}`,
    `sampling period = ${oneOf(next, ['1', '100', '4', '0', '-1'])}`,
    `ms since reset = ${next(100_000)}`,
    'discarded samples = 0',
  ].filter(() => !once(next, 4));
  const rows = Array.from({ length: next(15) }, () => `${' '.repeat(next(4))}${next(2_000_000_000)} ${' '.repeat(next(3))}${1 + next(500)} @${stack(next)}`);
  return lines([
    oneOf(next, ['--- contentionz 0 ---', '--- mutex:', '--- contention:']),
    ...settings,
    ...rows,
    ...(once(next, 3) ? [] : ['--- Memory map: ---', ...map(next).slice(1)]),
  ]);
}

function threads(next: Seeded): Uint8Array {
  const all = Array.from({ length: 1 + next(8) }, (_, at) => [
    `--- Thread ${(0x1000 + at).toString(16)} (name: worker/${100 + at}) stack: ---`,
    ...(once(next, 4) && at > 0
      ? ['  [same as previous thread]']
      : Array.from({ length: 1 + next(5) }, () => `  PC: 0x${address(next).toString(16)}: some symbol`)),
  ]);
  return lines([
    '--- threadz 1 ---',
    '',
    ...all.flat(),
    ...(once(next, 3) ? ['---- no stack trace for 1 thread'] : []),
    '--- Memory map: ---',
    ...map(next).slice(1),
  ]);
}

function cpu(next: Seeded): Uint8Array {
  const [size, little] = oneOf(next, [
    [4, true],
    [4, false],
    [8, true],
    [8, false],
  ] as const);
  const second = address(next);
  const handled = once(next, 2);
  const samples = Array.from({ length: next(40) }, () => {
    const own = Array.from({ length: 1 + next(6) }, () => address(next));
    const frames = handled && !once(next, 50) ? [own[0] ?? 0, second, ...own.slice(1)] : once(next, 5) ? [own[0] ?? 0, own[0] ?? 0, ...own.slice(1)] : own;
    return [1 + next(20), frames.length, ...frames];
  });
  const words = [0, 3, 0, oneOf(next, [10_000, 1000, 4000]), 0, ...samples.flat(), 0, 1, 0];
  const bytes = Buffer.alloc(words.length * size);
  for (const [at, word] of words.entries()) {
    if (size === 8 && little) bytes.writeBigUInt64LE(BigInt(word), at * 8);
    else if (size === 8) bytes.writeBigUInt64BE(BigInt(word), at * 8);
    else if (little) bytes.writeUInt32LE(word, at * 4);
    else bytes.writeUInt32BE(word, at * 4);
  }
  return Buffer.concat([bytes, lines(map(next).slice(1))]);
}

/** A memory map in one of the forms that pprof knows, or none. */
function map(next: Seeded): string[] {
  if (once(next, 3)) return [];
  return [
    oneOf(next, ['--- Memory map: ---', 'MAPPED_LIBRARIES:']),
    ...(once(next, 4) ? ['build=/path/to/ipfs'] : []),
    oneOf(next, [
      '00400000-00500000 r-xp 00000000 08:01 1234 /usr/bin/ipfs',
      '0x400000-0x500000 $build (@1000) abc123',
      '00401000-00500000: /usr/bin/ipfs',
      '400000-500000 r-xp 00000000 fd:01 12  ',
    ]),
    oneOf(next, [
      '7f000000-7f000200 r-xp 00000000 08:01 99 /lib/libc.so.6',
      '7f000000-7f000200 rw-p 00000000 08:01 99 /lib/libc.so.6',
      '7f001000-7f002000 r-xp 00001000 08:01 99 /lib/libm.so',
      'garbage line',
    ]),
    ...(once(next, 3)
      ? ['7f000200-7f000400 r-xp 00000200 08:01 99 /lib/libc.so.6', 'I0101 12:00:00.000 1 file.cc:12] 7fff0000-7fff1000 r-xp 00000000 00:00 0 [vdso]']
      : []),
  ];
}
