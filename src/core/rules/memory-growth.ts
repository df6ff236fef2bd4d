/** What grew between two captures of one process. */
import type { Capture, ProfileArtefact } from '../model.ts';
import { grown } from './growth.ts';
import { percent, short, size } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly from: number;
  readonly to: number;
  readonly grew: readonly { readonly func: string; readonly bytes: number }[];
  readonly goroutines?: readonly [number, number];
}

const worthSaying = 100 * 2 ** 20;

export const memoryGrowth = defineRule({
  id: 'memory-growth',
  about: 'memory',
  needs: ['heap', 'earlier'],
  see: ({ heap, earlier, capture }): readonly Facts[] => {
    const before = heapOf(earlier);
    if (before === undefined || before.sampleType !== heap.sampleType || heap.total - before.total < worthSaying || heap.total < before.total * 1.5) return [];
    const grew = grown(before, heap)
      .map((row) => ({ func: row.func, bytes: row.after - row.before }))
      .slice(0, 5);
    const counts = [earlier.dumps[0]?.count, capture.dumps[0]?.count] as const;
    return [{ from: before.total, to: heap.total, grew, goroutines: counts[0] === undefined || counts[1] === undefined ? undefined : [counts[0], counts[1]] }];
  },
  say: ({ from, to, grew, goroutines }, { heap }) => ({
    title: `The heap grew from ${size(from)} to ${size(to)}${grew[0] === undefined ? '' : `, ${percent(grew[0].bytes / (to - from))} of it in \`${short(grew[0].func)}\``}`,
    effect:
      goroutines === undefined
        ? 'Between the two heap profiles sent.'
        : `Between the two captures sent; goroutines went from ${goroutines[0]} to ${goroutines[1]}.`,
    because: 'Two profiles show growth, three would show whether it goes on.',
    certainty: 'likely',
    weight: 45,
    functions: grew.map(({ func }) => func),
    witnesses: grew.slice(0, 2).map(({ func }) => ({ file: heap.file, row: func })),
    next: ['Take a third heap profile after the load has ended: what stays then is the leak.'],
  }),
});

function heapOf(capture: Capture): ProfileArtefact | undefined {
  return capture.profiles.find(({ kind }) => kind === 'heap profile');
}
