/** Carries out one action, and the small signs beside: a reaction while working, a file of the repository read. */
import type { Action, ThreadRef } from '../../core/model.ts';
import { gone, statusOf } from './errors.ts';
import { commentsOf, type Client } from './read-thread.ts';

/** A create is looked for before it is done, because its outcome may be unknown. Answers with the id of the comment that it made or changed. */
export async function perform(client: Client, ref: ThreadRef, action: Action, self?: string): Promise<string | undefined> {
  const at = { owner: ref.owner, repo: ref.repo };
  const issue = { ...at, issue_number: ref.number };
  switch (action.kind) {
    case 'create comment': {
      const there = (await commentsOf(client, ref)).find(
        (post) => post.body.includes(action.marker) && (self === undefined || post.author === self) && !action.besides.includes(post.id),
      );
      if (there !== undefined) return there.id;
      const { data } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...issue, body: action.body }).catch(gone);
      return String(data.id);
    }
    case 'update comment':
      await client.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...at, comment_id: Number(action.id), body: action.body }).catch(gone);
      return action.id;
    case 'delete comment':
      await client.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...at, comment_id: Number(action.id) }).catch(unlessGone);
      return undefined;
    case 'acknowledge':
      // The same reaction twice is one reaction.
      await client
        .request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', { ...at, comment_id: Number(action.post), content: action.reaction })
        .catch(unlessGone);
      return undefined;
    case 'add labels':
      await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...issue, labels: [...action.labels] }).catch(gone);
      return undefined;
    case 'remove labels':
      for (const name of action.labels)
        await client.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...issue, name }).catch(unlessGone);
      return undefined;
  }
}

function unlessGone(problem: unknown): void {
  if (statusOf(problem) !== 404 && statusOf(problem) !== 410) throw problem;
}

/** `eyes` while working; reactions notify nobody. Answers with how to take them away again; a repository that forbids them is not worth a word. */
export async function watch(client: Client, { owner, repo, number }: ThreadRef, self: string): Promise<() => Promise<void>> {
  const issue = { owner, repo, issue_number: number };
  const remove = async (id: number): Promise<void> => {
    await client.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}', { ...issue, reaction_id: id }).catch(unlessGone);
  };
  try {
    const { data } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/reactions', { ...issue, content: 'eyes' });
    return () => remove(data.id);
  } catch (problem) {
    if (statusOf(problem) === 403 || statusOf(problem) === 404) return async () => {};
    // Whether they are there is not known: looked for when they should go.
    return async () => {
      const { data } = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/reactions', { ...issue, content: 'eyes', per_page: 100 });
      for (const { id, user } of data) if (user?.login === self) await remove(id);
    };
  }
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
