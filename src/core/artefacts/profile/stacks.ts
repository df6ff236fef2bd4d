/** Stacks of function names with their weight, outermost first, inlined frames as frames of their own. */
import type { Profile } from './columns.ts';

/** Frames by number, stacks as rows of numbers. */
export interface WeightedStacks {
  readonly frames: readonly { readonly name: string; readonly file: string }[];
  readonly stacks: readonly { readonly frames: readonly number[]; readonly weight: number }[];
  readonly unit: string;
  readonly total: number;
}

/** Over one sample type; samples without weight are left out. */
export function weightedStacks(profile: Profile, type: number): WeightedStacks {
  const frames: { name: string; file: string }[] = [];
  const numbers = new Map<string, number>();
  const number = (name: string, file: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    frames.push({ name, file });
    numbers.set(name, frames.length - 1);
    return frames.length - 1;
  };
  const width = profile.sampleTypes.length;
  const sums = new Map<string, { frames: number[]; weight: number }>();
  let total = 0;
  for (let sample = 0; sample < profile.samples; sample += 1) {
    const weight = profile.values[sample * width + type] ?? 0;
    if (weight <= 0) continue;
    total += weight;
    const own: number[] = [];
    for (let at = (profile.sampleStart[sample + 1] ?? 0) - 1; at >= (profile.sampleStart[sample] ?? 0); at -= 1) {
      const location = profile.sampleLocations[at] ?? 0;
      const first = profile.lineStart[location] ?? 0;
      const last = profile.lineStart[location + 1] ?? 0;
      if (first === last) own.push(number(`0x${(profile.locationAddress[location] ?? 0n).toString(16)}`, ''));
      for (let line = last - 1; line >= first; line -= 1) {
        const func = profile.lineFunction[line] ?? -1;
        if (func >= 0) own.push(number(profile.strings.at(profile.functionName[func] ?? 0), profile.strings.at(profile.functionFile[func] ?? 0)));
      }
    }
    const key = own.join();
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { frames: own, weight });
    else known.weight += weight;
  }
  return { frames, stacks: [...sums.values()], unit: profile.sampleTypes[type]?.unit ?? '', total };
}
