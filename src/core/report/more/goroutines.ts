/** Goroutines of a dump: how many rest, which wait, and what a later dump of the same process adds. */
import type { ReportDump, ReportGroup } from '../../model.ts';
import { codeSpan, inline } from '../escape.ts';
import { counted, minutes, place, sentence, shortName, unbroken } from '../words.ts';

/** Groups in a table; the page has all of them. */
const maxRows = 10;
/** Without states only the largest groups tell something. */
const maxStateless = 5;

/** `before` are the dumps of earlier captures: what they showed already is not shown again. `beside`: the capture has a fuller dump. */
export function goroutines(dump: ReportDump, before: readonly ReportDump[], beside: boolean): readonly string[] {
  const hung = dump.groups.filter((group) => group.hung);
  const resting = dump.groups.filter((group) => group.idle).reduce((sum, group) => sum + group.count, 0);
  const seen = before.find((earlier) => sameGroups(hung, earlier));
  // Without states nobody can be said to hang or not.
  const stateless = dump.dialect === 'debug=1' || dump.dialect === 'protobuf';
  if (stateless && beside) return [];
  const head = [
    `**Goroutines** ${dump.goroutines.toLocaleString('en-US')}`,
    ...(dump.unread > 0 ? [`, ${dump.unread} could not be read`] : []),
    ...(dump.truncated ? [', the file is cut'] : []),
    ...(resting > 0 ? [`; ${resting.toLocaleString('en-US')} rest where they always rest`] : []),
    ...(stateless
      ? ['; this form has no states and no waiting times']
      : hung.length === 0
        ? ['; none hangs']
        : seen === undefined
          ? []
          : [`; the same wait as in ${codeSpan(seen.file)}${longer(dump, seen)}`]),
    `. (${codeSpan(dump.file)})`,
  ].join('');
  const notes = (dump.notes ?? []).slice(0, 3).map((note) => inline(sentence(note)));
  const shown = stateless
    ? dump.groups.filter((group) => !group.idle && group.count > dump.goroutines / 50).slice(0, maxStateless)
    : seen === undefined
      ? hung
      : [];
  return [[head, ...notes].join(' '), ...(shown.length === 0 ? [] : [table(shown)])];
}

/** The same hung groups with the same numbers of goroutines. */
function sameGroups(hung: readonly ReportGroup[], earlier: ReportDump): boolean {
  const key = ({ fingerprint, state, count }: ReportGroup): string => `${fingerprint} ${state} ${count}`;
  const there = new Set(earlier.groups.filter((group) => group.hung).map(key));
  return hung.length > 0 && hung.length === there.size && hung.every((group) => there.has(key(group)));
}

function longer(dump: ReportDump, earlier: ReportDump): string {
  const longest = ({ groups }: ReportDump): number => Math.max(0, ...groups.filter((group) => group.hung).map((group) => group.minutes?.[1] ?? 0));
  const more = longest(dump) - longest(earlier);
  return more > 0 ? `, ${counted(more, 'minute')} longer` : '';
}

function table(hung: readonly ReportGroup[]): string {
  const rows = hung.slice(0, maxRows).map((group) => {
    const own = group.frames.filter((frame) => !/^(?:runtime|sync|internal\/[^.]*)[./]/.test(frame.func));
    const where = own
      .slice(0, 2)
      .map((frame) => `${codeSpan(shortName(frame.func))}${frame.url === undefined ? '' : ` [${codeSpan(place(frame))}](${frame.url})`}`)
      .join(' ← ');
    return `| ${group.count} | ${group.state === '' ? '' : codeSpan(group.state)} | ${unbroken(minutes(group.minutes))} | ${where} |`;
  });
  const left = hung.length > maxRows ? `\n\n${counted(hung.length - maxRows, 'more group')} in the report.` : '';
  return ['| goroutines | wait for | since | in |', '|---|---|---|---|', ...rows].join('\n') + left;
}
