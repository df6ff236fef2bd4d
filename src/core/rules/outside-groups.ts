/** Groups of a dump that have waited long for one thing outside of the process. */
import { crowdDoing } from './doing.ts';
import type { View } from './dump-view.ts';

import { type Outside, outside } from './waits.ts';

export interface OutsideGroups {
  readonly count: number;
  readonly longest: number;
  readonly ids: readonly number[];
  readonly who: string;
  readonly funcs: readonly string[];
}

/** At most one: all groups that wait for `what` for `minutes` or longer and are no resting places. */
export function outsideGroups(view: View, what: Outside, minutes: number): readonly OutsideGroups[] {
  const groups = view.crowds
    .filter(({ group, funcs }) => !group.idle && (group.minutes?.[1] ?? 0) >= minutes && outside(group.state, funcs)?.for === what)
    .toSorted((a, b) => b.group.count - a.group.count);
  const [first] = groups;
  if (first === undefined) return [];
  return [
    {
      count: groups.reduce((sum, { group }) => sum + group.count, 0),
      longest: Math.max(...groups.map(({ group }) => group.minutes?.[1] ?? 0)),
      ids: groups.flatMap(({ group }) => group.goroutines).slice(0, 1000),
      who: crowdDoing(first).words,
      funcs: first.frames
        .map(({ func }) => func)
        .filter((func) => !/^(?:runtime|internal)[./]/.test(func))
        .slice(0, 8),
    },
  ];
}
