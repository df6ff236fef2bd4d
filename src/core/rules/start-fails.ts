/** The daemon said why it does not start: its repository is taken, too new, too old, or lacks the root of MFS. */
import { defineRule } from './rule.ts';

interface Facts {
  readonly what: keyof typeof reasons;
  readonly file: string;
  /** The same log also says that the daemon got ready: another start of it did. */
  readonly ready: boolean;
}

const reasons = {
  'another process had the repo lock': {
    title: 'The daemon does not start: another process uses its repository',
    next: [
      'Find it with `ps ax | grep ipfs` and stop that one; do not delete `repo.lock` while it runs.',
      'Since 0.35 a daemon can wait for the lock instead: `IPFS_WAIT_REPO_LOCK=30s`.',
    ],
  },
  'the root of MFS was not in the repository': {
    title: 'The daemon does not start: the root of MFS (`ipfs files`) is not in its repository',
    next: [
      'If another node has that block, bring it back: `ipfs block get <cid>` there, `ipfs block put` here; the error names the CID.',
      'Else MFS has to start over: `ipfs files chroot --confirm` (0.40 and newer, with the daemon stopped) makes it empty, with a CID behind it goes back to that directory. What was only in MFS and never pinned is then lost to the next garbage collection, so copy the repository first.',
    ],
  },
  'the repository is of a newer version than the program': {
    title: 'The daemon does not start: its repository was made by a newer version',
    next: [
      'Run that newer version again, or take the repository back to the old version with it (`ipfs repo migrate --to=N --allow-downgrade`); copy it first.',
    ],
  },
  'the repository needs a migration': {
    title: 'The daemon does not start before its repository is migrated',
    next: ['Start it with `ipfs daemon --migrate`. Copy the repository first if you cannot lose it: going back to the old version needs a migration as well.'],
  },
  'an address was already in use': {
    title: 'The daemon cannot listen: an address of its config is already in use',
    next: ['Find who listens there (`ss -ltnp`), or change `Addresses.API`, `Addresses.Gateway` or `Addresses.Swarm`.'],
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly next: readonly string[] }>>;

const whats = Object.keys(reasons) as readonly (keyof typeof reasons)[];

export const startFails = defineRule({
  id: 'start-fails',
  about: 'crash',
  needs: ['logs'],
  see: ({ logs }): readonly Facts[] =>
    whats.flatMap((what) => {
      const log = logs.find(({ notable }) => notable.includes(what));
      return log === undefined ? [] : [{ what, file: log.file, ready: log.notable.includes('the daemon said that it is ready') }];
    }),
  say: ({ what, file, ready }) => ({
    title: reasons[what].title,
    because: ready ? "The daemon's own output says so, but also that it got ready: it may be about another start." : "The daemon's own output says so.",
    certainty: ready ? 'hint' : 'certain',
    weight: ready ? 8 : 82,
    witnesses: [{ file }],
    next: reasons[what].next,
  }),
});
