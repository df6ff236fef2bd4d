/** Memory that looks like a leak and is none: idle memory that Go keeps, or the usual distance between heap and process. */
import { percent, size } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly footprint: number;
  readonly alive: number;
  readonly idle: number;
  readonly fragmented: number;
  readonly stacks: number;
}

const worthSaying = 300 * 2 ** 20;

export const memoryNotLeak = defineRule({
  id: 'memory-not-leak',
  about: 'memory',
  needs: ['vars'],
  wants: ['heap'],
  see: ({ vars, complaint }): readonly Facts[] => {
    const { Sys = 0, HeapAlloc = 0, HeapInuse = 0, HeapIdle = 0, HeapReleased = 0, StackInuse = 0 } = vars.memstats;
    const footprint = Sys - HeapReleased;
    const idle = HeapIdle - HeapReleased;
    if (footprint < worthSaying && complaint?.memory !== true) return [];
    if (idle < footprint * 0.4 || HeapAlloc === 0) return [];
    return [{ footprint, alive: HeapAlloc, idle, fragmented: Math.max(0, HeapInuse - HeapAlloc), stacks: StackInuse }];
  },
  say: ({ footprint, alive, idle }, { vars, complaint }) => ({
    title: `Most of the memory is idle and kept by Go for later: this is not a leak`,
    effect: `Of ${size(footprint)} that Go holds, ${size(alive)} are in use and ${size(idle)} (${percent(idle / footprint)}) are free and waiting to be used again or returned.`,
    because: 'Idle well above what is in use is what a burst leaves behind; Go returns it over minutes, sooner when the system is short.',
    certainty: complaint?.memory === true ? 'likely' : 'hint',
    weight: 15,
    functions: [],
    witnesses: [{ file: vars.file, row: 'HeapIdle' }],
    next: [
      'If the machine needs it back sooner, set `GOMEMLIMIT` above what the node keeps alive. A heap profile taken during the burst shows what caused it.',
    ],
  }),
});
