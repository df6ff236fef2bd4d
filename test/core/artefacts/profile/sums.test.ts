/** Several profiles added up, subtracted, and written again: what `go tool pprof` prints of them, stored. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../../src/core/artefacts/profile/columns.ts';
import { encodeProfile } from '../../../../src/core/artefacts/profile/encode.ts';
import { combine } from '../../../../src/core/artefacts/profile/merge.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { readFlags } from '../../../../src/core/artefacts/profile/report/flags.ts';
import { ReportProblem } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';

const folder = 'fixtures/profile';
const pairs = [
  ['own/heap.go126.pb.gz', 'own/allocs.go126.pb.gz'],
  ['own/mutex.go126.pb.gz', 'own/block.go126.pb.gz'],
  ['real/prometheus-3.5.3.cpu.pprof', 'own/cpu.go126.pb.gz'],
] as const;
const flags = [
  '-top',
  '-top -cum',
  '-tree -nodecount=20',
  '-tags',
  '-raw',
  '-top -lines',
  '-peek=main',
  '-top -mean',
  '-top -drop_negative',
  '-traces',
  '-comments',
];

function profileOf(file: string): Profile {
  const parsed = parseProfile(readFileSync(file));
  if (parsed.is !== 'fine') throw new Error(`${file} is ${parsed.is}`);
  return parsed.profile;
}

function report(words: readonly string[]): string {
  const asked = readFlags(words);
  const [first] = asked.files.map(profileOf);
  if (first === undefined) throw new Error('no file');
  const profile = combine(asked.files.map(profileOf), asked.base.map(profileOf), asked);
  return makeReport(profile, asked.output === 'peek' ? { ...asked.options, symbol: new RegExp(asked.symbol) } : asked.options).text;
}

const cases = pairs.flatMap(([one, other]) =>
  ['', '-base', '-diff_base', '-normalize -base'].flatMap((how) =>
    flags.map((flag) => [
      ...flag.split(' '),
      ...how.split(' ').slice(0, -1),
      how === '' ? `${folder}/${one}` : `${how.split(' ').at(-1)}=${folder}/${other}`,
      ...(how === '' ? [`${folder}/${other}`] : [`${folder}/${one}`]),
    ]),
  ),
);
const stored: Readonly<Record<string, string>> = JSON.parse(readFileSync(`${folder}/sums.json`, 'utf8'));

describe('stored digests of what go tool pprof prints', () => {
  test('each case has one, save where pprof itself varies from run to run', () => expect(Object.keys(stored).length).toBeGreaterThan(100));
  test.each(cases.filter((words) => stored[words.join(' ')] !== undefined).map((words) => [words.join(' '), words] as const))('%s', (key, words) => {
    expect(createHash('sha256').update(report(words)).digest('hex').slice(0, 16)).toBe(stored[key]);
  });
});

test('profiles of different things are not added up', () => {
  const [cpu, heap] = [profileOf(`${folder}/own/cpu.go126.pb.gz`), profileOf(`${folder}/own/heap.go126.pb.gz`)];
  expect(() => combine([cpu, heap], [], { diffBase: false, normalize: false, comment: '' })).toThrow(ReportProblem);
});

test('a profile less itself is nothing', () => {
  const heap = profileOf(`${folder}/own/heap.go126.pb.gz`);
  expect(combine([heap], [heap], { diffBase: false, normalize: false, comment: '' }).samples).toBe(0);
});

/** Everything that a profile says, texts for string numbers. */
function said(profile: Profile): unknown {
  const texts = (column: Uint32Array): string[] => Array.from(column, (index) => profile.strings.at(index));
  const { strings: _strings, locationIds: _ids, mappings, ...rest } = profile;
  return {
    ...rest,
    sampleLocations: [...profile.sampleLocations],
    mappings: mappings.map((mapping) => ({ ...mapping, id: 0 })),
    labelKey: texts(profile.labelKey),
    labelText: texts(profile.labelText),
    labelUnit: texts(profile.labelUnit),
    functionName: texts(profile.functionName),
    functionSystemName: texts(profile.functionSystemName),
    functionFile: texts(profile.functionFile),
  };
}

describe('written with pprof-format and read again, nothing is lost', () => {
  const files = ['own', 'real', 'state', 'upstream']
    .flatMap((name) => readdirSync(`${folder}/${name}`).map((file) => `${folder}/${name}/${file}`))
    .filter((file) => /\.(pb\.gz|pprof|txt)$/.test(file) && !/goldens/.test(file));
  test('there are many', () => expect(files.length).toBeGreaterThan(25));
  test.each(files)('%s', (file) => {
    const parsed = parseProfile(readFileSync(file));
    expect(parsed.is).toBe('fine');
    if (parsed.is !== 'fine') return;
    const again = parseProfile(encodeProfile(parsed.profile));
    expect(again.is === 'fine' && said(again.profile)).toEqual(said(parsed.profile));
  });
});

test('negative and large values survive', () => {
  const heap = profileOf(`${folder}/own/heap.go126.pb.gz`);
  const turned = { ...heap, values: heap.values.map((value, at) => (at % 3 === 0 ? 0 - value : at % 3 === 1 ? 2 ** 52 + at : value)) };
  const again = parseProfile(encodeProfile(turned));
  expect(again.is === 'fine' && [...again.profile.values]).toEqual([...turned.values]);
});
