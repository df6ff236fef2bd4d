/** Which known problems a capture shows, and what follows for its version. */
import type { Finding, Known, ProfileArtefact, WaitClass } from '../../model.ts';
import type { Crowd, View } from '../dump-view.ts';
import { type Pattern, has, inOrder } from '../frames.ts';
import { cores, stackShare } from '../profile-view.ts';
import type { Sources } from '../sources.ts';
import type { DumpSign, KnownProblem, ProfileSign } from './problem.ts';
import { atLeast } from './version.ts';

/** A known problem that the files show. */
export interface Match {
  readonly problem: KnownProblem;
  /** Goroutines that show it, if it is in a dump. */
  readonly goroutines: readonly number[];
  readonly functions: readonly string[];
  readonly file: string;
  readonly count: number;
}

/** What the version at hand means for a problem. */
export type Standing = 'affected' | 'fixed' | 'not yet' | 'not seen' | 'unknown';

export function standing({ from, fixedIn, lastSeen }: KnownProblem, version: string | undefined): Standing {
  if (atLeast(version, fixedIn) === true) return 'fixed';
  if (atLeast(version, from) === false) return 'not yet';
  if (lastSeen !== undefined && atLeast(lastSeen, version) === false) return 'not seen';
  return version === undefined || (fixedIn !== undefined && atLeast(version, fixedIn) === undefined) ? 'unknown' : 'affected';
}

/** The problem as a finding shows it; undefined when the version at hand does not have it. */
export function knownFor(problem: KnownProblem, version: string | undefined): Known | undefined {
  const is = standing(problem, version);
  if (is === 'fixed' || is === 'not yet' || is === 'not seen') return undefined;
  const { id, title, url, fixedIn } = problem;
  const verdict =
    fixedIn === undefined
      ? 'which release fixes it is not known here'
      : is === 'affected'
        ? `fixed in ${fixedIn}, you run ${version}: update`
        : `fixed in ${fixedIn}: update if you run an older version`;
  return { id, title, url, fixedIn, verdict };
}

function wanted({ group, funcs }: Crowd, frames: readonly (readonly Pattern[])[], classes: readonly WaitClass[] | undefined): boolean {
  return (classes === undefined || classes.includes(group.class)) && inOrder(funcs, frames);
}

const crowded = 10;

/** Groups of a dump that show a sign; empty when it is not all there. */
function shown(view: View, { frames, classes, state, minutes, count, beside }: DumpSign): readonly Crowd[] {
  // One at rest is no sign; a crowd of them may be the leak itself.
  const crowds = view.crowds.filter(
    (crowd) => (count >= crowded || !crowd.group.idle) && (state === undefined || crowd.group.state === state) && wanted(crowd, frames, classes),
  );
  if (crowds.reduce((sum, { group }) => sum + group.count, 0) < count) return [];
  if (minutes > 0 && !crowds.some(({ group }) => (group.minutes?.[1] ?? 0) >= minutes)) return [];
  if (beside !== undefined) {
    const others = view.crowds.filter((crowd) => wanted(crowd, beside.frames, beside.classes)).reduce((sum, { group }) => sum + group.count, 0);
    if (others < beside.count) return [];
  }
  return crowds;
}

function inDump(problem: KnownProblem, sign: DumpSign, view: View): Match | undefined {
  const crowds = shown(view, sign);
  const [first] = crowds;
  if (first === undefined) return undefined;
  return {
    problem,
    goroutines: crowds.flatMap(({ group }) => group.goroutines).slice(0, 1000),
    functions: first.funcs.filter((func) => sign.frames.some((names) => has([func], names))),
    file: view.dump.file,
    count: crowds.reduce((sum, { group }) => sum + group.count, 0),
  };
}

function inProfile(problem: KnownProblem, sign: ProfileSign, profile: ProfileArtefact): Match | undefined {
  const amount = sign.in === 'cpu' ? (cores(profile) ?? 0) : profile.sampleType === 'inuse_space' ? profile.total : 0;
  if (amount < sign.least || stackShare(profile, sign.frames) < sign.share) return undefined;
  const functions = profile.functions
    .map(({ func }) => func)
    .filter((func) => sign.frames.some((names) => has([func], names)))
    .slice(0, 5);
  return { problem, goroutines: [], functions, file: profile.file, count: 0 };
}

/** Problems that dumps and profiles of a capture show by themselves. */
export function matches(problems: readonly KnownProblem[], { dump, cpu, heap }: Partial<Pick<Sources, 'dump' | 'cpu' | 'heap'>>): readonly Match[] {
  return problems.flatMap((problem) => {
    const { sign } = problem;
    if (sign.in === 'rule') return [];
    const profile = sign.in === 'cpu' ? cpu : sign.in === 'heap' ? heap : undefined;
    const found =
      sign.in === 'dump'
        ? dump === undefined
          ? undefined
          : inDump(problem, sign, dump)
        : profile === undefined
          ? undefined
          : inProfile(problem, sign, profile);
    return found === undefined ? [] : [found];
  });
}

/** Does a finding of ours show a problem that is told by our own diagnosis? */
export function isShownBy({ sign }: KnownProblem, finding: Finding): boolean {
  if (sign.in !== 'rule' || sign.rule !== finding.rule) return false;
  if (Object.entries(sign.facts ?? {}).some(([name, value]) => finding.facts?.[name] !== value)) return false;
  return sign.functions === undefined || has(finding.functions, sign.functions);
}
