/** The desk command `stacks`: what it shows, filters, levels, single goroutines, comparison, refusals. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';

const dump = 'fixtures/goroutines/gc-behind-pin.stacks.gz';
const later = 'fixtures/goroutines/gc-behind-pin.stacks.2.gz';
const folder = mkdtempSync(join(tmpdir(), 'stacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Exit code and output of the command. */
function stacks(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli.ts', 'stacks', ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return { code: status, out: stdout, err: stderr };
}

interface Shown {
  readonly count: number;
  readonly state: string;
  readonly goroutines: readonly number[];
}

function groups(...args: readonly string[]): readonly Shown[] {
  const { code, out } = stacks(dump, '--json', ...args);
  expect(code).toBe(0);
  const data: { readonly dumps: readonly { readonly goroutines: number; readonly groups: readonly Shown[] }[] } = JSON.parse(out);
  expect(data.dumps.map(({ goroutines }) => goroutines)).toEqual([324]);
  return data.dumps[0]?.groups ?? [];
}

const sum = (list: readonly { readonly count: number }[]): number => list.reduce((total, { count }) => total + count, 0);
/** The sections' titles and the first lines of groups. */
const outline = (out: string): readonly string[] => out.split('\n').filter((one) => / × /.test(one) || /^[A-Z].*:$/.test(one));

test('what hangs stands first, resting places last and in a line each', () => {
  const { code, out, err } = stacks(dump);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('gc-behind-pin.stacks.gz: 324 goroutines (debug=2, go1.24)\n  93 groups, 43 goroutines hang, 249 rest where they always rest\n');
  expect(outline(out)).toEqual([
    'These hang:',
    '20 × chan receive, 5 min',
    '20 × sync.RWMutex.RLock, 5 min',
    '1 × select, 5 min',
    '1 × sync.RWMutex.Lock, 5 min',
    '1 × select, 5 min',
    'The others:',
    '31 × chan receive, 5 min',
    '1 × running',
    'At rest, however long:',
  ]);
  expect(out).toMatch(/^ {4}blockstore\.\(\*gclocker\)\.PinLock {2,}blockstore\.go:347$/m);
  expect(out).toMatch(/^ {4}by commands\.init\.func106 {2,}add\.go:351$/m);
  expect(out).toContain('Minutes may be too large by one garbage collection');
});

test('80 columns and no colours where it is no terminal', () => {
  for (const args of [[dump], [dump, '--diff', later], [dump, '--summary'], [dump, '--group=leaf'], ['--help']]) {
    const { out } = stacks(...args);
    expect(out.split('\n').length).toBeGreaterThan(10);
    expect([args, out.split('\n').filter((one) => one.length > 80 || one.includes('\u001b'))]).toEqual([args, []]);
  }
});

test('nothing in a dump reaches the terminal as a command to it', () => {
  const file = join(folder, 'hostile');
  writeFileSync(file, 'goroutine 1 [select\u009b31m\u202e]:\nmain.\u0007f(0x1)\n\t/x\u200b.go:1 +0x1\n');
  const { out } = stacks(file, '--full');
  expect(out).toContain('main.f');
  expect(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202e]/.test(out)).toBe(false);
});

test('all goroutines are in the groups of every level, shown or as data', () => {
  for (const level of ['stack', 'functions', 'own', 'leaf', 'creator']) expect(sum(groups(`--group=${level}`))).toBe(324);
  const shown = outline(stacks(dump, '--full').out).map((one) => Number(/^(\d+) × /.exec(one)?.[1] ?? 0));
  expect(shown.reduce((a, b) => a + b, 0)).toBe(324);
  const creators = stacks(dump, '--group=creator').out;
  expect(creators).toMatch(/^32 × several states, 5 min\n {4}by merkledag\.parallelWalkDepth {2}merkledag\.go:488$/m);
});

test('filters by state, wait and pattern', () => {
  expect(groups('--state', 'sync.RWMutex').map(({ state, count }) => [state, count])).toEqual([
    ['sync.RWMutex.RLock', 20],
    ['sync.RWMutex.Lock', 1],
  ]);
  expect(sum(groups('--state', 'sync.RWMutex, IO wait'))).toBe(28);
  expect(sum(groups('--wait-more-than=5m'))).toBe(0);
  expect(sum(groups('--wait-more-than', '4m', '--match', 'PinLock|GCLock'))).toBe(21);
  expect(sum(groups('--match', 'PinLock|GCLock', '--not-match', 'gc\\.GC'))).toBe(20);
  expect(sum(groups('--match', 'PinLock|GCLock', '--match', 'GarbageCollect'))).toBe(1);
  expect(stacks(dump, '--match', 'PinLock').out).toContain('1 group, 20 goroutines shown, 20 goroutines hang');
});

test('order and a line for each group', () => {
  const minutes = stacks(dump, '--sort=minutes', '--summary')
    .out.split('\n')
    .flatMap((one) => /  (\d+) min  /.exec(one)?.[1] ?? []);
  expect(minutes.length).toBeGreaterThan(10);
  expect(minutes).toEqual(minutes.toSorted((a, b) => Number(b) - Number(a)));
});

test('goroutines by number, with their arguments and what their starter does', () => {
  const { code, out } = stacks(dump, '--id', '585,681');
  expect(code).toBe(0);
  expect(out).toContain('goroutine 585, select, 5 min');
  expect(out).toMatch(/\(\*pinner\)\.Pin\(0xc0001fc200,\n? *\{/);
  expect(out).toMatch(/created by github\.com\/ipfs\/kubo\/core\/commands\.init\.func106 in goroutine 680 \(chan receive, 5 min\)/);
  expect(out).toContain('19 more with the same stack');
  expect(stacks(dump, '--id', '99999')).toMatchObject({ code: 2, err: 'no dump has a goroutine 99999\n' });
  expect(stacks(dump, '--id', 'x').err).toBe('--id is the number of a goroutine, not x\n');
});

test('two dumps, in either way of writing it', () => {
  const [a, b] = [stacks(dump, '--diff', later), stacks('--diff', dump, later)];
  expect(a.out).toBe(b.out);
  expect(a.out).toContain('324 → 324 goroutines: 322 in both, 2 ended, 2 new; about 1 minute apart');
  expect(outline(a.out)).toEqual([
    '20 × chan receive, 5 → 6 min',
    '20 × sync.RWMutex.RLock, 5 → 6 min',
    '1 × select, 5 → 6 min',
    '1 × select, 5 → 6 min',
    '1 × sync.RWMutex.Lock, 5 → 6 min',
    'New:',
    '0 → 1 × runnable',
    'Shrank:',
    '3 → 2 × IO wait',
  ]);
});

test('two dumps that cannot be compared as they are', () => {
  expect(stacks('--diff', later, dump).out).toContain('the first dump is the later one');
  expect(stacks('--diff', dump, dump).out).toContain('less than a minute apart');
  expect(stacks('--diff', dump, 'fixtures/goroutines/idle/caddy_2.11.4-1.stacks.gz').out).toContain('of different processes');
  expect(stacks('--diff', dump, 'fixtures/goroutines/prometheus.goroutines.pb.gz').out).toContain('has no ids');
});

test('a leak has its creator', () => {
  const of = (count: number, minutes: number): string =>
    Array.from(
      { length: count },
      (_, i) =>
        `goroutine ${i + 2} [chan send, ${minutes} minutes]:\na.com/m.send(0x1)\n\t/x/m.go:7 +0x1\ncreated by a.com/m.Start in goroutine 1\n\t/x/m.go:3 +0x1\n\n`,
    ).join('');
  const main = (minutes: number): string => `goroutine 1 [select, ${minutes} minutes]:\nmain.main()\n\t/x/main.go:1 +0x1\n\n`;
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  writeFileSync(before, main(9) + of(10, 4));
  writeFileSync(after, main(12) + of(10, 7) + of(40, 1).split('\n\n').slice(10).join('\n\n'));
  expect(stacks('--diff', before, after).out).toMatch(/Leak suspects[^\n]*:\n\n10 → 40 × chan send\n {4}m\.send +m\.go:7\n {4}by m\.Start +m\.go:3\n/);
});

test('dumps of every form: a crash by where it died, protobuf, a log on standard input', () => {
  expect(outline(stacks('fixtures/goroutines/dialects/1.27.nil.all.txt').out).slice(0, 2)).toEqual(['It died here:', '1 × running']);
  expect(stacks('fixtures/goroutines/prometheus.goroutines.pb.gz').out).toMatch(/31 goroutines \(protobuf[^]*select {2}/);
  const log = gunzipSync(readFileSync(dump)).toString().replaceAll(/^/gm, 'ipfs_1  | ');
  const { status, stdout } = spawnSync(process.execPath, ['src/cli.ts', 'stacks', '-'], { input: log, encoding: 'utf8' });
  expect([status, stdout.slice(0, 33)]).toEqual([0, 'standard input: 324 goroutines (d']);
});

test('what it cannot do it says, with exit code 2', () => {
  const said = (...args: readonly string[]): unknown => {
    const { code, err } = stacks(dump, ...args);
    return [code, err.trim()];
  };
  expect(said('--match', '(a')).toEqual([2, expect.stringContaining('--match')]);
  expect(said('--match', 'x'.repeat(4001))).toEqual([2, expect.stringContaining('longer than')]);
  expect(said('--group', 'colour')).toEqual([2, '--group is one of stack, functions, own, leaf, creator, not colour']);
  expect(said('--wait-more-than', 'long')).toEqual([2, '--wait-more-than is a time such as 5m, 2h or 1d, not long']);
  expect(said('--colour')).toEqual([2, 'there is no option --colour: pprof-triage stacks --help lists them']);
  expect(said('--sort')).toEqual([2, '--sort needs a value: pprof-triage stacks --help tells which']);
  expect(stacks('package.json')).toMatchObject({ code: 2, err: 'package.json: there is no goroutine dump in it\n' });
  // Repetitions in repetitions take no longer than others.
  expect(stacks(dump, '--match', '(a+)+$').code).toBe(0);
});
