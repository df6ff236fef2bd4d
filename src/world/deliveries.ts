/** Deliveries stored together with their jobs: those that arrive while a transaction runs share the next one, so that a burst costs few. */
import { nameOf, type Job, type Queue } from './queue.ts';
import type { Store } from './store.ts';

/** A delivery that is to become a job. */
export interface Arrived {
  readonly guid: string;
  readonly event: string;
  readonly action: string;
  readonly job: Job;
}

interface Waiting {
  readonly one: Arrived;
  readonly settle: (fresh: boolean) => void;
  readonly fail: (problem: unknown) => void;
}

/** In one transaction. */
const maxTogether = 200;

/** True when the delivery was new; rejects when the store is away. Answers come after the commit. */
export function deliveryIntake(store: Store, queue: Queue, debounceSeconds: number): (one: Arrived) => Promise<boolean> {
  let waiting: readonly Waiting[] = [];
  let busy = false;
  const drain = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      // PGlite works in this thread: what came in meanwhile lies in the sockets, and joins this batch.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = waiting.slice(0, maxTogether);
      waiting = waiting.slice(maxTogether);
      try {
        const fresh = await keep(
          store,
          queue,
          debounceSeconds,
          batch.map(({ one }) => one),
        );
        // Of the same GUID twice in one batch the first one counts.
        for (const { one, settle } of batch) settle(fresh.delete(one.guid));
      } catch (problem) {
        for (const { fail } of batch) fail(problem);
      }
    }
    busy = false;
  };
  return (one) =>
    new Promise((settle, fail) => {
      waiting = [...waiting, { one, settle, fail }];
      if (!busy) void drain();
    });
}

/** Rows and jobs commit together; the GUIDs that counted. A redelivery has the same GUID: it counts again when the first one was neither worked off nor waits to be. */
function keep(store: Store, queue: Queue, debounceSeconds: number, batch: readonly Arrived[]): Promise<Set<string>> {
  const one = [...new Map(batch.map((arrived) => [arrived.guid, arrived])).values()];
  return store.transaction(async (db) => {
    const { rows } = await db.executeSql(
      `insert into triage.delivery as old (guid, event, action, thread) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
       on conflict (guid) do update set received_at = now()
       where old.state <> 'done' and not exists (
         select 1 from pgboss.job where name = 'triage' and singleton_key = excluded.thread and (state < 'active' or (state = 'active' and policy = 'singleton'))
       ) returning guid`,
      [one.map(({ guid }) => guid), one.map(({ event }) => event), one.map(({ action }) => action), one.map(({ job }) => nameOf(job))],
    );
    const fresh = new Set(rows.map((row) => String(row.guid)));
    const jobs = new Map(one.filter(({ guid }) => fresh.has(guid)).map(({ job }) => [nameOf(job), job]));
    if (jobs.size > 0) await queue.putAll([...jobs.values()], debounceSeconds, db);
    return fresh;
  });
}
