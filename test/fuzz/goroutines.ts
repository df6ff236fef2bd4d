/** Mutations of stored dumps, whole and damaged, against the reader, the groups and the lock search; each can be made again from its number. */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { groupsOf, levels } from '../../src/core/artefacts/goroutines/groups.ts';
import { readDumps } from '../../src/core/artefacts/goroutines/dumps.ts';
import { dumpOf } from '../../src/core/artefacts/goroutines/kind.ts';
import { company, letters, prefixes, wraps } from '../core/artefacts/goroutines/damages.ts';
import type { Fuzzed } from './fuzz.ts';

/** Seeds are small so that many inputs can be tried. */
const maxSeed = 20_000;
const folders = ['fixtures/goroutines/dialects', 'fixtures/goroutines/damage'];
const damages = Object.values({ ...prefixes, ...wraps, ...letters, ...company });

/** Runs the inputs from number `from` on, the same ones each time. The slowest is in milliseconds of this thread: others may be busy. */
export function fuzz(runs: number, from: number): Fuzzed {
  const seeds = dumps();
  const failures: string[] = [];
  let slowest = 0;
  for (let run = from; run < from + runs; run++) {
    const input = mutated(seeds, run);
    const begin = process.threadCpuUsage();
    try {
      read(input);
    } catch (problem) {
      failures.push(`run ${run}: ${problem instanceof Error ? `${problem.message} ${problem.stack?.split('\n')[1]?.trim()}` : String(problem)}`);
    }
    const { user, system } = process.threadCpuUsage(begin);
    slowest = Math.max(slowest, (user + system) / 1000);
  }
  return { runs, slowest, failures };
}

/** All that is done with a dump; no goroutine may be lost on the way. */
function read(bytes: Uint8Array): void {
  for (const scanned of readDumps('x', bytes)) {
    const { count, groups } = dumpOf(scanned, {});
    for (const level of levels) {
      const grouped = (level === 'functions' ? groups : groupsOf(scanned, level)).reduce((sum, group) => sum + group.count, 0);
      if (grouped !== count) throw new Error(`${grouped} of ${count} goroutines are in groups by ${level}`);
    }
  }
}

/** The seeds, cut to a size at which a run takes no more than a millisecond or two. */
export function dumps(): readonly Uint8Array[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .toSorted()
      .map((name) => {
        const bytes = readFileSync(`${folder}/${name}`);
        return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).subarray(0, maxSeed);
      }),
  );
}

const snippets = [
  'goroutine 1 [select]:\n',
  'goroutine ',
  '\n',
  '\t',
  '\r',
  '(',
  ')',
  '{',
  '0x',
  '...',
  'created by ',
  ' in goroutine 9',
  ']',
  '[',
  '-----\n',
  'runtime stack:\n',
  'SIGQUIT: quit\n',
  '\0',
  '\u001b[0m',
  '{"log":"',
  '\\n\\t',
  '> ',
  ':',
  '9'.repeat(40),
  'é',
  'goroutine profile: total 3\n1 @ 0x1\n#\t0x1\n',
  'WARNING: DATA RACE\n',
].map((text) => new TextEncoder().encode(text));

/** Input number `run`: one to eight small changes of a seed, or of what damage made of it. */
export function mutated(seeds: readonly Uint8Array[], run: number): Uint8Array {
  const random = generator(run);
  let bytes = seeds[random(seeds.length)] ?? new Uint8Array(0);
  if (random(3) === 0) {
    const damaged = damages[random(damages.length)]?.(new TextDecoder().decode(bytes)) ?? bytes;
    bytes = typeof damaged === 'string' ? new TextEncoder().encode(damaged) : damaged;
  }
  for (let changes = 1 + random(8); changes > 0; changes--) bytes = changed(bytes, seeds, random);
  return bytes;
}

function changed(bytes: Uint8Array, seeds: readonly Uint8Array[], random: (below: number) => number): Uint8Array {
  const at = random(bytes.length + 1);
  const to = Math.min(bytes.length, at + random(random(4) === 0 ? bytes.length + 1 : 60));
  switch (random(8)) {
    case 0:
      return joined(bytes.subarray(0, at), bytes.subarray(to));
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return bytes.subarray(at);
    case 3:
      return joined(bytes.subarray(0, to), bytes.subarray(at));
    case 4: {
      const other = seeds[random(seeds.length)] ?? bytes;
      const from = random(other.length + 1);
      return joined(bytes.subarray(0, at), other.subarray(from, from + random(2000)), bytes.subarray(to)).subarray(0, maxSeed * 3);
    }
    case 5: {
      const copy = bytes.slice();
      if (at < copy.length) copy[at] = random(256);
      return copy;
    }
    default:
      return joined(bytes.subarray(0, at), snippets[random(snippets.length)] ?? bytes, bytes.subarray(random(2) === 0 ? at : to));
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** mulberry32: small, seeded, good enough for mutations. */
function generator(seed: number): (below: number) => number {
  let state = (seed + 1) * 0x9e3779b9;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return below <= 0 ? 0 : ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
