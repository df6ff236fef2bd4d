/** -traces: every sample with its stack. */
import { labelsOf, numberUnits } from './labels.ts';
import { formatValue, profileLabels, type Frame } from './legend.ts';
import { nodesOf } from './nodes.ts';
import { scaledLabel } from './units.ts';
import type { Work } from './work.ts';

const separator = '-----------+-------------------------------------------------------';

export function printTraces(frame: Frame, work: Work, value: number, mean: number | undefined): string {
  const { granularity, noinlines, showColumns } = frame.options;
  const table = nodesOf(work, { granularity, noinlines, showColumns, trimPath: undefined });
  const units = numberUnits(work.profile);
  const lines = profileLabels(frame);
  for (let sample = 0; sample < work.samples; sample += 1) {
    const stack: string[] = [];
    for (let at = work.sampleStart[sample] ?? 0; at < (work.sampleStart[sample + 1] ?? 0); at += 1) {
      const location = work.sampleLocations[at] ?? 0;
      const last = (table.start[location + 1] ?? 0) - 1;
      for (let line = table.start[location] ?? 0; line <= last; line += 1)
        stack.push(`${table.infos[table.node[line] ?? 0]?.printable ?? ''}${line === last ? '' : ' (inline)'}`);
    }
    if (stack.length === 0) continue;
    lines.push(separator);
    const { texts, numbers } = labelsOf(work, sample);
    lines.push(...[...texts].map(([key, tags]) => `${key.padStart(10)}:  ${tags.join(' ')}`).sort());
    lines.push(
      ...[...numbers].map(([key, tags]) => `${key.padStart(10)}:  ${tags.map((tag) => scaledLabel(tag.value, units.get(key) ?? '', 'auto')).join(' ')}`).sort(),
    );
    const weight = work.values[sample * work.types + value] ?? 0;
    const divisor = mean === undefined ? 0 : (work.values[sample * work.types + mean] ?? 0);
    const shown = formatValue(frame, divisor === 0 ? weight : Math.trunc(weight / divisor));
    for (const [at, name] of stack.entries()) lines.push(`${(at === 0 ? shown : '').padStart(10)}   ${name}`);
  }
  return `${[...lines, separator].join('\n')}\n`;
}
