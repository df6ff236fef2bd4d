/** `/triage explain 585`: one goroutine, from its dump: its state, what it waits for, who holds it up, whom it holds up. */
import type { Answer, Capture, Goroutine, GoroutineDump, Group, Hold, Lock, ReportFrame } from '../model.ts';
import { shortFunction } from '../golang/names.ts';
import { frameKey } from '../link/source-links.ts';

/** Frames shown; longer stacks are cut in the middle of nowhere anyway. */
const maxFrames = 14;

export function explain(captures: readonly Capture[], id: number): Answer {
  const asked = `explain ${id}`;
  for (const capture of captures) {
    for (const dump of capture.dumps) {
      const goroutine = dump.goroutines.find((one) => one.id === id);
      if (goroutine !== undefined) return { asked, said: about(goroutine, dump), frames: framesOf(goroutine, dump, capture.links) };
    }
  }
  const dumps = captures.flatMap((capture) => capture.dumps);
  if (dumps.length === 0) return { asked, said: ['There is no goroutine dump in this thread.'] };
  return {
    asked,
    said: [
      dumps.every(({ goroutines }) => goroutines.length === 0)
        ? 'The dump here has no ids of goroutines (`debug=1` or protobuf): one with `debug=2` has.'
        : `No goroutine ${id} is in ${dumps.length === 1 ? 'the dump' : `the ${dumps.length} dumps`} of this thread.`,
    ],
  };
}

function about({ id, state, minutes, creator }: Goroutine, dump: GoroutineDump): readonly string[] {
  const group = dump.groups.find(({ goroutines }) => goroutines.includes(id));
  const wanted = dump.locks.filter(({ waiters }) => waiters.includes(id));
  const held = dump.locks.flatMap((lock) => lock.holders.filter(({ goroutine }) => goroutine === id).map((holder) => ({ lock, holder })));
  return [
    `\`${state}\`${minutes === undefined ? '' : ` for ${minutes} min`}${alike(group)}, in \`${dump.file.replaceAll('`', "'")}\`.`,
    ...(group?.rest === undefined ? [] : [`It rests: ${group.rest}.`]),
    ...wanted.map((lock) => waits(lock)),
    ...held.map(({ lock, holder }) => `It ${holds[holder.certainty]} ${lockName(lock)}, for which ${lock.waiters.length} wait: ${holder.why.join(', ')}.`),
    ...dump.cycles.filter((cycle) => cycle.includes(id)).map((cycle) => `It is part of a circle of waits: ${[...cycle, cycle[0]].join(' → ')}.`),
    ...(creator === undefined ? [] : [`Goroutine ${creator} started it.`]),
  ];
}

function alike(group: Group | undefined): string {
  const more = (group?.count ?? 1) - 1;
  return more <= 0 ? '' : `, as ${more} more in the same functions`;
}

const holds: Readonly<Record<Hold, string>> = { holds: 'holds', 'very likely': 'very likely holds', 'may hold': 'may hold' };

function waits(lock: Lock): string {
  const [first] = lock.holders;
  const who =
    first === undefined
      ? (lock.nobody ?? 'nobody in the dump can be named as its holder')
      : `goroutine ${first.goroutine} ${holds[first.certainty]} it: ${first.why.join(', ')}`;
  return `It waits for ${lockName(lock)}; ${who}.`;
}

function lockName({ kind, name, wantedIn }: Lock): string {
  const noun = kind === 'unknown' ? 'something' : `a ${kind}`;
  return name === undefined ? `${noun} wanted in \`${shortFunction(wantedIn)}\`` : `\`${name}\``;
}

function framesOf({ stack }: Goroutine, dump: GoroutineDump, links: Capture['links']): readonly ReportFrame[] {
  return (dump.stacks[stack]?.frames ?? []).slice(0, maxFrames).map((frame) => {
    const found = links[frameKey(frame)];
    return found === undefined ? frame : { ...frame, url: found.url, ...(found.likely ? { urlLikely: true } : {}) };
  });
}
