/** Facts of the stored dumps, for the golden file; run as a program it writes them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import type { Scanned } from '../../../../src/core/artefacts/goroutines/scanned.ts';

export const folder = 'fixtures/goroutines/';

/** A fixture's bytes, unzipped. */
export function fixture(name: string): Uint8Array {
  const bytes = readFileSync(folder + name);
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** What must stay true of a dump: counts, states, and for every goroutine its leaf, depth and creator. */
export function factsOf(scanned: Scanned): unknown {
  const { dialect, counts, count, unread, truncated, preamble, stacks, labels } = scanned;
  const goroutines = Array.from({ length: count }, (_, i) => {
    const { frames = [], createdBy } = stacks[scanned.stackOf[i] ?? -1] ?? {};
    const [leaf] = frames;
    const minutes = scanned.minutes[i] ?? -1;
    return `${scanned.ids[i]} ${scanned.stateNames[scanned.states[i] ?? -1]}${minutes < 0 ? '' : ` ${minutes}m`} ${frames.length} ${leaf?.func}:${leaf?.line} by ${createdBy?.func ?? '-'}${(scanned.creators[i] ?? -1) < 0 ? '' : ` in ${scanned.creators[i]}`}`;
  });
  const counted = counts?.map((n, i) => `${n} ${stacks[i]?.frames.length} ${stacks[i]?.frames[0]?.func}:${stacks[i]?.frames[0]?.line}`);
  return { dialect, count: counts?.reduce((a, b) => a + b, 0) ?? count, unread, truncated, preamble, labels: [...labels], goroutines, counted };
}

/** Facts of all files in `dialects`. */
export function allFacts(): Readonly<Record<string, unknown>> {
  const names = readdirSync(`${folder}dialects`).toSorted();
  return Object.fromEntries(names.map((name) => [name, readDumps(name, fixture(`dialects/${name}`)).map(factsOf)]));
}

if (process.argv[1]?.endsWith('expected.ts') === true) writeFileSync(`${folder}expected.json`, `${JSON.stringify(allFacts(), undefined, 1)}\n`);
