/** One worker in this process against the double and a PGlite of its own: how tests run single jobs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { complaint } from '../../src/core/complaint.ts';
import { diagnose } from '../../src/core/diagnose.ts';
import { boundedFetch } from '../../src/world/client.ts';
import { openStore, type Store } from '../../src/world/store.ts';
import { triageThread, type WorkTools } from '../../src/world/worker.ts';
import { bot, GitHubDouble } from './github.ts';
import { shippedLockTable } from '../../src/world/lock-table.ts';

export interface TestWorker {
  readonly double: GitHubDouble;
  readonly store: Store;
  readonly client: Octokit;
  /** Lines of the log. */
  readonly log: Readonly<Record<string, unknown>>[];
  run(number: number, other?: Partial<WorkTools>): Promise<number | undefined>;
  /** Requests that changed something, since a number of requests. */
  writes(since: number): readonly string[];
  close(): Promise<void>;
}

export async function startWorker(): Promise<TestWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'worker-'));
  const store = await openStore({ dataFolder: folder });
  const double = await new GitHubDouble().start();
  const client = new Octokit({
    auth: 'token',
    baseUrl: double.origin,
    request: { fetch: boundedFetch },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const log: Readonly<Record<string, unknown>>[] = [];
  const tools: WorkTools = {
    store,
    client,
    self: bot,
    secret: 'a secret of this test',
    writeGapMs: 0,
    attachmentOrigin: double.origin,
    diagnose: async ({ bundles, thread, refusals, questions, policy }) =>
      (await diagnose(bundles, { complaint: complaint(thread), refusals, questions, policy, posts: thread.posts, lockTable: shippedLockTable })).report,
    now: () => new Date(),
    log: (line) => void log.push(line),
    count: () => {},
    signal: new AbortController().signal,
    attempt: 0,
  };
  return {
    double,
    store,
    client,
    log,
    run: (number, other = {}) => triageThread({ owner: 'ipfs', repo: 'kubo', number, installation: 1 }, { ...tools, ...other }),
    writes: (since) => double.requests.slice(since).filter((call) => !call.startsWith('GET') && call !== 'POST /graphql'),
    async close() {
      await store.close();
      await double.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A goroutine that hangs in two functions of our own, as a person pastes it. */
export function pasted(goroutine = 7, where = 'Blocked'): string {
  return `\`\`\`\ngoroutine ${goroutine} [chan receive, 12 minutes]:\ngithub.com/ipfs/kubo/core.(*Node).${where}()\n\t/src/core.go:10 +0x20\ngithub.com/ipfs/kubo/commands.run()\n\t/src/run.go:20 +0x20\n\`\`\``;
}
