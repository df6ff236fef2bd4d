/** A pattern's tree as a program for a matcher that never goes back: time grows with text × program, whatever the pattern. */
import { PatternProblem, type Tree } from './syntax.ts';

export type Step =
  | { readonly is: 'match' }
  | { readonly is: 'set'; readonly ranges: readonly (readonly [number, number])[]; readonly not: boolean; readonly next: number }
  | { readonly is: 'assert'; readonly what: 'start' | 'end' | 'line start' | 'line end' | 'word' | 'not word'; readonly next: number }
  | { readonly is: 'split'; readonly next: readonly number[] };

export interface Program {
  readonly steps: readonly Step[];
  readonly first: number;
}

/** Steps that counts may unfold to. */
const maxSteps = 20_000;

/** Throws `PatternProblem` when it becomes too large. */
export function programOf(tree: Tree): Program {
  const steps: Step[] = [{ is: 'match' }];
  const add = (step: Step): number => {
    if (steps.length >= maxSteps) throw new PatternProblem('its counts make it too large');
    steps.push(step);
    return steps.length - 1;
  };
  const compile = (part: Tree, next: number): number => {
    switch (part.is) {
      case 'set':
        return add({ is: 'set', ranges: part.ranges, not: part.not, next });
      case 'assert':
        return add({ is: 'assert', what: part.what, next });
      case 'all':
        return part.parts.reduceRight((after, one) => compile(one, after), next);
      case 'any':
        return add({ is: 'split', next: part.parts.map((one) => compile(one, next)) });
      case 'repeat': {
        let after = next;
        if (part.most === Number.POSITIVE_INFINITY) {
          const loop: number[] = [next];
          const split = add({ is: 'split', next: loop });
          loop.push(compile(part.part, split));
          after = split;
        } else for (let n = part.least; n < part.most; n += 1) after = add({ is: 'split', next: [next, compile(part.part, after)] });
        for (let n = 0; n < part.least; n += 1) after = compile(part.part, after);
        return after;
      }
    }
  };
  const first = compile(tree, 0);
  return { steps, first };
}
