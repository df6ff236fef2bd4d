/** One state of a program, written as protobuf and as text: the protobuf, the text, and the text with the program say the same. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { answer } from '../../src/desk/pprof.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';

const state = 'fixtures/profile/state';
const folder = mkdtempSync(join(tmpdir(), 'pprof-program-'));
const program = join(folder, 'app');
writeFileSync(program, gunzipSync(readFileSync(`${state}/app.gz`)));
afterAll(() => rmSync(folder, { recursive: true }));

const head = /^(?:File|Build ID|Type|Time|Duration|Showing|Dropped)\b/;

/** Rows of -top by all functions. A text does not say that allocations are what counts. */
async function rows(...files: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await answer(['-top', '-nodefraction=0', ...(/\/allocs/.test(files.at(-1) ?? '') ? ['-sample_index=alloc_space'] : []), ...files]);
  expect(code).toBe(0);
  const lines = String(out)
    .split('\n')
    .filter((line) => line.includes('%') && !head.test(line));
  expect(lines.length).toBeGreaterThan(5);
  return lines.toSorted();
}

/** A text of goroutines alone hides where they wait in the runtime. */
const complete = ['heap', 'allocs', 'mutex', 'block'];

describe.each([...complete, 'goroutine'])('%s', (name) => {
  test('the text with the program has every row of the protobuf, inlined calls and types included', async () => {
    expect(await rows(program, `${state}/${name}.txt`)).toEqual(await rows(`${state}/${name}.pb.gz`));
  });
});

describe.each(complete)('%s', (name) => {
  test('the text alone too, without inlining and types', async () => {
    const less = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace(/ \((?:partial-)?inline\)$/, '').replace(/\[.*\]/, '[...]'));
    expect(less(await rows(`${state}/${name}.txt`))).toEqual(less(await rows(`${state}/${name}.pb.gz`)));
  });
});

test('the mutex text is mended, whichever way it is read, and it is said once', async () => {
  const { said } = await answer(['-top', program, `${state}/mutex.txt`]);
  expect(said).toEqual([expect.stringMatching(/sampling period=4.* those of `go tool pprof` on this text are 4 times too large$/)]);
});

test('another program names nothing, and it is said', async () => {
  const other = join(folder, 'other');
  writeFileSync(other, fixture('go126/app.gz'));
  expect(await rows(other, `${state}/heap.txt`)).toEqual(await rows(`${state}/heap.txt`));
  const { said } = await answer(['-top', other, `${state}/heap.txt`]);
  expect(said.join()).toContain('it has other functions at the addresses of the text');
});
