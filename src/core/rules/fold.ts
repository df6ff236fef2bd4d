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
  if (root.settles.includes(story.finding.about) || sameMemory(story.finding, root.finding)) return true;
  const ids = story.finding.goroutines;
  return ids.length > 0 && ids.filter((id) => explained.has(id)).length >= ids.length * mostly;
}

/** What grew is what is kept: two ways to see the same bytes. */
function sameMemory(story: Finding, root: Finding): boolean {
  const [top] = story.functions;
  return story.about === 'memory' && root.about === 'memory' && top !== undefined && root.functions.includes(top);
}

/** Of the same process at another time: the root there already explains what is seen here. */
function follows(story: Story, root: Story): boolean {
  const ids = story.finding.goroutines;
  return (
    (ids.length > 0 || sameMemory(story.finding, root.finding)) &&
    root.weight >= story.weight &&
    consequence(story, root, new Set([...root.explains, ...root.finding.goroutines]))
  );
}

function under(root: Story, { finding }: Story): Story {
  return { ...root, finding: { ...root.finding, follows: [...(root.finding.follows ?? []), finding] } };
}

/** A story with what other captures say of it. */
interface Told {
  readonly story: Story;
  readonly again: readonly Story[];
}

/**
 * The same story in several captures is told once, with the first capture's proof. Later dumps of the same goroutines
 * are what makes a likely holder surer. `alike` says whether two captures (by number) are of one process; undefined: nobody knows.
 */
export function joinCaptures(perCapture: readonly (readonly Story[])[], alike: (a: number, b: number) => boolean | undefined): readonly Story[] {
  const told: Told[] = [];
  for (const stories of perCapture) {
    for (const story of stories) {
      const elsewhere = told.filter(
        (one) => one.story.finding.capture !== story.finding.capture && alike(one.story.finding.capture, story.finding.capture) !== false,
      );
      if (elsewhere.some((one) => (one.story.finding.follows ?? []).some((follower) => sameStory(follower, story.finding)))) continue;
      const first = elsewhere.find((one) => sameStory(one.story.finding, story.finding));
      const root =
        first === undefined
          ? elsewhere.find((one) => alike(one.story.finding.capture, story.finding.capture) === true && follows(story, one.story))
          : undefined;
      if (first !== undefined) told[told.indexOf(first)] = { ...first, again: [...first.again, story] };
      else if (root !== undefined) told[told.indexOf(root)] = { ...root, story: under(root.story, story) };
      else told.push({ story, again: [] });
    }
  }
  return told.map((one) => retold(one, alike)).toSorted(byHarm);
}

function sameStory(a: Finding, b: Finding): boolean {
  if (a.rule !== b.rule) return false;
  if (a.goroutines[0] !== undefined && b.goroutines[0] !== undefined && a.goroutines[0] === b.goroutines[0]) return true;
  if (a.known !== undefined && b.known !== undefined) return a.known.id === b.known.id;
  const [mine, theirs] = [new Set(a.functions), b.functions];
  return a.functions.length > 0 && theirs.length > 0 && theirs.filter((func) => mine.has(func)).length >= Math.min(mine.size, theirs.length) * 0.6;
}

const counts = ['', '', 'A second dump', 'Three dumps', 'Four dumps', 'Five dumps'] as const;

/** One story with one sentence about all its captures. */
function retold({ story, again }: Told, alike: (a: number, b: number) => boolean | undefined): Story {
  if (again.length === 0) return story;
  const { finding } = story;
  const [root] = finding.goroutines;
  // Another process was set apart before; where nobody knows, the same goroutine in the same story is the same process.
  const same = again.filter(({ finding: other }) => root !== undefined && other.goroutines[0] === root);
  const moved = again.some(({ finding: other }) => root !== undefined && other.goroutines[0] !== root && alike(finding.capture, other.capture) === true);
  const longer = Math.max(0, ...same.map(({ finding: other }) => minutesOf(other))) - minutesOf(finding);
  const who = counts[same.length + 1] ?? `${same.length + 1} dumps`;
  const note =
    same.length > 0
      ? `${who} ${same.length === 1 ? 'shows' : 'show'} goroutine ${root} in the same place${longer > 0 ? `, ${longer} minute${longer === 1 ? '' : 's'} longer` : ''}.`
      : moved && finding.about === 'hang'
        ? 'Another dump of this process shows the same with other goroutines: the queue moves, slowly.'
        : undefined;
  const surest = [finding, ...again.map((other) => other.finding)].toSorted((a, b) => certainties.indexOf(a.certainty) - certainties.indexOf(b.certainty))[0];
  const certainty =
    same.length > 0 && finding.certainty === 'likely' ? 'very likely' : finding.certainty === 'hint' ? (surest ?? finding).certainty : finding.certainty;
  const because = [
    same.length > 0 || moved
      ? finding.because?.replace(/(?: or )?a second dump a minute later/, '').replace(/ What would make it certain: \./, '')
      : finding.because,
    note,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
  const follows = [finding, ...again.map((other) => other.finding)].flatMap((one) => one.follows ?? []);
  const distinct = follows.filter((one, at) => !follows.slice(0, at).some((before) => sameStory(before, one)));
  return {
    ...story,
    finding: {
      ...finding,
      certainty,
      ...(distinct.length === 0 ? {} : { follows: distinct }),
      ...(because === '' ? {} : { because }),
      witnesses: [...finding.witnesses, ...again.flatMap((other) => other.finding.witnesses.slice(0, 1))],
    },
  };
}

function minutesOf({ facts }: Finding): number {
  const longest = facts?.['longest'];
  return typeof longest === 'number' ? longest : 0;
}
