/** The walk, from an issue to what should be done in it. START HERE. */
import { decide } from './core/decide.ts';
import { gather, questionsIn, type Sources } from './core/gather.ts';
import { leads } from './core/leads.ts';
import type { Action, Bundle, Lead, Policy, Questions, Refusal, Report, SourceFolder, Thread } from './core/model.ts';
import { renderComment } from './core/report/markdown.ts';
import { welcome, type Moment, type Welcome } from './core/welcome.ts';

/** What the core is given: bytes, and what they are about. */
export interface Case {
  readonly thread: Thread;
  readonly bundles: readonly Bundle[];
  readonly refusals: readonly Refusal[];
  readonly questions: Questions;
  readonly policy: Policy;
  /** Source files that were fetched because they settle a lock. */
  readonly sources?: readonly SourceFolder[];
}

/** The world as the walk sees it; every effect is behind one of these. */
export interface Tools extends Moment, Sources {
  /** The core on strangers' bytes: in a child process for the bot, in this one at the desk. */
  readonly diagnose: (given: Case) => Promise<Report>;
  /** Adds what the store knows: other threads with the same stack. */
  readonly enrich?: (report: Report) => Promise<Report>;
  readonly policy: Policy;
}

export interface Investigation {
  readonly leads: readonly Lead[];
  readonly bundles: readonly Bundle[];
  readonly refusals: readonly Refusal[];
  readonly welcome: Welcome;
  /** Undefined when the thread is not ours to answer now: then nothing was fetched. */
  readonly report: Report | undefined;
  /** Undefined when there is nothing worth saying. */
  readonly comment: string | undefined;
  readonly actions: readonly Action[];
}

/** Reads nothing twice and writes nothing: the door performs the actions. */
export async function investigate(thread: Thread, tools: Tools): Promise<Investigation> {
  const { policy } = tools;
  const found = leads(thread);
  const may = welcome(thread, policy, tools);
  const walked = (
    report: Report | undefined,
    comment: string | undefined,
    bundles: readonly Bundle[] = [],
    refusals: readonly Refusal[] = [],
  ): Investigation => ({
    leads: found,
    bundles,
    refusals,
    welcome: may,
    report,
    comment,
    actions: decide(thread, comment, report, policy, tools),
  });
  if (may.is !== 'yes') return walked(undefined, undefined);
  const { bundles, refusals } = await gather(found, thread.posts, tools);
  const plain = await tools.diagnose({ thread, bundles, refusals, questions: await questionsIn(thread, tools), policy });
  const told = (await tools.enrich?.(plain)) ?? plain;
  const report = policy.asks ? told : { ...told, gaps: [] };
  return walked(report, renderComment(report), bundles, refusals);
}
