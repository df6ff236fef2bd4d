/** `npm run bench [-- --smoke] [area…]`: speed of whole commands as ratios against a named peer in the same run. */
import process from 'node:process';

/** One measured line. */
export interface Row {
  readonly what: string;
  /** Seconds, best of the runs. */
  readonly seconds: number;
  /** Peak resident memory in MB, when measured. */
  readonly megabytes?: number;
  /** The peer's name and seconds. */
  readonly peer?: { readonly name: string; readonly seconds: number };
  /** What it should reach, in words. */
  readonly want: string;
}

const areas: Readonly<Record<string, () => Promise<{ bench(smoke: boolean): Promise<readonly Row[]> }>>> = {
  desk: () => import('./desk.ts'),
  goroutines: () => import('./goroutines.ts'),
  profile: () => import('./profile.ts'),
  binary: () => import('./binary.ts'),
};

const args = process.argv.slice(2);
const smoke = args.includes('--smoke');
const chosen = args.filter((arg) => arg in areas);

for (const [name, load] of Object.entries(areas)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const { bench } = await load();
  for (const row of await bench(smoke)) print(name, row);
}

function print(area: string, row: Row): void {
  const ratio =
    row.peer === undefined ? '' : `, ${(row.peer.seconds / row.seconds).toFixed(2)} times as fast as ${row.peer.name} (${row.peer.seconds.toFixed(2)} s)`;
  const memory = row.megabytes === undefined ? '' : `, ${Math.round(row.megabytes)} MB`;
  process.stdout.write(`${area}: ${row.what}: ${row.seconds.toFixed(2)} s${memory}${ratio} (${row.want})\n`);
}
