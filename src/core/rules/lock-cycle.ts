/** Goroutines that wait for each other in a ring: nothing but a restart ends it. */
import type { Certainty } from '../model.ts';
import { type View, row, span } from './dump-view.ts';
import { boxed, capital, since } from './plain.ts';
import { wordsOf } from './queues.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly cycle: readonly number[];
  readonly certainty: Certainty;
  readonly doing: readonly string[];
  readonly longest?: number;
  readonly behind: readonly number[];
  /** The ring is one goroutine that wants again what it holds. */
  readonly self: boolean;
  /** Locks alone tie them, no channel and no WaitGroup. */
  readonly locksOnly: boolean;
}

/** Links of a ring that the reason tells. */
const told = 6;

export const lockCycle = defineRule({
  id: 'lock-cycle',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    // Goroutines at rest seem to wait for each other where channels are their only link.
    const resting = new Set(dump.crowds.filter(({ group }) => group.idle).flatMap(({ group }) => group.goroutines));
    return dump.dump.cycles.flatMap((cycle) => {
      if (cycle.length === 0 || cycle.some((id) => resting.has(id))) return [];
      const ring = new Set(cycle);
      const behind = [...new Set(dump.locks.filter(({ waiters }) => waiters.some((id) => ring.has(id))).flatMap(({ waiters }) => waiters))].filter(
        (id) => !ring.has(id),
      );
      return [
        {
          cycle,
          certainty: dump.dump.cycleCertainty ?? 'very likely',
          doing: cycle.map((id) => wordsOf(dump, id)),
          longest: span(dump, cycle)?.[1],
          behind,
          self: ring.size === 1,
          locksOnly: cycle.every((id) => lockOf(dump, id) !== undefined),
        },
      ];
    });
  },
  say: ({ cycle, certainty, doing, longest, behind, self, locksOnly }, { dump }) => {
    const names = [...new Set(doing)];
    const who = names.length === 1 ? (names[0] ?? '') : names.slice(0, 3).join(' and ');
    const shown = cycle.slice(0, 6);
    return {
      title: self
        ? `${capital(who)} waits for a lock that it holds itself (deadlock)`
        : `${capital(who)} wait for each other${locksOnly ? "'s locks" : ''} and never go on (deadlock)`,
      effect: `${longest === undefined || longest === 0 ? '' : `For ${since(longest)}. `}${behind.length > 0 ? `${behind.length} more goroutines wait behind them. ` : ''}No time-out and no client ends it.`,
      because: `${cycle
        .slice(0, told)
        .map((id, at) => link(dump, id, cycle[(at + 1) % cycle.length] ?? id))
        .join('; ')}${cycle.length > told ? `; and so on through ${cycle.length} goroutines` : ''}.`,
      certainty: self && certainty === 'likely' ? 'hint' : certainty,
      weight: 95,
      goroutines: cycle,
      functions: cycle.flatMap((id) =>
        dump
          .frames(id)
          .map(({ func }) => func)
          .filter((func) => !/^(?:runtime|sync|internal)[./]/.test(func))
          .slice(0, 4),
      ),
      witnesses: cycle.map((goroutine) => ({ file: dump.dump.file, goroutine })),
      next: [
        'Restart the daemon: a deadlock does not end by itself. Data that was written is safe; requests in progress fail.',
        'Please keep this dump: it shows both sides, which is what a fix needs.',
      ],
      chain: self
        ? undefined
        : {
            nodes: shown.map((id) => ({ id: `g${id}`, text: `${boxed(wordsOf(dump, id))}\ngoroutine ${id}` })),
            edges: shown.map((id, at) => [`g${id}`, `g${shown[(at + 1) % shown.length] ?? id}`] as const),
          },
      rows: shown.map((id) => row(dump, 'waits for the next', [id])),
      explains: [...cycle, ...behind],
    };
  },
});

/** The lock that a goroutine of a ring waits for. */
function lockOf({ locks }: View, id: number): View['locks'][number] | undefined {
  return locks.find(({ kind, waiters }) => (kind === 'mutex' || kind === 'rwmutex' || kind === 'once') && waiters.includes(id));
}

/** Why one goroutine waits for the next: a half sentence that a reader can check in the dump. */
function link(view: View, from: number, to: number): string {
  const lock = lockOf(view, from);
  const who = `goroutine ${from}`;
  if (lock === undefined) {
    const state = view.goroutine(from)?.state ?? '';
    const does = state.startsWith('chan send') ? 'waits to send' : state.startsWith('chan receive') ? 'waits to receive' : 'waits for work';
    return `${who} ${does}, and the other end is most likely goroutine ${to}, which began on the same object`;
  }
  const what = lock.name === undefined ? (lock.kind === 'once' ? 'a `sync.Once`' : 'a lock') : `\`${lock.name}\``;
  const wants =
    lock.writers?.includes(from) === true ? `wants ${what} for writing` : lock.kind === 'rwmutex' ? `wants ${what} for reading` : `waits for ${what}`;
  const holder = lock.holders.find(({ goroutine }) => goroutine === to);
  if (holder === undefined && lock.writers?.includes(to) === true) return `${who} ${wants} and stands behind goroutine ${to}, a writer that waits itself`;
  const holds = holder === undefined || holder.certainty === 'may hold' ? 'may hold' : 'holds';
  const reason = holder?.why[0] === undefined ? '' : ` (${holder.why[0]})`;
  return from === to ? `${who} ${wants} and ${holds} it itself${reason}` : `${who} ${wants}, which goroutine ${to} ${holds}${reason}`;
}
