/** System calls of a datastore that do not come back: the disk, not the network. */
import { outsideGroups } from './outside-groups.ts';
import { row } from './dump-view.ts';
import { capital, since, times } from './plain.ts';
import { defineRule } from './rule.ts';

export const slowDisk = defineRule({
  id: 'slow-disk',
  about: 'hang',
  needs: ['dump'],
  wants: ['sysinfo'],
  see: ({ dump }) => outsideGroups(dump, 'disk', 1),
  say: ({ count, longest, ids, who, funcs }, { dump, sysinfo }) => {
    const call = funcs.find((func) => /^(?:os|syscall|golang\.org\/x\/sys)[./]/.test(func)) ?? funcs[0] ?? '';
    const disk = sysinfo?.disk.fstype;
    return {
      title: `The disk keeps ${count === 1 ? who : `${count} goroutines`} waiting`,
      effect: `${capital(times(count, who))} ${count === 1 ? 'has' : 'have'} waited ${since(longest)} for the system to finish a call on the repository.${disk === undefined ? '' : ` The file system is ${disk}.`}`,
      because: `They stand in a system call (\`${call}\`) under the datastore; Go and kubo can do nothing but wait.`,
      certainty: longest >= 2 || count >= 5 ? 'likely' : 'hint',
      weight: 40 + Math.min(20, longest),
      goroutines: ids,
      functions: funcs,
      witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
      next: [
        'Look at the disk: `iostat -x 1`, `dmesg`, free space and inodes, and whether the repository is on a network or USB drive.',
        'Many small files are slow on such a disk with flatfs; moving the repository to a local disk helps most.',
      ],
      rows: ids.length > 0 ? [row(dump, 'waits for the disk', ids)] : undefined,
      explains: ids,
    };
  },
});
