/** One job: the thread read afresh, investigated, and what follows from it done, each effect logged before it is tried. */
import { createHash, createHmac } from 'node:crypto';
import { evidenceOf } from '../core/decide.ts';
import type { Action, Policy, Report, ThreadRef } from '../core/model.ts';
import { investigate } from '../investigate.ts';
import { download } from './download.ts';
import { perform, react, readFileOf, readThread, retryAfter, ThreadGone, unreact, type Client } from './github.ts';
import { defaultPolicy, parsePolicy } from './policy.ts';
import { diagnoseInSandbox } from './sandbox.ts';
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
  readonly now: () => Date;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** Slows the whole queue down when GitHub asks for it. */
  readonly pause: (seconds: number) => void;
}

/** Ends quietly when the thread is gone; throws what should be tried again. */
export async function triageThread(ref: ThreadRef, tools: WorkTools): Promise<void> {
  const { store, client, self, log } = tools;
  const name = `${ref.owner}/${ref.repo}#${ref.number}`;
  try {
    const policy = await policyOf(client, ref);
    if (!policy.enabled) return;
    const thread = await readThread(client, ref, self);
    if (thread.locked) return;
    const eyes = policy.shadow ? undefined : await react(client, ref, 'eyes');
    try {
      const signer = (state: string): string => createHmac('sha256', tools.secret).update(state).digest('hex').slice(0, 32);
      const [known] = await store.query('select evidence, comment_id from thread where ref = $1', [name]);
      const commentId = known?.['comment_id'];
      const deleted = typeof commentId === 'string' && !thread.posts.some((post) => post.id === commentId);
      const found = await investigate(thread, {
        fetch: (lead) => download(lead, policy, { attachmentOrigin: tools.attachmentOrigin }),
        diagnose: (bundles, about, refusals) => diagnoseInSandbox(bundles, about, refusals),
        now: tools.now().toISOString(),
        policy,
        signer,
        buried: deleted && typeof known?.['evidence'] === 'string' ? known['evidence'] : undefined,
      });
      log({
        event: 'investigated',
        thread: name,
        leads: found.leads.length,
        findings: found.report.findings.length,
        actions: found.actions.map(({ kind }) => kind),
        shadow: policy.shadow,
      });
      let id = typeof commentId === 'string' ? commentId : undefined;
      if (!policy.shadow) for (const action of found.actions) id = (await effect(ref, action, tools)) ?? id;
      await remember(store, name, thread.title, thread.state, found.report, id);
      await store.query(`update delivery set state = 'done' where thread = $1`, [name]);
    } finally {
      await unreact(client, ref, eyes);
    }
  } catch (problem) {
    if (problem instanceof ThreadGone) {
      log({ event: 'gone', thread: name });
      return;
    }
    const wait = retryAfter(problem);
    if (wait !== undefined) tools.pause(wait);
    await store.query(`update delivery set state = 'failed' where thread = $1 and state <> 'done'`, [name]);
    throw problem;
  }
}

async function policyOf(client: Client, ref: ThreadRef): Promise<Policy> {
  const text = await readFileOf(client, ref, '.github/pprof-triage.yml');
  return text === undefined ? defaultPolicy : parsePolicy(text);
}

/** The log row is written before the call; a comment whose creation is unknown is searched before it is made again. */
async function effect(ref: ThreadRef, action: Action, tools: WorkTools): Promise<string | undefined> {
  const { store, client, self } = tools;
  const name = `${ref.owner}/${ref.repo}#${ref.number}`;
  const key = `${name} ${action.kind} ${createHash('sha256').update(JSON.stringify(action)).digest('hex').slice(0, 24)}`;
  await store.query('insert into action_log (key, kind, thread) values ($1, $2, $3) on conflict (key) do nothing', [key, action.kind, name]);
  await spaced(tools.writeGapMs);
  try {
    const { comment } = await perform(client, ref, action, self);
    await store.query('update action_log set done_at = now(), result = $2, error = null where key = $1', [key, comment ?? 'done']);
    return comment;
  } catch (problem) {
    await store.query('update action_log set error = $2 where key = $1', [key, problem instanceof Error ? problem.message.slice(0, 300) : 'failed']);
    throw problem;
  }
}

let lastWrite = 0;

/** GitHub asks for a second between writes of one client. */
async function spaced(gap: number): Promise<void> {
  const wait = lastWrite + gap - Date.now();
  lastWrite = Math.max(Date.now(), lastWrite + gap);
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}

/** What is kept of a thread: fingerprints of its hung stacks, never its files. */
export async function remember(store: Store, name: string, title: string, state: string, report: Report, commentId: string | undefined): Promise<void> {
  const prints = report.captures.flatMap(({ dumps }) => dumps.flatMap(({ groups }) => groups.filter(({ hung }) => hung).map(({ fingerprint }) => fingerprint)));
  await store.query(
    `insert into thread (ref, title, state, comment_id, evidence, fingerprints) values ($1, $2, $3, $4, $5, $6) on conflict (ref) do update set title = $2, state = $3, comment_id = coalesce($4, thread.comment_id), evidence = $5, fingerprints = $6, updated_at = now()`,
    [name, title, state, commentId ?? null, evidenceOf(report), JSON.stringify([...new Set(prints)].slice(0, 50))],
  );
}
