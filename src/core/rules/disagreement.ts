/** Files of one bundle that cannot be of one process at one time. */
import { defineRule } from './rule.ts';

interface Facts {
  readonly sentence: string;
}

export const disagreement = defineRule({
  id: 'disagreement',
  about: 'bundle',
  needs: ['capture'],
  wants: ['dump', 'sysinfo'],
  see: ({ capture, dump }): readonly Facts[] => {
    const found = capture.disagreements.map((sentence) => ({ sentence }));
    const counted = capture.profiles.find(({ kind }) => kind === 'goroutine profile')?.total;
    const dumped = dump?.dump.truncated === false ? dump.dump.count : undefined;
    if (counted !== undefined && dumped !== undefined && Math.max(counted, dumped) > 3 * Math.min(counted, dumped) + 200)
      found.push({ sentence: `the goroutine profile counts ${counted} goroutines and the dump has ${dumped}: they were taken at different times` });
    if (capture.verdict?.verdict === 'different') found.push({ sentence: 'the binary is not the one that made these profiles' });
    return found;
  },
  say: ({ sentence }, { capture }) => ({
    title: `The files do not fit together: ${sentence}`,
    because: 'What follows from putting them together is left out or less sure.',
    certainty: 'hint',
    weight: 2,
    witnesses: capture.files.slice(0, 2).map((file) => ({ file })),
    next: ['Take all files at one time: `ipfs diag profile` does that.'],
  }),
});
