/** Mutations of stored profiles against the readers and the summary; each can be made again from its number. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { profileKind } from '../../src/core/artefacts/profile/kind.ts';
import type { Fuzzed } from './fuzz.ts';

/** Runs the inputs from number `from` on, the same ones each time. */
export function fuzz(runs: number, from: number): Fuzzed {
  const seeds = readdirSync('fixtures/profile/real')
    .toSorted()
    .map((name) => {
      const bytes = readFileSync(`fixtures/profile/real/${name}`);
      return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
    });
  const failures: string[] = [];
  let slowest = 0;
  for (let run = from; run < from + runs; run += 1) {
    const bytes = mutated(seeds[run % seeds.length] ?? Buffer.alloc(0), run);
    const begin = performance.now();
    try {
      profileKind.recognise({ path: 'x', bytes }, {});
    } catch (problem) {
      failures.push(`run ${run}: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
    }
    slowest = Math.max(slowest, performance.now() - begin);
  }
  return { runs, slowest, failures };
}

/** A few bytes changed, a stretch cut out or doubled, by a small generator that the run number seeds. */
function mutated(seed: Uint8Array, run: number): Uint8Array {
  let state = (run * 2_654_435_761) >>> 0 || 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return below === 0 ? 0 : state % below;
  };
  const bytes = Uint8Array.from(seed);
  for (let n = next(6); n >= 0; n -= 1) bytes[next(bytes.length)] = next(256);
  const from = next(bytes.length);
  const to = from + next(200);
  switch (next(4)) {
    case 0:
      return bytes.subarray(0, from);
    case 1:
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    default:
      return bytes;
  }
}
