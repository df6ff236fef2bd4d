/** `pprof -top` of a real profile, whole process, cold, beside `go tool pprof -top`. */
import { spawnSync } from 'node:child_process';
import type { Row } from './bench.ts';
import { desk, measure } from './measure.ts';

export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const file = 'fixtures/profile/real/prometheus-3.5.3.cpu.pprof';
  const ours = await measure(desk('pprof', '-symbolize=none', '-top', file), smoke ? 2 : 7);
  const go = spawnSync('go', ['version']).status === 0 ? await measure(['go', 'tool', 'pprof', '-symbolize=none', '-top', file], smoke ? 2 : 7) : undefined;
  return [
    {
      what: 'pprof -top of a small profile',
      ...ours,
      peer: go === undefined ? undefined : { name: 'go tool pprof', seconds: go.seconds },
      want: 'at least 0.67 times as fast',
    },
  ];
}
