/**
 * Mutations of stored profiles of all formats against the readers and the summary; of those that can still be read one report is made, and some are
 * written and read again. Each can be made again from its number.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { encodePlain } from '../../src/core/artefacts/profile/encode.ts';
import { profileKind } from '../../src/core/artefacts/profile/kind.ts';
import { parseProfile } from '../../src/core/artefacts/profile/parse.ts';
import { defaults, ReportProblem, type Format } from '../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../src/core/artefacts/profile/report/report.ts';
import type { Fuzzed } from './fuzz.ts';

const folders = ['real', 'own', 'legacy', 'state', 'upstream'].map((name) => `fixtures/profile/${name}`);
const formats: readonly Format[] = ['top', 'tree', 'dot', 'tags', 'traces', 'raw', 'comments'];

/** Runs the inputs from number `from` on, the same ones each time. The slowest is in milliseconds of the processor: others may be busy. */
export function fuzz(runs: number, from: number): Fuzzed {
  const seeds = folders
    .flatMap((folder) =>
      readdirSync(folder)
        .toSorted()
        .map((name) => readFileSync(`${folder}/${name}`)),
    )
    .filter((bytes) => parseProfile(bytes).is === 'fine')
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes));
  const failures: string[] = [];
  let slowest = 0;
  for (let run = from; run < from + runs; run += 1) {
    const bytes = mutated(seeds[run % seeds.length] ?? Buffer.alloc(0), run);
    const begin = process.cpuUsage();
    try {
      profileKind.recognise({ path: 'x', bytes }, {});
      askFor(bytes, run);
    } catch (problem) {
      failures.push(`run ${run}: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
    }
    const { user, system } = process.cpuUsage(begin);
    const took = (user + system) / 1000;
    if (took > 1000) failures.push(`run ${run}: ${took.toFixed(0)} ms`);
    slowest = Math.max(slowest, took);
  }
  return { runs, slowest, failures };
}

function askFor(bytes: Uint8Array, run: number): void {
  const parsed = parseProfile(bytes);
  if (parsed.is !== 'fine') return;
  const options = { ...defaults, format: formats[run % formats.length] ?? 'top' };
  try {
    const { text } = makeReport(parsed.profile, options);
    if (run % 8 !== 0) return;
    const again = parseProfile(encodePlain(parsed.profile));
    if (again.is !== 'fine') throw new Error(`written and read again it is ${again.is}`);
    if (options.format === 'top' && makeReport(again.profile, options).text !== text) throw new Error('written and read again it says something else');
  } catch (problem) {
    if (!(problem instanceof ReportProblem)) throw problem;
  }
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
