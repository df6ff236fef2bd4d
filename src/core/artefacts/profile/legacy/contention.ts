/** Mutex and block profiles in text, as `ipfs diag profile` writes them. */
import type { Drafted, Reading } from './draft.ts';
import { rowsFrom, unreadNote, type Cells } from './text-rows.ts';

/** Signs of a Go that counts the sampling period in by itself (1.20 and newer): packages and symbols that came later, and its own path. */
const newGo =
  /\binternal\/sync\.|\binternal\/runtime\/|runtime\._LostContendedRuntimeLock|runtime\.unlock2?\+0x|\/go(?:@v?|-|\/)?1\.(?:[2-9]\d)(?:\.\d+)?\/|golang\.org\/toolchain@v[\d.]+-go1\.[2-9]\d|\/sync\/oncefunc\.go|\bslices\.|\bmaps\.|\bcmp\.|\/go-libp2p@v0\.(?:3[3-9]|[4-9]\d)\.|\/boxo@v0\.(?:1[6-9]|[2-9]\d)\./;

/** Undefined when the first line is none of the three that pprof knows. */
export function draftContention(lines: readonly string[], reading: Reading): Drafted | undefined {
  const found = /^--- (contentionz |mutex:|contention:)/.exec(lines[0] ?? '');
  if (found === null) return undefined;
  const mutex = found[1] === 'mutex:';
  const { settings, from } = settingsOf(lines);
  if (settings.has('format') || settings.has('resolution')) return 'it is a contention profile of a kind that pprof does not read';
  const hertz = settings.get('cycles/second') ?? 0;
  const written = settings.get('sampling period') ?? 1;
  // The runtime multiplies since Go 1.20 and still prints the period (runtime/mprof.go, saveBlockEventStack).
  const known = /^go1\.(\d+)/.exec(reading.go ?? '')?.[1];
  const isNew = known === undefined ? newGo.test(lines.join('\n')) : Number(known) >= 20;
  const twice = mutex && written > 1 && !reading.plainly && isNew;
  const period = twice ? 1 : written;
  const cells = (row: string): Cells | undefined => {
    const at = row.indexOf(' @');
    // The two numbers that stand just before the sign.
    const numbers = at < 0 ? null : /(?:(\d{1,19}) +)?(\d{1,19})$/.exec(row.slice(Math.max(0, at - 64), at));
    const [cycles, count] = [numbers?.[1], numbers?.[2]];
    if (cycles === undefined || count === undefined) return undefined;
    if (period <= 0) return { values: [Number(count), Number(cycles)], addresses: row.slice(at + 2) };
    const delay = hertz > 0 ? Math.trunc((Number(cycles) * period) / (hertz / 1e9)) : Number(cycles);
    return { values: [Number(count) * period, delay], addresses: row.slice(at + 2) };
  };
  const { samples, map, unread } = rowsFrom(lines, from, (row) => row.startsWith('---'), cells, reading);
  const said = twice
    ? [
        `it says "sampling period=${written}", but Go 1.20 and newer have already counted that in: the figures here are right, those of \`go tool pprof\` on this text are ${written} times too large`,
      ]
    : mutex && written > 1 && known === undefined
      ? [
          `its figures are multiplied by its sampling period ${written}, as \`go tool pprof\` does; if Go 1.20 or newer wrote it, they are ${written} times too large`,
        ]
      : [];
  return {
    sampleTypes: [
      { type: 'contentions', unit: 'count' },
      { type: 'delay', unit: 'nanoseconds' },
    ],
    periodType: { type: 'contentions', unit: 'count' },
    period: written,
    durationNanos: (settings.get('ms since reset') ?? 0) * 1e6,
    samples,
    map,
    notes: [...(samples.length === 0 ? [] : said), ...unreadNote(unread)],
    contention: mutex ? 'mutex' : 'block',
  };
}

/** `key = value` lines before the rows. */
function settingsOf(lines: readonly string[]): { readonly settings: ReadonlyMap<string, number>; readonly from: number } {
  const settings = new Map<string, number>();
  for (let at = 1; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').slice(0, 200).trim();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    if (line.startsWith('---') || equals < 0) return { settings, from: at };
    const value = Number(line.slice(equals + 1).trim());
    settings.set(line.slice(0, equals).trim(), Number.isSafeInteger(value) ? value : 0);
  }
  return { settings, from: lines.length };
}
