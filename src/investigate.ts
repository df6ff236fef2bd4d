/** The walk, from an issue to what should be done in it. START HERE. */
import { decide } from './core/decide.ts';
import { leads } from './core/leads.ts';
import type { Action, Bundle, Lead, Policy, Refusal, Report, Thread } from './core/model.ts';
import { renderComment } from './core/report/markdown.ts';

/** The world as the walk sees it; every effect is behind one of these. */
export interface Tools {
  /** Bytes of a lead, or why there are none. */
  readonly fetch: (lead: Lead) => Promise<Bundle | Refusal>;
  /** The core on strangers' bytes: in a child process for the bot, in this one at the desk. */
  readonly diagnose: (bundles: readonly Bundle[], thread: Thread, refusals: readonly Refusal[]) => Promise<Report>;
  /** ISO 8601. */
  readonly now: string;
  readonly policy: Policy;
  /** Signs the marker of our comment, so that nobody else can write one. */
  readonly signer: (state: string) => string;
  /** Evidence of a comment that somebody deleted. */
  readonly buried?: string;
}

export interface Investigation {
  readonly leads: readonly Lead[];
  readonly bundles: readonly Bundle[];
  readonly report: Report;
  /** Undefined when there is nothing worth saying. */
  readonly comment: string | undefined;
  readonly actions: readonly Action[];
}

/** Reads nothing twice and writes nothing: the door performs the actions. */
export async function investigate(thread: Thread, tools: Tools): Promise<Investigation> {
  const found = leads(thread);
  const fetched = await Promise.all(found.map((lead) => tools.fetch(lead).then((got) => signed(got, lead, thread))));
  const bundles = fetched.filter((one): one is Bundle => 'bytes' in one);
  const refusals = fetched.filter((one): one is Refusal => 'reason' in one);
  const report = await tools.diagnose(bundles, thread, refusals);
  const comment = renderComment(report);
  return { leads: found, bundles, report, comment, actions: decide(thread, comment, report, tools.policy, tools) };
}

/** A bundle with who sent it and in which post. */
function signed(got: Bundle | Refusal, lead: Lead, thread: Thread): Bundle | Refusal {
  if (!('bytes' in got)) return got;
  const post = thread.posts.find(({ id }) => id === lead.post);
  return { ...got, post: lead.post, from: post?.author, at: got.at ?? post?.createdAt };
}
