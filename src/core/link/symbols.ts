/** Names for the bare addresses of a profile: a new profile with the functions and lines that the exact binary has for them. */
import type { Profile } from '../artefacts/profile/columns.ts';
import { type NewLine, ProfileBuilder } from '../artefacts/profile/build.ts';
import type { Frame } from '../model.ts';

/** Frames of addresses, innermost first; empty where the binary has nothing there. */
export type Symbolizer = (addresses: readonly number[]) => readonly (readonly (Frame & { readonly startLine?: number })[])[];

/** Locations that have names already keep them. */
export function withSymbols(profile: Profile, symbolize: Symbolizer): Profile {
  const count = profile.locationIds.length;
  const addresses = Array.from(profile.locationAddress, Number);
  const bare = addresses
    .keys()
    .filter((location) => !isNamed(profile, location))
    .toArray();
  const found = symbolize(bare.map((location) => addresses[location] ?? 0));
  const frames = new Map(bare.map((location, index) => [location, found[index] ?? []]));
  const builder = new ProfileBuilder();
  for (const mapping of profile.mappings)
    builder.mappings.push({ ...mapping, hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true });
  const locations: number[] = [];
  for (let location = 0; location < count; location++) {
    const lines = frames
      .get(location)
      ?.map(({ func, file, line, startLine = 0 }): NewLine => ({ func: builder.func({ name: func, systemName: func, file, startLine }), line, column: 0 }));
    const mapping = profile.locationMapping[location] ?? -1;
    locations.push(
      builder.location(profile.locationAddress[location] ?? 0n, mapping, lines ?? ownLines(profile, location, builder), profile.locationFolded[location]),
    );
  }
  copySamples(profile, builder, locations);
  return builder.done({ ...profile });
}

/** Distinct calls looked at; twenty prove a program. */
const maxPairs = 4000;

/** Neighbours on the stacks of a profile that are both in the program itself, not in a C library: which address was called from which. */
export function callPairs(profile: Profile): readonly (readonly [caller: number, callee: number])[] {
  const pairs = new Map<string, readonly [number, number]>();
  const isOwn = (location: number): boolean => (profile.locationMapping[location] ?? -1) <= 0;
  for (let sample = 0; sample < profile.samples && pairs.size < maxPairs; sample++) {
    const stack = profile.sampleLocations.subarray(profile.sampleStart[sample], profile.sampleStart[sample + 1]);
    for (let index = 1; index < stack.length; index++) {
      const [callee = 0, caller = 0] = [stack[index - 1], stack[index]];
      const key = `${caller} ${callee}`;
      if (isOwn(caller) && isOwn(callee) && !pairs.has(key))
        pairs.set(key, [Number(profile.locationAddress[caller] ?? 0n), Number(profile.locationAddress[callee] ?? 0n)]);
    }
  }
  return [...pairs.values()];
}

function isNamed(profile: Profile, location: number): boolean {
  const from = profile.lineStart[location] ?? 0;
  return from < (profile.lineStart[location + 1] ?? 0) && (profile.lineFunction[from] ?? -1) >= 0;
}

function ownLines(profile: Profile, location: number, builder: ProfileBuilder): readonly NewLine[] {
  const lines: NewLine[] = [];
  const text = (index: number | undefined): string => profile.strings.at(index ?? 0);
  for (let at = profile.lineStart[location] ?? 0; at < (profile.lineStart[location + 1] ?? 0); at++) {
    const func = profile.lineFunction[at] ?? -1;
    const named =
      func < 0
        ? -1
        : builder.func({
            name: text(profile.functionName[func]),
            systemName: text(profile.functionSystemName[func]),
            file: text(profile.functionFile[func]),
            startLine: profile.functionStartLine[func] ?? 0,
          });
    lines.push({ func: named, line: profile.lineNumber[at] ?? 0, column: profile.lineColumn[at] ?? 0 });
  }
  return lines;
}

function copySamples(profile: Profile, builder: ProfileBuilder, locations: readonly number[]): void {
  const width = profile.sampleTypes.length;
  for (let sample = 0; sample < profile.samples; sample++) {
    const stack = Array.from(
      profile.sampleLocations.subarray(profile.sampleStart[sample], profile.sampleStart[sample + 1]),
      (location) => locations[location] ?? 0,
    );
    const labels = [];
    for (let at = profile.labelStart[sample] ?? 0; at < (profile.labelStart[sample + 1] ?? 0); at++) {
      const textual = (profile.labelText[at] ?? 0) > 0;
      labels.push({
        key: profile.strings.at(profile.labelKey[at] ?? 0),
        text: textual ? profile.strings.at(profile.labelText[at] ?? 0) : undefined,
        number: textual ? undefined : profile.labelNumber[at],
        unit: profile.strings.at(profile.labelUnit[at] ?? 0),
      });
    }
    builder.sample(stack, profile.values.subarray(sample * width, (sample + 1) * width), labels);
  }
}
