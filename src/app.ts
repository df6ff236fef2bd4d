/** Door 1, the server: a webhook becomes a job, workers take jobs one by one. Without credentials it shows probot's set-up page. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { logLine } from './core/report/escape.ts';
import { guard } from './desk/guard.ts';
import { catchUp } from './world/catch-up.ts';
import { boundedFetch } from './world/client.ts';
import { deliveryIntake } from './world/deliveries.ts';
import { installationGone } from './world/github/errors.ts';
import type { Client } from './world/github/read-thread.ts';
import { ingest } from './world/ingest.ts';
import { metrics, openMetricsType } from './world/metrics.ts';
import { folderCache } from './world/official-binary.ts';
import { serverSettings, type ServerSettings } from './world/policy.ts';
import { openQueue } from './world/queue.ts';
import { diagnoseInSandbox } from './world/sandbox.ts';
import { openStore } from './world/store.ts';
import { triageThread } from './world/worker.ts';

guard();
const settings = serverSettings();
const { appId, privateKey, webhookSecret } = settings;
if (appId === undefined || privateKey === undefined) {
  const { run } = await import('probot');
  process.stdout.write(`No APP_ID and PRIVATE_KEY: the set-up page on http://localhost:${settings.port} registers the App and writes .env.\n`);
  await run(() => {});
} else if (webhookSecret === undefined || webhookSecret.length < 8 || webhookSecret === 'development') {
  process.stderr.write('WEBHOOK_SECRET is missing or too short: without one everybody could send events. Set the secret of the App and start again.\n');
  process.exitCode = 1;
} else {
  await serve({ ...settings, appId, privateKey, webhookSecret }).catch((problem: unknown) => {
    process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exit(1);
  });
}

async function serve(own: ServerSettings & { readonly appId: string; readonly privateKey: string; readonly webhookSecret: string }): Promise<void> {
  const log = (line: Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  let lastError: { readonly at: string; readonly message: string } | undefined;
  const failed = (problem: unknown): void => {
    lastError = { at: new Date().toISOString(), message: logLine(problem instanceof Error ? problem.message : 'unknown').slice(0, 200) };
    log({ event: 'error', message: lastError.message });
  };
  const counts = metrics();
  const store = await openStore(own, failed);
  const queue = await openQueue(store, failed, own.retrySeconds);
  const accept = deliveryIntake(store, queue, own.debounceSeconds);
  const github = await githubApp(own);
  let stopping = false;

  await queue.work(async (job, signal, attempt) => {
    const begun = performance.now();
    try {
      return await triageThread(job, {
        store,
        client: await github.installation(job.installation),
        self: await github.login(),
        secret: own.webhookSecret,
        writeGapMs: own.writeGapMs,
        attachmentOrigin: own.attachmentOrigin,
        archives: folderCache(join(own.dataFolder, 'archives')),
        diagnose: diagnoseInSandbox,
        now: () => new Date(),
        log,
        count: (what) => counts.count(what === 'paused' ? 'pauses' : what === 'writes' ? 'writes' : `jobs_${what}`),
        signal,
        attempt,
      });
    } catch (problem) {
      if (installationGone(problem)) {
        counts.count('jobs_gone');
        log({ event: 'gone', installation: job.installation });
        return undefined;
      }
      if (!stopping) {
        counts.count('jobs_failed');
        failed(problem);
      }
      throw problem;
    } finally {
      counts.took((performance.now() - begun) / 1000);
    }
  }, own.workers);

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const text = (status: number, body: string, type = 'text/plain'): void => void response.writeHead(status, { 'content-type': type }).end(body);
    if (request.method === 'POST' && pathname === '/api/github/webhooks') {
      ingest(request, response, {
        accept,
        secret: own.webhookSecret,
        self: github.knownLogin,
        count: (what) => counts.count(`deliveries_${what}`),
      }).catch(failed);
    } else if (pathname === '/ping') text(200, 'PONG');
    else if (pathname === '/healthz') {
      queue.depth().then(
        (depth) => text(200, JSON.stringify({ queue: depth, lastError: lastError?.message, lastErrorAt: lastError?.at }), 'application/json'),
        () => text(503, JSON.stringify({ lastError: 'the queue is not available' }), 'application/json'),
      );
    } else if (pathname === '/metrics') {
      queue.depth().then(
        (depth) => text(200, counts.text(depth), openMetricsType),
        () => text(503, ''),
      );
    } else text(404, 'not found');
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.on('error', (problem) => {
    process.stderr.write(`port ${own.port} cannot be used: ${problem.message}\n`);
    process.exit(1);
  });
  server.listen(own.port, () => log({ event: 'listening', port: own.port, queue: store.backend, workers: own.workers }));

  const look = (): Promise<void> =>
    catchUp({ store, queue, app: github.app, installation: github.installation, now: () => new Date(), log, writeGapMs: own.writeGapMs }).catch(
      (problem: unknown) => failed(problem),
    );
  const hourly = setInterval(() => void look(), own.catchUpSeconds * 1000);
  void look();

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log({ event: 'stopping' });
    clearInterval(hourly);
    server.close();
    server.closeIdleConnections();
    await queue.stop();
    await store.close();
    log({ event: 'stopped' });
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

interface GitHubApp {
  readonly app: Client;
  installation(id: number): Promise<Client>;
  /** `name[bot]`. */
  login(): Promise<string>;
  knownLogin(): string | undefined;
}

async function githubApp(own: {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly baseUrl?: string;
}): Promise<GitHubApp> {
  const { Probot, ProbotOctokit } = await import('probot');
  const base = own.baseUrl === undefined ? {} : { baseUrl: own.baseUrl };
  // Waiting and trying again is the queue's business: a client that does it too would hold a worker for minutes.
  // As a function, because probot lays its own `throttle` over plain defaults: that one waits up to 3 s before a write, and an hour at a limit.
  const client = ProbotOctokit.defaults((asked: { readonly request?: object }) => ({
    ...asked,
    ...base,
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { ...asked.request, fetch: boundedFetch },
  }));
  const probot = new Probot({ appId: own.appId, privateKey: own.privateKey, secret: own.webhookSecret, Octokit: client, logLevel: 'fatal', ...base });
  const app = await probot.auth();
  let self: string | undefined;
  return {
    app,
    installation: (id) => probot.auth(id),
    async login() {
      if (self === undefined) {
        const { data } = await app.request('GET /app');
        self = `${data?.slug ?? 'pprof-triage'}[bot]`;
      }
      return self;
    },
    knownLogin: () => self,
  };
}
