/** System calls of a datastore that do not come back: the disk, not the network. */
import type { Certainty } from '../model.ts';
import { doingOf } from './doing.ts';
import { type View, companions, row } from './dump-view.ts';
import { outsideGroups } from './outside-groups.ts';
import { boxed, capital, since, times } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly calls: number;
  /** What the system was asked to do, most often first: `5 mkdir`. */
  readonly asked: readonly string[];
  readonly longest: number;
  /** Commands and requests that wait for it. */
  readonly by: readonly { readonly who: string; readonly count: number }[];
  readonly ids: readonly number[];
  readonly funcs: readonly string[];
}

/** System calls as people name them, by the function that makes them. */
const names: readonly (readonly [RegExp, string])[] = [
  [/\.(?:Fsync|fsync|Sync|Fdatasync|FlushFileBuffers)$/, 'fsync'],
  [/\.(?:Mkdirat|Mkdir|mkdirat)$/, 'mkdir'],
  [/\.(?:Renameat|Rename|renameat)$/, 'rename'],
  [/\.(?:Unlinkat|Unlink|unlinkat|Remove)$/, 'remove'],
  [/\.(?:openat|Open|open|openFileNolog|Openat)$/, 'open'],
  [/\.(?:write|Write|pwrite|Pwrite|WriteAt)$/, 'write'],
  [/\.(?:read|Read|pread|Pread|ReadAt|ReadDirent|Getdents|readdir\w*|ReadDir)$/, 'read'],
  [/\.(?:Fstatat|Stat|Lstat|fstatat|stat|lstat|Fstat)$/, 'stat'],
];

export const slowDisk = defineRule({
  id: 'slow-disk',
  about: 'hang',
  needs: ['dump'],
  wants: ['sysinfo'],
  see: ({ dump }): readonly Facts[] =>
    outsideGroups(dump, 'disk', 1).map(({ count, longest, ids, funcs }) => ({
      calls: count,
      asked: asked(dump, ids),
      longest,
      by: waitingFor(dump, ids),
      ids,
      funcs,
    })),
  say: ({ calls, asked: what, longest, by, ids, funcs }, { dump, sysinfo }) => {
    const disk = sysinfo?.disk.fstype;
    const whose = by
      .slice(0, 2)
      .map(({ who, count }) => times(count, who))
      .join(' and ');
    const certainty: Certainty = longest >= 2 && calls >= 3 ? 'very likely' : longest >= 2 || calls >= 5 ? 'likely' : 'hint';
    return {
      title: `The disk keeps ${whose === '' ? 'the datastore' : whose} waiting`,
      effect: `${calls === 1 ? 'A system call' : `${calls} system calls`} on the repository${what.length === 0 ? '' : ` (${what.join(', ')})`} ${calls === 1 ? 'has' : 'have'} not come back for ${since(longest)}.${disk === undefined ? '' : ` The file system is ${disk}.`}`,
      because: 'They stand inside of the system, under the datastore; kubo can do nothing but wait. It is not the network, and no lock.',
      certainty,
      weight: 45 + Math.min(20, longest + calls),
      goroutines: ids,
      functions: funcs,
      witnesses: ids.slice(0, 3).map((goroutine) => ({ file: dump.dump.file, goroutine })),
      next: [
        'Look at the disk: `dmesg`, `iostat -x 1`, free space and inodes (`df -h`, `df -i`), and whether the repository is on a network or USB drive. A restart of the daemon does not help while the disk hangs.',
        'Many small files are slow on such a disk with flatfs; moving the repository to a local disk helps most.',
      ],
      chain:
        by.length === 0
          ? undefined
          : {
              nodes: [...by.slice(0, 3).map(({ who, count }, at) => ({ id: `w${at}`, text: boxed(who, count) })), { id: 'outside', text: 'the disk' }],
              edges: by.slice(0, 3).map((_, at) => [`w${at}`, 'outside'] as const),
            },
      rows: ids.length > 0 ? [row(dump, capital('waits for the disk'), ids)] : undefined,
      explains: [...ids, ...companions(dump, ids)],
    };
  },
});

function asked(view: View, ids: readonly number[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const top = view.funcs(id).slice(0, 8);
    const name = names.find(([pattern]) => top.some((func) => /^(?:syscall|os|golang\.org\/x\/sys)[./]/.test(func) && pattern.test(func)))?.[1];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
}

/** Commands and requests behind the calls, each counted once. */
function waitingFor(view: View, ids: readonly number[]): Facts['by'] {
  const seen = new Map<string, Set<number>>();
  for (const id of ids) {
    const { words, by } = doingOf(view, id);
    if (by !== 'command' && by !== 'request') continue;
    const of = seen.get(words) ?? new Set();
    seen.set(words, of.add(view.request(id) ?? id));
  }
  return [...seen].map(([who, of]) => ({ who, count: of.size })).toSorted((a, b) => b.count - a.count);
}
