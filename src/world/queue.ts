/** Jobs by thread on pg-boss: one at a time for each thread, debounced, retried, at last put aside with the reason. */
import { PgBoss, type Db } from 'pg-boss';
import type { ThreadRef } from '../core/model.ts';
import type { Store } from './store.ts';

const queue = 'triage';
const asideQueue = 'triage-aside';

/** What a job carries: an address, and whose installation reads it. */
export interface Job extends ThreadRef {
  readonly installation: number;
}

export interface Queue {
  /** Moves the thread's waiting job to `seconds` from now, or makes one; part of the caller's transaction. */
  put(job: Job, seconds: number, db?: Db): Promise<void>;
  work(handler: (job: Job) => Promise<void>, workers: number): Promise<void>;
  depth(): Promise<{ readonly waiting: number; readonly active: number; readonly aside: number }>;
  /** Gives jobs that were put aside another try; how many. */
  redrive(): Promise<number>;
  /** Lets running jobs end, then closes. */
  stop(): Promise<void>;
}

/** Retries after 15, 30, 60 … seconds; five failures put a job aside. */
const retries = { retryLimit: 5, retryDelay: 15, retryBackoff: true, retryDelayMax: 900, expireInSeconds: 300 };

export async function openQueue(store: Store, onError: (problem: Error) => void): Promise<Queue> {
  const boss = new PgBoss({ db: store.db, backend: store.backend, schedule: false, supervise: true });
  boss.on('error', onError);
  await boss.start();
  if ((await boss.getQueue(asideQueue)) === null) await boss.createQueue(asideQueue);
  if ((await boss.getQueue(queue)) === null) await boss.createQueue(queue, { policy: 'singleton', deadLetter: asideQueue, ...retries });
  // One process only: whatever is active now was active when the last one died.
  if (store.backend === 'pglite') await store.query(`update pgboss.job set state = 'retry', start_after = now() where name = $1 and state = 'active'`, [queue]);
  return {
    async put({ owner, repo, number, installation }, seconds, db) {
      const key = `${owner}/${repo}#${number}`;
      await boss.upsert(queue, { owner, repo, number, installation }, { singletonKey: key, startAfter: seconds, ...(db === undefined ? {} : { db }) });
    },
    async work(handler, workers) {
      for (let nth = 0; nth < workers; nth += 1) {
        await boss.work<Job>(queue, { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([job]) => {
          if (job !== undefined) await handler(job.data);
        });
      }
    },
    async depth() {
      const rows = await store.query(`select name, state, count(*)::int as n from pgboss.job where name in ($1, $2) group by name, state`, [queue, asideQueue]);
      const sum = (name: string, states: readonly string[]): number =>
        rows.filter((row) => row['name'] === name && states.includes(String(row['state']))).reduce((total, row) => total + Number(row['n']), 0);
      return { waiting: sum(queue, ['created', 'retry']), active: sum(queue, ['active']), aside: sum(asideQueue, ['created', 'retry']) };
    },
    redrive: () => boss.redrive(asideQueue),
    stop: () => boss.stop({ graceful: true, timeout: 30_000 }),
  };
}
