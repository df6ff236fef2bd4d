/** The stacks that a report blames, and when two of them are the same: for "seen before in #12". */
import { isStandardFunction, isWrapper, normalFunction } from './golang/names.ts';
import type { Report } from './model.ts';

/** As in ClusterFuzz (crash_comparer.py): two common frames and more, and 0.8 of both. */
const leastCommon = 2;
const leastRatio = 0.8;
/** Frames kept of a stack, and stacks of a thread. */
const maxFrames = 40;
const maxStacks = 6;

/** A stack that is blamed: functions of our own code without versions, innermost first. */
export interface Culprit {
  readonly functions: readonly string[];
  readonly fixedIn?: string;
}

/** Stacks of whom the findings blame first. Those who only wait behind a culprit are in many issues with different causes. */
export function culpritsOf(report: Report): readonly Culprit[] {
  const found = report.findings.flatMap(({ certainty, about, capture, goroutines, known }): readonly Culprit[] => {
    const [first] = goroutines;
    if (certainty === 'hint' || first === undefined || (about !== 'hang' && about !== 'crash')) return [];
    const groups = report.captures[capture]?.dumps.flatMap((dump) => dump.groups) ?? [];
    const functions = own(groups.find((group) => group.goroutines.includes(first))?.frames.map(({ func }) => func) ?? []);
    return functions.length < leastCommon ? [] : [{ functions, fixedIn: known?.fixedIn }];
  });
  return found.filter(({ functions }, at) => found.findIndex((other) => other.functions.join() === functions.join()) === at).slice(0, maxStacks);
}

function own(functions: readonly string[]): readonly string[] {
  return functions
    .filter((func) => !isWrapper(func) && !isStandardFunction(func))
    .map(normalFunction)
    .slice(0, maxFrames);
}

/** 0 when two stacks are not the same; else their ratio. They must stop in the same function. */
export function likeness(one: readonly string[], other: readonly string[]): number {
  if (one[0] === undefined || one[0] !== other[0]) return 0;
  const common = commonLength(one, other);
  const ratio = (2 * common) / (one.length + other.length);
  return common >= leastCommon && ratio >= leastRatio ? ratio : 0;
}

/** Longest common subsequence. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  let before = Array.from({ length: other.length + 1 }, () => 0);
  for (const name of one) {
    const row = [0];
    for (const [at, theirs] of other.entries()) row.push(name === theirs ? (before[at] ?? 0) + 1 : Math.max(before[at + 1] ?? 0, row[at] ?? 0));
    before = row;
  }
  return before.at(-1) ?? 0;
}
