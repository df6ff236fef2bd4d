/** Memory outside of Go's heap: badger's tables and value log mapped into the process. */
import { size } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly virt?: number;
  readonly sys: number;
  readonly stored: number;
}

export const memoryMapped = defineRule({
  id: 'memory-mapped',
  about: 'memory',
  needs: ['vars'],
  wants: ['sysinfo', 'config'],
  see: ({ vars, complaint, config }): readonly Facts[] => {
    const { Sys = 0 } = vars.memstats;
    const stored = Object.entries(vars.badger)
      .filter(([name]) => /size_bytes/.test(name))
      .reduce((sum, [, bytes]) => sum + bytes, 0);
    const used = stored > 0 || config?.datastores.includes('badgerds') === true;
    // What `ipfs diag sys` calls virtual is that of the command or daemon that ran it, so it decides nothing here.
    if (!used || complaint?.memory !== true || stored < Sys) return [];
    return [{ sys: Sys, stored }];
  },
  say: ({ sys, stored }, { vars }) => ({
    title: 'Much of the memory may be badger files mapped into the process, not heap',
    effect: `Go itself has taken ${size(sys)}; the badger datastore is ${size(stored)}, which the system counts to the process while it is mapped.`,
    because: 'Mapped pages are given back when the system needs them; `RssFile` against `RssAnon` in `/proc/<pid>/status` would tell.',
    certainty: 'likely',
    weight: 30,
    functions: [],
    witnesses: [{ file: vars.file, row: 'badger_lsm_size_bytes' }],
    next: [
      'badger v1 is no longer kept up (ipfs/kubo#11187): plan a move to flatfs or pebble. This needs a fresh repository and copying the content; keep the old one until the new one is checked.',
    ],
  }),
});
