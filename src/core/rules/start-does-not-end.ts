/** The daemon hangs before its API is up: the MFS root is missing, a migration, or a datastore that opens for long. */
import { row } from './dump-view.ts';
import { type Pattern, has } from './frames.ts';
import { since } from './plain.ts';
import { defineRule } from './rule.ts';
import { contentFrames } from './waits.ts';

interface Facts {
  readonly what: 'mfs root' | 'datastore' | 'migration' | 'repository lock' | 'other';
  readonly id: number;
  readonly minutes?: number;
  readonly funcs: readonly string[];
  readonly network: boolean;
}

const stages: readonly (readonly [Facts['what'], readonly Pattern[]])[] = [
  ['mfs root', ['core.(*IpfsNode).loadFilesRoot', 'core/node.Files', 'core/node.Files.func…', 'core.(*IpfsNode).loadFilesRoot.func…']],
  ['migration', ['fsrepo/migrations…', 'repo/fsrepo/migrations.RunMigration', 'migrations.…', 'fs-repo-migrations…']],
  ['repository lock', ['go-fs-lock.Lock', 'fsrepo/lock.Lock', 'repo/fsrepo/lock.Lock']],
  [
    'datastore',
    [
      'badger.Open',
      'badger.replay…',
      'badger.(*valueLog).…replay…',
      'leveldb.OpenFile',
      'leveldb.Open',
      'leveldb.(*DB).recoverJournal',
      'pebble.Open',
      'go-ds-flatfs.Open',
      'go-ds-flatfs.(*Datastore).calculateDiskUsage',
      'go-ds-badger.NewDatastore',
    ],
  ],
];
const starting: readonly Pattern[] = [
  'core.NewNode',
  'core.NewIPFSNode',
  'core.setupNode',
  'fsrepo.Open',
  'fsrepo.open',
  'core.newNodeWithOptions',
  'fx.New',
  'fx.(*App).Start',
];
const serving: readonly Pattern[] = ['corehttp.Serve', 'core/corehttp.Serve', 'core/corehttp.Serve.func…', 'net/http.(*Server).Serve'];

export const startDoesNotEnd = defineRule({
  id: 'start-does-not-end',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    if (dump.crowds.some(({ funcs }) => has(funcs, serving))) return [];
    for (const { group, funcs, frames } of dump.crowds) {
      if ((group.minutes?.[1] ?? 0) < 1) continue;
      const stage = stages.find(([, names]) => has(funcs, names));
      if (stage === undefined || !(has(funcs, starting) || stage[0] === 'mfs root' || funcs.some((func) => func === 'main.main'))) continue;
      return [
        {
          what: stage[0],
          id: group.goroutines[0] ?? 0,
          minutes: group.minutes?.[1],
          funcs: frames
            .map(({ func }) => func)
            .filter((func) => !/^(?:runtime|sync|internal)[./]/.test(func))
            .slice(0, 10),
          network: has(funcs, contentFrames),
        },
      ];
    }
    return [];
  },
  say: ({ what, id, minutes, funcs, network }, { dump }) => ({
    title: {
      'mfs root': 'The daemon does not start: the root of MFS (`ipfs files`) is not in the repository',
      datastore: 'The daemon is still opening its datastore',
      migration: 'The daemon is still migrating its repository',
      'repository lock': 'The daemon waits for the lock of its repository',
      other: 'The daemon does not finish starting',
    }[what],
    effect: `It has waited ${since(minutes)} and has no API yet, so \`ipfs\` commands and profiles over HTTP cannot answer.`,
    because: network
      ? 'It asks the network for a block before anything else runs.'
      : 'No HTTP server is in the dump, and this goroutine stands in a step of the start.',
    certainty: what === 'mfs root' && network ? 'very likely' : 'likely',
    weight: 80,
    goroutines: [id],
    functions: funcs,
    witnesses: [{ file: dump.dump.file, goroutine: id }],
    next: {
      'mfs root': [
        'If another node has the content, keep the daemon running until it is fetched.',
        'If nobody has it, MFS has to start over: `ipfs files chroot --confirm` (0.40 and newer, with the daemon stopped) makes it empty, with a CID behind it goes back to that directory. What was only in MFS and never pinned is then lost to the next garbage collection, so copy the repository first.',
      ],
      datastore: [
        'Wait if the disk is busy (`iostat -x 1`): a large datastore is read through after a crash. Do not delete its lock file while a daemon runs.',
      ],
      migration: ['Let it finish: stopping a migration half-way can leave the repository unusable. Copy the repository first if you must stop it.'],
      'repository lock': ['Another `ipfs` process uses the repository: `ps ax | grep ipfs`. Stop that one; do not delete `repo.lock` while it runs.'],
      other: ["Send the end of the daemon's output."],
    }[what],
    rows: [row(dump, 'keeps the start', [id])],
    explains: [id],
  }),
});
