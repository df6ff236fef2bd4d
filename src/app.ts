/** Door 1, the server: a webhook becomes a job, workers take jobs one by one. Without credentials it shows probot's set-up page. */
import { createServer } from 'node:http';
import process from 'node:process';
import { guard } from './desk/guard.ts';
import { ingest } from './world/ingest.ts';
import { serverSettings, type ServerSettings } from './world/policy.ts';
import { openQueue } from './world/queue.ts';
import { openStore } from './world/store.ts';
import { triageThread } from './world/worker.ts';

guard();
const settings = serverSettings();
const { appId, privateKey, webhookSecret } = settings;
if (appId === undefined || privateKey === undefined) {
  const { run } = await import('probot');
  process.stdout.write(`No APP_ID and PRIVATE_KEY: the set-up page on http://localhost:${settings.port} registers the App and writes .env.\n`);
  await run(() => {});
} else if (webhookSecret === undefined || webhookSecret === '' || webhookSecret === 'development') {
  process.stderr.write('WEBHOOK_SECRET is missing: without one everybody could send events. Set the secret of the App and start again.\n');
  process.exitCode = 1;
} else {
  await serve({ ...settings, appId, privateKey, webhookSecret });
}

async function serve(own: ServerSettings & { readonly appId: string; readonly privateKey: string; readonly webhookSecret: string }): Promise<void> {
  const { Probot, ProbotOctokit } = await import('probot');
  const log = (line: Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  let lastError: string | undefined;
  const failed = (problem: unknown): void => {
    lastError = problem instanceof Error ? problem.message.slice(0, 200) : 'unknown';
    log({ event: 'error', message: lastError });
  };
  // Waiting and trying again is the queue's business: a client that does it too would hold a worker for minutes.
  const client = ProbotOctokit.defaults({
    throttle: { enabled: false },
    retry: { enabled: false },
    ...(own.baseUrl === undefined ? {} : { baseUrl: own.baseUrl }),
  });
  const probot = new Probot({
    appId: own.appId,
    privateKey: own.privateKey,
    secret: own.webhookSecret,
    Octokit: client,
    logLevel: 'fatal',
    ...(own.baseUrl === undefined ? {} : { baseUrl: own.baseUrl }),
  });
  const store = await openStore(own);
  const queue = await openQueue(store, failed);
  const counts = { accepted: 0, duplicate: 0, ignored: 0, refused: 0 };
  let self: string | undefined;
  const login = async (): Promise<string> => {
    if (self === undefined) {
      const { data } = await (await probot.auth()).request('GET /app');
      self = `${data?.slug ?? 'pprof-triage'}[bot]`;
    }
    return self;
  };
  let pausedUntil = 0;
  await queue.work(async (job) => {
    const wait = pausedUntil - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 240_000)));
    try {
      await triageThread(job, {
        store,
        client: await probot.auth(job.installation),
        self: await login(),
        secret: own.webhookSecret,
        writeGapMs: own.writeGapMs,
        attachmentOrigin: own.attachmentOrigin,
        now: () => new Date(),
        log,
        pause: (seconds) => (pausedUntil = Date.now() + seconds * 1000),
      });
    } catch (problem) {
      failed(problem);
      throw problem;
    }
  }, own.workers);

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const text = (status: number, body: string, type = 'text/plain'): void => void response.writeHead(status, { 'content-type': type }).end(body);
    if (request.method === 'POST' && pathname === '/api/github/webhooks') {
      ingest(request, response, {
        store,
        queue,
        secret: own.webhookSecret,
        debounceSeconds: own.debounceSeconds,
        self: () => self,
        count: (what) => (counts[what] += 1),
      }).catch(failed);
    } else if (pathname === '/ping') text(200, 'PONG');
    else if (pathname === '/healthz') {
      queue.depth().then(
        (depth) => text(200, JSON.stringify({ queue: depth, lastError }), 'application/json'),
        () => text(503, JSON.stringify({ lastError: 'the queue is not available' }), 'application/json'),
      );
    } else if (pathname === '/metrics') {
      queue.depth().then(
        (depth) => text(200, metrics({ ...counts, ...depth })),
        () => text(503, ''),
      );
    } else text(404, 'not found');
  });
  server.requestTimeout = 30_000;
  server.listen(own.port, () => log({ event: 'listening', port: own.port, queue: store.backend }));

  const stop = async (): Promise<void> => {
    log({ event: 'stopping' });
    server.close();
    await queue.stop();
    await store.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

/** Prometheus text. */
function metrics(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `pprof_triage_${name} ${value}\n`)
    .join('');
}
