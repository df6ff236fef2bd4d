/** Heap profiles in text: `heap?debug=1` of Go and those of tcmalloc; sampled counts become estimates, as pprof does. */
import type { ValueType } from '../columns.ts';
import type { Drafted, Reading } from './draft.ts';
import { rowsFrom, unreadNote, type Cells } from './text-rows.ts';

const header = /heap profile: *(\d{1,19}): *(\d{1,19}) *\[ *(\d{1,19}): *(\d{1,19}) *\] *@ *(heap[_a-z0-9]*|growthz?|fragmentationz?)\/?(\d{0,19})/;
const rowFormat = /^(-?\d{1,19}): *(-?\d{1,19}) *\[ *(\d{1,19}): *(\d{1,19}) *\] @([ x0-9a-f]*)/;

const plain: readonly ValueType[] = [
  { type: 'objects', unit: 'count' },
  { type: 'space', unit: 'bytes' },
];
/** Allocations first, so that the last one, which pprof shows, is what is in use. */
const both: readonly ValueType[] = ['alloc', 'inuse'].flatMap((which) => plain.map(({ type, unit }) => ({ type: `${which}_${type}`, unit })));

/** Undefined when the first line is no heap profile's. */
export function draftHeap(lines: readonly string[], reading: Reading): Drafted | undefined {
  const found = header.exec((lines[0] ?? '').slice(0, 500));
  if (found === null) return undefined;
  const [, objects = '0', bytes = '0', allocObjects = '0', allocBytes = '0', kind = '', written = ''] = found;
  const sampled = kind === 'heap' || kind === 'heap_v2' || kind === 'heapz_v2';
  if (!sampled && kind !== 'heapprofile' && kind.startsWith('heap')) return 'its sampling is none that pprof knows';
  const growth = !kind.startsWith('heap');
  const period = growth || kind === 'heapprofile' ? 1 : kind === 'heap' ? Math.floor(Number(written) / 2) : Number(written);
  const withAlloc = !growth && ((allocObjects !== objects && allocObjects !== '0') || (allocBytes !== bytes && allocBytes !== '0'));
  const cells = (row: string): Cells | undefined => {
    const columns = rowFormat.exec(row);
    if (columns === null) return undefined;
    const [count = 0, size = 0, allocCount = 0, allocSize = 0] = columns.slice(1, 5).map(Number);
    const pairs = withAlloc ? [[allocCount, allocSize] as const, [count, size] as const] : [[count, size] as const];
    let block = 0;
    const values: number[] = [];
    for (const [number, space] of pairs) {
      if (number === 0 && space !== 0) return undefined;
      if (number !== 0) block = Math.trunc(space / number);
      values.push(...(sampled ? unsampled(number, space, period) : [number, space]));
    }
    // A label of 0 says nothing and does not survive being written; pprof prints it all the same.
    return { values, labels: block === 0 && !reading.plainly ? [] : [{ key: 'bytes', number: block }], addresses: columns[5] ?? '' };
  };
  const { samples, map, unread } = rowsFrom(lines, 1, () => false, cells, reading);
  return { sampleTypes: withAlloc ? both : plain, periodType: { type: 'space', unit: 'bytes' }, period, samples, map, notes: unreadNote(unread) };
}

/** Counts of sampled allocations as an estimate of all of them (scaleHeapSample). */
function unsampled(count: number, size: number, rate: number): readonly [number, number] {
  if (count === 0 || size === 0) return [0, 0];
  if (rate <= 1) return [count, size];
  const factor = 1 / (1 - Math.exp(-(size / count) / rate));
  return [Math.trunc(count * factor), Math.trunc(size * factor)];
}
