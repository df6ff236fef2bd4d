/** `pprof-triage pprof`: flags and words as pprof has them, files it writes, programs that name addresses. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ProfileBuilder } from '../../src/core/artefacts/profile/build.ts';
import type { Profile } from '../../src/core/artefacts/profile/columns.ts';
import { encodeProfile } from '../../src/core/artefacts/profile/encode.ts';
import { parseProfile } from '../../src/core/artefacts/profile/parse.ts';
import { answer, run } from '../../src/desk/pprof.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';
import { pprofPath, theirs } from '../core/artefacts/profile/random/compare.ts';

const folder = mkdtempSync(join(tmpdir(), 'desk-pprof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cpu = 'fixtures/profile/real/prometheus-3.5.3.cpu.pprof';
const heap = 'fixtures/profile/own/heap.go126.pb.gz';

async function text(...args: readonly string[]): Promise<string> {
  const { out } = await answer(args);
  return typeof out === 'string' ? out : Buffer.from(out).toString('latin1');
}

describe('words of pprof for what cannot be', () => {
  test.each([
    [[], 'no profile source specified'],
    [['-nope', cpu], 'flag provided but not defined: -nope'],
    [['-nodecount=x', cpu], 'invalid value "x" for flag -nodecount'],
    [['-focus'], 'flag needs an argument: -focus'],
    [['-top', '-tree', cpu], 'must set at most one output format'],
    [['-cum', '-flat', cpu], 'conflicting options set: [cum flat]'],
    [['-lines', '-files', cpu], 'conflicting options set: [files lines]'],
    [['-base=a', '-diff_base=b', cpu], '-base and -diff_base flags cannot both be specified'],
    [['-normalize', cpu], 'must have base profile to normalize by'],
    [['-sample_index=9', cpu], 'sample_index 9 is outside the range [0..1]'],
    [['-sample_index=x', cpu], 'sample_index "x" must be one of: [samples cpu]'],
    [['-peek=nothing_like_it', cpu], 'no matches found for regexp: nothing_like_it'],
    [['-divide_by=0', cpu], 'zero divisor specified'],
    [['-http=:', cpu], '-http is not offered here; use go tool pprof for it'],
    [['-top', 'no/such/file'], 'failed to fetch any source profiles'],
    [['-top', 'package.json'], 'failed to fetch any source profiles'],
    [['-focus=(', cpu], 'parsing focus regexp: '],
    [[`-focus=${'(a|b)*'.repeat(1000)}`, cpu], 'the pattern of focus is longer than 4000 characters'],
  ])('%j', async (args, wanted) => {
    const { code, out, said } = await answer(args);
    expect([code, out]).toEqual([2, '']);
    expect(said.at(-1)).toContain(wanted);
  });
  test('a file that cannot be read is named, with the reason', async () => {
    const cut = join(folder, 'cut.pprof');
    writeFileSync(cut, readFileSync(cpu).subarray(0, 3000));
    const { code, said } = await answer(['-top', cpu, cut, 'no/such/file']);
    expect(code).toBe(0);
    expect(said).toEqual([
      `${cut}: it is gzip, but damaged or cut: send it again, packed in a zip so that nothing changes it on the way`,
      'no/such/file: there is no such file',
      'Fetched 1 source profiles out of 3',
    ]);
  });
});

test('both dashes, values in the next word, flags after files, and the end of flags', async () => {
  const wanted = await text('-top', '-nodecount=5', cpu);
  expect(wanted).toContain('Showing top 5 nodes');
  for (const words of [
    ['--top', '--nodecount', '5', cpu],
    [cpu, '-nodecount=5'],
    ['-top=true', '-nodecount=5', '--', cpu],
  ])
    expect(await text(...words)).toBe(wanted);
});

test('-output writes the file and says so', async () => {
  const file = join(folder, 'out.txt');
  expect((await answer(['-top', `-output=${file}`, cpu])).said).toEqual([`Generating report in ${file}`]);
  expect(await run(['-top', `-output=${file}`, cpu])).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(await text('-top', cpu));
  expect(await run(['-top', `-output=${join(folder, 'no', 'folder')}`, cpu])).toBe(2);
});

test('each kind of output', async () => {
  // A machine that is very busy needs more than the five seconds; drawings.test.ts waits longer.
  const { out, said } = await answer(['-svg', '-nodecount=20', cpu]);
  expect(`${String(out)}${said.join()}`).toMatch(/<\/svg>|not done within 5 s/);
  expect(await text('-flame', cpu)).toContain('<!doctype html>');
  expect(JSON.parse(await text('-speedscope', cpu))).toMatchObject({ exporter: 'pprof-triage' });
  expect(await text('-help')).toContain('-diff_base');
});

describe('-proto', () => {
  const flagged = [
    [cpu],
    ['-focus=runtime', '-ignore=mallocgc', cpu],
    ['-hide=runtime', '-tagroot=worker', cpu],
    ['-noinlines', cpu],
    ['-divide_by=3', heap],
    [`-base=${heap}`, 'fixtures/profile/own/allocs.go126.pb.gz'],
    [`-diff_base=${heap}`, 'fixtures/profile/own/allocs.go126.pb.gz'],
    [heap, 'fixtures/profile/own/allocs.go126.pb.gz'],
    ['fixtures/profile/own/heap.go126.txt'],
    ['fixtures/profile/own/mutex.go126.txt'],
    ['fixtures/profile/legacy/cppbench.cpu'],
  ];
  const written = join(folder, 'written.pb.gz');
  const reports = [['-top'], ['-tree', '-nodecount=20'], ['-tags'], ['-top', '-lines'], ['-dot', '-nodecount=15']];
  /** What was filtered before cannot be said again, and neither can the name of the file. */
  const bare = (report: string): string => report.replaceAll(/^ {3}\w+=.*\n|^Active filters:\n|Active filters:.*?(?=Showing)/gm, '');

  test.each(flagged.map((args) => [args.join(' '), args] as const))('%s: reports of what was written are reports of what was read', async (_, args) => {
    writeFileSync(written, Buffer.from(await text('-proto', ...args), 'latin1'));
    for (const report of reports) {
      // Divided values do not add up to the divided sum, and percentages are of what was left.
      if (args[0]?.startsWith('-divide_by') === true) continue;
      const direct = [...report, ...args, ...(args.some((word) => /^-(?:focus|hide)/.test(word)) ? ['-relative_percentages'] : [])];
      if (report[0] === '-dot' && args.some((word) => /base/.test(word))) continue;
      expect(bare(await text(...report, written)), report.join(' ')).toBe(bare(await text(...direct)));
    }
  });

  const pprof = pprofPath();
  test.runIf(pprof !== undefined).each(flagged.map((args) => [args.join(' '), args] as const))(
    '%s: go tool pprof reads it and reports the same',
    async (_, args) => {
      writeFileSync(written, Buffer.from(await text('-proto', ...args), 'latin1'));
      for (const report of [['-top'], ['-raw']]) {
        const { code, out } = await theirs(pprof ?? '', [...report, written]);
        expect(code).toBe(0);
        expect(await text('-symbolize=none', ...report, written)).toBe(out);
      }
    },
  );
});

test('a program named first gives bare addresses their names', async () => {
  const parsed = parseProfile(fixture('go126/cpu.pprof'));
  if (parsed.is !== 'fine') throw new Error(parsed.is);
  const program = join(folder, 'app');
  writeFileSync(program, fixture('go126/app.gz'));
  const file = join(folder, 'bare.pb.gz');
  writeFileSync(file, encodeProfile(withoutNames(parsed.profile)));
  const bare = await text('-top', file);
  expect(bare).not.toContain('main.');
  const named = await text('-top', program, file);
  expect(named).toContain('File: app');
  expect(named).toMatch(/\s(?:main|runtime)\.\w+/);
  // -symbolize=none leaves them as they are, as pprof does.
  expect(await text('-symbolize=none', '-top', program, file)).not.toMatch(/\smain\.\w+/);
  expect(existsSync(program)).toBe(true);
});

/** The same addresses and samples, no functions. */
function withoutNames(profile: Profile): Profile {
  const builder = new ProfileBuilder();
  for (const mapping of profile.mappings)
    builder.mappings.push({ ...mapping, hasFunctions: false, hasFilenames: false, hasLineNumbers: false, hasInlineFrames: false });
  const locations = Array.from(profile.locationAddress, (address, at) => builder.newLocation(address, profile.locationMapping[at] ?? -1, []));
  for (let sample = 0; sample < profile.samples; sample += 1)
    builder.sample(
      Array.from(profile.sampleLocations.subarray(profile.sampleStart[sample], profile.sampleStart[sample + 1]), (at) => locations[at] ?? 0),
      profile.values.subarray(sample * profile.sampleTypes.length, (sample + 1) * profile.sampleTypes.length),
    );
  return builder.done(profile);
}
