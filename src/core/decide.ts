/** Thread + comment + policy → actions: what is there is compared with what should be; after `perform` it is empty. */
import type { Action, Policy, Post, Report, Thread } from './model.ts';

/** Time and signature come from outside: the core has neither. */
export interface DecideContext {
  /** ISO 8601. */
  readonly now: string;
  /** Signature of a state; only we can make it. */
  readonly signer: (state: string) => string;
  /** Evidence that the comment was made of before, if it was deleted or hidden since; from the store. */
  readonly buried?: string;
}

const marker = /<!-- pprof-triage:v1 (\S+#\d+) ([0-9a-z]+) (\S+) -->\s*$/;

/** `comment` undefined: there is nothing worth saying. */
export function decide(thread: Thread, comment: string | undefined, report: Report, policy: Policy, context: DecideContext): readonly Action[] {
  if (!policy.enabled || thread.locked) return [];
  const own = thread.posts.find((post) => post.own && signed(post, thread, context));
  if (own !== undefined && own.minimized === true) return [];
  const evidence = evidenceOf(report);
  if (comment === undefined || (own === undefined && !welcome(thread, report, policy, context, evidence))) return [];
  if (own === undefined && stopped(thread)) return [];
  const state = `${refOf(thread)} ${evidence}`;
  const mark = `<!-- pprof-triage:v1 ${state} ${context.signer(state)} -->`;
  const body = `${comment.trimEnd()}\n\n${mark}`;
  return [...commentAction(own, body, mark), ...labelActions(thread, report, policy)];
}

function commentAction(own: Post | undefined, body: string, mark: string): readonly Action[] {
  if (own === undefined) return [{ kind: 'create comment', body, marker: mark }];
  // GitHub gives bodies back with other line ends and without trailing spaces.
  return normal(own.body) === normal(body) ? [] : [{ kind: 'update comment', id: own.id, body, marker: mark }];
}

function normal(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd();
}

/** Our own marker with our own signature, in a comment that our own account wrote. */
function signed(post: Post, thread: Thread, context: DecideContext): boolean {
  const found = marker.exec(normal(post.body));
  return found !== null && found[1] === refOf(thread) && context.signer(`${found[1]} ${found[2]}`) === found[3];
}

function refOf({ ref }: Thread): string {
  return `${ref.owner}/${ref.repo}#${ref.number}`;
}

/** When a first comment is in place: a thread of the kind the policy names, young enough, opened by a person. */
function welcome(thread: Thread, report: Report, policy: Policy, context: DecideContext, evidence: string): boolean {
  if (thread.state === 'closed' && report.inventory.length === 0) return false;
  if (context.buried === evidence) return false;
  if (policy.ignoreBots && thread.posts[0]?.authorIsBot === true) return false;
  if (policy.labels.length > 0 && !thread.labels.some((label) => policy.labels.includes(label))) return false;
  const text = thread.posts
    .map(({ body }) => body)
    .join('\n')
    .toLowerCase();
  if (policy.words.length > 0 && !policy.words.some((word) => text.includes(word.toLowerCase()))) return false;
  const latest = Math.max(...thread.posts.filter((post) => !post.own).map((post) => Date.parse(post.updatedAt)));
  const hours = (Date.parse(context.now) - latest) / 3_600_000;
  if (!(hours <= policy.maxAgeHours)) return false;
  const [from, to] = policy.quietHours ?? [0, 0];
  const hour = new Date(context.now).getUTCHours();
  const quiet = from <= to ? hour >= from && hour < to : hour >= from || hour < to;
  return !quiet && (policy.asks || report.inventory.length > 0);
}

/** `/triage stop` by the author or somebody of the project. */
function stopped(thread: Thread): boolean {
  const orders = thread.posts.filter(
    (post) =>
      !post.own &&
      /^\/triage\s+(?:stop|again)\b/.test(post.body.trimStart()) &&
      (post.author === thread.author || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(post.association)),
  );
  return orders.at(-1)?.body.trimStart().startsWith('/triage stop') ?? false;
}

/** Labels of the policy, but none that a person took off and none that is never to be touched. */
function labelActions(thread: Thread, report: Report, policy: Policy): readonly Action[] {
  const wanted = [
    ...(policy.set.triaged !== undefined && report.captures.length > 0 ? [policy.set.triaged] : []),
    ...(policy.set.needsInput !== undefined && report.gaps.length > 0 && report.captures.length === 0 ? [policy.set.needsInput] : []),
  ];
  const add = wanted.filter((label) => !thread.labels.includes(label) && !thread.removedLabels.includes(label) && !policy.never.includes(label));
  const done =
    policy.set.needsInput !== undefined &&
    report.captures.length > 0 &&
    thread.labels.includes(policy.set.needsInput) &&
    !policy.never.includes(policy.set.needsInput)
      ? [policy.set.needsInput]
      : [];
  return [
    ...(add.length === 0 ? [] : [{ kind: 'add labels' as const, labels: add }]),
    ...(done.length === 0 ? [] : [{ kind: 'remove labels' as const, labels: done }]),
  ];
}

/** A short sum of what was read: other evidence, other sum (FNV-1a, 32 bits, twice). */
export function evidenceOf(report: Report): string {
  const text = report.inventory.map(({ path, kind, bytes }) => `${path} ${kind} ${bytes}`).join('\n');
  let [low, high] = [0x811c9dc5, 0x01234567];
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193) >>> 0;
    high = Math.imul(high ^ low, 0x01000193) >>> 0;
  }
  return `${low.toString(36)}${high.toString(36)}`;
}
