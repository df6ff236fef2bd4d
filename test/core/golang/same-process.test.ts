/** Dumps of one process against dumps of two daemons of the same release. */
import { describe, expect, test } from 'vitest';
import { sameProcess } from '../../../src/core/golang/same-process.ts';
import { dumpOf, type Spec } from '../../rules/captures.ts';

const workers: readonly Spec[] = Array.from({ length: 60 }, (_, at) => ({ id: 10 + at, frames: ['runtime.gopark', `x/y.worker${at}`], minutes: 9 }));

describe('the eldest goroutines', () => {
  test('stay what they were', () => {
    const later = [...workers, { id: 5000, frames: ['x/y.handler'], count: 200 }];
    expect(sameProcess(dumpOf(workers), dumpOf(later))).toBe(true);
  });
  test('are numbered otherwise in another process, though the numbers are the same', () => {
    const other = workers.map((spec, at) => ({ ...spec, frames: ['runtime.gopark', `x/y.worker${(at + 7) % 60}`] }));
    expect(sameProcess(dumpOf(workers), dumpOf(other))).toBe(false);
  });
  test('a cut file is judged by what is left of it', () => expect(sameProcess(dumpOf(workers), dumpOf(workers.slice(0, 30), { truncated: true }))).toBe(true));
  test('a handful tells nothing', () => expect(sameProcess(dumpOf(workers.slice(0, 5)), dumpOf(workers.slice(0, 5)))).toBeUndefined());
});
