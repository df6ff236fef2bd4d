/** Whether a thread is ours to answer now: asked before anything is fetched, from the thread, the policy and the clock alone. */
import { evidenceOf } from './evidence.ts';
import { leads } from './leads.ts';
import { marks, type Signer } from './marker.ts';
import type { Policy, Post, Thread } from './model.ts';
import { ordersOf, type Given } from './orders.ts';

/** Time and signature come from outside: the core has neither. */
export interface Moment {
  /** ISO 8601. */
  readonly now: string;
  readonly signer: Signer;
  /** What a comment was made of that somebody deleted since, and when we had made it; from the store. */
  readonly buried?: { readonly told: readonly string[]; readonly at: string };
}

export type Welcome =
  /** Not ours: nothing is read, nothing written. */
  | { readonly is: 'no'; readonly why: string }
  /** A first comment would be in place, but not at this hour. */
  | { readonly is: 'later'; readonly seconds: number }
  | { readonly is: 'yes'; readonly asked: boolean };

/** Our visible comments of a thread, oldest first: the first one is kept up to date. */
export function shownOf(thread: Thread, signer: Signer): readonly Post[] {
  return thread.posts.filter((post) => post.minimized !== true && marks(post, thread, signer) !== undefined);
}

export function welcome(thread: Thread, policy: Policy, moment: Moment): Welcome {
  const no = (why: string): Welcome => ({ is: 'no', why });
  if (!policy.enabled) return no('the policy says so');
  if (thread.locked) return no('it is locked');
  if (thread.posts[0]?.own === true) return no('we opened it');
  const orders = ordersOf(thread);
  if (stopped(orders)) return no('somebody said stop');
  if (shownOf(thread, moment.signer).length > 0) return { is: 'yes', asked: false };
  const before = hiddenOrBuried(thread, moment);
  const asked = orders.some(({ post, order }) => order.verb !== 'unclear' && order.verb !== 'stop' && (before === undefined || post.createdAt > before.at));
  if (asked) return { is: 'yes', asked: true };
  if (before !== undefined && !evidenceOf(leads(thread)).some((key) => !before.told.includes(key)))
    return no('a comment was hidden or deleted, and nothing new was sent since');
  const why = unfit(thread, policy, moment.now);
  if (why !== undefined) return no(why);
  const seconds = quietSeconds(policy, moment.now);
  return seconds > 0 ? { is: 'later', seconds } : { is: 'yes', asked: false };
}

/** The latest comment of ours that somebody hid or deleted. */
function hiddenOrBuried(thread: Thread, { signer, buried }: Moment): { readonly told: readonly string[]; readonly at: string } | undefined {
  const hidden = thread.posts.flatMap((post) => {
    const told = post.minimized === true ? marks(post, thread, signer) : undefined;
    return told === undefined ? [] : [{ told, at: post.createdAt }];
  });
  const deletedAt = thread.ownDeletedAt;
  const deleted =
    deletedAt === undefined
      ? []
      : [{ told: evidenceOf(leads({ ...thread, posts: thread.posts.filter(({ createdAt }) => createdAt <= deletedAt) })), at: deletedAt }];
  const all = [...hidden, ...deleted, ...(buried === undefined ? [] : [buried])];
  const at = all
    .map((one) => one.at)
    .toSorted()
    .at(-1);
  return at === undefined ? undefined : { told: all.flatMap(({ told }) => told), at };
}

/** Why a first comment is not in place here; undefined when it is. */
function unfit(thread: Thread, policy: Policy, now: string): string | undefined {
  if (policy.ignoreBots && thread.posts[0]?.authorIsBot === true) return 'a bot opened it';
  if (policy.labels.length > 0 && !thread.labels.some((label) => policy.labels.includes(label))) return 'it has none of the labels of the policy';
  const text = [thread.title, ...thread.posts.map(({ body }) => body)].join('\n').toLowerCase();
  if (policy.words.length > 0 && !policy.words.some((word) => text.includes(word.toLowerCase()))) return 'it has none of the words of the policy';
  const latest = Math.max(...thread.posts.filter((post) => !post.own && !post.authorIsBot).map((post) => Date.parse(post.updatedAt)));
  const hours = (Date.parse(now) - latest) / 3_600_000;
  return hours <= policy.maxAgeHours ? undefined : 'its last post is too old for a first comment';
}

/** Seconds until the quiet hours end; 0 outside of them. */
function quietSeconds({ quietHours }: Policy, now: string): number {
  const [from, to] = quietHours ?? [0, 0];
  const at = new Date(now);
  const hour = at.getUTCHours();
  const quiet = from <= to ? hour >= from && hour < to : hour >= from || hour < to;
  if (!quiet) return 0;
  return ((to - hour + 24) % 24 || 24) * 3600 - at.getUTCMinutes() * 60 - at.getUTCSeconds();
}

/** The last of `stop` and `again` counts. */
function stopped(orders: readonly Given[]): boolean {
  return orders.findLast(({ order }) => order.verb === 'stop' || order.verb === 'again')?.order.verb === 'stop';
}
