/** A profile and options → the text that `go tool pprof` prints for them. */
import type { Profile } from '../columns.ts';
import { printDot } from './dot.ts';
import { applyFocus } from './focus.ts';
import type { Graph, GraphOptions } from './graph.ts';
import { keptProfile } from './kept.ts';
import { numberUnits, unitsThatDiffer } from './labels.ts';
import type { Frame } from './legend.ts';
import { nodesOf } from './nodes.ts';
import { overridden, ReportProblem, type Options } from './options.ts';
import { removeUninteresting } from './prune.ts';
import { printRaw } from './raw.ts';
import { printTags } from './tag-table.ts';
import { addTagFrames } from './tag-frames.ts';
import { printTop } from './text.ts';
import { printTraces } from './traces.ts';
import { printTree } from './tree.ts';
import { trimmedGraph, type Trimmed } from './trim.ts';
import { scale, truncate } from './units.ts';
import { labelRow, workOn, type Work } from './work.ts';

export interface Made {
  readonly text: string;
  /** The graph that the text shows, where there is one. */
  readonly trimmed?: Trimmed;
}

/** Throws `ReportProblem` for what the person asked for and cannot be had. `said` gets what pprof says on standard error. */
export function makeReport(profile: Profile, asked: Options, said: string[] = []): Made {
  const { options, work, value, mean, total } = prepared(profile, asked, said);
  const sample = profile.sampleTypes[value];
  const sampleUnit = sample?.unit ?? '';
  const frame = { profile, options, total, sampleType: `${options.mean ? 'mean_' : ''}${sample?.type ?? ''}`, sampleUnit, outputUnit: options.unit };
  switch (options.format) {
    case 'comments':
      return { text: profile.comments.map((comment) => `${comment}\n`).join('') };
    case 'raw':
      return { text: printRaw(work, options) };
    case 'tags':
      return { text: printTags(frame, work, value) };
    case 'traces':
      return { text: printTraces(frame, work, value, mean) };
    default: {
      const trimmed = graphOf(work, options, value, mean);
      const shown: Frame = { ...frame, outputUnit: outputUnit(frame, trimmed.graph) };
      return {
        text: options.format === 'top' ? printTop(shown, trimmed) : options.format === 'dot' ? printDot(shown, trimmed) : printTree(shown, trimmed),
        trimmed,
      };
    }
  }
}

/** The trimmed graph itself, for drawings and tables of our own. */
export function makeGraph(profile: Profile, asked: Options): { readonly trimmed: Trimmed; readonly total: number; readonly sampleIndex: number } {
  const { options, work, value, mean, total } = prepared(profile, asked);
  return { trimmed: graphOf(work, options, value, mean), total, sampleIndex: value };
}

/** The profile with the filters of the options applied, and nothing else. */
export function filtered(profile: Profile, asked: Options, said: string[] = []): Profile {
  return keptProfile(prepared(profile, asked, said).work);
}

interface Prepared {
  readonly options: Options;
  readonly work: Work;
  readonly value: number;
  readonly mean: number | undefined;
  readonly total: number;
}

/** Filters come after the total, unless percentages are to be relative (internal/driver.generateRawReport). */
function prepared(profile: Profile, asked: Options, said: string[] = []): Prepared {
  const options = overridden(asked);
  const work = workOn(profile, said);
  removeUninteresting(work);
  work.said.push(...unitsThatDiffer(profile));
  addTagFrames(work, options, options.unit);
  if (options.relativePercentages) applyFocus(work, options);
  if (profile.sampleTypes.length === 0) throw new ReportProblem('profile has no samples');
  const value = sampleIndex(profile, options.sampleIndex);
  if (options.divideBy === 0) throw new ReportProblem('zero divisor specified');
  const mean = options.mean ? 0 : undefined;
  const total = totalOf(work, value, mean);
  if (!options.relativePercentages) applyFocus(work, options);
  return { options, work, value, mean, total };
}

function graphOf(work: Work, options: Options, value: number, mean: number | undefined): Trimmed {
  // The mark of the base must not be drawn.
  work.hiddenLabels = new Set([...work.hiddenLabels, 'pprof::base']);
  const { granularity, noinlines, showColumns, trimPath } = options;
  const table = nodesOf(work, { granularity, noinlines, showColumns, trimPath });
  const tags = options.format === 'dot' && work.profile.labelKey.length > 0 ? { units: numberUnits(work.profile), outputUnit: options.unit } : undefined;
  const graphOptions: GraphOptions = { value, mean, dropNegative: options.dropNegative, tags };
  return trimmedGraph(work, table, options, graphOptions);
}

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
function outputUnit(frame: { readonly options: Options; readonly total: number; readonly sampleUnit: string }, graph: Graph): string {
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
