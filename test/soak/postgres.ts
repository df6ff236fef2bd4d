/** PostgreSQL in a temporary folder, from the system's package, that may be killed and started again. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { until } from '../double/app.ts';

/** Where Debian keeps the programs of each version. */
const versions = '/usr/lib/postgresql';

export interface OwnPostgres {
  readonly url: string;
  /** kill -9, and a new start, which replays what was committed. */
  killAndStart(): Promise<void>;
  stop(): Promise<void>;
}

/** Undefined where the system has no PostgreSQL. */
export async function startPostgres(): Promise<OwnPostgres | undefined> {
  const newest = existsSync(versions)
    ? readdirSync(versions)
        .toSorted((a, b) => Number(b) - Number(a))
        .find((version) => existsSync(join(versions, version, 'bin', 'initdb')))
    : undefined;
  if (newest === undefined) return undefined;
  const bin = join(versions, newest, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'soak-postgres-'));
  // It does not run as root: then as the user that its package made.
  const root = process.getuid?.() === 0;
  const id = (what: '-u' | '-g'): number => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
  const as = root ? { uid: id('-u'), gid: id('-g') } : {};
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-instructions'], { ...as, cwd: folder, stdio: 'ignore' });
  const port = await freePort();
  let server: ChildProcess;
  const run = async (): Promise<void> => {
    server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=60'], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    });
    await until(() => server.exitCode !== null || ready(), 2000);
  };
  const ready = (): boolean => {
    try {
      execFileSync(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  // After a kill its children hold the shared memory for a moment, and it says so and ends.
  const start = async (): Promise<void> => {
    await run();
    if (!(await until(async () => ready() || (server.exitCode !== null && (await run(), ready())), 60_000))) throw new Error('PostgreSQL does not start');
  };
  const end = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      server.once('exit', () => resolve());
      server.kill(signal);
    });
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async killAndStart() {
      await end('SIGKILL');
      await start();
    },
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
