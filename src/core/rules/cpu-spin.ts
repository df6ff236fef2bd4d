/** The CPU goes into Go's scheduler: a loop that wakes and sleeps, with hardly any work between. */
import { cores, share } from './profile-view.ts';
import { percent, short } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly share: number;
  readonly cores: number;
  readonly callers: readonly string[];
}

export const cpuSpin = defineRule({
  id: 'cpu-spin',
  about: 'cpu',
  needs: ['cpu'],
  see: ({ cpu }): readonly Facts[] => {
    const used = cores(cpu);
    // A program that hardly runs spends what it uses in the scheduler; that is idling.
    if (used === undefined || used < 0.8) return [];
    const scheduler = share(cpu, /^runtime\.(?:schedule|mcall|findrunnable|findRunnable)$/);
    if (scheduler < 0.5) return [];
    const callers = cpu.functions
      .filter(({ func }) => !/^(?:runtime|internal|sync|syscall)[./]/.test(func))
      .toSorted((a, b) => b.cum - a.cum)
      .slice(0, 4)
      .map(({ func }) => func);
    return [{ share: scheduler, cores: used, callers }];
  },
  say: ({ share: part, cores: used, callers }, { cpu }) => ({
    title: 'The CPU goes into waking and sleeping, not into work: something spins',
    effect: `${percent(part)} of ${used.toFixed(1)} cores is Go's scheduler.`,
    because: callers[0] === undefined ? 'No code of kubo stands out beside it.' : `Beside it, \`${short(callers[0])}\` runs most often: a loop there may poll.`,
    certainty: 'likely',
    weight: 60,
    functions: ['runtime.schedule', ...callers],
    witnesses: [{ file: cpu.file, row: 'runtime.schedule' }],
    next: [
      'Update first: busy loops of this kind were fixed several times (kubo 0.19.1 among others).',
      'On a machine with many cores `GOMAXPROCS=8` lowers the cost of idling.',
    ],
  }),
});
