/** Goroutine dumps for a terminal: a summary by state, then each group with its frames. */
import type { DumpDiff } from '../core/artefacts/goroutines/diff.ts';
import type { Scanned } from '../core/artefacts/goroutines/scanned.ts';
import { plainWords } from '../core/golang/wait-reasons.ts';
import type { Creator, Frame, Group, GoroutineDump } from '../core/model.ts';
import { counted, minutes } from '../core/report/words.ts';

/** Escape sequences in a dump must not reach a terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** One dump with its groups. */
export function dumpText(scanned: Scanned, groups: readonly Group[]): string {
  const { file, dialect, count, counts, unread, truncated, notes, preamble } = scanned;
  const total = counts?.reduce((sum, n) => sum + n, 0) ?? count;
  const shown = groups.reduce((sum, group) => sum + group.count, 0);
  const head = [
    `${file}: ${counted(total, 'goroutine')} (${dialect})${truncated ? ', not complete' : ''}${unread > 0 ? `, ${unread} unread` : ''}${shown === total ? '' : `, ${shown} shown`}, ${counted(groups.length, 'group')}`,
    ...(preamble === undefined ? [] : [`  ${preamble.text}`]),
    ...notes.map((note) => `  ${note}`),
    ...byState(groups),
  ];
  return `${[...head, '', ...groups.map((group) => groupText(scanned, group))].join('\n')}`;
}

/** Goroutines by state, most first, with what the state means. */
function byState(groups: readonly Group[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { state, count } of groups) counts.set(state, (counts.get(state) ?? 0) + count);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 30)
    .map(([state, count]) => {
      const words = plainWords(state);
      return `  ${String(count).padStart(7)}  ${state === '' ? 'state not printed' : state}${words === undefined || state === '' ? '' : `: ${words}`}`;
    });
}

function groupText({ stacks }: Scanned, { count, state, minutes: range, hung, rest, stack, goroutines, fingerprint }: Group): string {
  const { frames = [], createdBy, elidedAfter } = stacks[stack] ?? {};
  const about = [
    `${count} × ${state === '' ? 'state not printed' : state}`,
    ...(range === undefined ? [] : [minutes(range)]),
    ...(hung ? ['hangs'] : []),
    ...(rest === undefined ? [] : [`at rest: ${rest}`]),
    fingerprint,
  ];
  const lines = frames.flatMap((frame, i) => [frameLine(frame), ...(i === elidedAfter ? ['    … frames that Go left out …'] : [])]);
  const ids =
    goroutines.length === 0
      ? []
      : [`    goroutines ${goroutines.slice(0, 12).join(', ')}${goroutines.length > 12 ? ` and ${goroutines.length - 12} more` : ''}`];
  return [about.join(', '), ...lines, ...creatorLine(createdBy), ...ids, ''].join('\n');
}

function frameLine({ func, file, line }: Frame, args?: string): string {
  return `    ${func}${args === undefined ? '' : `(${args})`}${file === '' ? '' : `  ${file}:${line}`}`;
}

function creatorLine(createdBy: Creator | undefined): readonly string[] {
  return createdBy === undefined ? [] : [`    created by ${createdBy.func}  ${createdBy.file}:${createdBy.line}`];
}

/** One goroutine with the arguments of its frames. */
export function goroutineText(scanned: Scanned, index: number): string {
  const { frames = [], createdBy } = scanned.stacks[scanned.stackOf[index] ?? -1] ?? {};
  const args = scanned.allArgsOf(index);
  const state = scanned.stateNames[scanned.states[index] ?? -1] ?? '';
  const waited = scanned.minutes[index] ?? -1;
  const parent = scanned.creators[index] ?? -1;
  const words = plainWords(state);
  const label = scanned.labels.get(index);
  return [
    `${scanned.file}: goroutine ${scanned.ids[index]}, ${state}${waited < 0 ? '' : `, ${minutes([waited, waited])}`}${words === undefined ? '' : ` (${words})`}`,
    ...(label === undefined ? [] : [`    labels ${label}`]),
    ...frames.map((frame, i) => frameLine(frame, args[i])),
    ...creatorLine(createdBy).map((line) => (parent < 0 ? line : `${line} in goroutine ${parent}`)),
    '',
  ].join('\n');
}

/** What changed between two dumps. */
export function diffText(before: GoroutineDump, after: GoroutineDump, diff: DumpDiff): string {
  const lines = [
    `${before.file} → ${after.file}: ${before.count} → ${after.count} goroutines, ${diff.both} in both, ${diff.onlyBefore} ended, ${diff.onlyAfter} new`,
  ];
  if (!diff.sameProcess) lines.push('Hardly any goroutine is in both: these are dumps of different processes.');
  lines.push(
    '',
    diff.hung.length === 0
      ? 'No goroutine waits longer at the same place, but for known resting places.'
      : `${counted(diff.hung.length, 'goroutine')} at the same place for longer (hung for certain):`,
  );
  const places = new Map<string, { first: DumpDiff['hung'][number]; ids: number[] }>();
  for (const stuck of diff.hung) {
    const key = `${stuck.stack} ${stuck.state}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, { first: stuck, ids: [stuck.goroutine] });
    else place.ids.push(stuck.goroutine);
  }
  for (const { first, ids } of [...places.values()].toSorted((a, b) => b.ids.length - a.ids.length).slice(0, 50)) {
    const [was, is] = first.minutes;
    lines.push(
      `  ${ids.length} × ${first.state}  ${was ?? 0} → ${is ?? 0} min  ${telling(after.stacks[first.stack]?.frames ?? [])}  goroutines ${ids.slice(0, 8).join(', ')}${ids.length > 8 ? ' …' : ''}`,
    );
  }
  const parts = [
    ['grew', diff.grew],
    ['new', diff.appeared],
    ['shrank', diff.shrank],
    ['gone', diff.vanished],
  ] as const;
  for (const [name, changes] of parts) {
    if (changes.length === 0) continue;
    lines.push('', `${name}:`);
    for (const { before: was, after: is, state, frames, leak, createdBy } of changes.slice(0, 30)) {
      lines.push(
        `  ${was} → ${is}  ${state}  ${telling(frames)}${leak ? `  (none of them ended: a leak, started by ${createdBy?.func ?? 'an unknown function'})` : ''}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The frame that says most: the innermost one that is not of the runtime. */
function telling(frames: readonly Frame[]): string {
  const frame = frames.find(({ func }) => !/^(?:runtime|sync|internal\/[^.]*|syscall)\./.test(func)) ?? frames[0];
  return frame === undefined ? '' : `${frame.func} ${frame.file}:${frame.line}`;
}
