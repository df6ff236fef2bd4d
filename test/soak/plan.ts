/** What happens in a soak, decided beforehand from a seed: what people write in each thread, and which webhooks tell of it, late, twice, in another order or never. */
import { oneOf, once, type Seeded } from '../seeded.ts';

/** One thing that people do in a thread. */
export type Change =
  | { readonly is: 'open'; readonly evidence: 'pasted' | 'attached' | 'none'; readonly locked: boolean }
  /** A dump in a comment of its own. */
  | { readonly is: 'evidence'; readonly evidence: 'pasted' | 'attached'; readonly revision: number }
  /** The opening post says something else. */
  | { readonly is: 'edit'; readonly revision: number }
  | { readonly is: 'chatter' };

/** Deliveries with the same name have the same GUID. */
export interface Delivery {
  readonly name: string;
  readonly event: 'issues' | 'issue_comment';
  readonly action: 'opened' | 'edited' | 'created';
}

/** In order; `thread` counts from 0. Between two deliveries there may be any number of changes. */
export type Step = { readonly thread: number } & (
  | { readonly is: 'change'; readonly change: Change }
  | { readonly is: 'delivery'; readonly delivery: Delivery }
);

/** Changes and exactly `deliveries` deliveries over `threads` threads. */
export function planOf(next: Seeded, deliveries: number, threads: number): readonly Step[] {
  /** With where in the soak they come: 0 to below `deliveries`. */
  const placed: { readonly at: number; readonly step: Step }[] = [];
  const told: { readonly at: number; readonly thread: number; readonly delivery: Delivery }[] = [];
  const late = Math.max(10, Math.floor(deliveries / 50));
  for (let thread = 0; thread < threads; thread += 1) {
    let at = next(Math.floor(deliveries / 2));
    for (const [nth, change] of changesOf(next, thread).entries()) {
      placed.push({ at, step: { thread, is: 'change', change } });
      const kind: Pick<Delivery, 'event' | 'action'> =
        change.is === 'open'
          ? { event: 'issues', action: 'opened' }
          : change.is === 'edit'
            ? { event: 'issues', action: 'edited' }
            : { event: 'issue_comment', action: 'created' };
      // One in forty is never delivered: GitHub does not send payloads over 25 MB, and has bad days.
      if (!once(next, 40)) told.push({ at: at + next(late), thread, delivery: { name: `${thread}-${nth}`, ...kind } });
      at = Math.min(deliveries - 1, at + 1 + next(Math.floor(deliveries / 6)));
    }
  }
  const first = told.length;
  while (told.length < deliveries) {
    const before = told[next(first)];
    if (before === undefined) break;
    const again = once(next, 2);
    // The same one again, or one that tells nothing new: a title that was set back, a box that was ticked.
    const delivery: Delivery = again ? before.delivery : { name: `${before.thread}+${told.length}`, event: 'issues', action: 'edited' };
    told.push({ at: before.at + next(deliveries - Math.min(before.at, deliveries - 1)), thread: before.thread, delivery });
  }
  for (const { at, thread, delivery } of told) placed.push({ at, step: { thread, is: 'delivery', delivery } });
  return placed.toSorted((a, b) => a.at - b.at).map(({ step }) => step);
}

function changesOf(next: Seeded, thread: number): readonly Change[] {
  // One thread in twelve is about something else, one in forty is locked: neither gets a comment.
  if (thread % 12 === 5) return [{ is: 'open', evidence: 'none', locked: false }, { is: 'chatter' }];
  const open: Change = { is: 'open', evidence: oneOf(next, ['pasted', 'pasted', 'attached']), locked: thread % 40 === 7 };
  const more = next(3);
  const changes: Change[] = [open];
  for (let revision = 2; revision < 2 + more; revision += 1)
    changes.push(
      oneOf<Change>(next, [
        { is: 'evidence', evidence: 'pasted', revision },
        { is: 'evidence', evidence: 'attached', revision },
        { is: 'edit', revision },
        { is: 'chatter' },
      ]),
    );
  return changes;
}
