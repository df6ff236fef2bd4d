/** Some goroutines of a dump: the same stacks and text, fewer rows. */
import type { Scanned } from './scanned.ts';

/** The goroutines that `keep` says yes to (by index); for debug=1 by stack index. */
export function only(scanned: Scanned, keep: (index: number) => boolean): Scanned {
  if (scanned.counts !== undefined) return { ...scanned, counts: scanned.counts.map((count, stack) => (keep(stack) ? count : 0)) };
  const rows: number[] = [];
  for (let index = 0; index < scanned.count; index++) if (keep(index)) rows.push(index);
  const { ids, states, minutes, stackOf, creators, flags, starts, labels } = scanned;
  return {
    ...scanned,
    count: rows.length,
    ids: Float64Array.from(rows, (row) => ids[row]!),
    states: Uint16Array.from(rows, (row) => states[row]!),
    minutes: Int32Array.from(rows, (row) => minutes[row]!),
    stackOf: Int32Array.from(rows, (row) => stackOf[row]!),
    creators: Float64Array.from(rows, (row) => creators[row]!),
    flags: Uint8Array.from(rows, (row) => flags[row]!),
    starts: Float64Array.from(rows, (row) => starts[row]!),
    labels: new Map(rows.flatMap((row, index) => (labels.has(row) ? [[index, labels.get(row) ?? ''] as const] : []))),
    argsOf: (goroutine, frame) => scanned.argsOf(rows[goroutine] ?? -1, frame),
    allArgsOf: (goroutine) => scanned.allArgsOf(rows[goroutine] ?? -1),
  };
}
