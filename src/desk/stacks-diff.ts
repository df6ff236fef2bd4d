/** Two dumps of one process for a terminal: what hangs for certain, what leaks, what grew and what went. */
import type { Change, DumpDiff, Stuck } from '../core/artefacts/goroutines/diff.ts';
import type { GoroutineDump } from '../core/model.ts';
import { counted } from '../core/report/words.ts';
import { stackLines } from './stacks-frames.ts';
import { folded, line } from './terminal.ts';

/** Places and groups of each part that are shown. */
const most = 20;
const mostIds = 12;

/** Ends with a line feed. */
export function diffText(before: GoroutineDump, after: GoroutineDump, diff: DumpDiff, full: boolean): string {
  const leaks = diff.grew.filter(({ leak }) => leak);
  const blocks = [
    headText(before, after, diff),
    ...hungBlocks(after, diff, full),
    ...part('Leak suspects: more of them, and none of the old ones has ended', leaks, full),
    ...part(
      'Grew',
      diff.grew.filter(({ leak }) => !leak),
      full,
    ),
    ...part('New', diff.appeared, full),
    ...part('Shrank', diff.shrank, full),
    ...part('Gone', diff.vanished, full),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function headText(before: GoroutineDump, after: GoroutineDump, { both, onlyBefore, onlyAfter, apart, sameProcess }: DumpDiff): string {
  const said = [
    `${before.count.toLocaleString('en-US')} → ${counted(after.count, 'goroutine')}: ${both.toLocaleString('en-US')} in both, ${onlyBefore.toLocaleString('en-US')} ended, ${onlyAfter.toLocaleString('en-US')} new`,
    ...(apart === undefined || apart < 1 ? [] : [`about ${counted(apart, 'minute')} apart`]),
  ];
  const warnings = [
    ...(sameProcess ? [] : ['Hardly any goroutine is in both: these are dumps of different processes.']),
    ...(sameProcess && apart !== undefined && apart < 0
      ? [`By its waits the first dump is the later one, by ${counted(-apart, 'minute')}: exchange them.`]
      : []),
    ...(sameProcess && apart === 0 ? ['The dumps are less than a minute apart: no wait could grow, so none is proved to hang.'] : []),
    ...(before.goroutines.length === 0 || after.goroutines.length === 0 ? ['One of them has no ids (debug=1, protobuf): only groups can be compared.'] : []),
  ];
  return [
    line(['bold', `${before.file} → ${after.file}`]),
    ...folded(said.join('; ').split(' '), '  ').map((one) => line(one)),
    ...warnings.flatMap((one) => folded(one.split(' '), '  ')).map((one) => line(['yellow', one])),
  ].join('\n');
}

/** Goroutines by place, most first. */
function hungBlocks(after: GoroutineDump, { hung, sameProcess, apart }: DumpDiff, full: boolean): readonly string[] {
  if (hung.length === 0)
    return !sameProcess || apart === undefined || apart < 1 ? [] : ['No goroutine waits on at the same place, but for known resting places.'];
  const places = new Map<string, [Stuck, ...Stuck[]]>();
  for (const stuck of hung) {
    const key = `${stuck.stack} ${stuck.state}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, [stuck]);
    else place.push(stuck);
  }
  const sorted = [...places.values()].toSorted((a, b) => b.length - a.length);
  return [
    line(['bold', 'Hang for certain: '], ['red', counted(hung.length, 'goroutine')], ' at the same place for longer'),
    ...sorted.slice(0, most).map((list) => {
      const [first] = list;
      const [was = 0, is = 0] = first.minutes;
      const ids = list.slice(0, mostIds).map(({ goroutine }) => String(goroutine));
      const left = list.length - ids.length;
      return [
        line(['bold', `${list.length.toLocaleString('en-US')} × ${first.state}`], `, ${was} → ${is} min`),
        ...stackLines(after.stacks[first.stack] ?? { frames: [] }, full),
        ...folded([...ids, ...(left > 0 ? [`and ${left} more`] : [])], list.length === 1 ? '    goroutine ' : '    goroutines ', '      ').map((one) =>
          line(['dim', one]),
        ),
      ].join('\n');
    }),
    ...(sorted.length > most ? [`… and ${counted(sorted.length - most, 'more place')}`] : []),
  ];
}

function part(title: string, changes: readonly Change[], full: boolean): readonly string[] {
  if (changes.length === 0) return [];
  return [
    line(['bold', `${title}:`]),
    ...changes
      .slice(0, most)
      .map(({ before, after, state, frames, createdBy, leak }) =>
        [
          line(['bold', `${before.toLocaleString('en-US')} → ${after.toLocaleString('en-US')} × ${state === '' ? 'no state printed' : state}`]),
          ...stackLines({ frames: leak || full ? frames : frames.slice(0, 3), createdBy }, full),
        ].join('\n'),
      ),
    ...(changes.length > most ? [`… and ${counted(changes.length - most, 'more group')}`] : []),
  ];
}
