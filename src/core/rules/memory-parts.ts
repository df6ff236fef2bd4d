/** Every byte that Go took from the system, by what it is for. */

/** A part of memstats.Sys. */
export interface Part {
  readonly name: string;
  readonly bytes: number;
}

/** runtime.MemStats (runtime/mstats.go): Sys is the sum of the XSys fields, HeapSys is HeapInuse + HeapIdle. Sums to Sys. */
export function memoryParts(stats: Readonly<Record<string, number>>): readonly Part[] {
  const of = (name: string): number => Math.max(0, stats[name] ?? 0);
  const inuse = of('HeapInuse');
  const alive = Math.min(of('HeapAlloc'), inuse);
  const returned = Math.min(of('HeapReleased'), of('HeapIdle'));
  const parts = [
    { name: 'objects in use', bytes: alive },
    { name: 'in use, fragmented', bytes: inuse - alive },
    { name: 'idle, kept by Go', bytes: of('HeapIdle') - returned },
    { name: 'idle, returned to the system', bytes: returned },
    { name: 'goroutine stacks', bytes: of('StackSys') },
    { name: 'collector', bytes: of('GCSys') },
    { name: 'profiling tables', bytes: of('BuckHashSys') },
    { name: 'runtime', bytes: of('MSpanSys') + of('MCacheSys') + of('OtherSys') },
  ];
  return parts;
}
