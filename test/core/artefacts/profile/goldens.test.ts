/** Reports byte for byte: stored ones of `go tool pprof` and google/pprof's own; live ones are in random/. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { readFlags } from '../../../../src/core/artefacts/profile/report/flags.ts';
import { pattern } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';

const folder = 'fixtures/profile';
const real = readdirSync(`${folder}/real`).filter((name) => name.endsWith('.pprof'));
const flags = [
  '-top',
  '-top -nodecount=10',
  '-top -cum',
  '-tree -nodecount=15',
  '-dot -nodecount=20',
  '-tags',
  '-top -lines',
  '-peek=runtime.mallocgc|runtime.schedule',
];

function report(file: string, words: readonly string[]): string {
  const parsed = parseProfile(readFileSync(file));
  if (parsed.is !== 'fine') throw new Error(`${file} is ${parsed.is}`);
  const asked = readFlags([...words, file]);
  return makeReport(parsed.profile, asked.output === 'peek' ? { ...asked.options, symbol: pattern('peek', asked.symbol) } : asked.options).text;
}

describe('stored reports of go tool pprof', () => {
  const stored = readdirSync(`${folder}/goldens`);
  const cases = real
    .flatMap((name) => flags.map((flag) => ({ name, flag, golden: `${name}.${flag.replaceAll(/[^a-z0-9=]/g, '_')}.txt` })))
    .filter(({ golden }) => stored.includes(golden));
  test('there are many', () => {
    expect(cases.length).toBe(stored.length);
    expect(cases.length).toBeGreaterThan(25);
  });
  test.each(cases)('$flag $name', ({ name, flag, golden }) => {
    expect(report(`${folder}/real/${name}`, flag.split(' '))).toBe(readFileSync(`${folder}/goldens/${golden}`, 'utf8'));
  });
});

describe('goldens of google/pprof', () => {
  interface Entry {
    readonly Profile: string;
    readonly Flags: string;
    readonly Golden: string;
  }
  const entries: readonly Entry[] = JSON.parse(readFileSync(`${folder}/upstream/manifest.json`, 'utf8'));
  // callgrind is not offered: three of them.
  const fixed = entries.filter(({ Flags }) => !/callgrind/.test(Flags));
  test('41 of 44 are tried', () => expect([fixed.length, entries.length]).toEqual([41, 44]));
  test.each(fixed)('$Golden', ({ Profile, Flags, Golden }) => {
    const words = Flags.split(',').map((flag) => {
      if (flag === 'text') return '-top';
      if (flag === 'flat') return '';
      return /^(?:alloc|inuse)_/.test(flag) ? `-sample_index=${flag}` : `-${flag}`;
    });
    const base = ['-nodecount=20', '-nodefraction=0.05', '-edgefraction=0.01', '-compact_labels', '-unit=minimum'];
    const own = new Set(words.map((word) => word.split('=')[0]));
    expect(report(`${folder}/upstream/${Profile}`, [...base.filter((word) => !own.has(word.split('=')[0])), ...words.filter((word) => word !== '')])).toBe(
      readFileSync(`${folder}/upstream/${Golden}`, 'utf8'),
    );
  });
});
