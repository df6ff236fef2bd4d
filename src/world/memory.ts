/** What is kept of a thread: our comment and what it was made of, and the functions of blamed stacks; never its files or words. */
import { createHash } from 'node:crypto';
import { evidenceOf } from '../core/evidence.ts';
import type { Action, Report, Thread, ThreadRef } from '../core/model.ts';
import { culpritsOf } from '../core/similar.ts';
import type { Investigation } from '../investigate.ts';
import { nameOf } from './queue.ts';
import type { Store } from './store.ts';

export interface Memory {
  /** Our comment, as far as we know. */
  readonly commentId?: string;
  /** Sums of the evidence that it was made of. */
  readonly told: readonly string[];
  /** When we made it, ISO 8601. */
  readonly toldAt?: string;
  /** The thread as it was when nothing was left to do. */
  readonly settled?: string;
}

export async function recall(store: Store, name: string): Promise<Memory> {
  const [row] = await store.query('select comment_id, told, told_at, settled from triage.thread where ref = $1', [name]);
  const text = (column: string): string | undefined => (typeof row?.[column] === 'string' ? row[column] : undefined);
  const toldAt = row?.['told_at'];
  return {
    commentId: text('comment_id'),
    told: (text('told') ?? '').split('.').filter((key) => key !== ''),
    toldAt: toldAt instanceof Date ? toldAt.toISOString() : undefined,
    settled: text('settled'),
  };
}

/** Written at once after the comment was, so that its deletion is noticed whatever happens next. */
export async function rememberComment(store: Store, name: string, id: string, told: readonly string[], created: boolean): Promise<void> {
  await store.query(
    `insert into triage.thread (ref, comment_id, told, told_at) values ($1, $2, $3, now())
     on conflict (ref) do update set comment_id = $2, told = $3, told_at = case when $4 then now() else coalesce(triage.thread.told_at, now()) end, updated_at = now()`,
    [name, id, told.join('.'), created],
  );
}

/** Everything that our answer depends on, but for what we did ourselves. */
export function digestOf(thread: Thread, policyText: string | undefined): string {
  const { title, state, locked, labels, removedLabels, ownLabels = [], ownDeletedAt } = thread;
  // Not their times: an issue counts as updated when we write in it.
  const posts = thread.posts.filter(({ own }) => !own).map(({ id, author, body, minimized, mayOrder }) => [id, author, body, minimized, mayOrder]);
  const foreign = labels.filter((label) => !ownLabels.includes(label)).toSorted();
  return sum(JSON.stringify([title, state, locked, foreign, removedLabels.toSorted(), ownDeletedAt, posts, policyText]));
}

/** Nothing happened since we last had nothing left to do. */
export function isSettled(memory: Memory, digest: string, thread: Thread): boolean {
  return memory.settled === `${digest} ${sum(JSON.stringify(ownPosts(thread)))}`;
}

function ownPosts({ posts }: Thread): readonly unknown[] {
  return posts.filter(({ own }) => own).map(({ body, minimized }) => [body.trimEnd(), minimized === true]);
}

/** Our posts as the actions leave them. */
function ownAfter(thread: Thread, actions: readonly Action[]): Thread {
  const gone = new Set(actions.flatMap((action) => (action.kind === 'delete comment' ? [action.id] : [])));
  const texts = new Map(actions.flatMap((action) => (action.kind === 'update comment' ? [[action.id, action.body] as const] : [])));
  const made = actions.flatMap((action) => (action.kind === 'create comment' ? [action.body] : []));
  const [opening] = thread.posts;
  const posts = thread.posts.filter(({ id }) => !gone.has(id)).map((post) => ({ ...post, body: texts.get(post.id) ?? post.body }));
  return {
    ...thread,
    posts: [...posts, ...(opening === undefined ? [] : made.map((body) => ({ ...opening, id: 'made', own: true, minimized: false, body })))],
  };
}

/** After all actions are done: the same thread again costs nothing. `sure` is false when something could not be fetched. */
export async function settle(store: Store, ref: ThreadRef, thread: Thread, found: Investigation, digest: string, sure: boolean): Promise<void> {
  const name = nameOf(ref);
  const settled = sure && found.welcome.is !== 'later' ? `${digest} ${sum(JSON.stringify(ownPosts(ownAfter(thread, found.actions))))}` : null;
  await store.query(
    `insert into triage.thread (ref, settled, seen_at) values ($1, $2, $3) on conflict (ref) do update set settled = $2, seen_at = $3, updated_at = now()`,
    [name, settled, thread.updatedAt ?? null],
  );
  if (found.report !== undefined) await rememberStacks(store, ref, found.report);
}

/** Functions of the stacks that the report blames, for "the same stack was seen in". */
export async function rememberStacks(store: Store, ref: ThreadRef, report: Report): Promise<number> {
  const culprits = culpritsOf(report);
  await store.transaction(async (db) => {
    await db.executeSql('delete from triage.stack where ref = $1', [nameOf(ref)]);
    for (const { functions, fixedIn } of culprits)
      await db.executeSql('insert into triage.stack (ref, repo, frames, fixed_in) values ($1, $2, $3, $4)', [
        nameOf(ref),
        `${ref.owner}/${ref.repo}`.toLowerCase(),
        [...functions],
        fixedIn ?? null,
      ]);
  });
  return culprits.length;
}

/** Sums of the evidence in the thread as the comment is made of it. */
export function toldIn(found: Investigation): readonly string[] {
  return evidenceOf(found.leads);
}

function sum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
