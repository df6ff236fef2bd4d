/** Thread + comment + policy → actions: what is there is compared with what should be; after `perform` it is empty. */
import { evidenceOf } from './evidence.ts';
import { leads } from './leads.ts';
import { markerFor } from './marker.ts';
import type { Action, Policy, Post, Report, Thread } from './model.ts';
import { ordersOf } from './orders.ts';
import { shownOf, welcome, type Moment } from './welcome.ts';

/** `report` undefined: the thread was not read, because it is not ours to answer now. */
export function decide(thread: Thread, comment: string | undefined, report: Report | undefined, policy: Policy, moment: Moment): readonly Action[] {
  if (!policy.enabled || thread.locked) return [];
  const orders = acknowledgements(thread);
  const may = welcome(thread, policy, moment);
  if (may.is !== 'yes' || report === undefined || comment === undefined) return orders;
  const [own, ...doubles] = shownOf(thread, moment.signer);
  if (own === undefined && !may.asked && !worthAFirst(thread, report, policy)) return orders;
  const mark = markerFor(thread.ref, evidenceOf(leads(thread)), moment.signer);
  return [
    ...orders,
    ...commentAction(thread, own, `${comment.trimEnd()}\n\n${mark}`, mark),
    ...doubles.map(({ id }): Action => ({ kind: 'delete comment', id })),
    ...labelActions(thread, report, policy),
  ];
}

/** A closed thread is not asked for anything; nor is anybody where asks are off. */
function worthAFirst(thread: Thread, report: Report, policy: Policy): boolean {
  return report.inventory.length > 0 || (thread.state === 'open' && policy.asks);
}

/** People who may give orders see at once whether theirs was understood. */
function acknowledgements(thread: Thread): readonly Action[] {
  return ordersOf(thread).flatMap(({ post, order }): readonly Action[] => {
    const reaction = order.verb === 'unclear' ? 'confused' : '+1';
    return post.acknowledged === reaction ? [] : [{ kind: 'acknowledge', post: post.id, reaction }];
  });
}

function commentAction({ posts }: Thread, own: Post | undefined, body: string, marker: string): readonly Action[] {
  if (own === undefined)
    return [{ kind: 'create comment', body, marker, besides: posts.filter((post) => post.own && post.minimized === true).map(({ id }) => id) }];
  // GitHub gives bodies back with other line ends and without trailing spaces.
  return normal(own.body) === normal(body) ? [] : [{ kind: 'update comment', id: own.id, body, marker }];
}

function normal(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd();
}

/** Labels of the policy, but none that a person took off and none that is never to be touched; only our own are taken off. */
function labelActions(thread: Thread, report: Report, policy: Policy): readonly Action[] {
  const { triaged, needsInput } = policy.set;
  const may = (label: string | undefined): label is string => label !== undefined && !policy.never.some((one) => same(one, label));
  const has = (label: string): boolean => thread.labels.some((one) => same(one, label));
  const read = report.captures.length > 0;
  const wanted = [...(read ? [triaged] : []), ...(!read && report.gaps.length > 0 ? [needsInput] : [])];
  const add = wanted.filter(may).filter((label) => !has(label) && !thread.removedLabels.some((one) => same(one, label)));
  const done = [needsInput].filter(may).filter((label) => read && has(label) && thread.ownLabels?.some((one) => same(one, label)) === true);
  return [
    ...(add.length === 0 ? [] : [{ kind: 'add labels' as const, labels: add }]),
    ...(done.length === 0 ? [] : [{ kind: 'remove labels' as const, labels: done }]),
  ];
}

/** GitHub takes labels that differ only in case for the same. */
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
