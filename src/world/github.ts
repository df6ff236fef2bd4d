/** Thread in, actions out: the only file that speaks GitHub's API of issues. */
import type { Octokit } from '@octokit/rest';
import type { Action, Post, Thread, ThreadRef } from '../core/model.ts';

/** The part of octokit that is used, so that probot's and @octokit/rest's clients both fit. */
export type Client = Pick<Octokit, 'request' | 'paginate'>;

/** A thread that is gone: deleted, transferred, converted to a discussion, or closed to us. */
export class ThreadGone extends Error {}

/** Comments read of one thread; longer threads are read to here. */
const maxComments = 1000;

/** Reads the issue, its comments and who took labels off. `self` is our own login (`name[bot]`), if known. */
export async function readThread(client: Client, ref: ThreadRef, self?: string): Promise<Thread> {
  const at = { owner: ref.owner, repo: ref.repo, issue_number: ref.number };
  const issue = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}', at).catch(gone);
  const comments = await pages(client, ref);
  const removed = await removedLabels(client, ref, self);
  const { data } = issue;
  const opening: Post = {
    id: 'issue',
    author: data.user?.login ?? 'ghost',
    authorIsBot: data.user?.type === 'Bot',
    association: data.author_association ?? 'NONE',
    body: lines(data.body ?? ''),
    createdAt: data.created_at,
    updatedAt: data.updated_at,
    own: false,
  };
  return {
    ref,
    title: data.title,
    author: opening.author,
    state: data.state === 'closed' ? 'closed' : 'open',
    locked: data.locked,
    labels: data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
    removedLabels: removed,
    createdAt: data.created_at,
    posts: [opening, ...comments.map((comment) => ({ ...comment, own: self !== undefined && comment.author === self && comment.authorIsBot }))],
  };
}

async function pages(client: Client, ref: ThreadRef): Promise<readonly Omit<Post, 'own'>[]> {
  const found: Omit<Post, 'own'>[] = [];
  for (let page = 1; found.length < maxComments; page += 1) {
    const { data } = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner: ref.owner,
      repo: ref.repo,
      issue_number: ref.number,
      per_page: 100,
      page,
    });
    for (const comment of data) {
      found.push({
        id: String(comment.id),
        author: comment.user?.login ?? 'ghost',
        authorIsBot: comment.user?.type === 'Bot',
        association: comment.author_association ?? 'NONE',
        body: lines(comment.body ?? ''),
        createdAt: comment.created_at,
        updatedAt: comment.updated_at,
      });
    }
    if (data.length < 100) break;
  }
  return found;
}

/** Labels that somebody else took off last; a repository without events costs nothing but this. */
async function removedLabels(client: Client, ref: ThreadRef, self: string | undefined): Promise<readonly string[]> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/events', {
      owner: ref.owner,
      repo: ref.repo,
      issue_number: ref.number,
      per_page: 100,
    });
    const off = new Set<string>();
    for (const event of data) {
      const name = 'label' in event ? event.label?.name : undefined;
      if (name === undefined || name === null) continue;
      if (event.event === 'unlabeled' && event.actor?.login !== self) off.add(name);
      if (event.event === 'labeled' && event.actor?.login !== self) off.delete(name);
    }
    return [...off];
  } catch (problem) {
    if (statusOf(problem) === 404) return [];
    throw problem;
  }
}

function lines(body: string): string {
  return body.replaceAll('\r\n', '\n');
}

/** Carries out one action; a create is looked for before it is done, because its outcome may be unknown. */
export async function perform(client: Client, ref: ThreadRef, action: Action, self?: string): Promise<{ readonly comment?: string }> {
  const at = { owner: ref.owner, repo: ref.repo };
  switch (action.kind) {
    case 'create comment': {
      const there = (await pages(client, ref)).find((post) => post.body.includes(action.marker) && (self === undefined || post.author === self));
      if (there !== undefined) return { comment: there.id };
      const { data } = await client
        .request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, issue_number: ref.number, body: action.body })
        .catch(gone);
      return { comment: String(data.id) };
    }
    case 'update comment':
      await client.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...at, comment_id: Number(action.id), body: action.body }).catch(gone);
      return { comment: action.id };
    case 'add labels':
      await client
        .request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...at, issue_number: ref.number, labels: [...action.labels] })
        .catch(gone);
      return {};
    case 'remove labels':
      for (const name of action.labels) {
        await client
          .request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...at, issue_number: ref.number, name })
          .catch((problem: unknown) => {
            if (statusOf(problem) !== 404) throw problem;
          });
      }
      return {};
  }
}

/** `eyes` while working; reactions notify nobody. A repository that forbids them is not worth a word. */
export async function react(client: Client, ref: ThreadRef, content: 'eyes' | 'rocket'): Promise<number | undefined> {
  try {
    const { data } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/reactions', {
      owner: ref.owner,
      repo: ref.repo,
      issue_number: ref.number,
      content,
    });
    return data.id;
  } catch {
    return undefined;
  }
}

export async function unreact(client: Client, ref: ThreadRef, id: number | undefined): Promise<void> {
  if (id === undefined) return;
  await client
    .request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}', {
      owner: ref.owner,
      repo: ref.repo,
      issue_number: ref.number,
      reaction_id: id,
    })
    .catch(() => undefined);
}

/** Text of a file of the default branch; undefined when there is none. */
export async function readFileOf(client: Client, { owner, repo }: Pick<ThreadRef, 'owner' | 'repo'>, path: string): Promise<string | undefined> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/contents/{path}', { owner, repo, path });
    return 'content' in data && typeof data.content === 'string' ? Buffer.from(data.content, 'base64').toString('utf8') : undefined;
  } catch (problem) {
    if (statusOf(problem) === 404) return undefined;
    throw problem;
  }
}

/** HTTP status of a failed request. */
export function statusOf(problem: unknown): number | undefined {
  return problem instanceof Error && 'status' in problem && typeof problem.status === 'number' ? problem.status : undefined;
}

/** Seconds to wait when GitHub says that we are too fast; undefined for other failures. */
export function retryAfter(problem: unknown): number | undefined {
  const status = statusOf(problem);
  if (status !== 403 && status !== 429) return undefined;
  const headers =
    problem instanceof Error && 'response' in problem && typeof problem.response === 'object' && problem.response !== null && 'headers' in problem.response
      ? new Map(Object.entries(Object(problem.response.headers)))
      : new Map<string, unknown>();
  const wait = Number(headers.get('retry-after'));
  if (Number.isFinite(wait) && wait > 0) return wait;
  const reset = Number(headers.get('x-ratelimit-reset'));
  if (headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) return Math.max(1, reset - Date.now() / 1000);
  return problem instanceof Error && /rate limit|abuse/i.test(problem.message) ? 60 : undefined;
}

function gone(problem: unknown): never {
  const status = statusOf(problem);
  if (status === 404 || status === 410 || status === 301 || (status === 403 && retryAfter(problem) === undefined) || status === 422)
    throw new ThreadGone(`the thread is locked, gone or moved (${status})`, { cause: problem });
  throw problem;
}
