/** `/triage compare #12`: the dumps and sizes of two threads or files beside each other. */
import { diffDumps, type Change, type DumpDiff } from '../artefacts/goroutines/diff.ts';
import { isStandardFunction, shortFunction } from '../golang/names.ts';
import type { Answer, Capture, GoroutineDump } from '../model.ts';
import type { Other } from '../answers.ts';

/** Rows of a kind that are worth a line. */
const maxChanges = 4;

export function compare(captures: readonly Capture[], { asked, captures: theirs }: Other): Answer {
  const name = `compare ${asked}`;
  if (theirs.length === 0) return { asked: name, said: ['Nothing that can be read was found there: no attachment, no pasted dump.'] };
  const here = captures.at(-1);
  const there = theirs.at(-1);
  if (here === undefined || there === undefined) return { asked: name, said: ['Nothing that can be read is in this thread.'] };
  const said = [programs(here, there), ...dumps(here, there), ...memory(here, there)].filter((line) => line !== '');
  return { asked: name, said: said.length === 0 ? ['The two hold nothing of the same kind.'] : said };
}

function programs(here: Capture, there: Capture): string {
  const [mine, other] = [here.program.version, there.program.version];
  if (mine === undefined || other === undefined) return '';
  return mine === other ? `Both run \`${mine}\`.` : `This one runs \`${mine}\`, the other \`${other}\`.`;
}

/** The largest dump of each that has goroutines with ids. */
function dumpOf({ dumps }: Capture): GoroutineDump | undefined {
  return dumps.filter(({ goroutines }) => goroutines.length > 0).toSorted((a, b) => b.count - a.count)[0];
}

function dumps(here: Capture, there: Capture): readonly string[] {
  const [mine, other] = [dumpOf(here), dumpOf(there)];
  if (mine === undefined || other === undefined) return [];
  const count = `Goroutines: ${mine.count.toLocaleString('en-US')} here, ${other.count.toLocaleString('en-US')} there.`;
  const earlier = there.at !== undefined && here.at !== undefined && there.at > here.at ? 'here' : 'there';
  const diff = earlier === 'there' ? diffDumps(other, mine) : diffDumps(mine, other);
  return [count, ...(diff.sameProcess ? sameProcess(diff, earlier) : otherProcess(mine, other))];
}

function sameProcess({ hung, grew, appeared }: DumpDiff, earlier: 'here' | 'there'): readonly string[] {
  const [longest] = hung;
  return [
    `It is the same process, and the dump ${earlier} is the earlier one.`,
    longest === undefined
      ? 'No goroutine waits in both for a lock, channel or condition at the same place.'
      : `${hung.length} goroutines still wait at the same place, longest goroutine ${longest.goroutine} (\`${longest.state}\`, ${longest.minutes[1] ?? '?'} min).`,
    ...changes('More of them', [...grew, ...appeared]),
  ];
}

function changes(title: string, all: readonly Change[]): readonly string[] {
  const rows = all.slice(0, maxChanges).map(({ before, after, frames }) => `${before} → ${after} in \`${place(frames.map(({ func }) => func))}\``);
  return rows.length === 0 ? [] : [`${title}: ${rows.join(', ')}.`];
}

function otherProcess(mine: GoroutineDump, other: GoroutineDump): readonly string[] {
  const hung = mine.groups.filter((group) => group.hung);
  const theirs = new Map(other.groups.filter((group) => group.hung).map((group) => [group.fingerprint, group]));
  const both = hung.filter(({ fingerprint }) => theirs.has(fingerprint));
  if (hung.length === 0 && theirs.size === 0) return ['Nothing hangs in either.'];
  const rows = both
    .slice(0, maxChanges)
    .map(
      (group) =>
        `\`${place((mine.stacks[group.stack]?.frames ?? []).map(({ func }) => func))}\` (${group.count} here, ${theirs.get(group.fingerprint)?.count ?? 0} there)`,
    );
  return [
    both.length === 0
      ? `They hang in different places: ${hung.length} kinds of stacks here, ${theirs.size} there, none in both.`
      : `${both.length} of ${hung.length} kinds of stacks that hang here hang there as well: ${rows.join(', ')}.`,
  ];
}

/** First function of our own code. */
function place(functions: readonly string[]): string {
  return shortFunction(functions.find((func) => !isStandardFunction(func)) ?? functions[0] ?? '?');
}

function memory(here: Capture, there: Capture): readonly string[] {
  const inUse = ({ profiles, vars }: Capture): number | undefined =>
    profiles.find(({ kind, sampleType }) => kind === 'heap profile' && sampleType === 'inuse_space')?.total ?? vars?.memstats['HeapInuse'];
  const [mine, other] = [inUse(here), inUse(there)];
  return mine === undefined || other === undefined ? [] : [`Heap in use: ${megabytes(mine)} here, ${megabytes(other)} there.`];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0)} MB`;
}
