/** A profile and options → the text that `go tool pprof` prints for them. */
import type { Profile } from '../columns.ts';
import { printDot } from './dot.ts';
import { applyFocus } from './focus.ts';
import { sortNodes, type GraphOptions, type Node } from './graph.ts';
import { keptProfile } from './kept.ts';
import { numberUnits, unitsThatDiffer } from './labels.ts';
import type { Frame } from './legend.ts';
import { nodesOf } from './nodes.ts';
import { defaults, overridden, ReportProblem, type Options } from './options.ts';
import { removeUninteresting } from './prune.ts';
import { printRaw } from './raw.ts';
import { sumNodes } from './sums.ts';
import { printTags } from './tag-table.ts';
import { addTagFrames } from './tag-frames.ts';
import { printTop } from './text.ts';
import { printTraces } from './traces.ts';
import { printTree } from './tree.ts';
import { trimmedGraph, type Trimmed } from './trim.ts';
import { outputUnit, sampleIndex, totalOf } from './values.ts';
import { truncate } from './units.ts';
import { withoutInlines, workOn, type Work } from './work.ts';

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

/** The trimmed graph itself, without tags, for drawings of our own. */
export function makeGraph(profile: Profile, asked: Options): { readonly trimmed: Trimmed; readonly total: number } {
  const { options, work, value, mean, total } = prepared(profile, asked);
  return { trimmed: graphOf(work, options, value, mean, false), total };
}

/** Sums of all functions, largest flat first, and what -top prints of so many: samples are gone through once for both. */
export function makeTop(profile: Profile, nodecount: number): { readonly functions: readonly Node[]; readonly top: readonly Node[]; readonly text: string } {
  const { options, work, value, total } = prepared(profile, { ...defaults, nodecount });
  const table = nodesOf(work, options);
  const graphOptions: GraphOptions = { value, mean: undefined, dropNegative: false };
  const sums = sumNodes(work, table, graphOptions);
  sortNodes(sums, 'flat');
  const trimmed = trimmedGraph(work, table, options, graphOptions, { nodes: [...sums.nodes] });
  const sample = profile.sampleTypes[value];
  const frame = { profile, options, total, sampleType: sample?.type ?? '', sampleUnit: sample?.unit ?? '', outputUnit: options.unit };
  return { functions: sums.nodes, top: trimmed.graph.nodes, text: printTop({ ...frame, outputUnit: outputUnit(frame, trimmed.graph) }, trimmed) };
}

/** The profile with the filters of the options applied, and nothing else. */
export function filtered(profile: Profile, asked: Options, said: string[] = []): Profile {
  const { work, options } = prepared(profile, asked, said);
  if (options.noinlines) withoutInlines(work, options.showColumns);
  const { divideBy } = options;
  if (divideBy > 0 && divideBy !== 1) work.values = work.values.map((value) => truncate(value * (1 / divideBy)));
  return keptProfile(work);
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

function graphOf(work: Work, options: Options, value: number, mean: number | undefined, withTags = true): Trimmed {
  // The mark of the base must not be drawn.
  work.hiddenLabels = new Set([...work.hiddenLabels, 'pprof::base']);
  const { granularity, noinlines, showColumns, trimPath } = options;
  const table = nodesOf(work, { granularity, noinlines, showColumns, trimPath });
  const tags =
    withTags && options.format === 'dot' && work.profile.labelKey.length > 0 ? { units: numberUnits(work.profile), outputUnit: options.unit } : undefined;
  const graphOptions: GraphOptions = { value, mean, dropNegative: options.dropNegative, tags };
  return trimmedGraph(work, table, options, graphOptions);
}
