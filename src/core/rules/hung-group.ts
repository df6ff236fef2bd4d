/** Many goroutines that have waited long in one place which is no known resting place: told, with no cause claimed. */
import { crowdDoing } from './doing.ts';
import type { Crowd } from './dump-view.ts';
import { row } from './dump-view.ts';
import { capital, since, times } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly fingerprint: string;
  readonly state: string;
  readonly count: number;
  readonly minutes: readonly [number, number];
  readonly crowd: Crowd;
}

/** Groups told at most. */
const shown = 3;

export const hungGroup = defineRule({
  id: 'hung-group',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] =>
    dump.crowds
      .flatMap((crowd): readonly Facts[] => {
        const { group } = crowd;
        if (!group.hung || group.idle || group.minutes === undefined || group.minutes[1] < 3) return [];
        return [{ fingerprint: group.fingerprint, state: group.state, count: group.count, minutes: group.minutes, crowd }];
      })
      .toSorted((a, b) => b.count * b.minutes[1] - a.count * a.minutes[1])
      .slice(0, shown),
  say: ({ state, count, minutes, crowd }, { dump }) => {
    const { words } = crowdDoing(crowd);
    return {
      title: `${capital(times(count, words))} ${count === 1 ? 'has' : 'have'} waited ${since(minutes[1])} in one place`,
      effect: `All in \`${state}\` with the same stack.`,
      because: 'Nothing in the dump shows whom they wait for; it may be normal here.',
      certainty: count >= 200 && minutes[1] >= 10 ? 'likely' : 'hint',
      weight: Math.min(20, 4 + count / 100),
      goroutines: crowd.group.goroutines.slice(0, 1000),
      functions: crowd.frames
        .map(({ func }) => func)
        .filter((func) => !/^(?:runtime|sync|internal)[./]/.test(func))
        .slice(0, 5),
      witnesses: [{ file: dump.dump.file, goroutine: crowd.group.goroutines[0] }],
      next: ['A second dump some minutes later shows whether they are the same goroutines.'],
      rows: crowd.group.goroutines.length > 0 ? [row(dump, 'wait', crowd.group.goroutines)] : undefined,
      explains: crowd.group.goroutines,
    };
  },
});
