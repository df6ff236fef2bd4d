/** The desk commands binary and addr2line, run as people run them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Profile } from 'pprof-format';
import { afterAll, expect, test } from 'vitest';
import { fixture } from '../core/artefacts/binary/sparse.ts';

const folder = mkdtempSync(join(tmpdir(), 'binary-'));
const app = join(folder, 'app');
writeFileSync(app, fixture('go126/app.gz'));
const text = join(folder, 'text');
writeFileSync(text, 'no binary\n');
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli.ts', ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('binary says what a file is', () => {
  const { code, out } = run('binary', app);
  expect(code).toBe(0);
  expect(out).toContain('elf, linux/amd64');
  expect(out).toMatch(/^go {10}go1\.26\.10$/m);
  expect(out).toContain('example.com/tp');
  expect(JSON.parse(run('binary', '--json', app).out)).toMatchObject({ format: 'elf', go: 'go1.26.10', file: app });
});

test('binary --against tells the right dump from others', () => {
  const right = run('binary', app, '--against', 'fixtures/binary/go126/goroutines.stacks');
  expect(right.out).toMatch(/^verdict {5}matches$/m);
  expect(right.code).toBe(0);
  const wrong = run('binary', app, '--against', 'fixtures/binary/go125/goroutines.stacks');
  expect(wrong.out).toMatch(/^verdict {5}same program, other build$/m);
  expect(wrong.out).toContain('for instance');
  expect(wrong.code).toBe(1);
});

test('a binary in an archive or folder is found, and held against what lies beside it', () => {
  const packed = run('binary', 'fixtures/binary/go126/app.gz');
  expect(packed.out).toContain('app.gz, elf, linux/amd64');
  expect(packed.code).toBe(0);
  const whole = run('binary', 'fixtures/binary/go126');
  expect(whole.out).toMatch(/^verdict {5}identical$/m);
  expect(whole.out).toContain('frames of the dump are the same here');
  expect(run('binary', 'fixtures/cases/gc-behind-pin').err).toContain('there is no ELF, Mach-O or PE executable in it');
});

test('addresses without names are proved by their calls', () => {
  const bare = join(folder, 'cpu.pprof');
  const profile = Profile.decode(fixture('go126/cpu.pprof'));
  for (const location of profile.location) location.line = [];
  profile.function = [];
  for (const mapping of profile.mapping) mapping.buildId = 0;
  writeFileSync(bare, profile.encode());
  expect(run('binary', app, '--against', bare).out).toMatch(/^verdict {5}matches$/m);
});

test('addr2line takes the load address from a dump or profile, and none from another program', () => {
  expect(run('addr2line', app, '--against', 'fixtures/binary/go126/goroutines.txt', '4cfcf9').out).toContain('compress/gzip.(*Writer).Close');
  const wrong = run('addr2line', app, '--against', 'fixtures/binary/go125/goroutines.txt', '4cfcf9');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('is not proved to be the binary of');
});

test('addr2line shows inlined calls, with and without 0x', () => {
  const { code, out } = run('addr2line', app, '0x4cfcf9', '4cfcf9');
  expect(code).toBe(0);
  expect(
    out.match(
      /compress\/flate\.\(\*Writer\)\.Close \(inlined\)\n {6}compress\/flate\/deflate\.go:729\n {2}compress\/gzip\.\(\*Writer\)\.Close\n {6}compress\/gzip\/gzip\.go:242/g,
    ),
  ).toHaveLength(2);
  expect(JSON.parse(run('addr2line', '--json', app, '4cfcf9').out)).toMatchObject([
    {
      address: '0x4cfcf9',
      frames: [
        { inlined: true, line: 729 },
        { func: 'compress/gzip.(*Writer).Close', line: 242 },
      ],
    },
  ]);
  expect(run('addr2line', app, '1').code).toBe(1);
});

test('what cannot be read is said in a sentence', () => {
  for (const [args, words] of [
    [['binary', text], 'it is no ELF, Mach-O or PE executable'],
    [['binary', join(folder, 'nothing')], 'cannot be opened (ENOENT)'],
    [['addr2line', text, '1'], 'it is no ELF'],
    [['addr2line', app, 'zz'], 'zz is no hexadecimal address'],
    [['binary', '--nope'], 'Unknown option'],
  ] as const) {
    const { code, err } = run(...args);
    expect(err).toContain(words);
    expect(code).toBe(2);
  }
});
