/**
 * `npm run soak [-- --seed N] [--deliveries N] [--threads N] [--kills N] [--rate N] [--faults N] [pglite] [postgres] [ingest]`: the built App on loopback
 * against a GitHub that fails, is slow, says things twice and is killed together with the database; at the end each thread has exactly one right comment.
 * `ingest` measures the webhook's answers instead. PostgreSQL is started from the system's package unless DATABASE_URL names one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { guard } from '../../src/desk/guard.ts';
import { startApp, type RunningApp } from '../double/app.ts';
import { seeded } from '../seeded.ts';
import { measureIngest } from './ingest.ts';
import { planOf } from './plan.ts';
import { startPostgres, type OwnPostgres } from './postgres.ts';
import { Town } from './town.ts';

guard();
const args = process.argv.slice(2);
const given = (name: string, otherwise: number): number => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(args[at + 1]);
};
const backends = (['pglite', 'postgres'] as const).filter((name) => args.includes(name) || !(args.includes('pglite') || args.includes('postgres')));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Shares of requests: 5 % server errors, the rest as often as the soak can bear to wait for. */
const factor = given('faults', 1);
const rates = { serverErrors: 0.05 * factor, tooMany: 0.0005 * factor, secondary: 0.0005 * factor, hangs: 0.0003 * factor, lostAnswers: 0.01 * factor };

let failed = false;
for (const backend of backends) {
  const postgres = backend === 'postgres' && process.env['DATABASE_URL'] === undefined ? await startPostgres() : undefined;
  const url = backend === 'pglite' ? undefined : (process.env['DATABASE_URL'] ?? postgres?.url);
  if (backend === 'postgres' && url === undefined) {
    say('postgres: not installed and no DATABASE_URL: left out');
    continue;
  }
  try {
    failed = !(args.includes('ingest') ? await measureIngest(url, say) : await soak(url, postgres)) || failed;
  } finally {
    await postgres?.stop();
  }
}
process.exit(failed ? 1 : 0);

/** True when nothing was lost and nothing doubled. */
async function soak(url: string | undefined, postgres: OwnPostgres | undefined): Promise<boolean> {
  const name = url === undefined ? 'pglite' : 'postgres';
  const seed = given('seed', 1);
  const deliveries = given('deliveries', url === undefined ? 2000 : 20_000);
  const threads = given('threads', url === undefined ? 100 : 500);
  const kills = given('kills', url === undefined ? 8 : 20);
  const next = seeded(seed);
  const steps = planOf(next, deliveries, threads);
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const town = await new Town().start();
  town.contents.set('.github/pprof-triage.yml', 'set: { triaged: triaged }\n');
  const settings = { DEBOUNCE_SECONDS: '1', WRITE_GAP_MS: '2', CATCH_UP_SECONDS: '10', WORKERS: '6', ...(url === undefined ? {} : { DATABASE_URL: url }) };
  const start = (nth: number): Promise<RunningApp> => startApp(town, join(folder, String(nth)), settings, 'dist/app.js');
  // On PostgreSQL two servers share the work.
  const apps: RunningApp[] = [];
  for (let nth = 0; nth < (url === undefined ? 1 : 2); nth += 1) apps.push(await start(nth));
  const chance = seeded(seed + 1);
  town.faults.rate(rates, () => chance(1_000_000) / 1_000_000);

  const begun = performance.now();
  const seconds = (): string => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  const guids = new Map<string, string>();
  const guidOf = (about: string): string => guids.get(about) ?? (guids.set(about, crypto.randomUUID()), guidOf(about));
  const gap = 1000 / given('rate', url === undefined ? 25 : 100);
  let due = performance.now();
  const every = Math.max(1, Math.floor(deliveries / (kills + 1)));
  const counts = { sent: 0, changes: 0, kills: 0, databaseKills: 0, unheard: 0 };
  const underWay = new Set<Promise<unknown>>();
  let killing: Promise<void> = Promise.resolve();
  for (const step of steps) {
    if (step.is === 'change') {
      town.change(step.thread, step.change);
      counts.changes += 1;
      continue;
    }
    const number = town.numberOf(step.thread);
    if (number === undefined) continue;
    const { event, action } = step.delivery;
    const app = apps[next(apps.length)];
    if (app !== undefined) town.hook = { url: `${app.origin}/api/github/webhooks`, secret: town.hook?.secret ?? '' };
    const sending = town.send(event, action, number, 'reporter', guidOf(step.delivery.name)).then((status) => {
      counts.unheard += status === 202 ? 0 : 1;
      underWay.delete(sending);
    });
    underWay.add(sending);
    counts.sent += 1;
    // What a slow moment of this machine delayed is not sent all at once afterwards.
    due = Math.max(due + gap, performance.now() - 100);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    if (counts.sent % every === 0 && counts.kills < kills) {
      await killing;
      counts.kills += 1;
      const database = postgres !== undefined && counts.kills % 4 === 0;
      if (database) counts.databaseKills += 1;
      const which = next(apps.length);
      killing = database ? postgres.killAndStart() : restart(which);
    }
    if (counts.sent % Math.max(1, Math.floor(deliveries / 10)) === 0) say(`${name}: ${counts.sent} deliveries sent after ${seconds()}, ${counts.kills} kills`);
  }
  async function restart(which: number): Promise<void> {
    await apps[which]?.kill('SIGKILL');
    apps[which] = await start(which);
  }
  await killing;
  await Promise.all(underWay);
  say(`${name}: all sent after ${seconds()}: ${counts.changes} changes in ${threads} threads, ${counts.unheard} deliveries were not answered well`);
  // GitHub goes on failing until all is done, and a while longer, in which something could still be doubled.
  const end = performance.now() + given('drain', 900) * 1000;
  while (performance.now() < end && town.unanswered() > 0) await new Promise((resolve) => setTimeout(resolve, 1000));
  say(`${name}: ${town.unanswered()} threads without their last word after ${seconds()}`);
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const health = await fetch(`${apps[0]?.origin ?? ''}/healthz`).then(
    (response) => response.text(),
    () => 'no answer',
  );
  town.faults.rate(undefined);
  const { right, lost, doubled } = await town.judge();
  say(
    `${name}: seed ${seed}, ${counts.sent} deliveries, ${counts.kills} kills (${counts.databaseKills} of PostgreSQL), ${town.requests.length} requests to GitHub, ${seconds()}`,
  );
  say(`${name}: ${right} of ${threads} threads right, ${lost.length} lost, ${doubled.length} doubled; ${health}`);
  for (const line of [...lost, ...doubled].slice(0, 20)) say(`  ${line}`);
  const ok = right === threads && lost.length === 0 && doubled.length === 0;
  if (!ok && args.includes('--log')) for (const app of apps) say(app.log.join('').slice(-20_000));
  for (const app of apps) await app.kill('SIGTERM');
  await town.close();
  rmSync(folder, { recursive: true, force: true });
  return ok;
}
