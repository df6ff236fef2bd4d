/**
 * Receivers of method frames. Those that are dead at a call print a stale value: marked `?` since Go 1.18, unmarked in 1.17.
 * A stale one takes the exact receiver of the nearest frame of its type, or of the only object of its type in the dump.
 */
import { type Arguments, depthOf, inexactBit, leastPointer } from './arguments.ts';
import { isSync, type TypeInfo } from './shapes.ts';
import type { Receiver, View } from './view.ts';

export interface Receivers {
  of(view: View, frame: number): Receiver | undefined;
  /** What the frame itself prints as certain; NaN when it does not. */
  exact(view: View, frame: number): number;
  /** Of a generic method, where one is printed. */
  dictionary(view: View, frame: number): number | undefined;
}

/** Frames that are looked at on both sides. */
const neighbours = 5;
/** Dictionaries of generic functions lie in the program, below all heaps (runtime/malloc.go). */
const leastHeap = 0xc000000000;

export function receiversOf(views: readonly View[], args: Arguments): Receivers {
  const { values, marks, frames } = args;
  // The first word of a method frame when it may be a receiver at all.
  const wordOf = ({ shape, base }: View, at: number): number => {
    const place = shape.places[at];
    const word = frames[base + at] ?? 0;
    if (place?.type === undefined || place.literal || at >= shape.depth || word >= (frames[base + at + 1] ?? 0)) return -1;
    const value = values[word]!;
    if (value <= leastPointer || depthOf(marks[word]!) !== 0) return -1;
    // Go 1.20 prints the dictionary in place of a generic method's receiver (cmd/compile emitArgInfo skips the first parameter).
    return place.type.generic && value < leastHeap ? -1 : word;
  };
  const trusted = args.braces && !args.questions ? seenTwice(views, wordOf, values) : undefined;
  const exact = (view: View, at: number): number => {
    const word = wordOf(view, at);
    const place = view.shape.places[at];
    if (word < 0 || (marks[word]! & inexactBit) !== 0 || place?.type === undefined || place.frame.inlined === true) return Number.NaN;
    const value = values[word]!;
    return trusted === undefined || isSync(place.frame.func) || trusted.get(place.type)?.has(value) === true ? value : Number.NaN;
  };
  const only = new Map<TypeInfo, number>();
  for (const view of views)
    for (let at = 0; at < view.shape.depth; at++) {
      const type = view.shape.places[at]?.type;
      if (type === undefined || type.generic) continue;
      const value = exact(view, at);
      if (Number.isNaN(value)) continue;
      const known = only.get(type);
      if (known === undefined) only.set(type, value);
      else if (known !== value) only.set(type, Number.NaN);
    }
  // What a frame was handed besides its receiver is another object.
  const handed = ({ base }: View, at: number, value: number): boolean => {
    for (let word = frames[base + at]! + 1; word < frames[base + at + 1]!; word++) if (values[word] === value) return true;
    return false;
  };
  const mended = (view: View, at: number, type: TypeInfo): number => {
    const { places } = view.shape;
    for (let distance = 1; distance <= neighbours; distance++)
      for (const near of [at + distance, at - distance]) {
        // A method that calls itself goes on to the next object.
        if (places[near]?.type !== type || places[near]?.frame.func === places[at]?.frame.func) continue;
        const value = exact(view, near);
        if (!Number.isNaN(value) && !handed(view, at, value)) return value;
      }
    return only.get(type) ?? Number.NaN;
  };
  const of = (view: View, at: number): Receiver | undefined => {
    const place = view.shape.places[at];
    if (place?.type === undefined || at >= view.shape.depth) return undefined;
    const sure = exact(view, at);
    if (!Number.isNaN(sure)) return { value: sure, inexact: false, mended: false };
    const word = wordOf(view, at);
    const other = place.inner ? Number.NaN : mended(view, at, place.type);
    if (!Number.isNaN(other)) return { value: other, inexact: word < 0 || values[word] !== other, mended: true };
    return word < 0 ? undefined : { value: values[word]!, inexact: true, mended: false };
  };
  const dictionary = (view: View, at: number): number | undefined => {
    if (view.shape.places[at]?.type?.generic !== true) return undefined;
    const value = view.certain(at);
    return value > leastPointer && value < leastHeap ? value : undefined;
  };
  return { of, exact, dictionary };
}

/** Go 1.17 marks nothing: a receiver seen in two goroutines or functions for one type is not noise. */
function seenTwice(views: readonly View[], wordOf: (view: View, at: number) => number, values: Float64Array): ReadonlyMap<TypeInfo, ReadonlySet<number>> {
  const seen = new Map<TypeInfo, Map<number, string>>();
  const twice = new Map<TypeInfo, Set<number>>();
  for (const view of views)
    for (let at = 0; at < view.shape.depth; at++) {
      const word = wordOf(view, at);
      const place = view.shape.places[at];
      if (word < 0 || place?.type === undefined) continue;
      const own = seen.get(place.type) ?? new Map<number, string>();
      seen.set(place.type, own);
      const value = values[word]!;
      const who = `${view.id}/${place.frame.func}`;
      const first = own.get(value);
      if (first === undefined) own.set(value, who);
      else if (first !== who) twice.set(place.type, (twice.get(place.type) ?? new Set<number>()).add(value));
    }
  return twice;
}
