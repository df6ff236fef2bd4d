/** Jobs by thread on pg-boss: one at a time for each thread, debounced, retried, at last put aside with the reason. */
import { PgBoss, type Db } from 'pg-boss';
import type { ThreadRef } from '../core/model.ts';
import { githubAway } from './github/errors.ts';
import type { Store } from './store.ts';

const queue = 'triage';
const asideQueue = 'triage-aside';

/** What a job carries: an address, and whose installation reads it. */
export interface Job extends ThreadRef {
  readonly installation: number;
  /** How often it met a GitHub that did not answer since the last webhook. */
  readonly away?: number;
}

/** A job that was put aside, and why. */
export interface Aside {
  readonly thread: string;
  readonly reason: string;
  readonly tries: number;
  /** ISO 8601. */
  readonly at: string;
}

export interface Depth {
  readonly waiting: number;
  readonly active: number;
  readonly aside: number;
  /** Seconds since the oldest job could have begun. */
  readonly oldest: number;
}

export interface Queue {
  /** Moves the thread's waiting job to `seconds` from now, or makes one; part of the caller's transaction. */
  put(job: Job, seconds: number, db?: Db): Promise<void>;
  /** The same for many threads, each named once; a job that was put off again and again runs after ten times `seconds`. */
  putAll(jobs: readonly Job[], seconds: number, db: Db): Promise<void>;
  /** A handler answers with the seconds after which the job is to come again, or with nothing when it is done. */
  work(handler: (job: Job, signal: AbortSignal, attempt: number) => Promise<number | undefined>, workers: number): Promise<void>;
  depth(): Promise<Depth>;
  aside(): Promise<readonly Aside[]>;
  /** Gives jobs that were put aside another try; how many. */
  redrive(): Promise<number>;
  /** Lets running jobs end, then closes. */
  stop(): Promise<void>;
}

/** Name of a thread in the queue, the store and the logs. */
export function nameOf({ owner, repo, number }: ThreadRef): string {
  return `${owner}/${repo}#${number}`;
}

/** Retries after 15, 30, 60 … seconds, with chance in it; five failures put a job aside. A worker that stays silent for `heartbeatSeconds` is dead. */
const rules = { retryLimit: 5, retryBackoff: true, retryDelayMax: 900, expireInSeconds: 600, heartbeatSeconds: 30 };
/** An outage of GitHub is no fault of a job: it comes back after as long a pause, for a day. */
const maxAway = 100;
/** Jobs that were put aside wait three months for somebody. */
const asideRules = { retentionSeconds: 90 * 86_400 };

/** When a job that is moved runs: put off at most ten times. */
const soon = `greatest(now(), least(now() + make_interval(secs => $3), job.created_on + make_interval(secs => $3 * 10)))`;

export async function openQueue(store: Store, onError: (problem: Error) => void, retrySeconds = 15): Promise<Queue> {
  const boss = new PgBoss({ db: store.db, backend: store.backend, schedule: false, supervise: true, superviseIntervalSeconds: 10, monitorIntervalSeconds: 10 });
  boss.on('error', onError);
  await boss.start();
  if ((await boss.getQueue(asideQueue)) === null) await boss.createQueue(asideQueue, asideRules);
  if ((await boss.getQueue(queue)) === null) await boss.createQueue(queue, { policy: 'singleton', deadLetter: asideQueue, retryDelay: retrySeconds, ...rules });
  else await boss.updateQueue(queue, { retryDelay: retrySeconds, ...rules });
  // One process only: whatever is active now was active when the last one died. Beyond the limit it is left to pg-boss, which puts it aside.
  if (store.backend === 'pglite')
    await store.query(`update pgboss.job set state = 'retry', start_after = now() where name = $1 and state = 'active' and retry_count < retry_limit`, [queue]);
  const put: Queue['put'] = async (job, seconds, db) => {
    const { owner, repo, number, installation, away } = job;
    await boss.upsert(
      queue,
      { owner, repo, number, installation, ...(away === undefined ? {} : { away }) },
      { singletonKey: nameOf(job), startAfter: Math.ceil(seconds), ...(db === undefined ? {} : { db }) },
    );
  };
  return {
    put,
    async putAll(jobs, seconds, db) {
      // pg-boss moves one job by a statement: under a burst that is most of the work, and most threads have a job that waits.
      const { rows } = await db.executeSql(
        `update pgboss.job as job set data = fresh.data::jsonb, start_after = ${soon}, keep_until = job.keep_until + (${soon} - job.start_after)
         from unnest($1::text[], $2::text[]) as fresh (key, data)
         where job.name = 'triage' and job.singleton_key = any($1::text[]) and job.singleton_key = fresh.key and job.state < 'active' returning job.singleton_key as key`,
        [jobs.map(nameOf), jobs.map(({ owner, repo, number, installation }) => JSON.stringify({ owner, repo, number, installation })), seconds],
      );
      const moved = new Set(rows.map((row) => String(row.key)));
      for (const job of jobs) if (!moved.has(nameOf(job))) await put(job, seconds, db);
    },
    async work(handler, workers) {
      for (let nth = 0; nth < workers; nth += 1) {
        await boss.work<Job>(queue, { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([job]) => {
          if (job === undefined) return;
          const { away = 0, ...about } = job.data;
          try {
            const again = await handler(about, job.signal, job.retryCount);
            if (again !== undefined) await put(about, again);
          } catch (problem) {
            if (!githubAway(problem) || away >= maxAway) throw problem;
            const seconds = Math.min(rules.retryDelayMax, retrySeconds * 2 ** away);
            await put({ ...about, away: away + 1 }, seconds * (0.5 + Math.random()));
          }
        });
      }
    },
    async depth() {
      const rows = await store.query(
        `select name, state, count(*)::int as n, extract(epoch from max(now() - greatest(start_after, created_on)))::float8 as age from pgboss.job where name in ($1, $2) and state in ('created', 'retry', 'active') group by name, state`,
        [queue, asideQueue],
      );
      const of = (name: string, states: readonly string[]) => rows.filter((row) => row['name'] === name && states.includes(String(row['state'])));
      const sum = (name: string, states: readonly string[]): number => of(name, states).reduce((total, row) => total + Number(row['n']), 0);
      return {
        waiting: sum(queue, ['created', 'retry']),
        active: sum(queue, ['active']),
        aside: sum(asideQueue, ['created', 'retry']),
        oldest: Math.max(0, ...of(queue, ['created', 'retry']).map((row) => Number(row['age']))),
      };
    },
    async aside() {
      const rows = await store.query(
        `select singleton_key as thread, source_output as output, source_retry_count as tries, created_on as at from pgboss.job where name = $1 and state < 'active' order by created_on`,
        [asideQueue],
      );
      return rows.map((row) => ({
        thread: String(row['thread']),
        reason: reasonOf(row['output']),
        tries: Number(row['tries'] ?? 0) + 1,
        at: row['at'] instanceof Date ? row['at'].toISOString() : String(row['at']),
      }));
    },
    redrive: () => boss.redrive(asideQueue),
    stop: () => boss.stop({ graceful: true, timeout: 30_000 }),
  };
}

/** pg-boss keeps an error as its fields, other outputs as `value`. */
function reasonOf(output: unknown): string {
  const entries = new Map<string, unknown>(typeof output === 'object' && output !== null ? Object.entries(output) : []);
  const value = entries.get('value');
  if (typeof value === 'object' && value !== null) return reasonOf(value);
  const said = entries.get('message') ?? value;
  return typeof said === 'string' && said !== '' ? said.slice(0, 300) : 'its worker ended before it could say why';
}
