/** `npm run fuzz [-- --runs N] [area…]`: mutations of real files against every parser; none may throw or take a second. */
import process from 'node:process';

/** What an area did. */
export interface Fuzzed {
  readonly runs: number;
  /** Slowest input, milliseconds. */
  readonly slowest: number;
  /** One line for each input that threw, with the seed that makes it again. */
  readonly failures: readonly string[];
}

const areas: Readonly<Record<string, () => Promise<{ fuzz(runs: number): Promise<Fuzzed> | Fuzzed }>>> = {
  goroutines: () => import('./goroutines.ts'),
  profile: () => import('./profile.ts'),
  binary: () => import('./binary.ts'),
};

const args = process.argv.slice(2);
const at = args.indexOf('--runs');
const runs = at < 0 ? 100_000 : Number(args[at + 1]);
const chosen = args.filter((arg) => arg in areas);
let failed = false;

for (const [name, load] of Object.entries(areas)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const { fuzz } = await load();
  const done = await fuzz(runs);
  process.stdout.write(`${name}: ${done.runs} inputs, slowest ${done.slowest.toFixed(0)} ms, ${done.failures.length} threw\n`);
  for (const line of done.failures.slice(0, 10)) process.stdout.write(`  ${line}\n`);
  failed ||= done.failures.length > 0 || done.slowest > 1000 || done.runs === 0;
}
process.exitCode = failed ? 1 : 0;
