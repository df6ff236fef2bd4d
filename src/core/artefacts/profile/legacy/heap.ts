/** `heap?debug=1`: raw sampled counts that are scaled to estimates here, as pprof does (profile/legacy_profile.go). */
import { ProfileBuilder } from '../build.ts';
import type { LegacyProfile } from './legacy.ts';
import { addressesOf, locationsOf, rowsOf, wholeMapping } from './symbols.ts';

const header = /heap profile: *(\d+): *(\d+) *\[ *(\d+): *(\d+) *\] *@ *(heap[_a-z0-9]*)\/?(\d*)/;
const rowFormat = /(-?\d+): *(-?\d+) *\[ *(\d+): *(\d+) *\] *@([ x0-9a-f]*)/;

/** Frames of the allocator that pprof hides in heap profiles. */
const drop = ['.*Malloc', '.*alloc', '.*Alloc', '(?:.*::)?new', 'calloc', 'cfree', 'operator new(?:\\[\\])?', 'malloc', 'memalign', 'realloc', 'runtime\\..*'].join('|');

export function parseHeap(text: string): LegacyProfile | string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.trim() !== '');
  const found = header.exec(lines[at] ?? '');
  if (found === null) return 'it begins like a heap profile in text, but its first line is not whole';
  const [, objects = '0', bytes = '0', allocObjects = '0', allocBytes = '0', type = '', written = ''] = found;
  const rate = type === 'heap' ? Math.floor(Number(written) / 2) : type === 'heap_v2' || type === 'heapz_v2' ? Number(written) : 0;
  const hasAlloc = (objects !== allocObjects && allocObjects !== '0') || (bytes !== allocBytes && allocBytes !== '0');
  const builder = new ProfileBuilder();
  const end = lines.findIndex((line) => /^(?:--- Memory map: ---|MAPPED_LIBRARIES:|# runtime\.MemStats)/.test(line.trim()));
  const rows = rowsOf(lines.slice(at + 1, end < 0 ? undefined : end));
  wholeMapping(builder, rows.some(({ symbols }) => symbols.length > 0));
  for (const row of rows) {
    const cells = rowFormat.exec(row.text);
    if (cells === null) continue;
    const [count = 0, size = 0, madeCount = 0, madeSize = 0] = cells.slice(1, 5).map(Number);
    const inuse = unsampled(count, size, rate);
    const made = unsampled(madeCount, madeSize, rate);
    const block = count !== 0 ? Math.trunc(size / count) : madeCount !== 0 ? Math.trunc(madeSize / madeCount) : 0;
    builder.sample(locationsOf(builder, addressesOf(cells[5] ?? ''), row.symbols, false), hasAlloc ? [...made, ...inuse] : inuse, block === 0 ? [] : [{ key: 'bytes', number: block }]);
  }
  const spaces = [{ type: 'objects', unit: 'count' }, { type: 'space', unit: 'bytes' }];
  const sampleTypes = hasAlloc ? ['alloc', 'inuse'].flatMap((which) => spaces.map(({ type: of, unit }) => ({ type: `${which}_${of}`, unit }))) : spaces;
  return { profile: builder.done({ sampleTypes, periodType: { type: 'space', unit: 'bytes' }, period: rate, dropFrames: drop, keepFrames: 'runtime\\.panic|runtime\\.reflectcall|runtime\\.call[0-9]*' }), notes: [] };
}

/** Counts of sampled allocations as an estimate of all (scaleHeapSample). */
function unsampled(count: number, size: number, rate: number): [number, number] {
  if (count === 0 || size === 0) return [0, 0];
  if (rate <= 1) return [count, size];
  const factor = 1 / (1 - Math.exp(-(size / count) / rate));
  return [Math.trunc(count * factor), Math.trunc(size * factor)];
}
