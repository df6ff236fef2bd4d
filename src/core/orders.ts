/** `/triage …` at the start of a comment: what the thread's author and people with the triage role tell the bot to do. */
import { issueNumberOf, linkOf } from './leads.ts';
import type { Lead, Post, Thread } from './model.ts';

/** Answers in one comment: the latest ones count. */
const maxAnswers = 3;

export type Order =
  | { readonly verb: 'again' | 'stop' | 'help' | 'unclear' }
  | { readonly verb: 'explain'; readonly goroutine: number }
  /** Another issue of the same repository, or a file. */
  | { readonly verb: 'compare'; readonly asked: string; readonly issue: number }
  | { readonly verb: 'compare'; readonly asked: string; readonly lead: Extract<Lead, { kind: 'link' }> };

/** A question is an order whose answer stands in the comment. */
export type Question = Extract<Order, { verb: 'explain' | 'compare' }>;

export interface Given {
  readonly post: Post;
  readonly order: Order;
}

/** An order is the first line of a comment; what follows it is text like any other. */
export const orderLine = /^\s*\/triage(?![\w/-])[ \t]*([^\n]*)/;

/** Orders that count, oldest first. Other people's are not even answered. */
export function ordersOf(thread: Thread): readonly Given[] {
  return thread.posts.flatMap((post) => {
    if (!isOrder(post) || (post.author !== thread.author && post.mayOrder !== true)) return [];
    return [{ post, order: parse(orderLine.exec(post.body)?.[1] ?? '', thread) }];
  });
}

/** Whether a comment begins with an order, whoever wrote it. Opening posts, bots and hidden comments give none. */
export function isOrder(post: Post): boolean {
  return post.id !== 'issue' && !post.own && !post.authorIsBot && post.minimized !== true && orderLine.test(post.body);
}

/** Questions to answer in the comment, the latest few, each once. */
export function questionsOf(orders: readonly Given[]): readonly Question[] {
  const asked = new Map<string, Question>();
  for (const { order } of orders) {
    if (order.verb !== 'explain' && order.verb !== 'compare') continue;
    const name = order.verb === 'explain' ? `explain ${order.goroutine}` : `compare ${order.asked}`;
    asked.delete(name);
    asked.set(name, order);
  }
  return [...asked.values()].slice(-maxAnswers);
}

function parse(text: string, thread: Thread): Order {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const argument = rest.join(' ');
  switch (word.toLowerCase()) {
    case '':
    case 'help':
      return { verb: 'help' };
    case 'again':
      return { verb: 'again' };
    case 'stop':
      return { verb: 'stop' };
    case 'explain': {
      const id = /^(?:goroutine\s+)?#?(\d{1,15})$/i.exec(argument)?.[1];
      return id === undefined ? { verb: 'unclear' } : { verb: 'explain', goroutine: Number(id) };
    }
    case 'compare': {
      const asked = (rest[0] ?? '').slice(0, 300);
      const issue = issueNumberOf(asked, thread.ref);
      if (issue !== undefined) return { verb: 'compare', asked: `#${issue}`, issue };
      const lead = linkOf(argument);
      return lead === undefined ? { verb: 'unclear' } : { verb: 'compare', asked: lead.label, lead };
    }
    default:
      return { verb: 'unclear' };
  }
}
