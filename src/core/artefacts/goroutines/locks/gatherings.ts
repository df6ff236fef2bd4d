/** Goroutines that wait at one channel, WaitGroup, condition or pool: told as groups. Nobody holds these, but work that a WaitGroup waits for is named where it is only a little. */
import { maxHolders } from '../../../limits.ts';
import type { Lock, LockKind } from '../../../model.ts';
import { objectOf } from './channels.ts';
import type { Edge } from './cycles.ts';
import { hex, inCode } from './evidence.ts';
import { busyPool, workersOf } from './pools.ts';
import type { View } from './view.ts';
import type { Wait, WaitKind } from './wait.ts';

/** Goroutines that wait for the same thing. */
export interface Gathering {
  readonly kind: WaitKind;
  /** Exact, of the channel, WaitGroup or condition; else they work on one object in one function. */
  readonly address: number | undefined;
  readonly waiters: View[];
  readonly wantedIn: string;
  readonly states: Set<string>;
}

const began = 'it began in a method of the same object and has not ended, so that it may be what is waited for';

/** `ends` are the likely other ends of WaitGroups. */
export function gatheringsOf(views: readonly View[], waitOf: (view: View) => Wait, ends: readonly Edge[]): readonly Lock[] {
  const gatherings = [...gathered(views, waitOf).values()];
  const workers = workersOf(views, gatherings);
  return gatherings.flatMap((one): Lock[] => {
    const { kind, address, waiters, wantedIn, states } = one;
    const others = kind === 'waitgroup' ? endsOf(waiters, ends) : [];
    if (waiters.length < 2 && others.length === 0) return [];
    const pool = kind === 'channel' ? busyPool(one, workers) : undefined;
    if (pool === undefined && states.has('select')) return [];
    const told: Told = pool === undefined ? sentence(one) : { kind: 'semaphore', words: pool };
    return [
      {
        kind: told.kind,
        address: address === undefined ? undefined : hex(address),
        waiters: waiters.map(({ id }) => id).toSorted((a, b) => a - b),
        holders: others.length > maxHolders ? [] : others.map((goroutine) => ({ goroutine, certainty: 'may hold', why: [began] })),
        wantedIn,
        nobody: others.length > 0 && others.length <= maxHolders ? undefined : told.words,
        settles: told.settles,
      },
    ];
  });
}

function gathered(views: readonly View[], waitOf: (view: View) => Wait): ReadonlyMap<string, Gathering> {
  const all = new Map<string, Gathering>();
  for (const view of views) {
    const { kind, address, caller } = waitOf(view);
    if (!(kind === 'channel' || kind === 'waitgroup' || kind === 'cond')) continue;
    const wantedIn = view.at(caller)?.frame.func ?? '';
    // Receivers on one object are workers at rest; only an address tells that they share a channel.
    const object = address === undefined && view.state !== 'chan receive' ? objectOf(view) : undefined;
    if (address === undefined && object === undefined) continue;
    const key = `${kind}@${address ?? `${object} ${wantedIn}`}`;
    const one = all.get(key) ?? { kind, address, waiters: [], wantedIn, states: new Set<string>() };
    one.waiters.push(view);
    one.states.add(view.state);
    all.set(key, one);
  }
  return all;
}

interface Told {
  readonly kind: LockKind;
  readonly words: string;
  readonly settles?: string;
}

function sentence({ kind, address, waiters, wantedIn, states }: Gathering): Told {
  if (kind === 'waitgroup') return { kind, words: 'it waits for work that has not ended' };
  if (kind === 'cond') return { kind, words: 'nobody has called Signal or Broadcast for them since' };
  if (address === undefined || states.size > 1)
    return {
      kind: 'channel',
      words: `${waiters.length} goroutines wait to send in ${inCode(wantedIn)} of one object`,
      settles: 'a SIGQUIT dump of Go 1.19 or newer, which prints the addresses of channels',
    };
  const [does, other] = states.has('chan send') ? ['send on', 'receives from'] : ['receive from', 'sends on'];
  return {
    kind: 'channel',
    words: `${waiters.length} goroutines ${does} one channel (${hex(address)}) and none ${other} it here, unless by a select, whose channels are not printed`,
  };
}

function endsOf(waiters: readonly View[], ends: readonly Edge[]): readonly number[] {
  const own = new Set(waiters.map(({ id }) => id));
  return [...new Set(ends.filter(({ from }) => own.has(from)).map(({ to }) => to))].toSorted((a, b) => a - b);
}
