/** One job: the thread read afresh, investigated, and what follows from it done, each effect logged before it is tried. */
import { createHash, createHmac } from 'node:crypto';
import type { Action, Report, Thread } from '../core/model.ts';
import { leads } from '../core/leads.ts';
import { welcome, type Moment } from '../core/welcome.ts';
import { investigate, type Case, type Investigation } from '../investigate.ts';
import { downloader } from './download.ts';
import { retryAfter, statusOf, ThreadGone } from './github/errors.ts';
import { perform, readFileOf, watch } from './github/perform.ts';
import { maxComments, readThread, type Client } from './github/read-thread.ts';
import { nextWrite, pause, pausedFor, takeLease, type Lease } from './lease.ts';
import { digestOf, isSettled, recall, rememberComment, settle, toldIn, type Memory } from './memory.ts';
import { notifyOfPolicy } from './notice.ts';
import { withSource } from './github-source.ts';
import { type ArchiveCache, helped } from './official-binary.ts';
import { defaultPolicy, parsePolicy, policyFile } from './policy.ts';
import { nameOf, type Job } from './queue.ts';
import { similarTo } from './similar.ts';
import type { Store } from './store.ts';

export interface WorkTools {
  readonly store: Store;
  readonly client: Client;
  /** Our own login, `name[bot]`. */
  readonly self: string;
  readonly secret: string;
  readonly writeGapMs: number;
  /** Where github.com's attachments are fetched from in place of github.com: a double. */
  readonly attachmentOrigin?: string;
  /** Official archives that were fetched before. */
  readonly archives?: ArchiveCache;
  /** The core on strangers' bytes: in the sandbox. */
  readonly diagnose: (given: Case, signal: AbortSignal) => Promise<Report>;
  readonly now: () => Date;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  readonly count: (what: 'done' | 'settled' | 'gone' | 'paused' | 'busy' | 'writes') => void;
  /** Aborted when the job is not ours any more. */
  readonly signal: AbortSignal;
  /** 0 for the first try. */
  readonly attempt: number;
}

/** Tries after which a server that does not answer is told to the reader; before, the whole job is tried again. */
const patience = 2;

/** A file that could not be fetched is asked for again so many seconds later, while the thread is younger than a day. */
const laterSeconds = 3600;
const maxLaterMs = 86_400_000;

/** Ends quietly when the thread is gone; throws what should be tried again; answers with the seconds after which it should come again. */
export async function triageThread(job: Job, tools: WorkTools): Promise<number | undefined> {
  const { store, log, count } = tools;
  const name = nameOf(job);
  const paused = await pausedFor(store, job.installation);
  const lease = paused > 0 ? paused + Math.random() * 5 : await takeLease(store, name);
  if (typeof lease === 'number') {
    count('busy');
    return lease;
  }
  try {
    const [clock] = await store.query('select now()::text as now');
    const again = await underLease(job, lease, tools);
    // Only what had come before this run began is answered by it.
    await store.query(`update triage.delivery set state = 'done' where thread = $1 and received_at <= $2::timestamptz and state <> 'done'`, [
      name,
      clock?.['now'],
    ]);
    return again;
  } catch (problem) {
    if (problem instanceof ThreadGone) {
      count('gone');
      log({ event: 'gone', thread: name, why: problem.message });
      await store.query(`update triage.delivery set state = 'done' where thread = $1 and state <> 'done'`, [name]);
      return undefined;
    }
    const wait = retryAfter(problem);
    if (wait === undefined) throw problem;
    count('paused');
    log({ event: 'paused', installation: job.installation, seconds: Math.ceil(wait) });
    await pause(store, job.installation, wait);
    return wait + Math.random() * 5;
  } finally {
    await lease.release();
  }
}

async function underLease(job: Job, lease: Lease, tools: WorkTools): Promise<number | undefined> {
  const { store, client, self, log, count } = tools;
  const text = await readFileOf(client, job, policyFile);
  const policy = text === undefined ? defaultPolicy : parsePolicy(text);
  const beforeWrite = (): Promise<void> => turnToWrite(job, lease, tools);
  await notifyOfPolicy(job, policy, { store, client, self, beforeWrite });
  if (!policy.enabled) return undefined;
  const memory = await recall(store, nameOf(job));
  const thread = await readThread(client, job, self);
  const digest = digestOf(thread, text);
  if (isSettled(memory, digest, thread)) {
    // Our own comment changed the issue once more: the look for missed changes need not come back for it.
    await store.query('update triage.thread set seen_at = $2 where ref = $1', [nameOf(job), thread.updatedAt ?? null]);
    count('settled');
    return undefined;
  }
  const moment: Moment = {
    now: tools.now().toISOString(),
    signer: (state) => createHmac('sha256', tools.secret).update(state).digest('hex').slice(0, 32),
    buried: await buriedIn(memory, thread, job, client),
  };
  const reads = !policy.shadow && leads(thread).length > 0 && welcome(thread, policy, moment).is === 'yes';
  const unwatch = reads ? await watch(client, job, self) : undefined;
  try {
    const found = await investigate(thread, {
      ...moment,
      policy,
      bytesOf: downloader(policy, { attachmentOrigin: tools.attachmentOrigin }),
      threadOf: (number) => otherThread(client, { ...job, number }, self),
      diagnose: helped(
        withSource((given) => tools.diagnose(given, tools.signal), client),
        { cache: tools.archives },
      ),
      enrich: (report) => similarTo(report, job, { store, client }),
    });
    log({
      event: 'investigated',
      thread: nameOf(job),
      leads: found.leads.length,
      welcome: found.welcome.is === 'no' ? found.welcome.why : found.welcome.is,
      findings: found.report?.findings.length,
      refusals: found.refusals.length,
      actions: found.actions.map(({ kind }) => kind),
      shadow: policy.shadow,
    });
    const sure = !found.refusals.some(({ transient }) => transient === true);
    if (!sure && tools.attempt < patience) throw new Error('a file could not be fetched now');
    for (const action of policy.shadow ? [] : found.actions) await effect(job, action, found, beforeWrite, tools);
    await unwatch?.();
    await settle(store, job, thread, found, digest, sure);
    count('done');
    if (found.welcome.is === 'later') return found.welcome.seconds;
    const last = Math.max(...thread.posts.filter(({ own }) => !own).map(({ updatedAt }) => Date.parse(updatedAt)));
    return sure || tools.now().getTime() - last > maxLaterMs ? undefined : laterSeconds;
  } catch (problem) {
    await unwatch?.().catch(() => undefined);
    throw problem;
  }
}

/** Our comment of before, when somebody deleted it since. */
async function buriedIn(memory: Memory, thread: Thread, { owner, repo }: Job, client: Client): Promise<Moment['buried']> {
  const { commentId, told, toldAt } = memory;
  if (commentId === undefined || thread.posts.some(({ id }) => id === commentId)) return undefined;
  try {
    await client.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { owner, repo, comment_id: Number(commentId) });
  } catch (problem) {
    const status = statusOf(problem);
    if (status === 404 || status === 410) return { told, at: toldAt ?? thread.createdAt };
    throw problem;
  }
  if (thread.posts.length > maxComments) throw new ThreadGone('it has too many comments to be read');
  throw new Error('our comment is there, but the list of comments does not show it yet');
}

async function otherThread(client: Client, ref: Job, self: string): Promise<Thread | undefined> {
  try {
    return await readThread(client, ref, self);
  } catch (problem) {
    if (problem instanceof ThreadGone) return undefined;
    throw problem;
  }
}

/** Still ours, and a second after the last write of this installation. */
async function turnToWrite(job: Job, lease: Lease, { store, signal, writeGapMs, count }: WorkTools): Promise<void> {
  const wait = await nextWrite(store, job.installation, writeGapMs);
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  signal.throwIfAborted();
  await lease.renew();
  count('writes');
}

/** The log row is written before the call; a comment whose creation is unknown is searched before it is made again (github/perform.ts). */
async function effect(job: Job, action: Action, found: Investigation, beforeWrite: () => Promise<void>, tools: WorkTools): Promise<void> {
  const { store, client, self } = tools;
  const name = nameOf(job);
  const key = `${name} ${action.kind} ${createHash('sha256').update(JSON.stringify(action)).digest('hex').slice(0, 24)}`;
  await store.query(
    `insert into triage.action_log (key, kind, thread) values ($1, $2, $3) on conflict (key) do update set planned_at = now(), done_at = null`,
    [key, action.kind, name],
  );
  await beforeWrite();
  try {
    const comment = await perform(client, job, action, self);
    await store.query('update triage.action_log set done_at = now(), result = $2, error = null where key = $1', [key, comment ?? 'done']);
    if (comment !== undefined) await rememberComment(store, name, comment, toldIn(found), action.kind === 'create comment');
  } catch (problem) {
    await store.query('update triage.action_log set error = $2 where key = $1', [key, problem instanceof Error ? problem.message.slice(0, 300) : 'failed']);
    throw problem;
  }
}
