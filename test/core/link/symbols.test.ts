/** Address-only and legacy copies of real CPU profiles get the runtime's own functions, files, lines and inlined calls back. */
import { describe, expect, test } from 'vitest';
import { openBinary } from '../../../src/core/artefacts/binary/open-binary.ts';
import { memorySource } from '../../../src/core/artefacts/binary/source.ts';
import { symbolize } from '../../../src/core/artefacts/binary/symbolize.ts';
import type { Profile } from '../../../src/core/artefacts/profile/columns.ts';
import { parseProfile } from '../../../src/core/artefacts/profile/parse.ts';
import { decode } from '../../../src/core/artefacts/profile/wire.ts';
import { withSymbols } from '../../../src/core/link/symbols.ts';
import { releases } from '../artefacts/binary/programs.ts';
import { fixture } from '../artefacts/binary/sparse.ts';

function parsed(bytes: Uint8Array): Profile {
  const found = parseProfile(bytes);
  if (found.is !== 'fine') throw new Error(found.is);
  return found.profile;
}

function bare(profile: Profile): Profile {
  return {
    ...profile,
    lineStart: new Uint32Array(profile.lineStart.length),
    lineFunction: new Int32Array(0),
    lineNumber: new Float64Array(0),
    lineColumn: new Float64Array(0),
    functionName: new Uint32Array(0),
  };
}

/** Stacks as text, with their values. */
function stacks(profile: Profile, value: number): readonly string[] {
  const sums = new Map<string, number>();
  for (let sample = 0; sample < profile.samples; sample++) {
    const frames: string[] = [];
    for (const location of profile.sampleLocations.subarray(profile.sampleStart[sample], profile.sampleStart[sample + 1])) {
      for (let at = profile.lineStart[location] ?? 0; at < (profile.lineStart[location + 1] ?? 0); at++) {
        const func = profile.lineFunction[at] ?? 0;
        frames.push(`${profile.strings.at(profile.functionName[func] ?? 0)} ${profile.strings.at(profile.functionFile[func] ?? 0)}:${profile.lineNumber[at]}`);
      }
    }
    const key = frames.join('\n');
    sums.set(key, (sums.get(key) ?? 0) + (profile.values[sample * profile.sampleTypes.length + value] ?? 0));
  }
  return [...sums].map(([stack, sum]) => `${sum} ${stack}`).toSorted();
}

/** Function and the line that it begins at. */
function startLines(profile: Profile): readonly string[] {
  return [...profile.functionName].map((name, at) => `${profile.strings.at(name)} ${profile.functionStartLine[at]}`).toSorted();
}

/** The format of Go up to 1.8 and of gperftools: counts and program counters, which in callers are return addresses. */
function legacy(profile: Profile): Buffer {
  const words: bigint[] = [0n, 3n, 0n, BigInt(profile.period / 1000), 0n];
  for (let sample = 0; sample < profile.samples; sample++) {
    const stack = [...profile.sampleLocations.subarray(profile.sampleStart[sample], profile.sampleStart[sample + 1])].map(
      (location) => profile.locationAddress[location] ?? 0n,
    );
    words.push(
      BigInt(profile.values[sample * profile.sampleTypes.length] ?? 0),
      BigInt(stack.length),
      ...stack.map((address, index) => (index === 0 ? address : address + 1n)),
    );
  }
  words.push(0n, 1n, 0n);
  const [mapping] = profile.mappings;
  const maps = `${mapping?.start.toString(16)}-${mapping?.limit.toString(16)} r-xp ${mapping?.offset.toString(16).padStart(8, '0')} 00:00 0 /bin/app\n`;
  return Buffer.concat([Buffer.from(BigUint64Array.from(words).buffer), Buffer.from(maps)]);
}

describe.each(releases)('go%s', (release) => {
  const binary = openBinary(memorySource(fixture(`go${release}/app.gz`)), release);
  const names = (addresses: readonly number[]) => ('facts' in binary ? symbolize(binary, addresses, 0, 'profile') : []);
  const original = decode(fixture(`go${release}/cpu.pprof`));

  test('addresses alone', () => {
    const again = withSymbols(bare(original), names);
    expect(stacks(again, 0)).toEqual(stacks(original, 0));
    expect(stacks(again, 1)).toEqual(stacks(original, 1));
    expect(again.samples).toBe(original.samples);
    if (Number(release) >= 120) expect(startLines(again)).toEqual(startLines(original));
  });

  test('names that are there stay', () => {
    expect(
      stacks(
        withSymbols(original, () => []),
        1,
      ),
    ).toEqual(stacks(original, 1));
  });
});

// Go 1.12 and 1.13 gave inlined calls addresses of their own, one apart: the legacy reader takes those for a leaf that stands twice.
describe.each(releases.filter((release) => release !== '113'))('go%s', (release) => {
  const binary = openBinary(memorySource(fixture(`go${release}/app.gz`)), release);
  const original = decode(fixture(`go${release}/cpu.pprof`));

  test('the legacy binary format', () => {
    const old = parsed(legacy(original));
    expect(old.functionName).toHaveLength(0);
    expect(
      stacks(
        withSymbols(old, (addresses) => ('facts' in binary ? symbolize(binary, addresses) : [])),
        0,
      ),
    ).toEqual(stacks(original, 0));
  });
});
