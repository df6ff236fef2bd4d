/** What people asked with `/triage`, answered from the captures: plain data for the comment. */
import { compare } from './answers/compare.ts';
import { explain } from './answers/explain.ts';
import type { Answer, Capture, Questions } from './model.ts';

/** A comparison whose bytes became captures. */
export interface Other {
  readonly asked: string;
  readonly captures: readonly Capture[];
}

/** In the order of the questions; help comes last. */
export function answers(
  captures: readonly Capture[],
  { explain: ids, help }: Pick<Questions, 'explain' | 'help'>,
  others: readonly Other[],
): readonly Answer[] {
  return [...ids.map((id) => explain(captures, id)), ...others.map((other) => compare(captures, other)), ...(help ? [commands] : [])];
}

const commands: Answer = {
  asked: 'help',
  said: [
    'At the start of a comment, by the author of the issue or people who may triage it:',
    '`/triage again` reads everything once more, also after a stop or a deleted comment.',
    '`/triage explain 585` says what goroutine 585 does, what it waits for and who holds it up.',
    '`/triage compare #12` compares the dumps with those of another issue; a link to an attached file works as well.',
    '`/triage stop` ends the comments here.',
  ],
};
