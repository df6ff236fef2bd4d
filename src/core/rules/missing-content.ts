/** Requests for content that nobody provides, with no lock over it: slow for those who asked, harmless for the rest. */
import { crowdDoing, doingOf } from './doing.ts';
import type { Certainty } from '../model.ts';
import type { Crowd, View } from './dump-view.ts';
import { companions, row, span } from './dump-view.ts';
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
  /** A whole dump in which nobody waits for a lock that these could hold. */
  readonly alone: boolean;
}

export const missingContent = defineRule({
  id: 'missing-content',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    const asking = dump.crowds
      .filter(
        ({ group, funcs }) =>
          (group.class === 'select' || group.class === 'channel') && (group.minutes?.[1] ?? 0) >= long && has(funcs, contentFrames) && !background(funcs),
      )
      .toSorted((a, b) => b.group.count - a.group.count);
    const [largest] = asking;
    if (largest === undefined) return [];
    // Others in the same place may have come a moment ago and get their block in the next.
    const ids = asking.flatMap(({ group }) => group.goroutines).filter((id) => (dump.minutes(id) ?? 0) >= long);
    const by = countRequests(dump, asking, ids);
    return [
      {
        requests: by.reduce((sum, { count }) => sum + count, 0),
        by,
        longest: Math.max(...asking.map(({ group }) => group.minutes?.[1] ?? 0)),
        connections: connectionsOf(dump),
        goroutines: dump.dump.count,
        ids,
        funcs: largest.frames.map(({ func }) => func).slice(0, 8),
        alone: dump.whole && !dump.locks.some(({ kind, waiters }) => (kind === 'mutex' || kind === 'rwmutex') && (span(dump, waiters)?.[1] ?? 0) > 0),
      },
    ];
  },
  say: ({ requests, by, longest, connections, goroutines, ids, funcs, alone }, { dump }) => {
    const [first] = by;
    const gatewayOnly = by.every(({ who }) => who === 'a gateway request');
    const whose = by
      .slice(0, 3)
      .map(({ who, count }) => times(count, who))
      .join(', ');
    const certainty: Certainty = requests >= many && longest >= 5 ? 'very likely' : gatewayOnly ? 'hint' : 'likely';
    const offline = connections === 0 && dump.whole;
    const crowd =
      requests >= many ? ` Each brings several goroutines (${goroutines.toLocaleString('en-US')} in all), which looks like a leak and is none.` : '';
    return {
      title:
        requests === 1
          ? `${capital(first?.who ?? 'a request')} waits for content that nobody provides`
          : `${requests.toLocaleString('en-US')} requests wait for content that nobody provides`,
      effect: `${requests === 1 ? 'It has waited' : `${capital(whose)}${by.length > 3 ? ' and others' : ''} have waited`} up to ${since(longest)} for a block.${alone ? ' Nobody waits for a lock behind them: other commands go on.' : ''}${crowd}`,
      because: `${requests === 1 ? 'It waits' : 'They all wait'} inside bitswap${offline ? ', and the dump shows no open connection to any peer: check that the node is online' : ''}. \`ipfs bitswap wantlist\` would name the content.`,
      certainty,
      weight: 30 + Math.min(25, requests / 8),
      goroutines: ids.slice(0, 1000),
      functions: funcs,
      witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
      next: [
        offline
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

/** Requests by what they are, most first: the workers of one walk are one request. A dump without ids counts goroutines. */
function countRequests(view: View, asking: readonly Crowd[], ids: readonly number[]): Facts['by'] {
  const seen = new Map<string, Set<number>>();
  for (const id of ids) {
    const { words, by } = doingOf(view, id);
    const who = by === 'code' ? 'a goroutine' : words;
    const of = seen.get(who) ?? new Set();
    seen.set(who, of.add(view.request(id) ?? id));
  }
  const counts =
    ids.length > 0
      ? [...seen].map(([who, of]) => ({ who, count: of.size }))
      : asking.map((crowd) => ({ who: crowdDoing(crowd).by === 'code' ? 'a goroutine' : crowdDoing(crowd).words, count: crowd.group.count }));
  return counts.toSorted((a, b) => b.count - a.count);
}

/** Sessions, message queues and other machinery that only serves the requests. */
function background(funcs: readonly string[]): boolean {
  return funcs.some((func) =>
    /bitswap.*(?:getter\.handleIncoming|session\.\(\*Session\)\.run|sessionWantSender|notifications|messagequeue|providerquerymanager|peermanager)/.test(func),
  );
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
