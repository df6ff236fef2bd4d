/** An issue as it is now: posts, labels and who took them off, what was hidden or deleted, who may give orders. */
import type { Octokit } from '@octokit/rest';
import type { Acknowledgement, Post, Thread, ThreadRef } from '../../core/model.ts';
import { isOrder } from '../../core/orders.ts';
import { gone, statusOf, ThreadGone } from './errors.ts';

/** The part of octokit that is used, so that probot's and @octokit/rest's clients both fit. */
export type Client = Pick<Octokit, 'request' | 'graphql'>;

/** Comments and events read of one thread; longer threads are read to here. */
export const maxComments = 1000;
/** Orders that are looked at closely, and people whose role is asked for. */
const maxOrders = 10;

/** `self` is our own login (`name[bot]`), if known. */
export async function readThread(client: Client, ref: ThreadRef, self?: string): Promise<Thread> {
  const at = { owner: ref.owner, repo: ref.repo, issue_number: ref.number };
  const { data } = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}', at).catch(gone);
  await sameThread(client, ref, data);
  const opening: Post = {
    id: 'issue',
    author: data.user?.login ?? 'ghost',
    authorIsBot: data.user?.type === 'Bot',
    association: data.author_association ?? 'NONE',
    body: lines(data.body ?? ''),
    createdAt: data.created_at,
    updatedAt: data.updated_at,
    own: self !== undefined && data.user?.login === self,
  };
  const listed = await commentsOf(client, ref);
  const comments = listed.map((comment): Post & { readonly nodeId: string } => ({
    ...comment,
    own: self !== undefined && comment.author === self && comment.authorIsBot,
  }));
  const labels = await labelHistory(client, ref, self);
  const hidden: Hidden = self === undefined ? { ids: new Set() } : await hiddenIn(client, ref, self, comments);
  const posts = comments.map(({ nodeId, ...post }): Post => (hidden.ids.has(nodeId) ? { ...post, minimized: true } : post));
  // GitHub counts an issue as updated when anybody, we too, writes in it.
  const openingPost = hidden.editedAt === undefined ? opening : { ...opening, updatedAt: hidden.editedAt === '' ? data.created_at : hidden.editedAt };
  return {
    ref,
    title: data.title,
    author: opening.author,
    state: data.state === 'closed' ? 'closed' : 'open',
    locked: data.locked,
    labels: data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
    removedLabels: labels.removed,
    ownLabels: labels.own,
    createdAt: data.created_at,
    updatedAt: data.updated_at,
    posts: [openingPost, ...(await withOrders(client, ref, opening.author, posts, self))],
    ...(hidden.deletedAt === undefined ? {} : { ownDeletedAt: hidden.deletedAt }),
  };
}

/** GitHub redirects to where an issue was transferred; a renamed repository is the same one. Pull requests are not ours. */
async function sameThread(
  client: Client,
  { owner, repo, number }: ThreadRef,
  found: { readonly number: number; readonly repository_url: string; readonly pull_request?: unknown },
): Promise<void> {
  if (found.pull_request !== undefined && found.pull_request !== null) throw new ThreadGone('it is a pull request');
  const wanted = `${owner}/${repo}`.toLowerCase();
  if (found.repository_url.toLowerCase().endsWith(`/repos/${wanted}`) && found.number === number) return;
  const { data } = await client.request('GET /repos/{owner}/{repo}', { owner, repo }).catch(gone);
  if (found.number !== number || !found.repository_url.toLowerCase().endsWith(`/repos/${data.full_name.toLowerCase()}`))
    throw new ThreadGone('it was transferred');
}

type Listed = Omit<Post, 'own'> & { readonly nodeId: string };

/** All comments, oldest first. */
export async function commentsOf(client: Client, ref: ThreadRef): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (let page = 1; found.length < maxComments; page += 1) {
    const { data } = await client
      .request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { owner: ref.owner, repo: ref.repo, issue_number: ref.number, per_page: 100, page })
      .catch(gone);
    for (const comment of data) {
      found.push({
        id: String(comment.id),
        nodeId: comment.node_id,
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

/** Labels that somebody else took off last, and labels that we put on last. */
async function labelHistory(
  client: Client,
  ref: ThreadRef,
  self: string | undefined,
): Promise<{ readonly removed: readonly string[]; readonly own: readonly string[] }> {
  const removed = new Set<string>();
  const own = new Set<string>();
  for (let page = 1; page <= maxComments / 100; page += 1) {
    const at = { owner: ref.owner, repo: ref.repo, issue_number: ref.number, per_page: 100, page };
    const events = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/events', at).catch((problem: unknown) => {
      if (statusOf(problem) === 404) return { data: [] };
      throw problem;
    });
    for (const event of events.data) {
      const name = 'label' in event ? event.label?.name : undefined;
      if (name === undefined || name === null) continue;
      const mine = event.actor?.login === self;
      if (event.event === 'unlabeled') own.delete(name);
      if (event.event === 'unlabeled' && !mine) removed.add(name);
      if (event.event === 'labeled' && mine) own.add(name);
      if (event.event === 'labeled' && !mine) {
        own.delete(name);
        removed.delete(name);
      }
    }
    if (events.data.length < 100) break;
  }
  return { removed: [...removed], own: [...own] };
}

const hiddenQuery = `query ($owner: String!, $repo: String!, $number: Int!, $ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { id isMinimized } }
  repository(owner: $owner, name: $repo) { issue(number: $number) {
    lastEditedAt
    timelineItems(last: 20, itemTypes: [COMMENT_DELETED_EVENT]) { nodes { ... on CommentDeletedEvent { createdAt actor { login } deletedCommentAuthor { login } } } }
  } }
}`;

interface Hidden {
  readonly ids: ReadonlySet<string>;
  readonly deletedAt?: string;
  /** When the opening post was last edited, '' for never. */
  readonly editedAt?: string;
}

/** Only GraphQL tells what was hidden, and that something was deleted; where it does not answer, nothing is known of either. */
async function hiddenIn(client: Client, ref: ThreadRef, self: string, comments: readonly (Post & { readonly nodeId: string })[]): Promise<Hidden> {
  const mine = comments.filter(({ own }) => own).map(({ nodeId }) => nodeId);
  const ids = mine.slice(-20);
  let answer: unknown;
  try {
    answer = await client.graphql(hiddenQuery, { owner: ref.owner, repo: ref.repo, number: ref.number, ids });
  } catch {
    return { ids: new Set() };
  }
  // GraphQL leaves the `[bot]` out.
  const isSelf = (login: unknown): boolean => login === self || `${String(login)}[bot]` === self;
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const hidden = list(at(answer, 'nodes')).flatMap((node) => (at(node, 'isMinimized') === true ? [String(at(node, 'id'))] : []));
  const deleted = list(at(answer, 'repository', 'issue', 'timelineItems', 'nodes')).flatMap((event) => {
    const when = at(event, 'createdAt');
    return isSelf(at(event, 'deletedCommentAuthor', 'login')) && !isSelf(at(event, 'actor', 'login')) && typeof when === 'string' ? [when] : [];
  });
  const editedAt = at(answer, 'repository', 'issue', 'lastEditedAt');
  return { ids: new Set(hidden), deletedAt: deleted.toSorted().at(-1), editedAt: typeof editedAt === 'string' ? editedAt : '' };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined), value);
}

/** Who wrote the latest orders and may, and how we answered them. */
async function withOrders(client: Client, ref: ThreadRef, author: string, posts: readonly Post[], self: string | undefined): Promise<readonly Post[]> {
  const orders = posts.filter(isOrder).slice(-maxOrders);
  if (orders.length === 0) return posts;
  const roles = new Map<string, boolean>();
  for (const post of orders) if (post.author !== author && !roles.has(post.author)) roles.set(post.author, await mayTriage(client, ref, post));
  const answered = new Map<string, Acknowledgement | undefined>();
  for (const post of orders) if (post.author === author || roles.get(post.author) === true) answered.set(post.id, await reactionOf(client, ref, post.id, self));
  return posts.map((post) => {
    if (!orders.includes(post)) return post;
    const acknowledged = answered.get(post.id);
    return { ...post, mayOrder: roles.get(post.author) ?? true, ...(acknowledged === undefined ? {} : { acknowledged }) };
  });
}

/** The role of triage or more. Where the API does not say, what the comment says of its author. */
async function mayTriage(client: Client, { owner, repo }: ThreadRef, post: Post): Promise<boolean> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { owner, repo, username: post.author });
    const rights = data.user?.permissions;
    return ['admin', 'maintain', 'write', 'triage'].includes(data.role_name) || rights?.triage === true || rights?.push === true || rights?.admin === true;
  } catch (problem) {
    if (statusOf(problem) === 404) return false;
    if (statusOf(problem) === 403) return ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(post.association);
    throw problem;
  }
}

async function reactionOf(client: Client, { owner, repo }: ThreadRef, id: string, self: string | undefined): Promise<Acknowledgement | undefined> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', {
    owner,
    repo,
    comment_id: Number(id),
    per_page: 100,
  });
  const mine = data.filter(({ user }) => user?.login === self).map(({ content }) => content);
  return mine.includes('confused') ? 'confused' : mine.includes('+1') ? '+1' : undefined;
}

function lines(body: string): string {
  return body.replaceAll('\r\n', '\n');
}
