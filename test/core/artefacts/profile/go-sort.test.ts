/** Lists with many equal elements come out as Go's sort.Sort leaves them: the program beside the stored sums made them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goSort } from '../../../../src/core/artefacts/profile/report/go-sort.ts';

interface Element {
  readonly key: number;
  readonly id: number;
}

/** The lists of fixtures/profile/go-sort.go: random, rising, falling, nearly sorted and periodic ones. */
function made(seed: number): Element[] {
  const [n, below] = [seed * 3 + 1, [2, 5, 20, 1000][seed % 4] ?? 2];
  const shape = Math.trunc(seed / 4) % 5;
  let state = seed + 1;
  return Array.from({ length: n }, (_, id) => {
    state = (state ^ (state << 13)) >>> 0;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    const random = (state >>> 1) % below;
    const key = [random, Math.trunc(id / 3), Math.trunc((n - id) / 3), id % 7 === 0 ? random : id, (id * id) % (below + 3)][shape] ?? 0;
    return { key, id };
  });
}

test('400 lists', () => {
  const sums = Array.from({ length: 400 }, (_, seed) => {
    const list = made(seed);
    goSort(list, (a, b) => a.key < b.key);
    return `${list.length} ${list.reduce((sum, { id }) => (Math.imul(sum, 31) + id) >>> 0, 0)}`;
  });
  expect(sums).toEqual(readFileSync('fixtures/profile/go-sort.txt', 'utf8').trim().split('\n'));
});

test('a list that makes bad pivots again and again is sorted all the same', () => {
  // Organ pipes: rising and falling by turns.
  const list = Array.from({ length: 5000 }, (_, id) => ({ key: id % 2 === 0 ? id : 10_000 - id, id }));
  goSort(list, (a, b) => a.key < b.key);
  expect(list.every(({ key }, at) => at === 0 || key >= (list[at - 1]?.key ?? 0))).toBe(true);
});
