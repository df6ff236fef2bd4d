/** Leads → bytes and refusals, through whatever the door fetches with. */
import { leads } from './leads.ts';
import { maxBundles } from './limits.ts';
import type { Bundle, Comparison, Lead, Post, Questions, Refusal, Thread } from './model.ts';
import { ordersOf, questionsOf, type Question } from './orders.ts';

/** How bytes and other threads are come by. */
export interface Sources {
  /** Bytes of a lead, or why there are none. */
  readonly bytesOf: (lead: Lead) => Promise<Bundle | Refusal>;
  /** Another thread of the same repository, for `/triage compare #n`; undefined when there is none. */
  readonly threadOf: (issue: number) => Promise<Thread | undefined>;
}

export interface Gathered {
  readonly bundles: readonly Bundle[];
  readonly refusals: readonly Refusal[];
}

/** The newest leads, so many as make one report; the rest is named. `posts` are those that the leads are in. */
export async function gather(found: readonly Lead[], posts: readonly Post[], { bytesOf }: Pick<Sources, 'bytesOf'>): Promise<Gathered> {
  const fetched = await Promise.all(found.slice(-maxBundles).map((lead) => bytesOf(lead).then((got) => sent(got, lead, posts))));
  const left = found.slice(0, -maxBundles).map(({ label }) => ({ path: label, reason: `the thread has more than ${maxBundles} files: the newest were read` }));
  return { bundles: fetched.filter((one) => 'bytes' in one), refusals: [...left, ...fetched.filter((one) => 'reason' in one)] };
}

/** A bundle with who sent it and in which post. */
function sent(got: Bundle | Refusal, lead: Lead, posts: readonly Post[]): Bundle | Refusal {
  if (!('bytes' in got)) return got;
  const post = posts.find(({ id }) => id === lead.post);
  return { ...got, post: lead.post, from: post?.author, at: got.at ?? post?.createdAt };
}

/** What people asked, with the bytes that it takes to answer. */
export async function questionsIn(thread: Thread, sources: Sources): Promise<Questions> {
  const orders = ordersOf(thread);
  const asked = questionsOf(orders);
  const comparisons = asked.flatMap((question) => (question.verb === 'compare' ? [comparison(question, sources)] : []));
  return {
    explain: asked.flatMap((question) => (question.verb === 'explain' ? [question.goroutine] : [])),
    compare: await Promise.all(comparisons),
    help: orders.some(({ order }) => order.verb === 'help'),
  };
}

async function comparison(question: Extract<Question, { readonly verb: 'compare' }>, sources: Sources): Promise<Comparison> {
  if ('lead' in question) return { asked: question.asked, bundles: (await gather([question.lead], [], sources)).bundles };
  const other = await sources.threadOf(question.issue);
  return { asked: question.asked, bundles: other === undefined ? [] : (await gather(leads(other), other.posts, sources)).bundles };
}
