/** Who holds the heap, and which goroutines keep it: stalled downloads and their read-ahead, or one owner alone. */
import { crowdDoing } from './doing.ts';
import { anyShare } from './profile-view.ts';
import { type View, row } from './dump-view.ts';
import { clean, percent, short, since, size } from './plain.ts';
import { defineRule } from './rule.ts';
import { toClient } from './waits.ts';

/** A heap below this is what a node of any size needs. */
const large = 150 * 2 ** 20;
const dominant = 0.5;

interface Facts {
  readonly total: number;
  readonly share: number;
  readonly allocator: string;
  readonly path: readonly string[];
  readonly stalled: number;
  readonly longest?: number;
  readonly who?: string;
  readonly ids: readonly number[];
}

/** Blocks read for a download: the datastore's buffers under the UnixFS reader or the block service. */
const reading = [
  'go-ds-flatfs.(*Datastore).Get',
  'unixfs/io.(*dagReader).…',
  'go-unixfs/io.(*dagReader).…',
  'go-ipld-format.(*NavigableIPLDNode).preload',
  'blockstore.(*blockstore).Get',
  'bitswap/message…',
  'go-bitswap/message…',
];

export const memoryHeld = defineRule({
  id: 'memory-held',
  about: 'memory',
  needs: ['heap'],
  wants: ['dump', 'vars'],
  see: ({ heap, dump }): readonly Facts[] => {
    if (!heap.symbolized || heap.sampleType !== 'inuse_space' || heap.total < large) return [];
    const [top] = heap.functions;
    if (top === undefined || top.flat / heap.total < dominant) return [];
    const stack = heap.stacks.find(({ funcs }) => funcs.includes(top.func));
    const stalled = dump === undefined ? [] : stalledIn(dump);
    const fits = anyShare(heap, reading) >= dominant;
    const ids = fits ? stalled.flatMap(({ group }) => group.goroutines) : [];
    const count = fits ? stalled.reduce((sum, { group }) => sum + group.count, 0) : 0;
    return [
      {
        total: heap.total,
        share: top.flat / heap.total,
        allocator: top.func,
        path: (stack?.funcs ?? [top.func]).filter((func) => !/^runtime[./]/.test(func)).slice(0, 24),
        stalled: count,
        longest: count === 0 ? undefined : Math.max(...stalled.map(({ group }) => group.minutes?.[1] ?? 0)),
        who: stalled[0] === undefined ? undefined : crowdDoing(stalled[0]).words,
        ids: ids.slice(0, 1000),
      },
    ];
  },
  say: (facts, { heap, dump, vars, complaint }) => {
    const kept = facts.stalled >= 10;
    const still = (facts.longest ?? 0) >= 3;
    const owner =
      facts.path.find((func) => !/^(?:os|io|bytes|bufio|net|encoding|compress)[./]|\(\*blockstore\)|datastore/.test(clean(func))) ?? facts.allocator;
    const inuse = vars?.memstats['HeapInuse'];
    return {
      title: kept
        ? `${facts.stalled} downloads ${still ? 'that nobody reads on' : 'whose clients read slowly or not at all'} keep ${size(facts.total * facts.share)} of blocks in memory`
        : `\`${short(owner)}\` holds ${percent(facts.share)} of the heap (${size(facts.total * facts.share)})`,
      effect: kept
        ? `${still ? `Their clients stopped reading ${since(facts.longest)} ago` : `Their handlers wait up to ${since(facts.longest)} in one write`}; each open download keeps the blocks that were read ahead for it. ${percent(facts.share)} of the heap of ${size(facts.total)} are such buffers.`
        : `The heap is ${size(facts.total)}${inuse === undefined ? '' : ` in the profile, ${size(inuse)} in use by Go`}.`,
      because: kept
        ? 'The buffers come from reading blocks for downloads, and the dump has that many downloads which wait for their client.'
        : 'A heap profile says who allocated what is alive, not who keeps it. A second profile an hour later would tell growth from size.',
      certainty: kept ? 'very likely' : complaint?.memory === true ? 'likely' : 'hint',
      weight: kept ? 57 : 40,
      goroutines: facts.ids,
      functions: [...facts.path, facts.allocator],
      witnesses: [
        { file: heap.file, row: facts.allocator },
        ...(dump === undefined ? [] : facts.ids.slice(0, 2).map((goroutine) => ({ file: dump.dump.file, goroutine }))),
      ],
      next: kept
        ? [
            'Close those clients or restart the daemon: the memory goes with the connections.',
            'Let a proxy with a write time-out stand before the gateway or API, and limit parallel downloads per client.',
          ]
        : ['Send a second heap profile when memory has grown further: the difference names what grows.'],
      rows: dump !== undefined && kept && facts.ids.length > 0 ? [row(dump, 'keep their buffers', facts.ids)] : undefined,
      chain: kept
        ? {
            nodes: [
              { id: 'c', text: `${facts.stalled} clients\n${still ? 'stopped reading' : 'read slowly or not'}` },
              { id: 'd', text: `${facts.stalled} downloads\nwait to write` },
              { id: 'm', text: `${size(facts.total * facts.share)} of blocks\nread ahead` },
            ],
            edges: [
              ['m', 'd'],
              ['d', 'c'],
            ],
          }
        : undefined,
      explains: facts.ids,
    };
  },
});

function stalledIn(view: View): View['crowds'] {
  return view.crowds
    .filter(({ group, funcs }) => group.class === 'io' && toClient(funcs) && (group.minutes?.[1] ?? 0) >= 1)
    .toSorted((a, b) => b.group.count - a.group.count);
}
