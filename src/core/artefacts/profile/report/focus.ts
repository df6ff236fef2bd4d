/** -focus, -ignore, -hide, -show, -show_from and the tag filters (profile/filter.go, internal/driver/driver_focus.go). */
import type { Pattern } from '../pattern/pattern.ts';
import { pattern, type Options } from './options.ts';
import { pruneFrom } from './prune.ts';
import { chooseSamples, labelRow, matchedNothing, stackOf, type Line, type Work } from './work.ts';
import { tagFilter, type TagFilter } from './tag-filter.ts';

/** Applies them in pprof's order. */
export function applyFocus(work: Work, options: Options): void {
  const compiled = (name: string, source: string): Pattern | undefined => (source === '' ? undefined : pattern(name, source));
  const focus = compiled('focus', options.focus);
  const ignore = compiled('ignore', options.ignore);
  const hide = compiled('hide', options.hide);
  const show = compiled('show', options.show);
  const showFrom = compiled('show_from', options.showFrom);
  const tagFilters = {
    focus: options.tagfocus === '' ? undefined : tagFilter('tagfocus', options.tagfocus, work),
    ignore: options.tagignore === '' ? undefined : tagFilter('tagignore', options.tagignore, work),
  };
  const prune = compiled('prune_from', options.pruneFrom);
  const told: Told = (name, rx, matched) => {
    if (rx !== undefined && !matched) work.said.push(matchedNothing(name));
  };
  if (focus ?? ignore ?? hide ?? show) {
    const found = byName(work, { focus, ignore, hide, show });
    told('Focus', focus, found.focus);
    told('Ignore', ignore, found.ignore);
    told('Hide', hide, found.hide);
    told('Show', show, found.show);
  }
  if (showFrom !== undefined) told('ShowFrom', showFrom, showOnlyFrom(work, showFrom));
  bySample(work, tagFilters, told);
  byKey(work, options, told);
  if (prune !== undefined) pruneFrom(work, prune);
}

/** For each function: does its name or file match. */
function hits(work: Work, rx: Pattern): (line: Line) => boolean {
  const known = work.names.map((name, at) => rx.test(name) || rx.test(work.files[at] ?? ''));
  return ({ func }) => func >= 0 && known[func] === true;
}

function mappingHits(work: Work, rx: Pattern): (location: number) => boolean {
  const known = work.profile.mappings.map(({ file }) => rx.test(file));
  return (location) => known[work.profile.locationMapping[location] ?? -1] === true;
}

interface Names {
  readonly focus: Pattern | undefined;
  readonly ignore: Pattern | undefined;
  readonly hide: Pattern | undefined;
  readonly show: Pattern | undefined;
}

function byName(work: Work, { focus, ignore, hide, show }: Names): { focus: boolean; ignore: boolean; hide: boolean; show: boolean } {
  const found = { focus: false, ignore: false, hide: false, show: false };
  const count = work.lines.length;
  // 1: focused, 2: ignored
  const mark = new Uint8Array(count);
  const hidden = new Uint8Array(count);
  const matcher = (rx: Pattern | undefined): { line: (line: Line) => boolean; map: (location: number) => boolean } | undefined =>
    rx === undefined ? undefined : { line: hits(work, rx), map: mappingHits(work, rx) };
  const [onFocus, onIgnore, onHide, onShow] = [matcher(focus), matcher(ignore), matcher(hide), matcher(show)];
  for (let location = 0; location < count; location += 1) {
    let lines = work.lines[location] ?? [];
    if (onIgnore !== undefined && (lines.some(onIgnore.line) || onIgnore.map(location))) {
      found.ignore = true;
      mark[location] = 2;
    } else if (onFocus === undefined || lines.some(onFocus.line) || onFocus.map(location)) {
      found.focus = true;
      mark[location] = 1;
    }
    if (onHide !== undefined && (lines.some(onHide.line) || onHide.map(location))) {
      found.hide = true;
      lines = onHide.map(location) ? [] : lines.filter((line) => !onHide.line(line));
      if (lines.length === 0) hidden[location] = 1;
    }
    if (onShow !== undefined) {
      lines = onShow.map(location) ? lines : lines.filter((line) => line.func < 0 || onShow.line(line));
      if (lines.length === 0) hidden[location] = 1;
      else found.show = true;
    }
    work.lines[location] = lines;
  }
  const anyHidden = hidden.includes(1);
  chooseSamples(work, (_, from, to) => {
    let focused = false;
    for (let at = from; at < to; at += 1) {
      const how = mark[work.sampleLocations[at] ?? 0];
      if (how === 2) return undefined;
      if (how === 1) focused = true;
    }
    if (!focused) return undefined;
    const stack = stackOf(work, from, to);
    if (!anyHidden) return stack;
    const seen = stack.filter((location) => hidden[location] === 0);
    return seen.length === 0 ? undefined : seen;
  });
  return found;
}

function showOnlyFrom(work: Work, rx: Pattern): boolean {
  const line = hits(work, rx);
  const map = mappingHits(work, rx);
  const from = new Uint8Array(work.lines.length);
  work.lines = work.lines.map((lines, location) => {
    if (map(location)) {
      from[location] = 1;
      return lines;
    }
    const last = lines.findLastIndex(line);
    if (last < 0) return lines;
    from[location] = 1;
    return lines.slice(0, last + 1);
  });
  chooseSamples(work, (_, start, to) => {
    for (let at = to - 1; at >= start; at -= 1) if (from[work.sampleLocations[at] ?? 0] === 1) return stackOf(work, start, at + 1);
    return undefined;
  });
  return from.includes(1);
}

type Told = (name: string, rx: unknown, matched: boolean) => void;

interface TagFilters {
  readonly focus: TagFilter | undefined;
  readonly ignore: TagFilter | undefined;
}

function bySample(work: Work, { focus, ignore }: TagFilters, told: Told): void {
  if (focus === undefined && ignore === undefined) return;
  let focused = false;
  let ignored = false;
  chooseSamples(work, (sample, from, to) => {
    const row = labelRow(work, sample);
    const keep = focus?.(row) ?? true;
    const drop = ignore?.(row) ?? false;
    focused ||= keep;
    ignored ||= drop;
    return keep && !drop ? stackOf(work, from, to) : undefined;
  });
  told('TagFocus', focus, focused);
  told('TagIgnore', ignore, ignored);
}

function byKey(work: Work, options: Options, told: Told): void {
  if (options.tagshow === '' && options.taghide === '') return;
  const show = options.tagshow === '' ? undefined : pattern('tagshow', options.tagshow);
  const hide = options.taghide === '' ? undefined : pattern('taghide', options.taghide);
  const keys = [...keysOf(work)].filter((key) => !work.hiddenLabels.has(key));
  const shown = keys.filter((key) => show?.test(key) ?? true);
  const hidden = keys.filter((key) => hide?.test(key) ?? false);
  told('TagShow', show, shown.length > 0);
  told('TagHide', hide, hidden.length > 0);
  work.hiddenLabels = new Set([...work.hiddenLabels, ...keys.filter((key) => !shown.includes(key) || hidden.includes(key))]);
}

/** Keys of the samples that are left. */
function keysOf(work: Work): ReadonlySet<string> {
  const numbers = new Set<number>();
  const { labelStart, labelKey, strings } = work.profile;
  for (let sample = 0; sample < work.samples; sample += 1) {
    const row = labelRow(work, sample);
    for (let at = labelStart[row] ?? 0; at < (labelStart[row + 1] ?? 0); at += 1) numbers.add(labelKey[at] ?? 0);
  }
  return new Set(Array.from(numbers, (number) => strings.at(number)));
}
