/** -focus, -ignore, -hide, -show, -show_from and the tag filters (profile/filter.go, internal/driver/driver_focus.go). */
import type { Pattern } from '../pattern/pattern.ts';
import { pattern, type Options } from './options.ts';
import { pruneFrom } from './prune.ts';
import { chooseSamples, labelRow, stackOf, type Line, type Work } from './work.ts';
import { tagFilter } from './tag-filter.ts';

/** Applies them in pprof's order; returns the option names whose pattern matched nothing. */
export function applyFocus(work: Work, options: Options): readonly string[] {
  const compiled = (name: string, source: string): Pattern | undefined => (source === '' ? undefined : pattern(name, source));
  const focus = compiled('focus', options.focus);
  const ignore = compiled('ignore', options.ignore);
  const hide = compiled('hide', options.hide);
  const show = compiled('show', options.show);
  const showFrom = compiled('show_from', options.showFrom);
  const prune = compiled('prune_from', options.pruneFrom);
  const missed: string[] = [];
  const told = (name: string, rx: unknown, matched: boolean): void => {
    if (rx !== undefined && !matched) missed.push(name);
  };
  if (focus ?? ignore ?? hide ?? show) {
    const found = byName(work, { focus, ignore, hide, show });
    told('Focus', focus, found.focus);
    told('Ignore', ignore, found.ignore);
    told('Hide', hide, found.hide);
    told('Show', show, found.show);
  }
  if (showFrom !== undefined) told('ShowFrom', showFrom, showOnlyFrom(work, showFrom));
  tags(work, options, told);
  if (prune !== undefined) pruneFrom(work, prune);
  return missed;
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

function tags(work: Work, options: Options, told: (name: string, rx: unknown, matched: boolean) => void): void {
  const focus = options.tagfocus === '' ? undefined : tagFilter('tagfocus', options.tagfocus, work);
  const ignore = options.tagignore === '' ? undefined : tagFilter('tagignore', options.tagignore, work);
  if (focus !== undefined || ignore !== undefined) {
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
  if (options.tagshow === '' && options.taghide === '') return;
  const show = options.tagshow === '' ? undefined : pattern('tagshow', options.tagshow);
  const hide = options.taghide === '' ? undefined : pattern('taghide', options.taghide);
  const keys = new Set(Array.from(work.profile.labelKey, (key) => work.profile.strings.at(key)));
  const gone = [...keys].filter((key) => (show !== undefined && !show.test(key)) || hide?.test(key) === true);
  work.hiddenLabels = new Set([...work.hiddenLabels, ...gone]);
}
