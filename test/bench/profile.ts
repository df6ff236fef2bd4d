/** `pprof -top` of profiles small and large, whole processes, cold, beside Go's own pprof; and the drawing of 80 nodes. */
import { statSync } from 'node:fs';
import { pprofPath } from '../core/artefacts/profile/random/compare.ts';
import type { Row } from './bench.ts';
import { largeProfile } from './large-profile.ts';
import { desk, measure, measureInTurns } from './measure.ts';

const small = 'fixtures/profile/real/prometheus-3.5.3.cpu.pprof';
const top = ['-symbolize=none', '-top'];

export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const pprof = pprofPath();
  const rows = [await beside(small, smoke ? 2 : 7, 'at least 0.67 times as fast')];
  rows.push({
    what: 'pprof -svg of 80 nodes',
    ...(await measure(desk('pprof', '-symbolize=none', '-svg', '-nodecount=80', small), smoke ? 1 : 5)),
    want: 'at most 0.5 s',
  });
  if (smoke) return rows;
  rows.push(await beside(largeProfile(0.08), 9, 'at least 0.67 times as fast'));
  rows.push(await beside(largeProfile(4), 9, 'at least 4 times as fast'));
  rows.push(await beside(largeProfile(99), 3, 'at least 10 times as fast, at most half of the memory'));
  return rows;

  async function beside(file: string, runs: number, want: string): Promise<Row> {
    const peer = pprof === undefined ? [] : [['go', 'tool', 'pprof', ...top, file]];
    const [ours, theirs] = await measureInTurns([desk('pprof', ...top, file), ...peer], runs);
    if (ours === undefined) throw new Error('measured nothing');
    // The process of `go` shows its own memory only.
    const peak = pprof === undefined ? undefined : (await measure([pprof, ...top, file], 1)).megabytes;
    if (theirs !== undefined && theirs.stdout !== ours.stdout) throw new Error(`pprof prints something else of ${file}`);
    const memory = peak === undefined ? '' : `, ${((ours.megabytes ?? 0) / peak).toFixed(2)} of its memory`;
    const size = statSync(file).size;
    return {
      what: `pprof -top of ${size < 1e6 ? `${Math.round(size / 1000)} kB` : `${Math.round(size / 1e6)} MB`}${memory}`,
      ...ours,
      peer: theirs === undefined ? undefined : { name: 'go tool pprof', seconds: theirs.seconds },
      want,
    };
  }
}
