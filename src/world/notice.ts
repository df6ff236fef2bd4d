/** Errors of a repository's policy told to its maintainers in one place: one issue, kept up to date, closed when all is well. */
import type { Policy, ThreadRef } from '../core/model.ts';
import { inline } from '../core/report/escape.ts';
import type { Client } from './github/read-thread.ts';
import { statusOf } from './github/errors.ts';
import { policyFile } from './policy.ts';
import type { Store } from './store.ts';

const title = 'pprof-triage cannot read its policy';

export interface NoticeTools {
  readonly store: Store;
  readonly client: Client;
  readonly self: string;
  /** Called before each write. */
  readonly beforeWrite: () => Promise<void>;
}

/** Asks GitHub only when the errors are others than last time. In shadow mode nothing is written, here as elsewhere. */
export async function notifyOfPolicy({ owner, repo }: Pick<ThreadRef, 'owner' | 'repo'>, policy: Policy, tools: NoticeTools): Promise<void> {
  const { store, client } = tools;
  const key = `notice ${owner}/${repo}`;
  const [row] = await store.query('select at from triage.watermark where name = $1', [key]);
  const last = typeof row?.['at'] === 'string' ? row['at'] : '';
  const now = policy.errors.join('\n');
  if (last === now || policy.silent === true) return;
  const open = await noticeOf(tools, owner, repo);
  const body = bodyOf(policy.errors);
  if (policy.errors.length === 0) {
    if (open !== undefined) {
      await tools.beforeWrite();
      await client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
        owner,
        repo,
        issue_number: open.number,
        state: 'closed',
        state_reason: 'completed',
      });
    }
  } else if (open === undefined) {
    await tools.beforeWrite();
    await client.request('POST /repos/{owner}/{repo}/issues', { owner, repo, title, body });
  } else if (open.body.trimEnd() !== body.trimEnd()) {
    await tools.beforeWrite();
    await client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { owner, repo, issue_number: open.number, body });
  }
  await store.query('insert into triage.watermark (name, at) values ($1, $2) on conflict (name) do update set at = $2', [key, now]);
}

/** Our own open notice; looked for before one is made. */
async function noticeOf({ client, self }: NoticeTools, owner: string, repo: string): Promise<{ readonly number: number; readonly body: string } | undefined> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/issues', { owner, repo, creator: self, state: 'open', per_page: 100 });
    const found = data.find((issue) => issue.title === title && issue.user?.login === self);
    return found === undefined ? undefined : { number: found.number, body: (found.body ?? '').replaceAll('\r\n', '\n') };
  } catch (problem) {
    // Some servers answer 422 for a creator that never wrote anything.
    if (statusOf(problem) === 422 || statusOf(problem) === 404) return undefined;
    throw problem;
  }
}

function bodyOf(errors: readonly string[]): string {
  return [
    `The file \`${policyFile}\` on the default branch has errors:`,
    errors
      .slice(0, 20)
      .map((error) => `- ${inline(error)}`)
      .join('\n'),
    'Where an entry decides in which issues to answer, nothing is written in issues until it is right. This issue is closed by itself then.',
  ].join('\n\n');
}
