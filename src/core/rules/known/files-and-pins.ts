/** Known problems of MFS, pins and garbage collection. */
import { type KnownProblem, kubo } from './problem.ts';

const pinnerReads = [
  'dspinner.(*pinner).streamIndex…',
  'dspinner.(*pinner).Is…',
  'dspinner.(*pinner).Check…',
  'dspinner.(*pinner).RecursiveKeys…',
  'dspinner.(*pinner).isPinned…',
  'pin.(*pinner).IsPinned…',
] as const;
const locking = ['sync.(*RWMutex).RLock', 'sync.(*RWMutex).Lock'] as const;

export const filesAndPins: readonly KnownProblem[] = [
  {
    id: 'mfs-fetch-under-lock',
    title: 'MFS asks the network for a block while it holds the lock of a directory',
    about: 'hang',
    url: kubo(10842),
    fixedIn: '0.43.0',
    sure: 'very likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'bitswap/client/internal/getter.SyncGetBlock',
          'go-bitswap/client/internal/getter.SyncGetBlock',
          'go-bitswap/internal/getter.SyncGetBlock',
          'bitswap/internal/getter.SyncGetBlock',
        ],
        ['boxo/mfs.(*Directory).childUnsync', 'boxo/mfs.(*Directory).childFromDag', 'go-libipfs/mfs.(*Directory).childUnsync'],
      ],
      minutes: 3,
      count: 1,
    },
  },
  {
    id: 'mfs-fetch-under-lock-old',
    title: 'MFS asks the network for a block while it holds the lock of a directory',
    about: 'hang',
    url: kubo(6600),
    fixedIn: '0.43.0',
    sure: 'very likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'go-bitswap/client/internal/getter.SyncGetBlock',
          'go-bitswap/internal/getter.SyncGetBlock',
          'go-bitswap/getter.SyncGetBlock',
          'bitswap.(*Bitswap).GetBlock',
          'go-bitswap.(*Bitswap).GetBlock',
          'bitswap/client/internal/getter.SyncGetBlock',
        ],
        [
          'go-mfs.(*Directory).childUnsync',
          'go-mfs.(*Directory).childFromDag',
          'go-mfs.(*Directory).childNode',
          'go-ipfs/mfs.(*Directory).childUnsync',
          'go-ipfs/mfs.(*Directory).childFromDag',
        ],
      ],
      minutes: 3,
      count: 1,
    },
  },
  {
    id: 'mfs-root-missing',
    title: 'The daemon asks the network for the root of MFS before it starts',
    about: 'hang',
    url: kubo(7183),
    // Since ipfs/kubo#8661, in the changelog of 0.31.0, it is looked for in the repository only and the start fails with an error.
    fixedIn: '0.31.0',
    sure: 'very likely',
    sign: { in: 'rule', rule: 'start-does-not-end', facts: { what: 'mfs root' } },
  },
  {
    id: 'reprovider-holds-pins',
    title: 'The reprovider reads the pins at the speed of the DHT and holds their lock',
    about: 'hang',
    url: kubo(10596),
    // Announced with 0.42; boxo v0.39.0, which has it (ipfs/boxo#1140), is in 0.41.0 already.
    fixedIn: '0.41.0',
    sure: 'very likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'provider.NewPinnedProvider…',
          'go-ipfs-provider/simple.NewPinnedProvider…',
          'simple.pinSet…',
          'dspinner.NewPinnedProvider…',
          'pinner.NewPinnedProvider…',
        ],
      ],
      minutes: 10,
      count: 1,
      beside: { frames: [locking, pinnerReads], count: 3 },
    },
    next: ['Until then `Reprovider.Strategy` `all` or `flat` does not take this lock.'],
  },
  {
    id: 'pin-ls-holds-lock',
    title: '`ipfs pin ls` keeps the lock of the pins while its client reads',
    about: 'hang',
    url: 'https://github.com/ipfs/boxo/pull/1140',
    fixedIn: '0.41.0',
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [['dspinner.(*pinner).streamIndex…']],
      classes: ['channel', 'select'],
      minutes: 3,
      count: 1,
      beside: { frames: [locking, ['dspinner.(*pinner).…']], count: 1 },
    },
  },
  {
    id: 'is-pinned-walk',
    title: '`ipfs pin ls <cid>` walks all pins under their lock and cannot be stopped',
    about: 'hang',
    url: kubo(6666),
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [
        ['pin.hasChild', 'dspinner.hasChild', 'go-ipfs-pinner.hasChild', 'pin.hasChild.func1'],
        ['pin.(*pinner).isPinnedWithType…', 'dspinner.(*pinner).isPinnedWithType…', 'go-ipfs-pinner.(*pinner).isPinnedWithType…'],
      ],
      minutes: 0,
      count: 1,
      beside: {
        frames: [
          ['sync.(*RWMutex).Lock', 'sync.(*RWMutex).RLock'],
          ['pin.(*pinner).…', 'dspinner.(*pinner).…', 'go-ipfs-pinner.(*pinner).…'],
        ],
        count: 2,
      },
    },
  },
  {
    id: 'gc-pin-update-deadlock',
    title: '`ipfs pin update` and garbage collection wait for each other',
    about: 'hang',
    url: kubo(6885),
    lastSeen: '0.4.23',
    from: '0.4.22',
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [['go-ipfs-blockstore.(*gclocker).GCLock', 'blockstore.(*gclocker).GCLock']],
      minutes: 3,
      count: 1,
      beside: { frames: [['go-ipfs-blockstore.(*gclocker).PinLock', 'blockstore.(*gclocker).PinLock'], ['coreapi.(*PinAPI).Update']], count: 1 },
    },
  },
  {
    id: 'dag-import-self-deadlock',
    title: '`ipfs dag import` asks again for the pin lock that it holds while garbage collection waits',
    about: 'hang',
    url: 'https://github.com/ipfs/kubo/blob/master/docs/changelogs/v0.20.md',
    fixedIn: '0.20.0',
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [
        ['sync.(*RWMutex).RLock'],
        ['blockstore.(*gclocker).PinLock', 'go-ipfs-blockstore.(*gclocker).PinLock'],
        ['commands/dag.dagImport…', 'core/commands/dag.importWorker…'],
      ],
      minutes: 1,
      count: 1,
      beside: { frames: [['blockstore.(*gclocker).GCLock', 'go-ipfs-blockstore.(*gclocker).GCLock']], count: 1 },
    },
  },
  {
    id: 'mfs-many-entries',
    title: 'MFS gets slow with thousands of entries in a directory',
    about: 'cpu',
    url: kubo(8694),
    fixedIn: '0.33.0',
    sure: 'likely',
    sign: {
      in: 'cpu',
      frames: [
        [
          'boxo/mfs.(*Directory).cacheSync',
          'boxo/mfs.(*Directory).sync…',
          'go-mfs.(*Directory).cacheSync',
          'go-mfs.(*Directory).sync',
          'go-libipfs/mfs.(*Directory).cacheSync',
        ],
      ],
      share: 0.4,
      least: 0.3,
    },
    next: ['Run `ipfs files flush` after batches, and keep directories under about 5,000 entries.'],
  },
  {
    id: 'ls-fetches-children',
    title: '`ipfs ls` fetches the first block of every child to tell its type',
    about: 'hang',
    url: kubo(6946),
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'bitswap/client/internal/getter.SyncGetBlock',
          'go-bitswap/client/internal/getter.SyncGetBlock',
          'go-bitswap/internal/getter.SyncGetBlock',
          'go-bitswap/getter.SyncGetBlock',
          'bitswap.(*Bitswap).GetBlock',
        ],
        ['coreapi.(*UnixfsAPI).processLink', 'coreapi.(*UnixfsAPI).lsFromLinksAsync…'],
      ],
      minutes: 1,
      count: 1,
    },
    next: ['`ipfs ls --resolve-type=false --size=false` does not need the children.'],
  },
  {
    id: 'nil-node-leak',
    title: '`ipfs add -n` leaves a node behind each time',
    about: 'memory',
    url: kubo(6744),
    sure: 'likely',
    sign: { in: 'dump', frames: [['core.NewNode.func2', 'core.NewNode.func1']], state: 'chan receive (nil chan)', minutes: 0, count: 3 },
  },
];
