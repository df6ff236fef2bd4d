/** Do the frames of a text dump come from this binary? Each names a function, an offset in it, and the line that must be there. */
import { importPathOf, isStandard } from '../../golang/modules.ts';
import type { PrintedFrame } from './dump-text.ts';
import { findFunctions, foldedName } from './function-index.ts';
import type { Func, LineTable } from './line-table.ts';

export interface FrameCheck {
  /** Distinct frames compared. */
  readonly count: number;
  readonly same: number;
  /** Same function, offset and line in a file of another path: the same code built in another place. */
  readonly otherPath: number;
  /** Modules (and the standard library) that the agreeing frames come from. */
  readonly modules: number;
  /** Frames of code that is not the standard library, those of them whose function is there at all, and those that agree. */
  readonly own: number;
  readonly ownKnown: number;
  readonly ownSame: number;
  /** Frames of functions that are not there. */
  readonly unknown: number;
  /** Whether `main.main` stands in the file of the same name and folder; undefined when the dump does not show it. */
  readonly main?: 'same' | 'another';
  /** The first frames that disagree, in words. */
  readonly wrong: readonly string[];
}

/** Names that dumps print differently. */
const printedAs: Readonly<Record<string, string>> = { panic: 'runtime.gopanic' };

const maxWrong = 5;

export function checkFrames(lines: LineTable, frames: readonly PrintedFrame[]): FrameCheck {
  const nameOf = (func: string): string => foldedName(printedAs[func] ?? func);
  const functions = findFunctions(lines, new Set(frames.map(({ func }) => nameOf(func))));
  const modules = new Set<string>();
  const wrong: string[] = [];
  let [same, otherPath, own, ownKnown, ownSame, unknown] = [0, 0, 0, 0, 0, 0];
  for (const frame of frames) {
    const candidates = functions.get(nameOf(frame.func)) ?? [];
    const isOwn = !isStandard(importPathOf(frame.func));
    if (isOwn) {
      own += 1;
      if (candidates.length > 0) ownKnown += 1;
    }
    if (candidates.length === 0) unknown += 1;
    const answers = candidates.map((func) => compare(lines, func, frame));
    if (answers.includes('same')) {
      same += 1;
      modules.add(moduleOf(frame));
      if (isOwn) ownSame += 1;
    } else if (answers.includes('other path')) otherPath += 1;
    else if (wrong.length < maxWrong) wrong.push(`\`${frame.func}\` at ${frame.file}:${frame.line}: ${answers[0] ?? 'there is no such function'}`);
  }
  return { count: frames.length, same, otherPath, modules: modules.size, own, ownKnown, ownSame, unknown, main: compareMain(lines, frames), wrong };
}

/** The folder of the main package names the program, wherever it was built: `cmd/ipfs/main.go`. */
function compareMain(lines: LineTable, frames: readonly PrintedFrame[]): FrameCheck['main'] {
  const printed = frames.find(({ func }) => func === 'main.main')?.file;
  if (printed === undefined) return undefined;
  const [func] = findFunctions(lines, new Set(['main.main'])).get('main.main') ?? [];
  const here = func === undefined ? '' : (lines.framesIn(func, func.entry).at(-1)?.file ?? '');
  return tail(printed) === tail(here) ? 'same' : 'another';
}

function tail(file: string): string {
  return file.replaceAll('\\', '/').split('/').slice(-2).join('/');
}

/** What an offset in a function is here: a return address, or an exact one under a signal. */
function compare(lines: LineTable, func: Func, frame: PrintedFrame): string {
  const at = func.entry + frame.offset;
  if (at <= func.entry || at > func.end) return `the function ends before +0x${frame.offset.toString(16)}`;
  const here = lines.framesIn(func, at - 1);
  const isHere = (place: { readonly file: string; readonly line: number }): boolean => place.file === frame.file && place.line === frame.line;
  const outer = here.at(-1);
  if (outer === undefined) return 'no line';
  // "created by" names the outer function and the innermost line.
  if (frame.created) {
    if (here.some(isHere)) return 'same';
    return here.some(({ line }) => line === frame.line) ? 'other path' : `line ${here[0]?.line ?? 0} here`;
  }
  if (!isHere(outer)) {
    const exact = lines.framesIn(func, at).at(-1);
    if (exact !== undefined && isHere(exact)) return 'same';
    return outer.line === frame.line ? 'other path' : `line ${outer.line} here`;
  }
  const inner = here.slice(0, -1);
  // Without inlined calls here the printed ones belong to a wrapper that Go leaves out of dumps.
  if (inner.length === 0 || frame.inlined.length === 0) return 'same';
  const shown = inner.slice(-frame.inlined.length);
  const agrees =
    shown.length === frame.inlined.length &&
    frame.inlined.every((one, index) => foldedName(shown[index]?.func ?? '') === foldedName(one.func) && shown[index]?.line === one.line);
  return agrees ? 'same' : `inlined calls differ: ${inner.map((one) => `${one.func}:${one.line}`).join(', ')}`;
}

/** `github.com/ipfs/boxo@v0.29.1`, the first three elements of a package, or the standard library. */
function moduleOf({ file, func }: PrintedFrame): string {
  const versioned = /([^/]+(?:\/[^/@]+)*@v[^/]+)\//.exec(file)?.[1];
  if (versioned !== undefined) return versioned;
  const path = importPathOf(func);
  return isStandard(path) ? 'std' : path.split('/').slice(0, 3).join('/');
}
