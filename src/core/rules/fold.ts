/** One story a process: what follows from another finding goes under it, and two captures of one story become one. */
import type { Finding } from '../model.ts';
import { type Story, certainties } from './rule.ts';

/** Order of stories: sure ones before hints, then the most harmful. */
function byHarm(a: Story, b: Story): number {
  const hint = ({ finding }: Story): number => (finding.certainty === 'hint' ? 1 : 0);
  return (
    hint(a) - hint(b) ||
    b.weight - a.weight ||
    certainties.indexOf(a.finding.certainty) - certainties.indexOf(b.finding.certainty) ||
    (a.finding.rule < b.finding.rule ? -1 : 1)
  );
}

/** Part of a finding's goroutines that another explains, from which on it is its consequence. */
const mostly = 0.6;

/** Stories of one capture, most important first, consequences folded into `follows`. */
export function fold(stories: readonly Story[]): readonly Story[] {
  const roots: { story: Story; explains: Set<number>; follows: Finding[] }[] = [];
  for (const story of stories.toSorted(byHarm)) {
    const root = roots.find((one) => consequence(story, one.story, one.explains));
    if (root === undefined) roots.push({ story, explains: new Set([...story.explains, ...story.finding.goroutines]), follows: [] });
    else {
      // A group that only waits says nothing once it is known for what.
      if (story.finding.rule !== 'hung-group') root.follows.push(story.finding);
      for (const id of story.explains) root.explains.add(id);
    }
  }
  return roots.map(({ story, explains, follows }) =>
    follows.length === 0
      ? story
      : { ...story, explains: [...explains], finding: { ...story.finding, follows: [...(story.finding.follows ?? []), ...follows] } },
  );
}

function consequence(story: Story, root: Story, explained: ReadonlySet<number>): boolean {
  if (root.finding.certainty === 'hint' && story.finding.certainty !== 'hint') return false;
  if (root.settles.includes(story.finding.about)) return true;
  const ids = story.finding.goroutines;
  return ids.length > 0 && ids.filter((id) => explained.has(id)).length >= ids.length * mostly;
}

/**
 * The same story in several captures is told once, with the first capture's proof. A later dump of the same
 * goroutines is what makes a likely holder surer.
 */
export function joinCaptures(perCapture: readonly (readonly Story[])[]): readonly Story[] {
  const joined: Story[] = [];
  for (const stories of perCapture) {
    for (const story of stories) {
      if (joined.some(({ finding }) => finding.capture !== story.finding.capture && (finding.follows ?? []).some((one) => sameStory(one, story.finding))))
        continue;
      const at = joined.findIndex((one) => one.finding.capture !== story.finding.capture && sameStory(one.finding, story.finding));
      const first = joined[at];
      if (first === undefined) joined.push(story);
      else joined[at] = { ...first, finding: strengthened(first.finding, story.finding) };
    }
  }
  return joined.toSorted(byHarm);
}

function sameStory(a: Finding, b: Finding): boolean {
  if (a.rule !== b.rule) return false;
  if (a.goroutines[0] !== undefined && b.goroutines[0] !== undefined && a.goroutines[0] === b.goroutines[0]) return true;
  if (a.known !== undefined && a.known.id === b.known?.id) return true;
  const [mine, theirs] = [new Set(a.functions), b.functions];
  return a.functions.length > 0 && theirs.length > 0 && theirs.filter((func) => mine.has(func)).length >= Math.min(mine.size, theirs.length) * 0.6;
}

function strengthened(first: Finding, second: Finding): Finding {
  const same = first.goroutines.length > 0 && first.goroutines[0] === second.goroutines[0];
  const note = same
    ? `A second dump says the same of goroutine ${first.goroutines[0]}.`
    : first.about === 'hang' && first.goroutines.length > 0
      ? 'Another dump shows the same with other goroutines: the queue moves, slowly.'
      : undefined;
  const certainty =
    same && first.certainty === 'likely' ? 'very likely' : first.certainty === 'hint' && second.certainty !== 'hint' ? second.certainty : first.certainty;
  return {
    ...first,
    certainty,
    because:
      [first.because?.replace(/ A second `ipfs\.stacks` a minute later would settle it\./, ''), note].filter((part) => part !== undefined).join(' ') ||
      undefined,
    witnesses: [...first.witnesses, ...second.witnesses.slice(0, 1)],
  };
}
