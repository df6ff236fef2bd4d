/** The database: PGlite in the data folder under an exclusive lock, or PostgreSQL; one set of tables, made on start. */
import { join } from 'node:path';
import { fromPglite, type Db } from 'pg-boss';
import { lockFolder } from './folder-lock.ts';

/** Rows of a statement; columns are read by name. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

export interface Store {
  /** `pglite` has one process; there, jobs that were running when it died can be taken back at once. */
  readonly backend: 'pglite' | 'postgres';
  readonly db: Db;
  query(text: string, values?: unknown[]): Promise<Rows>;
  /** All statements through the given database commit together or not at all. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Tables beside pg-boss's own, in the order in which they came to be: append, never edit. */
const migrations = [
  `create table triage.delivery (guid text primary key, event text not null, action text not null, thread text not null, received_at timestamptz not null default now(), state text not null default 'queued');
   create index delivery_thread on triage.delivery (thread) where state <> 'done';
   create index delivery_received on triage.delivery (received_at);
   create table triage.action_log (key text primary key, kind text not null, thread text not null, planned_at timestamptz not null default now(), done_at timestamptz, result text, error text);
   create table triage.thread (ref text primary key, comment_id text, told text, told_at timestamptz, settled text, seen_at timestamptz, updated_at timestamptz not null default now());
   create table triage.stack (ref text not null, repo text not null, frames text[] not null, fixed_in text);
   create index stack_ref on triage.stack (ref);
   create index stack_place on triage.stack (repo, (frames[1]));
   create table triage.backfill (repo text not null, number int not null, done boolean not null default false, primary key (repo, number));
   create table triage.watermark (name text primary key, at text not null);
   create table triage.lease (name text primary key, holder text not null, until timestamptz not null);
   create table triage.pace (installation bigint primary key, next_write timestamptz not null default now(), paused_until timestamptz not null default now())`,
];

/** Several processes may start at once on PostgreSQL: they take turns. */
async function migrate(store: Store): Promise<void> {
  await store.transaction(async (db) => {
    await db.executeSql('select pg_advisory_xact_lock(748213)');
    await db.executeSql('create schema if not exists triage');
    await db.executeSql('create table if not exists triage.migration (number int primary key, at timestamptz not null default now())');
    const { rows } = await db.executeSql('select number from triage.migration');
    for (const [number, statements] of migrations.entries()) {
      if (rows.some((row) => row.number === number)) continue;
      for (const statement of statements.split(';\n')) await db.executeSql(statement);
      await db.executeSql('insert into triage.migration (number) values ($1)', [number]);
    }
  });
}

/** `onError` hears of connections that break while nobody uses them; the next statement opens a new one. */
export async function openStore(
  settings: { readonly dataFolder: string; readonly databaseUrl?: string; readonly workers?: number },
  onError: (problem: Error) => void = () => {},
): Promise<Store> {
  const store =
    settings.databaseUrl === undefined ? await openPglite(settings.dataFolder) : await openPostgres(settings.databaseUrl, settings.workers ?? 1, onError);
  await migrate(store);
  // Here is one process only: what another one held, it held when it died.
  if (store.backend === 'pglite') await store.query('delete from triage.lease');
  return store;
}

async function openPglite(folder: string): Promise<Store> {
  const release = await lockFolder(folder);
  try {
    const { PGlite } = await import('@electric-sql/pglite');
    const pglite = await PGlite.create(join(folder, 'pglite'));
    return {
      backend: 'pglite',
      db: fromPglite(pglite),
      query: async (text, values) => (await pglite.query<Record<string, unknown>>(text, values)).rows,
      transaction: (work) => pglite.transaction((inner) => work({ executeSql: async (text, values) => ({ rows: (await inner.query(text, values)).rows }) })),
      close: async () => {
        await pglite.close();
        release();
      },
    };
  } catch (problem) {
    release();
    throw problem;
  }
}

async function openPostgres(url: string, workers: number, onError: (problem: Error) => void): Promise<Store> {
  const { Pool } = (await import('pg')).default;
  // A statement of ours takes milliseconds: one that does not come back holds a worker and the webhook's answer.
  const pool = new Pool({
    connectionString: url,
    max: workers + 10,
    connectionTimeoutMillis: 8000,
    // A new connection costs a process of the server: they outlive the pauses between two webhooks.
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    keepAlive: true,
    application_name: 'pprof-triage',
  });
  pool.on('error', onError);
  return {
    backend: 'postgres',
    db: { executeSql: async (text, values) => ({ rows: rowsOf(await pool.query(text, values)) }) },
    query: async (text, values) => (await pool.query<Record<string, unknown>>(text, values)).rows,
    async transaction(work) {
      const client = await pool.connect();
      // A connection that breaks says so to whoever holds it; the statement in hand fails anyway.
      client.on('error', onError);
      let broken: Error | undefined;
      try {
        await client.query('begin');
        const result = await work({ executeSql: async (text, values) => ({ rows: (await client.query(text, values)).rows }) });
        await client.query('commit');
        return result;
      } catch (problem) {
        await client.query('rollback').catch((worse: unknown) => (broken = worse instanceof Error ? worse : new Error('the rollback failed')));
        throw problem;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** pg-boss sends several statements at once: pg answers those with a list of results. */
function rowsOf(result: { readonly rows: unknown[] } | readonly { readonly rows: unknown[] }[]): unknown[] {
  return 'rows' in result ? result.rows : result.flatMap(({ rows }) => rows);
}
