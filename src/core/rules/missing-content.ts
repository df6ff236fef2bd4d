/** Requests for content that nobody provides, with no lock over it: slow for those who asked, harmless for the rest. */
import { crowdDoing } from './doing.ts';
import type { Certainty } from '../model.ts';
import type { Crowd, View } from './dump-view.ts';
import { companions, row } from './dump-view.ts';
import { has } from './frames.ts';
import { boxed, capital, since, times } from './plain.ts';
import { wordsOf } from './queues.ts';
import { defineRule } from './rule.ts';
import { contentFrames } from './waits.ts';

/** Minutes after which a block counts as missing rather than slow: bitswap asks the DHT within seconds. */
const long = 3;
/** Requests from which it is no single bad link any more. */
const many = 10;

interface Facts {
  readonly requests: number;
  readonly by: readonly { readonly who: string; readonly count: number }[];
  readonly longest: number;
  /** Connections to peers seen in the dump. */
  readonly connections: number;
  readonly goroutines: number;
  readonly ids: readonly number[];
  readonly funcs: readonly string[];
}

export const missingContent = defineRule({
  id: 'missing-content',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    const asking = dump.crowds.filter(
      ({ group, funcs }) =>
        (group.class === 'select' || group.class === 'channel') && (group.minutes?.[1] ?? 0) >= long && has(funcs, contentFrames) && !background(funcs),
    );
    if (asking.length === 0) return [];
    const counts = new Map<string, number>();
    for (const crowd of asking) {
      const who = wordsFor(dump, crowd);
      counts.set(who, (counts.get(who) ?? 0) + crowd.group.count);
    }
    const by = [...counts].map(([who, count]) => ({ who, count })).toSorted((a, b) => b.count - a.count);
    const ids = asking.toSorted((a, b) => b.group.count - a.group.count).flatMap(({ group }) => group.goroutines);
    const longest = Math.max(...asking.map(({ group }) => group.minutes?.[1] ?? 0));
    const own = asking[0]?.frames.map(({ func }) => func) ?? [];
    return [
      {
        requests: by.reduce((sum, { count }) => sum + count, 0),
        by,
        longest,
        connections: connectionsOf(dump),
        goroutines: dump.dump.count,
        ids,
        funcs: own.slice(0, 8),
      },
    ];
  },
  say: ({ requests, by, longest, connections, goroutines, ids, funcs }, { dump }) => {
    const [first] = by;
    const gatewayOnly = by.every(({ who }) => who === 'a gateway request');
    const whose = by
      .slice(0, 3)
      .map(({ who, count }) => times(count, who))
      .join(', ');
    const certainty: Certainty = requests >= many && longest >= 5 ? 'very likely' : gatewayOnly ? 'hint' : 'likely';
    return {
      title:
        requests === 1
          ? `${capital(first?.who ?? 'a request')} waits for content that nobody provides`
          : `${requests.toLocaleString('en-US')} requests wait for content that nobody provides`,
      effect: `${whose}, the first for ${since(longest)}. No lock is held over it: other commands go on${requests >= many ? `, but each waiting request keeps about five goroutines (${goroutines.toLocaleString('en-US')} in all), which looks like a leak and is none` : ''}.`,
      because: `They all wait inside bitswap for a block${connections === 0 && dump.dump.goroutines.length > 0 ? ', and the dump shows no open connection to any peer: check that the node is online' : ''}. \`ipfs bitswap wantlist\` would name the content.`,
      certainty,
      weight: 30 + Math.min(25, requests / 8),
      goroutines: ids.slice(0, 1000),
      functions: funcs,
      witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
      next: [
        connections === 0
          ? 'Check `ipfs swarm peers`: without a peer nothing that is not local can be found.'
          : 'Find out what is wanted and who has it: `ipfs bitswap wantlist`, then `ipfs routing findprovs <cid>`.',
        gatewayOnly
          ? 'A gateway should give up: `Gateway.RetrievalTimeout` (0.37 and newer), or a time-out in the proxy before it.'
          : 'Ask with a limit (`--timeout=1m`): the daemon then gives up and frees what the request holds.',
      ],
      chain: {
        nodes: [
          ...by.slice(0, 3).map(({ who, count }, at) => ({ id: `w${at}`, text: boxed(who, count) })),
          { id: 'outside', text: 'blocks\nno peer provides' },
        ],
        edges: by.slice(0, 3).map((_, at) => [`w${at}`, 'outside'] as const),
      },
      rows: asRows(dump, ids),
      explains: [...ids, ...companions(dump, ids)],
    };
  },
});

/** Sessions, message queues and other machinery that only serves the requests. */
function background(funcs: readonly string[]): boolean {
  return funcs.some((func) =>
    /bitswap.*(?:getter\.handleIncoming|session\.\(\*Session\)\.run|sessionWantSender|notifications|messagequeue|providerquerymanager|peermanager)/.test(func),
  );
}

function wordsFor(view: View, crowd: Crowd): string {
  const own = crowdDoing(crowd);
  return own.by === 'code' && crowd.group.goroutines[0] !== undefined ? wordsOf(view, crowd.group.goroutines[0]) : own.words;
}

function asRows(view: View, ids: readonly number[]): ReturnType<typeof row>[] {
  const by = new Map<string, number[]>();
  for (const id of ids) {
    const words = wordsOf(view, id);
    const known = by.get(words);
    if (known === undefined) by.set(words, [id]);
    else known.push(id);
  }
  return [...by].slice(0, 3).map(([, same]) => row(view, 'waits for a block', same));
}

/** Open connections: each has one accept loop in the swarm. */
function connectionsOf(view: View): number {
  return view.crowds
    .filter(
      ({ funcs, createdBy }) =>
        has(funcs, ['swarm.(*Conn).start.func…', 'go-libp2p-swarm.(*Conn).start.func…']) || createdBy?.endsWith('swarm.(*Conn).start') === true,
    )
    .reduce((sum, { group }) => sum + group.count, 0);
}
