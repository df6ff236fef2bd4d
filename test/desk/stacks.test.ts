/** The desk command `stacks`: filters, levels, one goroutine, comparison, refusals. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const dump = 'fixtures/goroutines/gc-behind-pin.stacks.gz';
const later = 'fixtures/goroutines/gc-behind-pin.stacks.2.gz';

/** Exit code and output of the command. */
async function stacks(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['src/cli.ts', 'stacks', ...args], { maxBuffer: 1 << 26 });
    return { code: 0, out: stdout, err: stderr };
  } catch (problem) {
    const { code = 1, stdout = '', stderr = '' } = problem as { readonly code?: number; readonly stdout?: string; readonly stderr?: string };
    return { code, out: stdout, err: stderr };
  }
}

async function groups(
  ...args: readonly string[]
): Promise<readonly { readonly count: number; readonly state: string; readonly goroutines: readonly number[] }[]> {
  const { code, out } = await stacks(dump, '--json', ...args);
  expect(code).toBe(0);
  const data: {
    readonly dumps: readonly {
      readonly goroutines: number;
      readonly groups: readonly { readonly count: number; readonly state: string; readonly goroutines: readonly number[] }[];
    }[];
  } = JSON.parse(out);
  expect(data.dumps.map(({ goroutines }) => goroutines)).toEqual([324]);
  return data.dumps[0]?.groups ?? [];
}

const sum = (list: readonly { readonly count: number }[]): number => list.reduce((total, { count }) => total + count, 0);

test('all goroutines of a gzipped dump are in the groups of every level', async () => {
  for (const level of ['functions', 'leaf', 'creator']) expect(sum(await groups(`--group=${level}`))).toBe(324);
});

test('filters by state, wait and pattern', async () => {
  expect((await groups('--state', 'sync.RWMutex')).map(({ state, count }) => [state, count])).toEqual([
    ['sync.RWMutex.RLock', 20],
    ['sync.RWMutex.Lock', 1],
  ]);
  expect(sum(await groups('--wait-more-than=5m'))).toBe(0);
  expect(sum(await groups('--wait-more-than', '4m', '--match', 'PinLock|GCLock'))).toBe(21);
  expect(sum(await groups('--match', 'PinLock|GCLock', '--not-match', 'gc\\.GC'))).toBe(20);
});

test('one goroutine with its arguments', async () => {
  const { code, out } = await stacks(dump, '--id', '585');
  expect(code).toBe(0);
  expect(out).toContain('goroutine 585, select, 5 min');
  expect(out).toMatch(/\(\*pinner\)\.Pin\(0xc0001fc200, \{/);
  expect((await stacks(dump, '--id', '99999')).code).toBe(2);
});

test('two dumps, in either way of writing it', async () => {
  const [a, b] = [await stacks(dump, '--diff', later), await stacks('--diff', dump, later)];
  expect(a.out).toBe(b.out);
  expect(a.out).toContain('43 goroutines at the same place for longer');
});

test('what it cannot do it says, with exit code 2', async () => {
  expect((await stacks(dump, '--match', '(a+)+$')).err).toContain('can take for ever');
  expect((await stacks(dump, '--match', 'x'.repeat(201))).err).toContain('at most 200');
  expect((await stacks(dump, '--group', 'colour')).err).toContain('--group is one of');
  expect((await stacks(dump, '--wait-more-than', 'long')).code).toBe(2);
  expect((await stacks('package.json')).err).toContain('no goroutine dump');
  expect((await stacks('package.json')).code).toBe(2);
});
