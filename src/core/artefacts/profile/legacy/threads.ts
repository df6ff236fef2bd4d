/** `--- threadz N ---`: stacks of threads, as C++ servers write them. */
import { addressesOf, beginsMap, call, mapAfter, maxLine, type Drafted, type DraftSample } from './draft.ts';

const threadStart = /^.*--- Thread ([0-9a-fA-F]+) \(name: (.*)\/(\d+)\) stack: ---/;

/** Undefined when it does not begin like one. */
export function draftThreads(lines: readonly string[]): Drafted | undefined {
  let at = lines.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const first = (lines[at] ?? '').slice(0, 500);
  if (/--- threadz \d+ ---/.test(first)) {
    at += 1;
    while (at < lines.length && !beginsMap(lines[at] ?? '') && !(lines[at] ?? '').startsWith('-')) at += 1;
  } else if (!threadStart.test(first)) return undefined;
  const samples: (DraftSample & { values: number[] })[] = [];
  while (at < lines.length && !beginsMap(lines[at] ?? '') && !(lines[at] ?? '').startsWith('---- no stack trace for')) {
    if (!threadStart.test((lines[at] ?? '').slice(0, 500))) return 'one of its threads begins in a way that is not known';
    at += 1;
    const stack: bigint[] = [];
    let same = false;
    for (; at < lines.length; at += 1) {
      const line = (lines[at] ?? '').slice(0, maxLine).trim();
      if (line === '') continue;
      if (line.startsWith('---')) break;
      if (line.includes('same as previous thread')) {
        same = true;
        continue;
      }
      stack.push(...(addressesOf(line) ?? []));
    }
    const last = samples.at(-1);
    if (same || stack.length === 0) {
      if (last !== undefined) last.values[0] = (last.values[0] ?? 0) + 1;
    } else samples.push({ values: [1], stack: stack.map((pc, nth) => (nth === 0 ? pc : call(pc))), labels: [] });
  }
  return {
    sampleTypes: [{ type: 'thread', unit: 'count' }],
    periodType: { type: 'thread', unit: 'count' },
    period: 1,
    samples,
    doubleLeaves: true,
    map: mapAfter(lines, at),
    notes: [],
  };
}
