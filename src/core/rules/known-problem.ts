/** A known problem that no other diagnosis explains: told by its frames or its place in a profile. */
import { knownProblems } from './known/index.ts';
import { type Match, knownFor, matches } from './known/match.ts';
import { row } from './dump-view.ts';
import { defineRule } from './rule.ts';

export const knownProblem = defineRule({
  id: 'known-problem',
  about: 'bundle',
  needs: ['capture'],
  wants: ['dump', 'cpu', 'heap'],
  see: (given): readonly Match[] => matches(knownProblems, given).filter(({ problem }) => knownFor(problem, given.capture.program.version) !== undefined),
  say: ({ problem, goroutines, functions, file, count }, { dump, capture }) => {
    const { title, sure, next = [], fixedIn } = problem;
    const known = knownFor(problem, capture.program.version);
    return {
      title,
      effect: count > 1 ? `${count.toLocaleString('en-US')} goroutines show it.` : undefined,
      because: 'The frames are those of the thread; a look at it tells whether the rest fits as well.',
      certainty: known?.verdict.startsWith('fixed in') === true || sure !== 'very likely' ? sure : 'likely',
      weight: sure === 'hint' ? 3 : 48,
      goroutines,
      functions,
      witnesses: goroutines.length > 0 ? goroutines.slice(0, 3).map((goroutine) => ({ file, goroutine })) : functions.map((func) => ({ file, row: func })),
      next: [...(fixedIn === undefined ? [] : [`Update to ${fixedIn} or newer.`]), ...next],
      rows: dump !== undefined && goroutines.length > 0 ? [row(dump, 'show it', goroutines)] : undefined,
      explains: goroutines,
      known,
    };
  },
});
