/** Locks that are fought for: delay in the mutex profile beside goroutines that wait for the same lock. */
import { flatShare } from './profile-view.ts';
import { short } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly where: string;
  readonly share: number;
  readonly waiting: number;
}

export const lockContention = defineRule({
  id: 'lock-contention',
  about: 'cpu',
  needs: ['mutex', 'dump'],
  see: ({ mutex, dump }): readonly Facts[] => {
    const [top] = mutex.stacks;
    if (top === undefined || mutex.total <= 0 || top.share < 0.4) return [];
    const where = top.funcs.find((func) => !/^(?:runtime|sync|internal)[./]/.test(func));
    if (where === undefined) return [];
    const waiting = dump.locks
      .filter(({ wantedIn }) => wantedIn === where || top.funcs.includes(wantedIn))
      .reduce((sum, { waiters }) => sum + waiters.length, 0);
    return waiting >= 20 ? [{ where, share: top.share, waiting }] : [];
  },
  say: ({ where, share, waiting }, { mutex, dump }) => ({
    title: `Goroutines fight for one lock in \`${short(where)}\``,
    effect: `${waiting} wait for it in the dump, and it makes ${Math.round(share * 100)} % of all waiting in the mutex profile.`,
    because: 'The queue moves (waits are short), but everything that needs this lock is slow.',
    certainty: waiting >= 100 && flatShare(mutex, /./) > 0 ? 'likely' : 'hint',
    weight: 30 + Math.min(20, waiting / 50),
    functions: [where],
    witnesses: [{ file: mutex.file, row: where }, { file: dump.dump.file }],
    next: ['Fewer parallel requests of this kind help at once; a newer version may lock less.'],
  }),
});
