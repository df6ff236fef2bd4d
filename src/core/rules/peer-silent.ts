/** Goroutines that wait for peers or streams which do not answer. */
import { outsideGroups } from './outside-groups.ts';
import { row } from './dump-view.ts';
import { capital, since, times } from './plain.ts';
import { defineRule } from './rule.ts';

export const peerSilent = defineRule({
  id: 'peer-silent',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }) => outsideGroups(dump, 'peer', 10),
  say: ({ count, longest, ids, who, funcs }, { dump }) => ({
    title:
      count === 1 ? `${capital(who)} waits for a peer that does not answer` : `${count.toLocaleString('en-US')} goroutines wait for peers that do not answer`,
    effect: `${capital(times(count, who))}, the longest for ${since(longest)}. What they serve stands still, and each keeps its stream.`,
    because: 'Opening, negotiating or closing a stream takes seconds when the peer answers at all.',
    certainty: count >= 20 && longest >= 10 ? 'likely' : 'hint',
    weight: 25 + Math.min(20, count / 50),
    goroutines: ids,
    functions: funcs,
    witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
    next: ['A restart of the daemon frees them. If it comes back, note which peers: `ipfs swarm peers --streams` (names no content).'],
    rows: ids.length > 0 ? [row(dump, 'waits for its peer', ids)] : undefined,
    explains: ids,
  }),
});
