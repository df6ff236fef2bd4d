/** Frames taken away because the profile asks for it (drop_frames, keep_frames) or the person does (-prune_from). */
import { maxSpentOnFiles, type Pattern } from '../pattern/pattern.ts';
import { pattern, ReportProblem } from './options.ts';
import { chooseSamples, stackOf, type Work } from './work.ts';

/** A function's name before its arguments; `(anonymous namespace)` and `operator()` are part of it (profile/prune.go). */
function simplified(name: string): string {
  const bare = name.startsWith('.') ? name.slice(1) : name;
  for (const found of bare.matchAll(/\([^)]*\)|\(/g)) {
    const reserved = ['(anonymous namespace)', 'operator()'].find((word) => bare.startsWith(word, word === 'operator()' ? found.index - 8 : found.index));
    if (reserved === undefined) return bare.slice(0, found.index);
  }
  return bare;
}

/** Hides `drop_frames` below the first frame of the program; broken patterns, and those that take too long, are ignored. */
export function removeUninteresting(work: Work): void {
  const goes = droppedNames(work);
  if (goes === undefined) return;
  const whole = new Uint8Array(work.lines.length);
  const beneath = new Uint8Array(work.lines.length);
  work.lines = work.lines.map((lines, location) => {
    const last = lines.findLastIndex(({ func }) => func >= 0 && goes[func] === true);
    if (last < 0) return lines;
    beneath[location] = 1;
    if (last === lines.length - 1) {
      whole[location] = 1;
      return lines;
    }
    return lines.slice(last + 1);
  });
  if (!beneath.includes(1)) return;
  chooseSamples(work, (_, from, to) => {
    let user = false;
    for (let at = to - 1; at >= from; at -= 1) {
      const location = work.sampleLocations[at] ?? 0;
      if (beneath[location] === 0) user = true;
      else if (user) return stackOf(work, whole[location] === 1 ? at + 1 : at, to);
    }
    return stackOf(work, from, to);
  });
}

/** For each function: is it to be hidden; undefined when nothing can be. */
function droppedNames({ names, profile: { dropFrames, keepFrames } }: Work): readonly boolean[] | undefined {
  if (dropFrames === '') return undefined;
  try {
    const drop = pattern('drop_frames', `^(${dropFrames})$`, maxSpentOnFiles);
    const keep = keepFrames === '' ? undefined : pattern('keep_frames', `^(${keepFrames})$`, maxSpentOnFiles);
    return names.map((name) => {
      const simple = simplified(name);
      return name !== '' && drop.test(simple) && keep?.test(simple) !== true;
    });
  } catch (problem) {
    if (problem instanceof ReportProblem) return undefined;
    throw problem;
  }
}

/** Drops everything below the lowest frame that matches. */
export function pruneFrom(work: Work, rx: Pattern): void {
  const hit = work.names.map((name) => name !== '' && rx.test(simplified(name)));
  const beneath = new Uint8Array(work.lines.length);
  work.lines = work.lines.map((lines, location) => {
    const first = lines.findIndex(({ func }) => func >= 0 && hit[func] === true);
    if (first < 0) return lines;
    beneath[location] = 1;
    return lines.slice(first);
  });
  chooseSamples(work, (_, from, to) => {
    for (let at = from; at < to; at += 1) if (beneath[work.sampleLocations[at] ?? 0] === 1) return stackOf(work, at, to);
    return stackOf(work, from, to);
  });
}
