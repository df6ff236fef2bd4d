/**
 * A large CPU profile made of a real one: each stack is the inner part of one real stack and the outer part of another, joined at a place that both
 * have. So names, depths and repeats are those of a real program, and no two runs of a memory find the same stack twice in a row.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { encodePlain } from '../../src/core/artefacts/profile/encode.ts';
import type { Profile } from '../../src/core/artefacts/profile/columns.ts';
import { parseProfile } from '../../src/core/artefacts/profile/parse.ts';
import { oneOf, seeded } from '../seeded.ts';

const source = 'fixtures/profile/real/kubo-0.34.1-busy-add.cpu.pprof';
/** Bytes written at once. */
const stretch = 1 << 20;

/** Path of a profile of so many MB, not packed; made once, in the temporary folder. */
export function largeProfile(megabytes: number): string {
  const path = join(tmpdir(), `pprof-triage-bench-cpu-${megabytes}.pb`);
  if (existsSync(path)) return path;
  const parsed = parseProfile(readFileSync(source));
  if (parsed.is !== 'fine') throw new Error(`${source} is ${parsed.is}`);
  const unfinished = `${path}.${process.pid}`;
  write(parsed.profile, megabytes * 1e6, unfinished);
  renameSync(unfinished, path);
  return path;
}

/** Names and places as pprof-format writes them, then samples until there are `size` bytes. */
function write(profile: Profile, size: number, path: string): void {
  const { samples, sampleStart, sampleLocations, values } = profile;
  const next = seeded(1);
  /** Where each location stands: sample and index into `sampleLocations`. */
  const places = Array.from({ length: profile.locationIds.length }, (): [number, number][] => []);
  for (let sample = 0; sample < samples; sample++)
    for (let at = sampleStart[sample] ?? 0; at < (sampleStart[sample + 1] ?? 0); at++) places[sampleLocations[at] ?? 0]?.push([sample, at]);
  const file = openSync(path, 'w');
  let written = writeSync(file, encodePlain({ ...profile, samples: 0 }));
  let part: number[] = [];
  while (written < size) {
    const inner = next(samples);
    const from = sampleStart[inner] ?? 0;
    const depth = next((sampleStart[inner + 1] ?? 0) - from);
    const [outer, at] = oneOf(next, places[sampleLocations[from + depth] ?? 0] ?? []);
    const stack = [...sampleLocations.subarray(from, from + depth), ...sampleLocations.subarray(at, sampleStart[outer + 1])];
    const times = 1 + next(3);
    const counts = [...values.subarray(inner * 2, inner * 2 + 2)].map((value) => value * times);
    const packed = [
      ...field(
        1,
        stack.flatMap((location) => varint(location + 1)),
      ),
      ...field(2, counts.flatMap(varint)),
    ];
    part.push(...field(2, packed));
    if (part.length < stretch && written + part.length < size) continue;
    written += writeSync(file, Uint8Array.from(part));
    part = [];
  }
  closeSync(file);
}

/** A message or packed numbers of profile.proto. */
function field(number: number, bytes: readonly number[]): readonly number[] {
  return [(number << 3) | 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
