/** Patterns of people and of files on names: RE2's syntax, matched in linear time like RE2 does. */
import { programOf, type Program } from './program.ts';
import { PatternProblem, treeOf } from './syntax.ts';

/** What reports need of a pattern; a RegExp has it too. */
export interface Pattern {
  readonly source: string;
  test(text: string): boolean;
}

/** Words joined by `|`: what nearly all patterns are. */
const plainWords = /^[\w/:;<>=!@#%&~`'", -]+(?:\|[\w/:;<>=!@#%&~`'", -]+)*$/;

/** Throws `PatternProblem` (pattern/syntax.ts); so does `test` once it has taken too many steps. */
export function compiled(source: string, most = maxSpent): Pattern {
  if (plainWords.test(source)) {
    const words = source.split('|');
    return { source, test: (text) => words.some((word) => text.includes(word)) };
  }
  const program = programOf(treeOf(source));
  const spent = { steps: 0 };
  return { source, test: (text) => matches(program, text, spent, most) };
}

/** Steps that a person's pattern may take over all names: about two seconds. */
const maxSpent = 300_000_000;
/** Steps that a pattern of a file may take: a third of a second. */
export const maxSpentOnFiles = 50_000_000;

/** Follows all ways at once: the set of steps that each character leaves. */
function matches({ steps, first }: Program, text: string, spent: { steps: number }, most: number): boolean {
  const marks = new Int32Array(steps.length).fill(-1);
  const stack: number[] = [];
  let now: number[] = [];
  let next: number[] = [];
  /** Adds a step and all that follow it without a character; true when the pattern is matched. */
  const add = (list: number[], from: number, at: number): boolean => {
    stack.push(from);
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (marks[index] === at) continue;
      marks[index] = at;
      const step = steps[index];
      if (step === undefined) continue;
      if (step.is === 'match') {
        stack.length = 0;
        return true;
      }
      if (step.is === 'set') list.push(index);
      else if (step.is === 'split') for (const one of step.next) stack.push(one);
      else if (holds(step.what, text, at)) stack.push(step.next);
    }
    return false;
  };
  for (let at = 0; ; at += 1) {
    // A match may begin anywhere.
    if (add(now, first, at)) return true;
    if (at >= text.length) return false;
    spent.steps += now.length + 1;
    if (spent.steps > most) throw new PatternProblem('it takes too long on these names');
    const code = text.charCodeAt(at);
    for (const index of now) {
      const step = steps[index];
      if (step?.is === 'set' && within(step.ranges, code) !== step.not && add(next, step.next, at + 1)) return true;
    }
    [now, next] = [next, now];
    next.length = 0;
  }
}

function within(ranges: readonly (readonly [number, number])[], code: number): boolean {
  for (const [low, high] of ranges) if (code >= low && code <= high) return true;
  return false;
}

function holds(what: string, text: string, at: number): boolean {
  switch (what) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'line start':
      return at === 0 || text[at - 1] === '\n';
    case 'line end':
      return at === text.length || text[at] === '\n';
    default: {
      const isWord = (index: number): boolean => index >= 0 && index < text.length && /\w/.test(text[index] ?? '');
      return (isWord(at - 1) !== isWord(at)) === (what === 'word');
    }
  }
}
