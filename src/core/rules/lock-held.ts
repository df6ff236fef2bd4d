/** One goroutine keeps a lock, and what stands behind it: `ipfs pin add` over missing content, a client that stopped reading. */
import type { Certainty, ChainNode, Hold, ProfileArtefact, ReportFrame } from '../model.ts';
import { placeOf, stacks } from '../asks.ts';
import { advice } from './advice.ts';
import { boxOf, causeWords, standsStill } from './causes.ts';
import { type View, companions, packageOf, row, span, telling } from './dump-view.ts';
import { boxed, capital, since, times } from './plain.ts';
import { cores } from './profile-view.ts';
import { type Party, type Queue, queuesOf, wordsOf } from './queues.ts';
import { defineRule } from './rule.ts';

/** Waiters from which a queue over something outside counts, though no wait is minutes old yet. */
const manyWaiters = 3;
/** Waiters that no healthy daemon shows at once, however short they have waited, where the holder fetches something. */
const crowded = 10;
/** Minutes from which a wait for a lock is not contention. */
const long = 3;
/** Minutes from which it is none where the holder waits for something outside. */
const slowly = 1;

interface Facts {
  readonly root: number;
  readonly rootDoes: string;
  readonly lock?: string;
  readonly kind: string;
  readonly hold: Hold;
  readonly cause?: string;
  readonly waiting: readonly { readonly who: string; readonly count: number; readonly writes: boolean }[];
  readonly longest?: number;
  /** Told in the first minute, when a slow fetch looks the same. */
  readonly early: boolean;
  readonly queue: Queue;
}

export const lockHeld = defineRule({
  id: 'lock-held',
  about: 'hang',
  needs: ['dump'],
  wants: ['cpu'],
  see: ({ dump }): readonly Facts[] =>
    queuesOf(dump).flatMap((queue) => {
      const longest = span(dump, queue.waiters)?.[1];
      const slow = queue.cause !== undefined && (standsStill(queue.cause) || (longest ?? 0) >= slowly);
      const early = !slow && queue.waiters.length >= crowded && fetches(queue) && queue.hold !== 'may hold';
      const stuck = (longest ?? 0) >= long || (slow && queue.waiters.length >= manyWaiters) || early;
      // A queue of one behind something that may hold is no story.
      if (!stuck || (queue.hold === 'may hold' && queue.cause === undefined && queue.waiters.length < manyWaiters)) return [];
      const waiting = queue.parties.map(({ words, ids, writes }) => ({ who: words, count: ids.length, writes }));
      return [
        {
          root: queue.root,
          rootDoes: queue.rootWords,
          lock: queue.lock.name,
          kind: queue.lock.kind,
          hold: queue.hold,
          cause: queue.cause?.for,
          waiting,
          longest,
          early,
          queue,
        },
      ];
    }),
  say: (facts, { dump, cpu, capture, complaint }) => {
    const { queue } = facts;
    const cause = queue.cause?.for;
    const title = `${capital(causeWords(cause === 'client' || cause === 'sender' ? rootOf(dump, queue) : queue.rootWords, queue.cause))}, and ${crowd(queue)}`;
    return {
      title,
      effect: `${effect(dump, queue)}${calm(cpu)}`,
      because: because(queue, facts.early),
      certainty: facts.early ? 'likely' : certaintyOf(queue, facts.longest),
      weight: 60 + Math.min(30, queue.waiters.length),
      goroutines: [queue.root, ...(queue.cause === undefined || queue.cause.goroutine === queue.root ? [] : [queue.cause.goroutine])],
      functions: blamed(dump, queue),
      witnesses: [{ file: dump.dump.file, goroutine: queue.root, frame: queue.lock.holders.find(({ goroutine }) => goroutine === queue.root)?.frame }],
      next: facts.early
        ? [`Take the dump again in a minute: \`${stacks(placeOf([capture], complaint), 'ipfs.stacks2.txt')}\`. If the same goroutines wait, it hangs.`]
        : advice({ root: queue.rootWords, cause, still: queue.cause === undefined || standsStill(queue.cause), version: capture.program.version }),
      chain: chain(queue),
      rows: rows(dump, queue),
      explains: [
        queue.root,
        ...queue.waiters,
        ...queue.between,
        ...companions(dump, [queue.root, ...queue.waiters, ...(queue.cause === undefined ? [] : [queue.cause.goroutine])]),
      ],
    };
  },
});

function rootOf(view: View, queue: Queue): string {
  const consumer = queue.cause === undefined ? queue.rootWords : wordsOf(view, queue.cause.goroutine);
  return consumer.startsWith('`') ? consumer : queue.rootWords;
}

function crowd({ waiters, parties, cause }: Queue): string {
  const [only] = parties;
  if (parties.length === 1 && only !== undefined) return `${times(only.ids.length, only.words)} ${only.ids.length === 1 ? 'waits' : 'wait'} behind it`;
  const stands = cause === undefined || standsStill(cause);
  return waiters.length > 3 ? `everything behind it ${stands ? 'stands still' : 'waits'}` : `${waiters.length} others wait behind it`;
}

/** Functions of the root that tell what it holds the lock in, and of what it waits for. */
function blamed(view: View, queue: Queue): readonly string[] {
  const own = view
    .frames(queue.root)
    .map(({ func }) => func)
    .filter((func) => !/^(?:runtime|sync|net\/http|internal)[./]/.test(func));
  const cause =
    queue.cause === undefined
      ? []
      : view
          .frames(queue.cause.goroutine)
          .map(({ func }) => func)
          .filter((func) => !/^(?:runtime|sync)[./]/.test(func))
          .slice(0, 6);
  return [...own.slice(0, 12), ...cause];
}

function effect(view: View, { parties, waiters }: Queue): string {
  const writer = parties.find(({ writes }) => writes);
  const readers = parties.filter((party) => party !== writer);
  const told = (party: Party): string => `${times(party.ids.length, party.words)}`;
  const longest = since(span(view, waiters)?.[1]);
  const lead =
    writer === undefined
      ? ''
      : `${capital(told(writer))} ${writer.ids.length === 1 ? 'has' : 'have'} waited${longest === '' ? '' : ` ${longest}`} for it to finish`;
  const some = readers.slice(0, 3).map(told);
  const rest = readers.length > 3 ? some.join(', ') : listed(some);
  const wait = readers.reduce((sum, { ids }) => sum + ids.length, 0) === 1 ? 'waits' : 'wait';
  const more = readers.length > 3 ? ` and ${readers.slice(3).reduce((sum, { ids }) => sum + ids.length, 0)} more` : '';
  const behind =
    rest === ''
      ? ''
      : writer === undefined
        ? `${capital(rest)}${more} ${wait} for the same lock${longest === '' ? '' : `, the first for ${longest}`}`
        : `, and ${rest}${more} ${wait} behind that`;
  return `${lead}${behind}.`;
}

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Told only where a CPU profile of the same time shows it. */
function calm(cpu: ProfileArtefact | undefined): string {
  const used = cpu === undefined ? undefined : cores(cpu);
  return used === undefined || used > 0.3 ? '' : ' The node is not overloaded: it stands in a queue.';
}

function because({ hold, why, rivals, lock, cause, root }: Queue, early: boolean): string {
  const reason = why[0] ?? 'no other goroutine is inside of what the lock guards';
  const sure = `goroutine ${root} ${hold === 'may hold' ? hold : 'holds'} it: ${reason}${rivals > 1 ? `; ${rivals - 1} more may hold it as well` : ''}.`;
  const slowly = cause?.for === 'client' && standsStill(cause) ? ' Its client reads nothing, or a few kilobytes a second.' : '';
  const guess = cause?.how === 'likely worker' || cause?.how === 'likely consumer' ? ' What it waits for is told by the only goroutine that fits.' : '';
  if (early) return `${sure}${guess} None has waited for a minute yet: a second dump a minute later tells whether it moves.`;
  const settles =
    hold === 'holds'
      ? ''
      : ` ${lock.settles === undefined ? 'A second `ipfs.stacks` a minute later would settle it.' : `What would make it certain: ${lock.settles.replace(/\.$/, '')}.`}`;
  return `${sure}${slowly}${guess}${settles}`;
}

function fetches({ cause }: Queue): boolean {
  return cause?.for === 'content' || cause?.for === 'disk';
}

function certaintyOf({ hold, cause, rivals }: Queue, longest: number | undefined): Certainty {
  if (hold === 'holds') return (longest ?? 0) >= long ? 'certain' : 'very likely';
  if (hold === 'very likely') return (longest ?? 0) >= long ? 'very likely' : 'likely';
  return cause !== undefined || rivals === 1 ? 'likely' : 'hint';
}

function chain(queue: Queue): { readonly nodes: readonly ChainNode[]; readonly edges: readonly (readonly [string, string])[] } {
  const writer = queue.parties.find(({ writes, ids }) => writes && ids.length > 0);
  const others = queue.parties.filter((party) => party !== writer).slice(0, 3);
  const want = (party: Party): string => (party.ids.length === 1 ? 'wants' : 'want');
  const mode = (party: Party): string => `\n${want(party)} ${queue.lock.kind === 'rwmutex' ? (party.writes ? 'it (write)' : 'the lock (read)') : 'the lock'}`;
  const holder = queue.lock.holders.find(({ goroutine }) => goroutine === queue.root);
  const nodes: ChainNode[] = others.map((party, at) => ({ id: `w${at}`, text: `${boxed(party.words, party.ids.length)}${mode(party)}` }));
  const edges: (readonly [string, string])[] = others.map((_, at) => [`w${at}`, writer === undefined ? 'root' : 'writer'] as const);
  if (writer !== undefined) {
    nodes.push({ id: 'writer', text: `${boxed(writer.words, writer.ids.length)}${mode(writer)}` });
    edges.push(['writer', 'root']);
  }
  nodes.push({
    id: 'root',
    text: `${boxed(queue.rootWords)}\n${queue.hold === 'may hold' ? 'may hold' : 'holds'} it${holder?.reads === true ? ' (read)' : ''}`,
  });
  if (queue.cause !== undefined) {
    if (queue.cause.how.endsWith('consumer')) {
      nodes.push({ id: 'handler', text: 'its API request\nhands the results on' });
      edges.push(['root', 'handler']);
    }
    nodes.push({ id: 'outside', text: boxOf(queue.cause) });
    edges.push([queue.cause.how.endsWith('consumer') ? 'handler' : 'root', 'outside']);
  }
  return { nodes, edges };
}

function rows(view: View, queue: Queue): ReturnType<typeof row>[] {
  const writer = queue.parties.find(({ writes }) => writes);
  const found = [
    {
      ...row(view, queue.hold === 'holds' ? 'holds' : queue.hold === 'may hold' ? 'may hold' : 'holds (very likely)', [queue.root]),
      frames: holding(view, queue),
    },
  ];
  if (queue.cause !== undefined && queue.cause.goroutine !== queue.root)
    found.push(row(view, queue.cause.how.endsWith('consumer') ? 'should take its results' : 'its worker, waits for the block', [queue.cause.goroutine]));
  if (writer !== undefined) found.push(row(view, queue.lock.kind === 'rwmutex' ? 'wants it to write' : 'wants it', writer.ids));
  for (const party of queue.parties.filter((one) => one !== writer).slice(0, 3))
    found.push(row(view, writer === undefined ? 'wait for it' : 'wait behind the writer', party.ids));
  return found;
}

/** Where the root stands, and in which of its frames it holds the lock. */
function holding(view: View, { root, lock }: Queue): readonly ReportFrame[] {
  const frames = view.frames(root);
  const [innermost] = telling(frames, 1);
  const at = lock.holders.find(({ goroutine }) => goroutine === root)?.frame;
  const owner = packageOf(lock.wantedIn);
  const holds = (at === undefined ? undefined : frames[at]) ?? frames.findLast(({ func }) => packageOf(func) === owner) ?? telling(frames, 2)[1];
  return [innermost, holds].filter((frame, index, all): frame is ReportFrame => frame !== undefined && all.indexOf(frame) === index);
}
