/** Clients that stopped reading their responses: handlers wait in a network write. Alone a hint, in a crowd a story. */
import { companions, row } from './dump-view.ts';
import { capital, since, times } from './plain.ts';
import { wordsOf } from './queues.ts';
import { defineRule } from './rule.ts';
import { toClient } from './waits.ts';

/** Minutes in one write. The system buffers some megabytes, so such a client takes less than about 20 kB a second. */
const long = 3;
/** The same for a crowd. */
const crowdLong = 2;
/** From here on it is a crowd that costs memory and goroutines. */
const many = 20;

interface Facts {
  readonly clients: number;
  readonly longest: number;
  readonly ids: readonly number[];
  readonly who: string;
}

export const slowConsumer = defineRule({
  id: 'slow-consumer',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    const stalled = dump.crowds
      .filter(({ group, funcs }) => group.class === 'io' && toClient(funcs) && (group.minutes?.[1] ?? 0) >= crowdLong)
      .toSorted((a, b) => b.group.count - a.group.count);
    // One that reads slowly is soon written to again: only those count that stand still themselves.
    const stopped = (least: number): readonly number[] => stalled.flatMap(({ group }) => group.goroutines).filter((id) => (dump.minutes(id) ?? 0) >= least);
    const crowd = stopped(crowdLong);
    const ids = crowd.length >= many ? crowd : stopped(long);
    const [first] = ids;
    if (first === undefined) return [];
    return [
      {
        clients: ids.length,
        longest: Math.max(...stalled.map(({ group }) => group.minutes?.[1] ?? 0)),
        ids,
        who: wordsOf(dump, first),
      },
    ];
  },
  say: ({ clients, longest, ids, who }, { dump }) => {
    const crowd = clients >= many;
    return {
      title: clients === 1 ? `A client of ${who} stopped reading its response` : `${clients.toLocaleString('en-US')} clients stopped reading their responses`,
      effect: `For ${since(longest)} ${clients === 1 ? 'its handler has' : `their handlers (${times(clients, who)}) have`} waited in a network write.${crowd ? ' Each keeps its buffers in memory until the client reads on or goes away.' : ' Nobody else waits for it.'}`,
      because: crowd
        ? 'That many at once are not single slow readers. They read nothing, or a few kilobytes a second.'
        : 'A slow client is no fault of the node; it is worth a look only if somebody waits for this response.',
      certainty: crowd ? (longest >= long ? 'very likely' : 'likely') : 'hint',
      weight: crowd ? 35 + Math.min(15, clients / 20) : 5,
      goroutines: ids.slice(0, 1000),
      functions: [...new Set(dump.frames(ids[0] ?? 0).map(({ func }) => func))].filter((func) => !/^(?:runtime|sync|internal)[./]/.test(func)).slice(0, 60),
      witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
      next: [
        'Close those clients, or restart the daemon: the buffers go with the connections.',
        'Put a proxy with a write time-out before the API or gateway if its clients are not yours.',
      ],
      rows: [row(dump, capital('waits for its client'), ids)],
      explains: [...ids, ...companions(dump, ids)],
    };
  },
});
