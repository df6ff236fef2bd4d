/** The heaviest distinct stacks of a profile, by name. */
import type { HeavyStack } from '../../model.ts';
import type { Profile } from './columns.ts';

/** Stacks kept for rules. */
const maxStacks = 300;
/** Frames named of each, innermost first: the runtime's own limit is 128. */
const maxFrames = 256;

/** Over one sample type; shares are of `total`. */
export function heaviest(profile: Profile, index: number, total: number): readonly HeavyStack[] {
  const { sampleTypes, samples, sampleStart, sampleLocations, values } = profile;
  const sums = new StackSums(samples);
  for (let sample = 0; sample < samples; sample += 1) {
    const value = values[sample * sampleTypes.length + index] as number;
    if (value <= 0) continue;
    let [one, two] = [0x811c9dc5, 0x9747b28c];
    const to = sampleStart[sample + 1] as number;
    for (let at = sampleStart[sample] as number; at < to; at += 1) {
      const location = sampleLocations[at] as number;
      one = Math.imul(one ^ location, 0x01000193) ^ (one >>> 15);
      two = Math.imul(two + location, 0x85ebca6b) ^ (two >>> 13);
    }
    sums.add(one, two, value, sample);
  }
  return sums.largest(maxStacks).map(({ value, sample }) => ({ value, share: total === 0 ? 0 : value / total, funcs: functionsOf(profile, sample) }));
}

/** Sums by two hashes of 32 bits, in an open-addressing table: maps and text keys would cost seconds for millions of stacks. */
class StackSums {
  private readonly one: Int32Array;
  private readonly two: Int32Array;
  private readonly sum: Float64Array;
  /** First sample of each, or -1. */
  private readonly first: Int32Array;

  constructor(samples: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, samples * 1.5)));
    this.one = new Int32Array(size);
    this.two = new Int32Array(size);
    this.sum = new Float64Array(size);
    this.first = new Int32Array(size).fill(-1);
  }

  add(one: number, two: number, value: number, sample: number): void {
    const mask = this.first.length - 1;
    let at = (one ^ (two >>> 7)) & mask;
    while ((this.first[at] as number) >= 0 && (this.one[at] !== one || this.two[at] !== two)) at = (at + 1) & mask;
    if ((this.first[at] as number) < 0) {
      this.first[at] = sample;
      this.one[at] = one;
      this.two[at] = two;
    }
    this.sum[at] = (this.sum[at] as number) + value;
  }

  /** Largest first; equal ones in the order of the file. */
  largest(count: number): readonly { readonly value: number; readonly sample: number }[] {
    const least = this.sum.toSorted().at(-count) ?? 0;
    const found: { readonly value: number; readonly sample: number }[] = [];
    const equal: number[] = [];
    for (let at = 0; at < this.sum.length; at += 1) {
      const [value, sample] = [this.sum[at] as number, this.first[at] as number];
      if (sample >= 0 && value > least) found.push({ value, sample });
      else if (sample >= 0 && value === least) equal.push(sample);
    }
    const rest = Int32Array.from(equal)
      .sort()
      .subarray(0, count - found.length);
    return [...found.sort((a, b) => b.value - a.value || a.sample - b.sample), ...Array.from(rest, (sample) => ({ value: least, sample }))];
  }
}

function functionsOf(profile: Profile, sample: number): readonly string[] {
  const names: string[] = [];
  for (let at = profile.sampleStart[sample] ?? 0; at < (profile.sampleStart[sample + 1] ?? 0) && names.length < maxFrames; at += 1) {
    const location = profile.sampleLocations[at] ?? 0;
    for (let line = profile.lineStart[location] ?? 0; line < (profile.lineStart[location + 1] ?? 0); line += 1) {
      const func = profile.lineFunction[line] ?? -1;
      if (func >= 0) names.push(profile.strings.at(profile.functionName[func] ?? 0));
    }
  }
  return names;
}
