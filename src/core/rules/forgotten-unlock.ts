/** A lock that goroutines wait for and nobody in a complete dump can hold: taken and never given back, or given to nobody that shows. */
import type { Lock } from '../model.ts';
import { row, span } from './dump-view.ts';
import { capital, since, times } from './plain.ts';

import { queuesOf, wordsOf } from './queues.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly lock: Lock;
  readonly longest: number;
  /** Who waits, most first. */
  readonly by: readonly { readonly who: string; readonly count: number }[];
}

/** Minutes: shorter waits may be the moment between two holders. */
const long = 5;

export const forgottenUnlock = defineRule({
  id: 'forgotten-unlock',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    if (!dump.whole) return [];
    const explained = new Set(queuesOf(dump).flatMap(({ waiters }) => waiters));
    return dump.locks.flatMap((lock) => {
      if (lock.holders.length > 0 || !(lock.kind === 'mutex' || lock.kind === 'rwmutex') || lock.waiters.every((id) => explained.has(id))) return [];
      if (dump.dump.cycles.some((cycle) => cycle.some((id) => lock.waiters.includes(id)))) return [];
      const longest = span(dump, lock.waiters)?.[1] ?? 0;
      if (longest < long) return [];
      const by = [...Map.groupBy(lock.waiters, (id) => wordsOf(dump, id))].map(([who, ids]) => ({ who, count: ids.length }));
      return [{ lock, longest, by: by.toSorted((x, y) => y.count - x.count) }];
    });
  },
  say: ({ lock, longest, by }, { dump }) => ({
    title: `${capital(
      by
        .slice(0, 2)
        .map(({ who, count }) => times(count, who))
        .join(' and '),
    )} ${lock.waiters.length === 1 ? 'waits' : 'wait'} for a lock, and nothing in the dump shows who holds it`,
    effect: `Since ${since(longest)}. Either some path returned without unlocking, or the lock was handed on with an object and its holder's frames do not tell.`,
    because: `${lock.nobody ?? 'No other goroutine is inside of what this lock guards'}, and the dump is complete. What would make it certain: ${lock.settles?.replace(/\.$/, '') ?? 'the source of the exact version, or the binary'}.`,
    certainty: 'likely',
    weight: 55 + Math.min(20, lock.waiters.length),
    goroutines: lock.waiters,
    functions: [
      lock.wantedIn,
      ...dump
        .frames(lock.waiters[0] ?? 0)
        .map(({ func }) => func)
        .filter((func) => !/^(?:runtime|sync|internal|net)[./]/.test(func))
        .slice(0, 3),
    ],
    witnesses: lock.waiters.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
    next: ['A restart of the daemon frees them.', 'A second dump a minute later shows whether anything moves at all.'],
    rows: [row(dump, 'wait for it', lock.waiters)],
    explains: lock.waiters,
  }),
});
