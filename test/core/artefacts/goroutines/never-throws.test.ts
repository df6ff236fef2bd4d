/** Whatever the bytes: no throw, no goroutine out of nothing, and bounded time on hostile input. */
import { array, assert, constantFrom, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import { groupsOf, levels } from '../../../../src/core/artefacts/goroutines/groups.ts';
import { dumps as seeds, mutated } from '../../../fuzz/goroutines.ts';

/** Reads, groups at all levels, reads arguments; what must hold of any result. */
function check(bytes: Uint8Array): void {
  for (const dump of readDumps('x', bytes)) {
    for (const level of levels) {
      const total = dump.counts?.reduce((a, b) => a + b, 0) ?? dump.count;
      expect(groupsOf(dump, level).reduce((sum, { count }) => sum + count, 0)).toBe(total);
    }
    for (let i = 0; i < Math.min(dump.count, 5); i++)
      expect(dump.allArgsOf(i).length).toBeLessThanOrEqual(dump.stacks[dump.stackOf[i] ?? -1]?.frames.length ?? 0);
    expect(dump.unread).toBeLessThanOrEqual(dump.counts === undefined ? dump.count : Infinity);
  }
}

test('any bytes', () => {
  assert(property(uint8Array({ maxLength: 600 }), check), { numRuns: 300 });
});

test('any lines of the grammar in any order', () => {
  const line = constantFrom(
    'goroutine 1 [select]:',
    'goroutine 2 [select, 3 minutes]:',
    'goroutine 1',
    'goroutine 9 [',
    'main.f(0x1)',
    '\t/x.go:1 +0x1',
    '\t/x.go:1',
    'created by main.g in goroutine 1',
    'created by ',
    '',
    '...31 frames elided...',
    '[originating from goroutine 1]:',
    '\tgoroutine running on other thread; stack unavailable',
    '-----',
    'SIGQUIT: quit',
    'runtime stack:',
    'rax    0x0',
    'goroutine profile: total 3',
    '1 @ 0x1',
    '#\t0x1\tmain.f+0x1\t/x.go:1',
    '> goroutine 1 [select]:',
    'non-Go function',
    '\tpc=0x1',
    ')',
    '(',
    '🦆',
  );
  assert(
    property(array(line, { maxLength: 40 }), constantFrom('\n', '\r\n', ''), (lines, end) =>
      check(new TextEncoder().encode(lines.join(end === '' ? '\n' : end) + end)),
    ),
    { numRuns: 1000 },
  );
});

test('mutations of stored dumps', () => {
  const all = seeds();
  for (let run = 0; run < 400; run++) check(mutated(all, run));
});

test('hostile shapes take no more than their size', () => {
  const shapes = [
    'goroutine 1 [select]:\n'.repeat(60_000),
    `goroutine 1 [select]:\n${Array.from({ length: 60_000 }, (_, i) => `main.f${i}(0x1)\n\t/x.go:${i} +0x1\n`).join('')}`,
    Array.from({ length: 30_000 }, (_, i) => `goroutine ${i} [s${i}]:\nmain.f${i}(0x1)\n\t/x.go:1 +0x1\n\n`).join(''),
    `goroutine 1 [select]:\n${'('.repeat(500_000)}\n`,
    `goroutine 1 [select]:\n${'a '.repeat(500_000)})\n`,
    'x goroutine 1 ['.repeat(100_000),
    `{"log":"goroutine 1 [x]:\\n${'\\\\"'.repeat(100_000)}`,
    `goroutine 1 [select]:\n${`${'z'.repeat(79)}\n`.repeat(10_000)}`,
    `goroutine 1 [${', 3 minutes'.repeat(100_000)}]:\n`,
    'SIGQUIT: quit\ngoroutine 1 [x]:\n\n'.repeat(30_000),
    'goroutine profile: total 1\n'.repeat(30_000),
  ];
  for (const shape of shapes) {
    const bytes = new TextEncoder().encode(shape);
    const begin = process.threadCpuUsage();
    check(bytes);
    // Real work is some tens of milliseconds; quadratic work on these would be minutes.
    expect([shape.slice(0, 60), process.threadCpuUsage(begin).user < 5_000_000]).toEqual([shape.slice(0, 60), true]);
  }
});
