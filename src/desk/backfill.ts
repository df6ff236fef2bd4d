/** `pprof-triage backfill owner/repo`: fills the memory of similar issues from a repository's history, resumable. */
import process from 'node:process';
import { complaint } from '../core/complaint.ts';
import { diagnose } from '../core/diagnose.ts';
import { leads } from '../core/leads.ts';
import type { Bundle } from '../core/model.ts';
import { download } from '../world/download.ts';
import { readThread, retryAfter } from '../world/github.ts';
import { defaultPolicy, serverSettings } from '../world/policy.ts';
import { openStore } from '../world/store.ts';
import { remember } from '../world/worker.ts';

/** GITHUB_TOKEN is used when set; without one GitHub answers 60 requests an hour. */
export async function run(args: readonly string[]): Promise<number> {
  const found = /^([\w.-]+)\/([\w.-]+)$/.exec(args[0] ?? '');
  if (found === null) {
    process.stderr.write('pprof-triage backfill owner/repo\n');
    return 2;
  }
  const [, owner = '', repo = ''] = found;
  const { Octokit } = await import('@octokit/rest');
  const octokit = new Octokit({ auth: process.env['GITHUB_TOKEN'], log: { debug() {}, info() {}, warn() {}, error() {} } });
  const store = await openStore(serverSettings());
  try {
    const name = `backfill ${owner}/${repo}`;
    const [mark] = await store.query('select at from watermark where name = $1', [name]);
    let since = typeof mark?.['at'] === 'string' ? mark['at'] : '2014-01-01T00:00:00Z';
    for (let done = 0; ;) {
      const { data } = await octokit.rest.issues.listForRepo({ owner, repo, state: 'all', sort: 'updated', direction: 'asc', since, per_page: 100 });
      const fresh = data.filter((issue) => issue.pull_request === undefined);
      for (const issue of fresh) {
        await one(octokit, { owner, repo, number: issue.number });
        done += 1;
        process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${done} issues, up to ${issue.updated_at}${process.stderr.isTTY ? '' : '\n'}`);
        await store.query('insert into watermark (name, at) values ($1, $2) on conflict (name) do update set at = $2', [name, issue.updated_at]);
      }
      const last = data.at(-1)?.updated_at;
      if (data.length < 100 || last === undefined || last === since) break;
      since = last;
    }
    return 0;
  } catch (problem) {
    const wait = retryAfter(problem);
    process.stderr.write(
      wait === undefined
        ? `${problem instanceof Error ? problem.message : String(problem)}\n`
        : `GitHub asks to wait ${Math.ceil(wait)} s: run the same command again then, it goes on where it stopped\n`,
    );
    return 2;
  } finally {
    await store.close();
  }

  async function one(client: typeof octokit, ref: { readonly owner: string; readonly repo: string; readonly number: number }): Promise<void> {
    const thread = await readThread(client, ref);
    const fetched = await Promise.all(leads(thread).map((lead) => download(lead, defaultPolicy)));
    const bundles = fetched.filter((got): got is Bundle => 'bytes' in got);
    if (bundles.length === 0) return;
    const { report } = await diagnose(bundles, { complaint: complaint(thread) });
    await remember(store, `${owner}/${repo}#${ref.number}`, thread.title, thread.state, report, undefined);
  }
}
