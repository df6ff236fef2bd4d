/** `goroutine profile: total N` and `threadcreate profile: total N`: counts of equal stacks. */
import { ProfileBuilder, type NewLabel } from '../build.ts';
import type { LegacyProfile } from './legacy.ts';
import { addressesOf, locationsOf, rowsOf, wholeMapping } from './symbols.ts';

export function parseCounts(text: string): LegacyProfile | string {
  const type = /^\s*(\S+) profile: total \d+/.exec(text)?.[1] ?? '';
  const builder = new ProfileBuilder();
  const rows = rowsOf(text.split('\n').slice(1));
  wholeMapping(builder, rows.some(({ symbols }) => symbols.length > 0));
  for (const row of rows) {
    const found = /^(\d+) @((?: 0x[0-9a-f]+)*)\s*$/.exec(row.text);
    if (found === null) continue;
    builder.sample(locationsOf(builder, addressesOf(found[2] ?? ''), row.symbols, false), [Number(found[1])], row.comments.flatMap(labels));
  }
  return { profile: builder.done({ sampleTypes: [{ type, unit: 'count' }], periodType: { type, unit: 'count' }, period: 1 }), notes: [] };
}

/** `# labels: {"key":"value"}`. */
function labels(comment: string): readonly NewLabel[] {
  const found = /^# labels: (\{.*\})$/.exec(comment);
  if (found === null) return [];
  return [...(found[1] ?? '').matchAll(/"((?:[^"\\]|\\.)*)":\s*"((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => ({ key, text }));
}
