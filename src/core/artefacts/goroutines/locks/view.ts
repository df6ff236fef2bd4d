/** Goroutines as the search for lock holders sees them: frames with their arguments as numbers, receivers mended. */
import type { Frame } from '../../../model.ts';
import type { Scanned } from '../scanned.ts';

/** One word of a frame's arguments. */
export interface Arg {
  /** undefined for `_`. */
  readonly value: number | undefined;
  /** Printed with `?`: may be stale. */
  readonly inexact: boolean;
  /** Depth of braces: receivers have 0. */
  readonly depth: number;
}

export interface ViewFrame {
  readonly frame: Frame;
  /** `pkg.(*T)` of a pointer method and of the function literals in it, '' for others. */
  readonly type: string;
  /** A function literal, a method value or a wrapper: its words are not the method's. */
  readonly literal: boolean;
  readonly args: readonly Arg[];
  /** Receiver taken from a neighbour frame of the same type. */
  mended?: number;
}

export interface View {
  /** Index in the scanned dump. */
  readonly index: number;
  readonly id: number;
  readonly state: string;
  /** 0 when the dump says none. */
  readonly minutes: number;
  readonly frames: ViewFrame[];
}

/** Values below this are no pointers. */
export const leastPointer = 4096;

interface Method {
  readonly type: string;
  readonly literal: boolean;
}

const method = /^(.*?\.\(\*[^()]+\))\.(.*)$/;
const methods = new WeakMap<Frame, Method>();

/** `pkg.(*T)` of `pkg.(*T).M`, and whether it is M itself: `M.func1`, `M-fm` and `M-range1` take other words. */
function methodOf(frame: Frame): Method {
  const known = methods.get(frame);
  if (known !== undefined) return known;
  const [, type = '', name = ''] = method.exec(frame.func) ?? [];
  const found = { type, literal: type === '' ? /\.func\d/.test(frame.func) : /[.\-·]/.test(name) };
  methods.set(frame, found);
  return found;
}

export function isSync(func: string): boolean {
  return func.startsWith('sync.') || func.startsWith('internal/sync.');
}

export function isRuntime(func: string): boolean {
  return func.startsWith('runtime.') || func.startsWith('internal/runtime/') || func.startsWith('runtime/internal/');
}

/** A goroutine with all its arguments; compiler-made outermost frames left out. */
export function viewOf(scanned: Scanned, index: number): View {
  const stack = scanned.stacks[scanned.stackOf[index] ?? 0];
  const texts = scanned.allArgsOf(index);
  const frames = (stack?.frames ?? []).map((frame, at): ViewFrame => ({ frame, ...methodOf(frame), args: argsOf(texts[at]) }));
  const creator = stack?.createdBy;
  while (frames.length > 1) {
    const last = frames.at(-1)?.frame;
    if (last === undefined) break;
    const wrapper = creator !== undefined && last.file === creator.file && last.line === creator.line && last.func.startsWith(`${creator.func}.`);
    if (last.func !== 'runtime.goexit' && last.func !== 'runtime.main' && !/\.gowrap\d+$|·dwrap·\d+$/.test(last.func) && !wrapper) break;
    frames.pop();
  }
  const minutes = scanned.minutes[index] ?? -1;
  return { index, id: scanned.ids[index] ?? 0, state: scanned.stateNames[scanned.states[index] ?? 0] ?? '', minutes: Math.max(0, minutes), frames };
}

function argsOf(text: string | undefined): readonly Arg[] {
  if (text === undefined || text === '' || text === '...') return [];
  const args: Arg[] = [];
  let depth = 0;
  for (const part of text.matchAll(/[{}]|0x([0-9a-f]+)(\??)|_/g)) {
    if (part[0] === '{') depth += 1;
    else if (part[0] === '}') depth -= 1;
    else args.push({ value: part[1] === undefined ? undefined : Number.parseInt(part[1], 16), inexact: part[0] === '_' || part[2] === '?', depth });
  }
  return args;
}

/** What the receiver of a method frame is, if it can be told. */
export interface Receiver {
  readonly value: number;
  readonly inexact: boolean;
  readonly mended: boolean;
}

export function receiverOf({ args, mended, type, literal }: ViewFrame): Receiver | undefined {
  const [first] = args;
  if (mended !== undefined) return { value: mended, inexact: first?.value !== mended, mended: true };
  if (type === '' || literal || first === undefined || first.depth !== 0 || first.value === undefined || first.value <= leastPointer) return undefined;
  return { value: first.value, inexact: first.inexact, mended: false };
}

/** What a frame works on: the receiver of a method, the first word of a plain function when that is a pointer. */
export function subjectOf(one: ViewFrame): Receiver | undefined {
  if (one.type !== '') return receiverOf(one);
  const [first] = one.args;
  if (one.literal || first === undefined || first.depth !== 0 || first.value === undefined || first.value <= leastPointer) return undefined;
  return { value: first.value, inexact: first.inexact, mended: false };
}

/** How arguments of this dump are to be read. */
export interface Era {
  /** Register ABI, Go 1.17 and newer: receivers may be stale. */
  readonly registers: boolean;
}

/**
 * Receivers that are dead at a call print a stale value: marked `?` since Go 1.18, unmarked in 1.17. A stale one takes
 * the exact receiver of the nearest frame of its type, or of the only object of its type in the dump.
 */
export function mendReceivers(views: readonly View[]): Era {
  let braces = false;
  let marks = false;
  for (const { frames } of views)
    for (const { args } of frames)
      for (const arg of args) {
        if (arg.depth > 0) braces = true;
        if (arg.inexact && arg.value !== undefined) marks = true;
      }
  const unmarked = braces && !marks;
  const trusted = unmarked ? seenTwice(views) : undefined;
  const exact = ({ type, literal, args, frame }: ViewFrame): number | undefined => {
    const [first] = args;
    if (
      type === '' ||
      literal ||
      frame.inlined === true ||
      first === undefined ||
      first.depth !== 0 ||
      first.inexact ||
      first.value === undefined ||
      first.value <= leastPointer
    )
      return undefined;
    return trusted === undefined || isSync(frame.func) || trusted.has(`${type}${first.value}`) ? first.value : undefined;
  };
  const only = new Map<string, number | null>();
  for (const { frames } of views)
    for (const one of frames) {
      const value = exact(one);
      // One name stands for all instances of a generic type.
      if (value === undefined || one.type.includes('[')) continue;
      const known = only.get(one.type);
      only.set(one.type, known === undefined || known === value ? value : null);
    }
  for (const { frames } of views) {
    for (const [at, one] of frames.entries()) {
      if (one.type === '' || isSync(one.frame.func) || exact(one) !== undefined) continue;
      for (let distance = 1; distance < 6 && one.mended === undefined; distance += 1) {
        for (const near of [frames[at + distance], frames[at - distance]]) {
          if (near === undefined || near.type !== one.type || one.mended !== undefined) continue;
          one.mended = exact(near);
        }
      }
      one.mended ??= only.get(one.type) ?? undefined;
    }
  }
  return { registers: braces || marks };
}

/** Go 1.17 marks nothing: a receiver seen in two goroutines or functions for one type is not noise. */
function seenTwice(views: readonly View[]): ReadonlySet<string> {
  const seen = new Map<string, string>();
  const twice = new Set<string>();
  for (const { id, frames } of views)
    for (const { type, literal, args, frame } of frames) {
      const value = args[0]?.value;
      if (type === '' || literal || value === undefined || value <= leastPointer) continue;
      const key = `${type}${value}`;
      const who = `${id}/${frame.func}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, who);
      else if (first !== who) twice.add(key);
    }
  return twice;
}
