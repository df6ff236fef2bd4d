/** What was missed while nobody listened: failed deliveries are asked for again, and issues changed since the last look become jobs. */
import { isWanted } from './ingest.ts';
import type { Client } from './github/read-thread.ts';
import { takeLease } from './lease.ts';
import { statusOf } from './github/errors.ts';
import type { Queue } from './queue.ts';
import type { Store } from './store.ts';

/** GitHub keeps deliveries for three days (docs.github.com, redelivering webhooks). */
const deliveryDays = 3;
/** Bounds of one run; the next one goes on. More deliveries than these pages hold come in three days only to a very busy App: the look at issues finds the rest. */
const maxPages = 50;
const maxDeliveryPages = 300;
const maxRedeliveries = 500;
/** A long list is lost by one failed page of it: each is asked for so often, with a second, two, three between. */
const maxTries = 4;
/** A look begins a little before the last one ended: clocks differ, and lists may be behind. */
const overlapMs = 5 * 60_000;
/** Deliveries older than this say nothing any more: GitHub does not send them again. */
const keepDays = 30;

export interface CatchUpTools {
  readonly store: Store;
  readonly queue: Queue;
  /** Speaks as the App itself. */
  readonly app: Client;
  /** Speaks for one installation. */
  readonly installation: (id: number) => Promise<Client>;
  readonly now: () => Date;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** Between two writes to GitHub, milliseconds. */
  readonly writeGapMs: number;
}

/** On start and hourly, in one process only. Never rejects: what fails is tried again at the next run. */
export async function catchUp(tools: CatchUpTools): Promise<void> {
  const { store, log } = tools;
  const lease = await takeLease(store, 'catch-up');
  if (typeof lease === 'number') return;
  const step = async (what: string, work: () => Promise<number>): Promise<void> => {
    try {
      await lease.renew();
      log({ event: 'caught up', what, found: await work() });
    } catch (problem) {
      log({ event: 'error', what, message: problem instanceof Error ? problem.message.slice(0, 200) : 'unknown' });
    }
  };
  try {
    await step('deliveries', () => redeliver(tools, () => lease.renew()));
    await step('issues', () => sweep(tools, () => lease.renew()));
    await step('old rows', () => prune(store));
  } finally {
    await lease.release();
  }
}

interface Delivery {
  /** Beyond what a number can hold. */
  readonly id: number | bigint;
  readonly guid: string;
  readonly delivered_at: string;
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
}

/** Deliveries of which no attempt was answered well, oldest first. What an earlier run saw to its end is not read again: a failed redelivery is an attempt of its own. */
async function redeliver({ store, app, now, writeGapMs }: CatchUpTools, alive: () => Promise<void>): Promise<number> {
  const begun = now().getTime();
  const oldest = new Date(begun - deliveryDays * 86_400_000).toISOString();
  const mark = await markOf(store, deliveriesMark);
  const since = mark === undefined || mark < oldest ? oldest : new Date(Date.parse(mark) - overlapMs).toISOString();
  const attempts = new Map<string, Delivery[]>();
  let cursor: string | undefined;
  let whole = false;
  for (let page = 0; page < maxDeliveryPages && !whole; page += 1) {
    await alive();
    const { data, headers } = await tried(() => app.request('GET /app/hook/deliveries', { per_page: 100, ...(cursor === undefined ? {} : { cursor }) }));
    for (const one of data) attempts.set(one.guid, [...(attempts.get(one.guid) ?? []), one]);
    const next = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? '')?.[1];
    const last = data.at(-1);
    whole = next === undefined || last === undefined || last.delivered_at < since;
    if (next !== undefined) cursor = decodeURIComponent(next);
  }
  const missed = [...attempts.values()].flatMap((all): readonly Delivery[] => {
    const [one] = all;
    const good = all.some(({ status_code: status }) => status >= 200 && status < 300);
    return one === undefined || good || one.delivered_at < since || !isWanted(one.event, one.action) ? [] : [one];
  });
  let asked = 0;
  for (const { id } of missed.toReversed().slice(0, maxRedeliveries)) {
    if (asked > 0) await new Promise((resolve) => setTimeout(resolve, writeGapMs));
    await alive();
    // One that was asked for twice is a duplicate.
    await tried(() => app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id } as { delivery_id: number }));
    asked += 1;
  }
  if (whole && missed.length <= maxRedeliveries) await keepMark(store, deliveriesMark, new Date(begun).toISOString());
  return asked;
}

/** Again when GitHub itself failed. */
async function tried<T>(ask: () => Promise<T>): Promise<T> {
  for (let nth = 1; ; nth += 1) {
    try {
      return await ask();
    } catch (problem) {
      if (nth === maxTries || (statusOf(problem) ?? 0) < 500) throw problem;
      await new Promise((resolve) => setTimeout(resolve, nth * 1000));
    }
  }
}

const deliveriesMark = 'deliveries';

/** ISO 8601; undefined before the first look. */
async function markOf(store: Store, name: string): Promise<string | undefined> {
  const [row] = await store.query('select at from triage.watermark where name = $1', [name]);
  return typeof row?.['at'] === 'string' ? row['at'] : undefined;
}

async function keepMark(store: Store, name: string, at: string): Promise<void> {
  await store.query('insert into triage.watermark (name, at) values ($1, $2) on conflict (name) do update set at = $2', [name, at]);
}

/** Issues of every repository that changed since the last look; the first look only sets the mark. */
async function sweep(tools: CatchUpTools, alive: () => Promise<void>): Promise<number> {
  let found = 0;
  for (let page = 1; page <= maxPages; page += 1) {
    const { data } = await tried(() => tools.app.request('GET /app/installations', { per_page: 100, page }));
    for (const { id, suspended_at: suspended } of data) {
      if (typeof suspended === 'string') continue;
      try {
        const client = await tools.installation(id);
        for (const repo of await repositories(client)) {
          await alive();
          found += await sweepRepository(tools, client, id, repo);
        }
      } catch (problem) {
        // One installation that fails must not hide the others.
        tools.log({ event: 'error', what: `issues of installation ${id}`, message: problem instanceof Error ? problem.message.slice(0, 200) : 'unknown' });
      }
    }
    if (data.length < 100) break;
  }
  return found;
}

interface Repo {
  readonly owner: string;
  readonly repo: string;
}

async function repositories(client: Client): Promise<readonly Repo[]> {
  const found: Repo[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { data } = await tried(() => client.request('GET /installation/repositories', { per_page: 100, page }));
    found.push(...data.repositories.filter(({ archived, disabled }) => !archived && !disabled).map(({ name, owner }) => ({ owner: owner.login, repo: name })));
    if (data.repositories.length < 100) break;
  }
  return found;
}

async function sweepRepository({ store, queue, now, log }: CatchUpTools, client: Client, installation: number, { owner, repo }: Repo): Promise<number> {
  const key = `issues ${owner}/${repo}`;
  const begun = now().getTime();
  const mark = await markOf(store, key);
  if (mark === undefined) {
    await keepMark(store, key, new Date(begun).toISOString());
    return 0;
  }
  const since = new Date(Date.parse(mark) - overlapMs).toISOString();
  let found = 0;
  let last: string | undefined;
  for (let page = 1; page <= maxPages; page += 1) {
    const asked = { owner, repo, state: 'all', sort: 'updated', direction: 'asc', since, per_page: 100, page } as const;
    const { data } = await tried(() => client.request('GET /repos/{owner}/{repo}/issues', asked));
    for (const issue of data) {
      last = issue.updated_at;
      if (issue.pull_request !== undefined || (await seen(store, `${owner}/${repo}#${issue.number}`, issue.updated_at))) continue;
      await queue.put({ owner, repo, number: issue.number, installation }, 0);
      found += 1;
    }
    if (data.length < 100) {
      last = new Date(begun).toISOString();
      break;
    }
  }
  if (last !== undefined) await keepMark(store, key, last);
  if (found > 0) log({ event: 'swept', repository: `${owner}/${repo}`, since, found });
  return found;
}

/** Whether the thread was read after this change. */
async function seen(store: Store, name: string, updatedAt: string): Promise<boolean> {
  const rows = await store.query('select ref from triage.thread where ref = $1 and settled is not null and seen_at >= $2::timestamptz', [name, updatedAt]);
  return rows.length > 0;
}

async function prune(store: Store): Promise<number> {
  const rows = await store.query(`delete from triage.delivery where received_at < now() - make_interval(days => $1) returning guid`, [keepDays]);
  await store.query(`delete from triage.action_log where planned_at < now() - make_interval(days => $1)`, [keepDays * 3]);
  await store.query(`delete from triage.lease where until < now() - make_interval(days => 1)`);
  return rows.length;
}
