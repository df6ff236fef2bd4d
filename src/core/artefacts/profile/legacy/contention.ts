/** Mutex and block profiles in text, as `ipfs diag profile` writes them. */
import { ProfileBuilder } from '../build.ts';
import type { LegacyProfile } from './legacy.ts';
import { addressesOf, locationsOf, rowsOf, wholeMapping } from './symbols.ts';

export function parseContention(text: string): LegacyProfile | string {
  const lines = text.split('\n');
  const settings = new Map(lines.flatMap((line) => {
    const found = /^\s*([a-zA-Z/ ]+?)\s*=\s*(\d+)\s*$/.exec(line);
    return found === null ? [] : [[found[1] ?? '', Number(found[2])] as const];
  }));
  const hertz = settings.get('cycles/second') ?? 0;
  const written = settings.get('sampling period') ?? 1;
  const mutex = /^\s*--- mutex:/.test(text);
  // Since Go 1.20 the runtime multiplies by the fraction itself and still prints it (runtime/mprof.go, saveBlockEventStack).
  const scaled = mutex && written > 1 && /internal\/sync\.|internal\/runtime\/|runtime\._LostContendedRuntimeLock|go1\.2\d|\/go1?\.?2\d\./.test(text);
  const period = scaled ? 1 : written;
  const builder = new ProfileBuilder();
  const rows = rowsOf(lines);
  wholeMapping(builder, rows.some(({ symbols }) => symbols.length > 0));
  for (const row of rows) {
    const found = /^\s*(\d+) +(\d+) *@([ x0-9a-f]*)/.exec(row.text);
    if (found === null) continue;
    const [cycles, count] = [Number(found[1]), Number(found[2])];
    const delay = hertz > 0 ? Math.trunc((cycles * period) / (hertz / 1e9)) : cycles * period;
    builder.sample(locationsOf(builder, addressesOf(found[3] ?? ''), row.symbols, false), [count * period, delay]);
  }
  const notes = scaled
    ? [`its text says "sampling period=${written}", which Go 1.20 and newer have already counted in: \`go tool pprof\` shows ${written} times too much`]
    : mutex && written > 1
      ? [`scaled by its sampling period ${written}; if Go 1.20 or newer wrote it, the figures are ${written} times too large`]
      : [];
  return {
    profile: builder.done({ sampleTypes: [{ type: 'contentions', unit: 'count' }, { type: 'delay', unit: 'nanoseconds' }], periodType: { type: 'contentions', unit: 'count' }, period: written, durationNanos: (settings.get('ms since reset') ?? 0) * 1e6, comments: mutex ? ['#mutex'] : [] }),
    notes,
  };
}
