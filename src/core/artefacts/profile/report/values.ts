/** Which value of the samples a report shows, its total, and the unit that it is shown in. */
import type { Profile } from '../columns.ts';
import type { Graph } from './graph.ts';
import { ReportProblem, type Options } from './options.ts';
import { scale, truncate } from './units.ts';
import { labelRow, type Work } from './work.ts';

/** By number, by name (`inuse_` may be left out), else the profile's own default, else the last. */
export function sampleIndex(profile: Profile, name: string): number {
  const types = profile.sampleTypes.map(({ type }) => type);
  if (name === '') {
    const own = types.indexOf(profile.defaultSampleType);
    return own >= 0 && profile.defaultSampleType !== '' ? own : types.length - 1;
  }
  if (/^[+-]?\d+$/.test(name)) {
    const index = Number(name);
    if (index < 0 || index >= types.length) throw new ReportProblem(`sample_index ${name} is outside the range [0..${types.length - 1}]`);
    return index;
  }
  const found = types.findIndex((type) => type === name || type === name.replace(/^inuse_/, ''));
  if (found < 0) throw new ReportProblem(`sample_index "${name}" must be one of: [${types.join(' ')}]`);
  return found;
}

/** Σ|value|, of the base samples alone when there are any (-diff_base). */
export function totalOf(work: Work, value: number, mean: number | undefined): number {
  let total = 0;
  let divisor = 0;
  let baseTotal = 0;
  let baseDivisor = 0;
  const { profile } = work;
  const hasBase = !work.hiddenLabels.has('pprof::base') && Array.from(new Set(profile.labelKey), (key) => profile.strings.at(key)).includes('pprof::base');
  const { values, samples, types } = work;
  for (let sample = 0; sample < samples; sample += 1) {
    const weight = Math.abs(values[sample * types + value] as number);
    const count = mean === undefined ? 0 : (values[sample * types + mean] as number);
    total += weight;
    divisor += count;
    if (hasBase && isBase(work, sample)) {
      baseTotal += weight;
      baseDivisor += count;
    }
  }
  if (baseTotal > 0) [total, divisor] = [baseTotal, baseDivisor];
  return divisor === 0 ? total : truncate(total / divisor);
}

function isBase(work: Work, sample: number): boolean {
  const { profile } = work;
  const row = labelRow(work, sample);
  for (let at = profile.labelStart[row] ?? 0; at < (profile.labelStart[row + 1] ?? 0); at += 1)
    if (profile.strings.at(profile.labelKey[at] ?? 0) === 'pprof::base' && profile.strings.at(profile.labelText[at] ?? 0) === 'true') return true;
  return false;
}

/** `minimum`: from the smallest value that is shown (selectOutputUnit). */
export function outputUnit(frame: { readonly options: Options; readonly total: number; readonly sampleUnit: string }, graph: Graph): string {
  const { options, sampleUnit } = frame;
  if (options.unit !== 'minimum' || graph.nodes.length === 0) return options.unit;
  let least = 0;
  for (const { flat, cum } of graph.nodes) {
    const own = Math.abs(flat) === 0 ? Math.abs(cum) : Math.abs(flat);
    if (own > 0 && (least === 0 || own < least)) least = own;
  }
  let most = frame.total;
  if (least === 0) least = most;
  if (options.divideBy > 0 && options.divideBy !== 1) [least, most] = [truncate(least * (1 / options.divideBy)), truncate(most * (1 / options.divideBy))];
  const [, low] = scale(least, sampleUnit, 'minimum');
  const [, high] = scale(most, sampleUnit, 'minimum');
  const unit = low !== high && least * 100 < most ? scale(100 * least, sampleUnit, 'minimum')[1] : low;
  return unit === '' ? sampleUnit : unit;
}
