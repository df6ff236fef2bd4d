/**
 * One process for a data folder. Each that wants it listens on a socket of its own beside the others', so that a dead one can be removed without
 * ever removing a living one: a socket ends with its process, in whatever container that ran, where the number of a process would lie.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Longest path of a socket that all systems take (sun_path of macOS: 104 bytes). */
const longestPath = 100;
/** Between two questions to a process that has not decided yet, milliseconds. */
const pause = 20;
const wanting = 'wanting';

/** Rejects with a sentence for the operator when another process has the folder. */
export async function lockFolder(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const real = realpathSync(folder);
  if (process.platform === 'win32') return lockPipe(real);
  const unique = randomBytes(6).toString('hex');
  const { place, name } = socketsOf(real);
  const own = `${name}.${unique}.sock`;
  let state = wanting;
  const server = await listen(join(place, `.${name}.${unique}`), () => `${state} ${process.pid}`);
  // Seen by others only now that it answers.
  renameSync(join(place, `.${name}.${unique}`), join(place, own));
  const release = (): void => {
    server.close();
    rmSync(join(place, own), { force: true });
  };
  try {
    // Whoever comes after this list was made sees this one.
    for (const other of readdirSync(place))
      if (other !== own && other.startsWith(`${name}.`) && other.endsWith('sock')) await outlast(join(place, other), other < own);
  } catch (problem) {
    release();
    throw problem;
  }
  state = 'owner';
  return release;
}

/** Resolves when that one is gone. Of two that want it the first by name waits for what the other decides, and the other gives up. */
async function outlast(path: string, first: boolean): Promise<void> {
  for (;;) {
    const said = await ask(path);
    if (said === undefined) return rmSync(path, { force: true });
    if (first || !said.startsWith(wanting)) throw taken(said);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** The system itself lets only one have a pipe, and takes it from the dead. */
async function lockPipe(folder: string): Promise<() => void> {
  const path = String.raw`\\.\pipe\pprof-triage-${digest(folder)}`;
  try {
    const server = await listen(path, () => `owner ${process.pid}`);
    return () => void server.close();
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'EADDRINUSE') throw taken((await ask(path)) ?? '');
    throw problem;
  }
}

function taken(said: string): Error {
  const pid = /\d+/.exec(said)?.[0] ?? 'busy';
  return new Error(`another process (${pid}) uses this data folder: stop it first, or set DATABASE_URL to run several`);
}

function socketsOf(folder: string): { readonly place: string; readonly name: string } {
  return Buffer.byteLength(join(folder, 'server.0123456789ab.sock')) <= longestPath
    ? { place: folder, name: 'server' }
    : { place: tmpdir(), name: `pprof-triage-${digest(folder)}` };
}

function digest(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16);
}

function listen(path: string, answer: () => string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(answer()));
    server.unref();
    server.once('error', (problem: Error & { readonly code?: string }) =>
      reject(
        problem.code === 'EADDRINUSE'
          ? problem
          : new Error(`the data folder cannot be locked (${problem.code ?? problem.message}): is it on a disk that knows no sockets? set DATABASE_URL then`),
      ),
    );
    server.listen(path, () => resolve(server));
  });
}

/** Codes of connect when nobody listens there any more. */
const dead: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

/** `wanting PID` or `owner PID`; '' when it is alive but too busy to speak; undefined when nobody listens. */
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
    socket.on('error', (problem: Error & { readonly code?: string }) => resolve(dead.has(problem.code ?? '') ? undefined : said));
  });
}
