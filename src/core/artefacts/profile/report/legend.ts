/** The lines above a report: what the profile is of, filters, how much of it is shown. */
import type { Profile } from '../columns.ts';
import { base } from './nodes.ts';
import type { Options } from './options.ts';
import { percentage, scale, scaledLabel, truncate } from './units.ts';

/** What every printer needs to know of the report. */
export interface Frame {
  readonly profile: Profile;
  readonly options: Options;
  readonly total: number;
  readonly sampleType: string;
  readonly sampleUnit: string;
  /** Chosen from the nodes that are shown when -unit is `minimum`. */
  readonly outputUnit: string;
}

/** A value in the unit of the report. */
export function formatValue(frame: Frame, value: number): string {
  const { divideBy } = frame.options;
  // A negative divisor divides nothing.
  const shown = divideBy === 1 || divideBy < 0 ? value : truncate(value * (1 / divideBy));
  return scaledLabel(shown, frame.sampleUnit, frame.outputUnit);
}

/** File, build ID, type, time, duration. */
export function profileLabels(frame: Frame): string[] {
  const { profile } = frame;
  const lines: string[] = [];
  const [first] = profile.mappings;
  if (first !== undefined && first.file !== '') lines.push(`File: ${base(first.file)}`);
  if (first !== undefined && first.buildId !== '') lines.push(`Build ID: ${first.buildId}`);
  for (const comment of profile.comments) if (!comment.startsWith('#')) lines.push(comment);
  if (frame.sampleType !== '') lines.push(`Type: ${frame.sampleType}`);
  if (profile.docUrl !== '') lines.push(`Doc: ${profile.docUrl}`);
  if (profile.timeNanos !== 0n) lines.push(`Time: ${utc(profile.timeNanos)} UTC`);
  if (profile.durationNanos !== 0) {
    const [nanos, unit] = scale(frame.total, frame.sampleUnit, 'nanoseconds');
    const ratio = unit === 'ns' && nanos !== 0 ? `(${percentage(truncate(nanos), profile.durationNanos)})` : '';
    lines.push(`Duration: ${scaledLabel(profile.durationNanos, 'nanoseconds', 'auto')}, Total samples = ${formatValue(frame, frame.total)} ${ratio}`);
  }
  return lines;
}

/** `2026-11-23 09:40:00`, in UTC: a report must not depend on where it is made. */
export function utc(nanos: bigint): string {
  let seconds = nanos / 1_000_000_000n;
  if (nanos < 0n && nanos % 1_000_000_000n !== 0n) seconds -= 1n;
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? '0001-01-01 00:00:00' : date.toISOString().slice(0, 19).replace('T', ' ');
}

export interface Shown {
  readonly value: number;
  readonly nodes: number;
  readonly original: number;
  readonly droppedNodes: number;
  readonly droppedEdges: number;
}

export function reportLabels(frame: Frame, shown: Shown, full: boolean): string[] {
  const { options, total } = frame;
  const lines = full || !options.compactLabels ? profileLabels(frame) : [];
  const filters = activeFilters(options);
  if (filters.length > 0) lines.push('Active filters:', ...filters.map((filter) => `   ${filter.length > 80 ? `${filter.slice(0, 80)}…` : filter}`));
  lines.push(`Showing nodes accounting for ${formatValue(frame, shown.value)}, ${percentage(shown.value, total).trim()} of ${formatValue(frame, total)} total`);
  if (total !== 0) {
    if (shown.droppedNodes > 0) lines.push(dropped(shown.droppedNodes, 'node', 'cum', formatValue(frame, Math.abs(truncate(total * options.nodefraction)))));
    if (shown.droppedEdges > 0) lines.push(dropped(shown.droppedEdges, 'edge', 'freq', formatValue(frame, Math.abs(truncate(total * options.edgefraction)))));
    if (shown.nodes > 0 && shown.nodes < shown.original) lines.push(`Showing top ${shown.nodes} nodes out of ${shown.original}`);
  }
  if (full) lines.push('\nSee https://git.io/JfYMW for how to read the graph');
  return lines;
}

function dropped(count: number, noun: string, measure: string, least: string): string {
  return `Dropped ${count} ${noun}${count > 1 ? 's' : ''} (${measure} <= ${least})`;
}

function activeFilters(options: Options): readonly string[] {
  const all: readonly (readonly [string, string])[] = [
    ['focus', options.focus],
    ['ignore', options.ignore],
    ['hide', options.hide],
    ['show', options.show],
    ['show_from', options.showFrom],
    ['tagfocus', options.tagfocus],
    ['tagignore', options.tagignore],
    ['tagshow', options.tagshow],
    ['taghide', options.taghide],
  ];
  return all.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${value}`);
}
