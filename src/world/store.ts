/** The database: PGlite in the data folder under an exclusive lock, or PostgreSQL; one set of tables, made on start. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fromPglite, type Db } from 'pg-boss';

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

/** Tables beside pg-boss's own; statements may run again on every start. */
const migrations = [
  `create table if not exists delivery (guid text primary key, event text not null, action text not null, thread text not null, received_at timestamptz not null default now(), state text not null default 'queued')`,
  `create table if not exists action_log (key text primary key, kind text not null, thread text not null, planned_at timestamptz not null default now(), done_at timestamptz, result text, error text)`,
  `create table if not exists thread (ref text primary key, title text not null default '', state text not null default 'open', comment_id text, evidence text, fingerprints text not null default '[]', updated_at timestamptz not null default now())`,
  `create table if not exists watermark (name text primary key, at text not null)`,
];

export async function openStore(settings: { readonly dataFolder: string; readonly databaseUrl?: string }): Promise<Store> {
  const store = settings.databaseUrl === undefined ? await openPglite(settings.dataFolder) : await openPostgres(settings.databaseUrl);
  for (const statement of migrations) await store.query(statement);
  return store;
}

async function openPglite(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  const release = lock(join(folder, 'server.lock'));
  try {
    const { PGlite } = await import('@electric-sql/pglite');
    const pglite = await PGlite.create(join(folder, 'pglite'));
    const db = fromPglite(pglite);
    return {
      backend: 'pglite',
      db,
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

/** Two processes on one PGlite folder destroy each other's rows: the second one must not start. */
function lock(path: string): () => void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (problem) {
      if (!(problem instanceof Error && 'code' in problem && problem.code === 'EEXIST')) throw problem;
      const owner = Number(readFileSync(path, 'utf8'));
      if (alive(owner))
        throw new Error(`another process (${owner}) uses this data folder: stop it first, or set DATABASE_URL to run several`, { cause: problem });
      rmSync(path, { force: true });
    }
  }
  throw new Error('the lock of the data folder could not be taken');
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function openPostgres(url: string): Promise<Store> {
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({ connectionString: url, max: 12 });
  return {
    backend: 'postgres',
    db: { executeSql: async (text, values) => ({ rows: (await pool.query(text, values)).rows }) },
    query: async (text, values) => (await pool.query<Record<string, unknown>>(text, values)).rows,
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const result = await work({ executeSql: async (text, values) => ({ rows: (await client.query(text, values)).rows }) });
        await client.query('commit');
        return result;
      } catch (problem) {
        await client.query('rollback');
        throw problem;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
