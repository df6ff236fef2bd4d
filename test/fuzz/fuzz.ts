/**
 * `npm run fuzz [-- --runs N] [--from N] [area…]`: mutations of real files against every parser; none may throw or take a second.
 * Inputs are numbered: `--from` goes on where a run was stopped, and makes a single one again with `--runs 1`.
 */
import process from 'node:process';

/** What an area did. */
export interface Fuzzed {
  readonly runs: number;
  /** Slowest input, milliseconds. */
  readonly slowest: number;
  /** One line for each input that threw, with the number that makes it again. */
  readonly failures: readonly string[];
}

const areas: Readonly<Record<string, () => Promise<{ fuzz(runs: number, from: number): Promise<Fuzzed> | Fuzzed }>>> = {
  goroutines: () => import('./goroutines.ts'),
  profile: () => import('./profile.ts'),
  binary: () => import('./binary.ts'),
};

/** Inputs between two reports of how far it is. */
const stretch = 20_000;

const args = process.argv.slice(2);
const runs = option('--runs') ?? 100_000;
const first = option('--from') ?? 0;
const chosen = args.filter((arg) => arg in areas);
let failed = false;

for (const [name, load] of Object.entries(areas)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const { fuzz } = await load();
  let [count, slowest, threw] = [0, 0, 0];
  for (let from = first; from < first + runs; from += stretch) {
    const done = await fuzz(Math.min(stretch, first + runs - from), from);
    [count, slowest, threw] = [count + done.runs, Math.max(slowest, done.slowest), threw + done.failures.length];
    const memory = Math.round(process.resourceUsage().maxRSS / 1000);
    process.stdout.write(`${name}: inputs ${first} to ${from + done.runs - 1}, slowest ${slowest.toFixed(0)} ms, ${memory} MB at most, ${threw} threw\n`);
    for (const line of done.failures.slice(0, 10)) process.stdout.write(`  ${line}\n`);
  }
  failed ||= threw > 0 || slowest > 1000 || count === 0;
}
process.exitCode = failed ? 1 : 0;

function option(name: string): number | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : Number(args[at + 1]);
}
