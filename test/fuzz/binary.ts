/** Binaries of every container with changed, cut and swapped bytes where the reader looks: all questions asked, none may throw. */
import process from 'node:process';
import { binaryKind } from '../../src/core/artefacts/binary/kind.ts';
import { interfaceArguments, lockFields, waitingBlocks } from '../../src/core/artefacts/binary/lock-fields.ts';
import { openBinary } from '../../src/core/artefacts/binary/open-binary.ts';
import { memorySource } from '../../src/core/artefacts/binary/source.ts';
import { symbolize } from '../../src/core/artefacts/binary/symbolize.ts';
import { prove } from '../../src/core/artefacts/binary/verdict.ts';
import { decodeProfile } from '../core/artefacts/binary/profiles.ts';
import type { ProbeAnswers } from '../core/artefacts/binary/probes.ts';
import { tinyPrograms } from '../core/artefacts/binary/programs.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';
import type { Fuzzed } from './fuzz.ts';

const page = 64;

interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
  /** Pages that are not empty. */
  readonly pages: readonly number[];
  readonly addresses: readonly number[];
}

function sampleOf(name: string, file: string, addresses: readonly number[]): Sample {
  const bytes = fixture(file);
  const zeros = Buffer.alloc(page);
  const pages = Array.from({ length: Math.floor(bytes.length / page) }, (_, index) => index * page).filter(
    (at) => bytes.compare(zeros, 0, page, at, at + page) !== 0,
  );
  return { name, bytes, pages, addresses };
}

/** Values that lengths, offsets and addresses turn hostile with. */
const hostile = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x1000, 0x400000];

export function fuzz(runs: number, from: number): Fuzzed {
  const probes: Readonly<Record<string, ProbeAnswers>> = JSON.parse(fixture('probe/answers.json.gz').toString('utf8'));
  const samples = [
    ...tinyPrograms.map(({ name, places }) => sampleOf(name, `tiny/tiny-${name}.gz`, places.map(([address]) => Number(address)).slice(0, 12))),
    ...Object.entries(probes).map(([name, { frames }]) =>
      sampleOf(
        name,
        `probe/${name}.gz`,
        frames.slice(0, 12).map(([at = '']) => Number.parseInt(at, 16)),
      ),
    ),
    ...(['115', '119', '126'] as const).map((release) =>
      sampleOf(
        `go${release}`,
        `go${release}/app.gz`,
        decodeProfile('cpu', fixture(`go${release}/cpu.pprof`))
          .locations.map(({ address }) => address)
          .slice(0, 12),
      ),
    ),
  ];
  const text = fixture('go126/goroutines.stacks');
  const { profile } = decodeProfile('heap.pprof', fixture('go126/heap.pprof'));
  const blocks = waitingBlocks(text);
  const failures: string[] = [];
  let slowest = 0;
  for (let seed = from + 1; seed <= from + runs; seed++) {
    const random = generator(seed);
    const sample = samples[random(samples.length)];
    if (sample === undefined) continue;
    const { bytes, undo } = mutate(sample, random);
    // The processor's time: another program's work is not ours.
    const started = process.cpuUsage();
    try {
      if (random(16) === 0) binaryKind.recognise({ path: 'x', bytes }, {});
      const binary = openBinary(memorySource(bytes), 'x');
      if ('facts' in binary) {
        symbolize(binary, sample.addresses);
        const calls = sample.addresses.map((address, index): readonly [number, number] => [address, sample.addresses[index + 1] ?? 0]);
        prove(binary, { dumps: [{ file: 'd', bytes: text }], profiles: random(4) === 0 ? [profile, { file: 'bare', calls }] : [] });
        lockFields(binary, blocks);
        interfaceArguments(binary, blocks, 0);
      }
    } catch (problem) {
      failures.push(
        `seed ${seed} (${sample.name}): ${problem instanceof Error ? (problem.stack ?? problem.message).split('\n').slice(0, 3).join(' ') : String(problem)}`,
      );
    }
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    if (took > 1000) failures.push(`seed ${seed} (${sample.name}): ${took.toFixed(0)} ms`);
    slowest = Math.max(slowest, took);
    undo();
  }
  return { runs, slowest, failures };
}

/** Changes in place and how to take them back: copying megabytes would be most of the work. */
function mutate({ bytes, pages }: Sample, random: (below: number) => number): { readonly bytes: Buffer; readonly undo: () => void } {
  const before: { readonly at: number; readonly was: Buffer }[] = [];
  const put = (at: number, value: Buffer): void => {
    const end = Math.min(bytes.length, at + value.length);
    before.push({ at, was: Buffer.from(bytes.subarray(at, end)) });
    value.copy(bytes, at, 0, end - at);
  };
  for (let count = 1 + random(6); count > 0; count--) {
    const at = random(3) === 0 ? random(4096) : (pages[random(pages.length)] ?? 0) + random(page);
    const value = Buffer.alloc(8);
    switch (random(4)) {
      case 0:
        put(at, Buffer.from([random(256)]));
        break;
      case 1:
        value.writeUInt32LE(hostile[random(hostile.length)] ?? 0, 0);
        put(at & ~3, value.subarray(0, 4));
        break;
      case 2:
        value.writeUInt32LE(hostile[random(hostile.length)] ?? 0, random(2) * 4);
        put(at & ~7, value);
        break;
      default: {
        const from = (pages[random(pages.length)] ?? 0) + random(page);
        put(at, Buffer.from(bytes.subarray(from, from + 1 + random(64))));
      }
    }
  }
  const cut = random(20) === 0 ? random(bytes.length) : bytes.length;
  return {
    bytes: bytes.subarray(0, cut),
    undo: () => {
      for (const { at, was } of before.toReversed()) was.copy(bytes, at);
    },
  };
}

/** Mulberry32: the same numbers for the same seed everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
