/** `pprof-triage backfill owner/repo`: fills the memory of similar issues from a repository's history, within GitHub's limits, resumable. */
import process from 'node:process';
import { downloader } from '../world/download.ts';
import { boundedFetch } from '../world/client.ts';
import { retryAfter, ThreadGone } from '../world/github/errors.ts';
import { readThread } from '../world/github/read-thread.ts';
import { rememberStacks } from '../world/memory.ts';
import { defaultPolicy, serverSettings } from '../world/policy.ts';
import { diagnoseInSandbox } from '../world/sandbox.ts';
import { openStore, type Store } from '../world/store.ts';
import { gather } from '../core/gather.ts';
import { leads } from '../core/leads.ts';
import type { Post, ThreadRef } from '../core/model.ts';

type Octokit = InstanceType<typeof import('@octokit/rest').Octokit>;

interface Run {
  readonly octokit: Octokit;
  readonly store: Store;
  readonly owner: string;
  readonly repo: string;
  readonly say: (text: string) => void;
}

/** Requests left at which we wait for the next hour. */
const reserve = 20;

/** GITHUB_TOKEN is used when set; without one GitHub answers 60 requests an hour. */
export async function run(args: readonly string[]): Promise<number> {
  const found = /^([\w.-]+)\/([\w.-]+)$/.exec(args[0] ?? '');
  if (found === null || args.includes('--help')) {
    (found === null ? process.stderr : process.stdout).write(
      'pprof-triage backfill owner/repo    reads the history of a repository (GITHUB_TOKEN; DATA_DIR or DATABASE_URL say where to keep it); stop and start it at will\n',
    );
    return found === null ? 2 : 0;
  }
  const [, owner = '', repo = ''] = found;
  const { Octokit } = await import('@octokit/rest');
  const settings = serverSettings();
  const octokit = new Octokit({
    auth: process.env['GITHUB_TOKEN'],
    baseUrl: settings.baseUrl ?? 'https://api.github.com',
    request: { fetch: boundedFetch },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const tty = process.stderr.isTTY;
  const say = (text: string): void => void process.stderr.write(tty ? `\r\u001b[K${text}` : `${text}\n`);
  let store: Store | undefined;
  try {
    store = await openStore(settings);
    const all: Run = { octokit, store, owner, repo, say };
    await find(all, 'issues');
    await find(all, 'comments');
    await readAll(all, settings.attachmentOrigin);
    return 0;
  } catch (problem) {
    say(`${problem instanceof Error ? problem.message : String(problem)}: run the same command again, it goes on where it stopped`);
    return 2;
  } finally {
    if (tty) process.stderr.write('\n');
    await store?.close();
  }
}

interface Listed {
  readonly number: number;
  readonly updatedAt: string;
  readonly post: Post;
}

/** All issues, or all comments, a hundred a request; threads with something to read in them are put down. */
async function find(all: Run, what: 'issues' | 'comments'): Promise<void> {
  const { store, owner, repo, say } = all;
  const key = `backfill ${owner}/${repo} ${what}`;
  const [mark] = await store.query('select at from triage.watermark where name = $1', [key]);
  let since = typeof mark?.['at'] === 'string' ? mark['at'] : '2014-01-01T00:00:00Z';
  for (let page = 1; ;) {
    const listed = await politely(all, () => list(all, what, since, page));
    for (const { number, post } of listed.items) {
      if (leadsIn(post)) await store.query('insert into triage.backfill (repo, number) values ($1, $2) on conflict do nothing', [`${owner}/${repo}`, number]);
    }
    const last = listed.items.at(-1)?.updatedAt;
    say(`looking at ${what}: up to ${last?.slice(0, 10) ?? 'now'}`);
    if (last !== undefined) await store.query('insert into triage.watermark (name, at) values ($1, $2) on conflict (name) do update set at = $2', [key, last]);
    if (!listed.full) return;
    // A hundred with the same time: the next page of them, else for ever the same.
    page = last === undefined || last === since ? page + 1 : 1;
    since = last ?? since;
  }
}

function leadsIn(post: Post): boolean {
  const thread = {
    ref: { owner: '', repo: '', number: 0 },
    title: '',
    author: '',
    state: 'open',
    locked: false,
    labels: [],
    removedLabels: [],
    createdAt: '',
    posts: [post],
  } as const;
  return leads(thread).some((lead) => lead.kind === 'paste' || (lead.kind === 'link' && (lead.host === 'attachment' || lead.host === 'gist')));
}

async function list(
  { octokit, owner, repo }: Run,
  what: 'issues' | 'comments',
  since: string,
  page: number,
): Promise<{ readonly items: readonly Listed[]; readonly full: boolean }> {
  const about = { owner, repo, sort: 'updated', direction: 'asc', since, per_page: 100, page } as const;
  const post = (id: string, body: string | null | undefined): Post => ({
    id,
    author: '',
    authorIsBot: false,
    association: 'NONE',
    body: (body ?? '').replaceAll('\r\n', '\n'),
    createdAt: '',
    updatedAt: '',
    own: false,
  });
  if (what === 'issues') {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/issues', { ...about, state: 'all' });
    const items = data
      .filter((issue) => issue.pull_request === undefined)
      .map((issue) => ({ number: issue.number, updatedAt: issue.updated_at, post: post('issue', issue.body) }));
    // The mark must move past a page of pull requests as well.
    const last = data.at(-1);
    return {
      items: last?.pull_request === undefined ? items : [...items, { number: last.number, updatedAt: last.updated_at, post: post('issue', '') }],
      full: data.length === 100,
    };
  }
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/issues/comments', about);
  const numberOf = (address: string): number => Number(/\/(\d+)$/.exec(address)?.[1] ?? 0);
  return {
    items: data.map((comment) => ({ number: numberOf(comment.issue_url), updatedAt: comment.updated_at, post: post(String(comment.id), comment.body) })),
    full: data.length === 100,
  };
}

async function readAll(all: Run, attachmentOrigin: string | undefined): Promise<void> {
  const { store, owner, repo, say } = all;
  const rows = await store.query('select number from triage.backfill where repo = $1 and not done order by number desc', [`${owner}/${repo}`]);
  let [read, kept] = [0, 0];
  for (const row of rows) {
    const ref: ThreadRef = { owner, repo, number: Number(row['number']) };
    kept += (await politely(all, () => readOne(all, ref, attachmentOrigin))) > 0 ? 1 : 0;
    read += 1;
    await store.query('update triage.backfill set done = true where repo = $1 and number = $2', [`${owner}/${repo}`, ref.number]);
    say(`reading threads with files: ${read} of ${rows.length}, ${kept} with a stack to remember (#${ref.number})`);
  }
}

async function readOne({ octokit, store }: Run, ref: ThreadRef, attachmentOrigin: string | undefined): Promise<number> {
  try {
    const thread = await readThread(octokit, ref);
    const gathered = await gather(leads(thread), thread.posts, { bytesOf: downloader(defaultPolicy, { attachmentOrigin }) });
    if (gathered.bundles.length === 0) return 0;
    const report = await diagnoseInSandbox({ thread, ...gathered, questions: { explain: [], compare: [], help: false }, policy: defaultPolicy });
    return await rememberStacks(store, ref, report);
  } catch (problem) {
    if (problem instanceof ThreadGone) return 0;
    throw problem;
  }
}

/** Waits when GitHub says so, as often as it says so, and before the hour's last requests are used up. */
async function politely<T>({ octokit, say }: Run, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (problem) {
      const wait = retryAfter(problem);
      if (wait === undefined) throw problem;
      say(`GitHub asks to wait ${Math.ceil(wait)} s`);
      await new Promise((resolve) => setTimeout(resolve, wait * 1000 + 1000));
      const { data } = await octokit.request('GET /rate_limit').catch(() => ({ data: undefined }));
      if (data !== undefined && data.resources.core.remaining < reserve)
        await new Promise((resolve) => setTimeout(resolve, Math.max(1000, data.resources.core.reset * 1000 - Date.now())));
    }
  }
}
