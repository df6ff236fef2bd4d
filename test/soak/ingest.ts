/** Times of the webhook's answers at a fixed rate while the workers read bundles, taken by a process of its own. */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookSecret, startApp } from '../double/app.ts';
import { Town } from './town.ts';

/** What the sender is told, and what it answers with. */
export interface Sending {
  readonly url: string;
  readonly secret: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly threads: number;
}

/** Milliseconds from when a delivery was due to when it was answered, in order of size; what was not answered with 202. */
export interface Sent {
  readonly times: readonly number[];
  readonly bad: number;
}

const perSecond = 100;
const seconds = 60;
const threads = 200;
const wantedP99 = 50;

/** True when the bar is met. */
export async function measureIngest(url: string | undefined, say: (text: string) => void): Promise<boolean> {
  const name = url === undefined ? 'pglite' : 'postgres';
  const folder = mkdtempSync(join(tmpdir(), 'soak-ingest-'));
  const town = await new Town().start();
  const bundle = { name: 'ipfs-profile.zip', bytes: readFileSync('fixtures/cases/gc-behind-pin/ipfs-profile.zip') };
  for (let nth = 0; nth < threads; nth += 1) town.write({ title: 'ipfs add hangs', body: `It hangs (${nth}).`, attachments: [bundle] });
  const app = await startApp(
    town,
    folder,
    { DEBOUNCE_SECONDS: '1', WRITE_GAP_MS: '5', WORKERS: '2', ...(url === undefined ? {} : { DATABASE_URL: url }) },
    'dist/app.js',
  );
  const sending: Sending = { url: `${app.origin}/api/github/webhooks`, secret: hookSecret, perSecond, seconds, threads };
  const { times, bad } = await new Promise<Sent>((resolve, reject) => {
    const sender = fork('test/soak/sender.ts', [JSON.stringify(sending)], { execArgv: ['--no-warnings'] });
    sender.once('message', (sent: Sent) => resolve(sent));
    sender.once('exit', (code) => reject(new Error(`the sender ended with ${code}`)));
  });
  const metrics = await fetch(`${app.origin}/metrics`).then((response) => response.text());
  const value = (of: string): string => new RegExp(`^pprof_triage_${of} (\\S+)`, 'm').exec(metrics)?.[1] ?? '?';
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  say(
    `${name}: ${times.length} deliveries at ${perSecond}/s for ${seconds} s: p50 ${at(0.5).toFixed(1)}, p90 ${at(0.9).toFixed(1)}, p99 ${at(0.99).toFixed(1)}, most ${at(1).toFixed(1)} ms, ${bad} not answered with 202`,
  );
  say(
    `${name}: meanwhile ${value('jobs_done_total')} threads read in ${Number(value('job_seconds_sum')).toFixed(0)} s of work, server ${(Number(value('resident_bytes')) / 1e6).toFixed(0)} MB, load ${loadavg()[0]?.toFixed(1)}`,
  );
  await app.kill('SIGKILL');
  await town.close();
  rmSync(folder, { recursive: true, force: true });
  return bad === 0 && at(0.99) <= wantedP99 && Number(value('jobs_done_total')) > 0;
}
