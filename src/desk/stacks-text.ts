/** Goroutine dumps for a terminal: a summary by state, what hangs with its stacks, what rests in a line each. */
import type { Level } from '../core/artefacts/goroutines/groups.ts';
import type { Scanned } from '../core/artefacts/goroutines/scanned.ts';
import { isStandardFunction, isWrapper, shortFunction } from '../core/golang/names.ts';
import { goReleaseOf } from '../core/golang/releases.ts';
import { plainWords } from '../core/golang/wait-reasons.ts';
import type { Group } from '../core/model.ts';
import { counted, minutes } from '../core/report/words.ts';
import { stackLines } from './stacks-frames.ts';
import { columns, folded, line, type Part } from './terminal.ts';

/** How the groups are to be shown. */
export interface View {
  readonly level: Level;
  /** One list in the given order, resting places among the others. */
  readonly list: boolean;
  readonly summary: boolean;
  readonly full: boolean;
}

/** States, resting places and ids that are listed before the rest is counted. */
const [mostStates, mostPlaces, mostIds] = [12, 12, 12];

/** One dump with its groups, already in order; ends with a line feed. */
export function dumpText(scanned: Scanned, groups: readonly Group[], view: View): string {
  const stack = (group: Group): string => groupText(scanned, group, view);
  const brief = (group: Group): string => briefLine(scanned, group);
  const blocks: string[] = [headText(scanned, groups).join('\n')];
  if (view.summary) blocks.push(groups.map(brief).join('\n'));
  else if (view.list || view.full) blocks.push(...groups.map(stack));
  else {
    const died = diedIn(scanned, groups);
    const rest = groups.filter((group) => group.idle && group !== died);
    const others = groups.filter((group) => !group.idle && !group.hung && group !== died);
    const hung = groups.filter((group) => group.hung && group !== died);
    if (died !== undefined) blocks.push(line(['bold', 'It died here:']), stack(died));
    if (hung.length > 0) blocks.push(line(['bold', 'These hang:']), ...hung.map(stack));
    if (others.length > 0) blocks.push(...(hung.length + rest.length > 0 || died !== undefined ? [line(['bold', 'The others:'])] : []), ...others.map(stack));
    if (rest.length > 0)
      blocks.push([line(['bold', 'At rest, however long:']), ...rest.slice(0, mostPlaces).map(brief), ...more(rest.slice(mostPlaces))].join('\n'));
  }
  const foot = footText(groups);
  return `${[...blocks, ...(foot === '' ? [] : [foot])].filter((block) => block !== '').join('\n\n')}\n`;
}

/** The group of the first goroutine, which is the one that failed, unless a person or supervisor sent the signal. */
function diedIn({ preamble, ids, count }: Scanned, groups: readonly Group[]): Group | undefined {
  if (preamble === undefined || count === 0 || /^SIG(?:QUIT|ABRT|TERM|INT|HUP)|data race/.test(preamble.what)) return undefined;
  return groups.find(({ goroutines }) => goroutines.includes(ids[0] ?? -1));
}

function headText(scanned: Scanned, groups: readonly Group[]): readonly string[] {
  const { file, dialect, count, counts, unread, truncated, notes, preamble, stacks } = scanned;
  const total = counts?.reduce((sum, n) => sum + n, 0) ?? count;
  const shown = sum(groups);
  const go = goReleaseOf(stacks.map(({ frames }) => frames));
  const [hung, idle] = [sum(groups.filter((group) => group.hung)), sum(groups.filter((group) => group.idle))];
  const about = [
    counted(groups.length, 'group'),
    ...(shown === total ? [] : [`${counted(shown, 'goroutine')} shown`]),
    ...(hung === 0 ? [] : [`${counted(hung, 'goroutine')} ${hung === 1 ? 'hangs' : 'hang'}`]),
    ...(idle === 0 ? [] : [`${idle.toLocaleString('en-US')} ${idle === 1 ? 'rests where it always rests' : 'rest where they always rest'}`]),
    ...(unread === 0 ? [] : [`${unread.toLocaleString('en-US')} could not be read`]),
  ];
  const words = [dialect, ...(go === undefined ? [] : [go]), ...(truncated ? ['not complete'] : [])];
  return [
    line(['bold', file], `: ${counted(total, 'goroutine')} (${words.join(', ')})`),
    ...folded(about.join(', ').split(' '), '  ').map((one) => line(one)),
    ...(preamble === undefined ? [] : folded(preamble.text.split(' '), '  ').map((one) => line(['yellow', one]))),
    ...notes.flatMap((note) => folded(note.split(' '), '  ')).map((one) => line(['dim', one])),
    '',
    ...stateLines(groups, counts === undefined),
  ];
}

/** Goroutines by state, most first, with what the state means. */
function stateLines(groups: readonly Group[], printed: boolean): readonly string[] {
  const counts = new Map<string, number>();
  for (const { state, count } of groups) counts.set(state, (counts.get(state) ?? 0) + count);
  const all = [...counts].toSorted((a, b) => b[1] - a[1]);
  const shown = all.slice(0, mostStates);
  const width = Math.max(0, ...shown.map(([state]) => nameOf(state, printed).length));
  const lines = shown.flatMap(([state, count]) => {
    const words = state === '' ? undefined : plainWords(state);
    const first = `  ${number(count)}  ${nameOf(state, printed).padEnd(width)}`;
    return words === undefined ? [line(first.trimEnd())] : folded(words.split(' '), `${first}  `).map((one) => line(one));
  });
  const left = all.slice(mostStates);
  return left.length === 0 ? lines : [...lines, line(`  ${number(left.reduce((total, [, count]) => total + count, 0))}  in ${left.length} more states`)];
}

/** Without a state are goroutines of debug=1, and groups by creator that are in several. */
function nameOf(state: string, printed: boolean): string {
  return state !== '' ? state : printed ? 'several states' : 'no state printed';
}

function groupText({ stacks, counts }: Scanned, group: Group, { level, full, list }: View): string {
  const { count, state, minutes: range, hung, rest, stack, goroutines, fingerprint } = group;
  const head: Part[] = [
    ['bold', `${count.toLocaleString('en-US')} × ${nameOf(state, counts === undefined)}`],
    ...(range === undefined ? [] : [`, ${minutes(range)}`]),
    ...(hung && (list || full) ? [', ', ['red', 'hangs'] as const] : []),
  ];
  const ids = goroutines.slice(0, mostIds).map(String);
  const left = goroutines.length - ids.length;
  const words = [...ids, ...(left > 0 ? [`and ${left.toLocaleString('en-US')} more`] : []), `(${fingerprint})`];
  return [
    line(...head),
    ...(rest === undefined
      ? []
      : folded(`at rest: ${rest.replace(/^service loop .*$/, 'service loop')}`.split(' '), '    ').map((one) => line(['green', one]))),
    ...stackLines(stacks[stack] ?? { frames: [] }, full, level),
    ...folded(words, goroutines.length === 0 ? '    ' : goroutines.length === 1 ? '    goroutine ' : '    goroutines ', '      ').map((one) =>
      line(['dim', one]),
    ),
  ].join('\n');
}

/** Count, state, minutes and the innermost function of our own, cut at the width of a terminal. */
function briefLine({ stacks, counts }: Scanned, { stack, count, state, minutes: range, hung, rest }: Group): string {
  const { frames = [] } = stacks[stack] ?? {};
  const own = frames.find(({ func }) => !isStandardFunction(func)) ?? frames.findLast(({ func }) => !isWrapper(func)) ?? frames[0];
  const words = [
    nameOf(state, counts === undefined),
    minutes(range),
    hung ? 'hangs' : '',
    own === undefined ? '' : shortFunction(own.func),
    rest === undefined || rest.startsWith('service loop') ? '' : `(${rest})`,
  ];
  const text = `  ${number(count)}  ${words.filter((word) => word !== '').join('  ')}`;
  const cut = text.length > columns() ? `${text.slice(0, columns() - 1)}…` : text;
  return hung ? line(['red', cut]) : line(cut);
}

function more(left: readonly Group[]): readonly string[] {
  return left.length === 0 ? [] : [line(`  ${number(sum(left))}  in ${left.length} more places, which --full shows`)];
}

function footText(groups: readonly Group[]): string {
  const lines: string[] = [];
  if (groups.some(({ minutes: range }) => range !== undefined)) lines.push('Minutes may be too large by one garbage collection: by two where little happens.');
  if (groups.some(({ hung, class: wait }) => hung && wait === 'lock')) lines.push('Who holds the locks: pprof-triage FILE, without `stacks`.');
  return lines.map((one) => line(['dim', one])).join('\n');
}

function number(count: number): string {
  return count.toLocaleString('en-US').padStart(7);
}

function sum(groups: readonly Group[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
