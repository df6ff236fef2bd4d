/** The real server as a child process against the double: how the demo and the end-to-end tests run it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import process from 'node:process';

export const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

/** Not a secret of anything: the double signs with it. */
export const hookSecret = 'only-for-the-double';

export interface RunningApp {
  readonly origin: string;
  readonly child: ChildProcess;
  /** Lines of the server's log. */
  readonly log: string[];
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A GitHub on loopback: the double, or somebody else's. It is told where to send webhooks. */
export interface GitHubSide {
  readonly origin: string;
  hook?: { readonly url: string; readonly secret: string } | undefined;
}

/** Starts the server on a free port, or that of `PORT`, and waits until it answers. */
export async function startApp(github: GitHubSide, dataFolder: string, extra: Readonly<Record<string, string>> = {}, door = 'src/app.ts'): Promise<RunningApp> {
  const port = Number(extra['PORT'] ?? (await freePort()));
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    DATA_DIR: dataFolder,
    APP_ID: '1',
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: hookSecret,
    GITHUB_API_URL: github.origin,
    ATTACHMENT_ORIGIN: github.origin,
    DEBOUNCE_SECONDS: '0',
    WRITE_GAP_MS: '0',
    RETRY_SECONDS: '1',
    ...extra,
  };
  const child = spawn(process.execPath, ['--no-warnings', door], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => log.push(chunk.toString('utf8')));
  github.hook = { url: `${origin}/api/github/webhooks`, secret: hookSecret };
  await until(async () => (await fetch(`${origin}/ping`).catch(() => undefined))?.status === 200 || child.exitCode !== null, 90_000);
  if (child.exitCode !== null) throw new Error(`the server ended: ${log.join('').slice(-2000)}`);
  return {
    origin,
    child,
    log,
    kill: (signal) =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill(signal);
      }),
  };
}

/** Asks every 50 ms until it holds; false when the time is over. */
export async function until(holds: () => Promise<boolean> | boolean, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
