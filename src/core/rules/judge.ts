/** Capture[] → findings, gaps, what is quiet, and the first sentence. */
import { gapsFor } from '../asks.ts';
import { minorOf } from '../golang/kubo-releases.ts';
import { sameProcess } from '../golang/same-process.ts';
import type { Capture, Complaint, Finding, Gap, Known } from '../model.ts';
import { best } from './dump-view.ts';
import { fold, joinCaptures } from './fold.ts';
import { knownProblems } from './known/index.ts';
import { isShownBy, knownFor, matches, standing } from './known/match.ts';
import { quietOf } from './quiet.ts';
import { isWhole } from './dump-view.ts';
import { rules } from './index.ts';
import type { Story } from './rule.ts';
import { type Sources, sourcesOf } from './sources.ts';

/** What the rules said about all captures together. */
export interface Judged {
  readonly headline: string;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly quiet: readonly string[];
}

/** Hints that are worth telling beside a story. */
const hintsBeside = 2;

/** Never throws; the same for captures in any order up to the order of equals. */
export function judge(captures: readonly Capture[], complaint: Complaint | undefined): Judged {
  const told = captures.map((capture) => withVersion(capture, captures, complaint));
  const sources = told.map((capture) => sourcesOf(capture, earlierOf(capture, told)));
  const perCapture = sources.map((given, at) =>
    fold(
      annotate(
        rules.flatMap((rule) => rule.judge(given, at, complaint)),
        given,
      ),
    ),
  );
  const stories = joinCaptures(perCapture, (a, b) => alike(told[a], told[b]));
  const sure = stories.filter(({ finding }) => finding.certainty !== 'hint');
  const hints = stories.filter(({ finding }) => finding.certainty === 'hint').slice(0, sure.length > 0 ? hintsBeside : hintsBeside + 3);
  const findings = [...sure, ...hints].map(({ finding }) => finding);
  return { headline: headline(findings, captures), findings, gaps: gapsFor(captures, findings, complaint), quiet: quietOf(sources, findings) };
}

/** A capture whose own files do not say the version takes it from the only one that was said, in another capture or in the thread. */
function withVersion(capture: Capture, all: readonly Capture[], complaint: Complaint | undefined): Capture {
  const told = capture.program.version;
  // Modules tell a release, not always its patch; the person may.
  if (told !== undefined) {
    const patch = complaint?.version;
    return patch !== undefined && patch.startsWith(`${told}.`) && told === minorOf(told)
      ? { ...capture, program: { ...capture.program, version: patch } }
      : capture;
  }
  const said = [...new Set(all.map(({ program }) => program.version).filter((version) => version !== undefined))];
  const version = said.length === 0 ? complaint?.version : said.length === 1 ? said[0] : undefined;
  return version === undefined ? capture : { ...capture, program: { ...capture.program, version } };
}

/** Known problems attached to the stories that they are, or the word that they are not, for this version. */
function annotate(stories: readonly Story[], given: Partial<Sources>): readonly Story[] {
  const version = given.capture?.program.version;
  const found = matches(knownProblems, given);
  const used = new Set<string>();
  const annotated = stories.map((story): Story => {
    if (story.finding.known !== undefined || story.finding.certainty === 'hint') return story;
    const blamed = new Set([...story.finding.goroutines, ...story.explains]);
    const own = [
      ...found.filter(({ goroutines }) => goroutines.some((id) => blamed.has(id))).map(({ problem }) => problem),
      ...found
        .filter(
          ({ goroutines, functions, problem }) =>
            goroutines.length === 0 && problem.about === story.finding.about && functions.some((func) => story.finding.functions.includes(func)),
        )
        .map(({ problem }) => problem),
      ...knownProblems.filter((problem) => isShownBy(problem, story.finding)),
    ].filter(({ sure }) => sure !== 'hint');
    const known = own.map((problem) => knownFor(problem, version)).find((one): one is Known => one !== undefined);
    if (known !== undefined) {
      used.add(known.id);
      return { ...story, finding: { ...story.finding, known } };
    }
    const fixed = own.find((problem) => standing(problem, version) === 'fixed');
    if (fixed === undefined) return story;
    const note = `It looks like a problem that ${fixed.fixedIn} fixed (${fixed.url}); you run ${version}, so this is something else or less of it.`;
    return { ...story, finding: { ...story.finding, because: story.finding.because === undefined ? note : `${story.finding.because} ${note}` } };
  });
  return annotated.filter(({ finding }) => finding.rule !== 'known-problem' || finding.known === undefined || !used.has(finding.known.id));
}

/** Whether two captures are of one process, as their versions and goroutines say; undefined where neither does. */
function alike(a: Capture | undefined, b: Capture | undefined): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.program.version !== undefined && b.program.version !== undefined && a.program.version !== b.program.version) return false;
  const [mine, theirs] = [best(a.dumps), best(b.dumps)];
  return mine === undefined || theirs === undefined ? undefined : sameProcess(mine, theirs);
}

/** The latest capture of the same process before this one; total allocation only grows, so it tells the order where times do not. */
export function earlierOf(capture: Capture, all: readonly Capture[]): Capture | undefined {
  const mine = capture.vars?.memstats['TotalAlloc'];
  const before = all.filter((other) => {
    if (other === capture || other.program.version !== capture.program.version || alike(other, capture) === false) return false;
    const theirs = other.vars?.memstats['TotalAlloc'];
    if (mine !== undefined && theirs !== undefined) return theirs < mine;
    return other.at !== undefined && capture.at !== undefined && other.at < capture.at;
  });
  return before.toSorted((a, b) => (b.vars?.memstats['TotalAlloc'] ?? 0) - (a.vars?.memstats['TotalAlloc'] ?? 0) || ((a.at ?? '') < (b.at ?? '') ? 1 : -1))[0];
}

function headline(findings: readonly Finding[], captures: readonly Capture[]): string {
  const [first] = findings;
  if (first !== undefined && first.certainty !== 'hint') return first.title;
  if (captures.some(({ dumps, profiles, vars }) => dumps.length > 0 || profiles.length > 0 || vars !== undefined)) return quietHeadline(captures);
  return captures.length === 0 ? 'There is no profiling data here yet' : 'These files hold nothing about what the node is doing';
}

/** What may be said when nothing was found: no more than what was looked at can show. */
function quietHeadline(captures: readonly Capture[]): string {
  const dumps = captures.flatMap((capture) => capture.dumps);
  const told = dumps.filter(({ dialect }) => dialect === 'debug=2' || dialect === 'crash');
  if (dumps.length > 0 && told.length === 0) return 'This form of the dump has no waiting times: it cannot show what hangs';
  if (told.length > 0 && !told.some(isWhole)) return 'Nothing in this part of a dump shows what is stuck: the whole one is needed';
  return 'Nothing in these files is stuck or unusually busy';
}
