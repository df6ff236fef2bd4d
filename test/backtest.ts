/** `npm run backtest -- FOLDER…`: all rules over any folder of bundles, and per rule how often it fired, how sure, on what. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { bundlesIn, loud, tallied, tried } from './backtest/tally.ts';

/** Runs all and prints; the exit code is 1 when a healthy bundle (`truth.json` or its name says so) has more than hints. */
async function backtest(folders: readonly string[]): Promise<number> {
  const tries = [];
  for (const folder of folders) {
    const groups = (await stat(folder)).isDirectory() ? await bundlesIn(folder) : [{ name: basename(folder), files: [folder], healthy: undefined }];
    for (const group of groups) tries.push(await tried(group));
  }
  for (const line of tallied(tries)) process.stdout.write(`${line}\n`);
  const times = tries.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const wrong = loud(tries);
  process.stdout.write(
    `${tries.length} reports; median ${(times[Math.floor(times.length / 2)] ?? 0).toFixed(0)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms; healthy ones with more than a hint: ${wrong.length === 0 ? 'none' : wrong.join(', ')}\n`,
  );
  return tries.length === 0 || wrong.length > 0 ? 1 : 0;
}

const folders = process.argv.slice(2);
if (folders.length === 0) process.stdout.write('npm run backtest -- FOLDER…\n');
process.exitCode = folders.length === 0 ? 2 : await backtest(folders);
