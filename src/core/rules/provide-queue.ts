/** Work for the routing system that does not keep up: DHT walks and provides that have lasted long. */
import { outsideGroups } from './outside-groups.ts';
import { row } from './dump-view.ts';
import { capital, since, times } from './plain.ts';
import { defineRule } from './rule.ts';

export const provideQueue = defineRule({
  id: 'provide-queue',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }) => outsideGroups(dump, 'routing', 10),
  say: ({ count, longest, ids, who, funcs }, { dump }) => ({
    title: `Announcing content in the DHT does not keep up`,
    effect: `${capital(times(count, who))} ${count === 1 ? 'has' : 'have'} been at it for ${since(longest)}; new content is found late by others.`,
    because: 'A DHT walk takes seconds to minutes, not longer.',
    certainty: count >= 50 ? 'likely' : 'hint',
    weight: 20 + Math.min(20, count / 50),
    goroutines: ids,
    functions: funcs,
    witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
    next: [
      '`ipfs provide stat` (0.39 and newer) or `ipfs stats reprovide` tells how far behind it is.',
      'Announce less: `Provide.Strategy` (older: `Reprovider.Strategy`) `roots` or `pinned` instead of `all`; content that is not announced is found by fewer peers.',
    ],
    rows: ids.length > 0 ? [row(dump, 'is at it', ids)] : undefined,
    explains: ids,
  }),
});
