/** A profile in speedscope's own JSON (its file-format-schema): every sample type, inlined frames as frames. */
import type { Profile, ValueType } from './columns.ts';

interface Frame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

/** JSON text. speedscope's reader of pprof files drops inlined frames; its own format keeps them. */
export function speedscopeJson(profile: Profile, name: string): string {
  const frames: Frame[] = [];
  const byFunction = new Int32Array(profile.functionName.length).fill(-1);
  const unnamed = new Map<string, number>();
  const frameOf = (func: number, location: number): number => {
    if (func >= 0) {
      const known = byFunction[func] ?? -1;
      if (known >= 0) return known;
      const file = profile.strings.at(profile.functionFile[func] ?? 0);
      const line = profile.functionStartLine[func] ?? 0;
      frames.push({ name: profile.strings.at(profile.functionName[func] ?? 0), file: file === '' ? undefined : file, line: line > 0 ? line : undefined });
      byFunction[func] = frames.length - 1;
      return frames.length - 1;
    }
    const address = `0x${(profile.locationAddress[location] ?? 0n).toString(16)}`;
    const known = unnamed.get(address);
    if (known !== undefined) return known;
    frames.push({ name: address });
    unnamed.set(address, frames.length - 1);
    return frames.length - 1;
  };
  const stacks = Array.from({ length: profile.samples }, (_, sample) => stackOf(profile, sample, frameOf));
  const profiles = profile.sampleTypes.map((type, at) => ofType(profile, type, at, stacks));
  const chosen = profile.sampleTypes.findIndex(({ type }) => type !== '' && type === profile.defaultSampleType);
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'pprof-triage',
    name,
    activeProfileIndex: chosen < 0 ? Math.max(0, profiles.length - 1) : chosen,
    shared: { frames },
    profiles,
  });
}

/** Outermost first, as speedscope wants it. */
function stackOf(profile: Profile, sample: number, frameOf: (func: number, location: number) => number): number[] {
  const stack: number[] = [];
  for (let at = (profile.sampleStart[sample + 1] ?? 0) - 1; at >= (profile.sampleStart[sample] ?? 0); at -= 1) {
    const location = profile.sampleLocations[at] ?? 0;
    const first = profile.lineStart[location] ?? 0;
    const end = profile.lineStart[location + 1] ?? 0;
    if (first === end) stack.push(frameOf(-1, location));
    for (let line = end - 1; line >= first; line -= 1) stack.push(frameOf(profile.lineFunction[line] ?? -1, location));
  }
  return stack;
}

/** Negative values have no width and are left out. */
function ofType(profile: Profile, { type, unit }: ValueType, at: number, stacks: readonly (readonly number[])[]): object {
  const samples: (readonly number[])[] = [];
  const weights: number[] = [];
  for (const [sample, stack] of stacks.entries()) {
    const value = profile.values[sample * profile.sampleTypes.length + at] ?? 0;
    if (value <= 0 || stack.length === 0) continue;
    samples.push(stack);
    weights.push(value);
  }
  const units = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes'];
  return {
    type: 'sampled',
    name: type,
    unit: units.includes(unit) ? unit : 'none',
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples,
    weights,
  };
}
