/** Twelve builds of one program, of Go 1.8 to 1.27, both byte orders and both widths, against what their own runtimes say of addresses and types. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foldedName } from '../../../../src/core/artefacts/binary/function-index.ts';
import { memorySource } from '../../../../src/core/artefacts/binary/source.ts';
import { askProbe, type ProbeAnswers } from './probes.ts';
import { fixture } from './sparse.ts';

const answers: Readonly<Record<string, ProbeAnswers>> = JSON.parse(fixture('probe/answers.json.gz').toString('utf8'));

test('there are as many programs as answers', () => {
  const programs = readdirSync('fixtures/binary/probe').filter((name) => /^go.*\.gz$/.test(name));
  expect(Object.keys(answers).map((name) => `${name}.gz`)).toEqual(programs.toSorted());
  expect(programs).toHaveLength(12);
});

describe.each(Object.entries(answers))('%s', (name, said) => {
  const [, release = '', arch = ''] = /^go(\d+\.\d+)\.\d+-(\w+)-/.exec(name) ?? [];
  const minor = Number(release.split('.')[1]);
  const probed = askProbe(memorySource(fixture(`probe/${name}.gz`)), name, said);

  test('says what it is', () => {
    expect(probed.binary.facts).toMatchObject({ format: 'elf', arch, go: expect.stringMatching(new RegExp(`^go${release}\\.`)) });
    expect(probed.binary.image.words.littleEndian).toBe(!['mips', 's390x'].includes(arch));
  });

  test('every call at every address', () => {
    // Go 1.12 and 1.13 give an inlined call its own address, so that the runtime names only one.
    const most = minor === 12 || minor === 13 ? 3 : Infinity;
    const shown = (frames: readonly (readonly string[])[]): readonly (readonly string[])[] => frames.map((row) => row.slice(0, most).map(foldedName));
    expect(shown(probed.frames)).toEqual(shown(said.frames));
    expect(said.frames.length).toBeGreaterThan(100);
    // Inlining of calls inside of inlined calls came with Go 1.12; before Go 1.9 tables do not say it.
    if (minor >= 14) expect(said.frames.filter((row) => row.length > 5).length).toBeGreaterThan(10);
  });

  test('every field of every type', () => {
    expect(probed.fields).toEqual(said.fields);
    expect(said.fields.length).toBeGreaterThan(30);
  });

  test('a lock in a generic type is named where all instances agree', () => {
    const wide = probed.binary.image.words.pointerSize === 8;
    // Behind one pointer in Cache; in Odd it depends on the instance.
    expect(probed.generic).toEqual(minor >= 18 ? [`${wide ? 8 : 4} main.Cache.mu`] : []);
  });
});
