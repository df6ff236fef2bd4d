/** Goroutines that run the function of a sync.Once now, by the Once's address and by the place that called Do. */
import { isSync, type Shape } from './shapes.ts';
import { receiverOf, type View, type ViewFrame } from './view.ts';

export interface Run {
  readonly view: View;
  /** Of `doSlow`. */
  readonly at: number;
  /** Of the Once, up to Go 1.16. */
  readonly address: number | undefined;
  /** Function that called Do, and the object that it works on. */
  readonly call: string;
  readonly object: number | undefined;
}

export interface Onces {
  at(address: number): readonly Run[];
  /** Runs that began at this place, on the same object where both can be told. */
  from(call: ViewFrame): readonly Run[];
}

/** Runs at one place of which no object can be told: more of them say nothing. */
const maxUntold = 64;

export function isSlow(func: string): boolean {
  return func === 'sync.(*Once).doSlow' || func === 'internal/sync.(*Once).doSlow' || func === 'sync.(*Once).Do';
}

export function callKey(call: ViewFrame): string {
  return `${call.frame.func}:${call.frame.line}@${receiverOf(call)?.value ?? ''}`;
}

export function oncesOf(views: readonly View[]): Onces {
  const byAddress = new Map<number, Run[]>();
  const byCall = new Map<string, Run[]>();
  const add = <K>(map: Map<K, Run[]>, key: K, run: Run): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [run]);
    else list.push(run);
  };
  const running = new Map<Shape, readonly (readonly [number, number])[]>();
  for (const view of views) {
    let runs = running.get(view.shape);
    if (runs === undefined) running.set(view.shape, (runs = runsOf(view.shape)));
    for (const [at, caller] of runs) {
      const [slow, call] = [view.at(at), view.at(caller)];
      if (slow === undefined || call === undefined) continue;
      const [word] = slow.args;
      const address = word === undefined || word.inexact || slow.frame.inlined === true ? undefined : word.value;
      const run = { view, at, address, call: call.frame.func, object: receiverOf(call)?.value };
      if (address !== undefined) add(byAddress, address, run);
      add(byCall, callKey(call), run);
    }
  }
  const untold = (call: ViewFrame): readonly Run[] => {
    const list = byCall.get(`${call.frame.func}:${call.frame.line}@`) ?? [];
    return list.length > maxUntold ? [] : list;
  };
  return {
    at: (address) => byAddress.get(address) ?? [],
    from(call) {
      const own = byCall.get(callKey(call)) ?? [];
      return receiverOf(call) === undefined ? untold(call) : [...own, ...untold(call)];
    },
  };
}

/** Frames of a stack that run a Once, each with the frame that called Do: below is neither the Once's own lock nor the other half of Do. */
function runsOf({ places, depth }: Shape): readonly (readonly [number, number])[] {
  const funcs = places.slice(0, depth).map(({ frame }) => frame.func);
  return funcs.flatMap((func, at) => {
    const inner = funcs[at - 1];
    if (!isSlow(func) || inner === undefined || /\.\(\*(?:Mutex|Once)\)\./.test(inner)) return [];
    const caller = funcs.findIndex((outer, index) => index > at && !isSync(outer));
    return caller < 0 ? [] : [[at, caller] as const];
  });
}
