/** One process for a data folder: held by a socket in it, which ends with its process, in whatever container that ran. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Longest path of a socket that all systems take (sun_path of macOS: 104 bytes). */
const longestPath = 100;

/** Rejects with a sentence for the operator when another process has the folder. A number of a process would lie across containers. */
export async function lockFolder(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const path = socketOf(realpathSync(folder));
  const token = `${process.pid} ${randomBytes(8).toString('hex')}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(path, token);
    if (server !== undefined) {
      // Two that found the same dead socket may both have replaced it: the last one has the path.
      await new Promise((resolve) => setTimeout(resolve, 150));
      if ((await ask(path)) === token) return () => void server.close();
      server.close();
    }
    const owner = await ask(path);
    if (owner !== undefined)
      throw new Error(
        `another process (${owner === '' ? 'busy' : owner.split(' ')[0]}) uses this data folder: stop it first, or set DATABASE_URL to run several`,
      );
    moveAside(path);
  }
  throw new Error('the lock of the data folder could not be taken: is it on a disk that knows no sockets? set DATABASE_URL then');
}

function socketOf(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\pprof-triage-${name}`;
  const inside = join(folder, 'server.sock');
  return Buffer.byteLength(inside) <= longestPath ? inside : join(tmpdir(), `pprof-triage-${name}.sock`);
}

/** Undefined when the path is taken, by the living or the dead. */
function listen(path: string, token: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(token));
    server.unref();
    server.once('error', (problem: Error & { readonly code?: string }) => (problem.code === 'EADDRINUSE' ? resolve(undefined) : reject(problem)));
    server.listen(path, () => resolve(server));
  });
}

/** What the owner says; '' when it is alive but too busy to speak; undefined when nobody listens. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    socket.setTimeout(2000, () => {
      socket.destroy();
      resolve(said);
    });
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    socket.on('end', () => resolve(said));
    socket.on('error', () => resolve(undefined));
  });
}

function moveAside(path: string): void {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else moved it first.
  }
}
