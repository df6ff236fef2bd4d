/** The `# runtime.MemStats` tail of a heap profile in text (runtime/pprof, writeHeapInternal). */

/** Two numbers `in use / from the system` of one line, by the names that runtime.MemStats has for them. */
const pairs: Readonly<Record<string, readonly [string, string]>> = {
  Stack: ['StackInuse', 'StackSys'],
  MSpan: ['MSpanInuse', 'MSpanSys'],
  MCache: ['MCacheInuse', 'MCacheSys'],
};

/** Numbers by their Go names, and `MaxRSS` in bytes; undefined when the tail is not there or not whole. */
export function memstatsOf(text: string): Readonly<Record<string, number>> | undefined {
  const at = text.lastIndexOf('# runtime.MemStats');
  if (at < 0) return undefined;
  const found: Record<string, number> = {};
  for (const line of text.slice(at, at + 60_000).split('\n')) {
    const parts = /^# ([A-Za-z]{1,30}) = (-?[\d.eE+-]{1,30})(?: \/ (\d{1,20}))?\s*$/.exec(line.slice(0, 200));
    if (parts === null) continue;
    const [, name = '', first = '', second] = parts;
    const value = Number(first);
    if (!Number.isFinite(value)) continue;
    const pair = pairs[name];
    if (pair === undefined) found[name] = value;
    else if (second !== undefined) [found[pair[0]], found[pair[1]]] = [value, Number(second)];
  }
  return found['Sys'] === undefined || found['HeapAlloc'] === undefined || found['HeapInuse'] === undefined || found['HeapIdle'] === undefined
    ? undefined
    : found;
}
