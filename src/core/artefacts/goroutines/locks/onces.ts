/** Goroutines that run the function of a sync.Once now, by the Once's address and by the place that called Do. */
import { isSync, receiverOf, type View, type ViewFrame } from './view.ts';

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
  for (const view of views) {
    const { frames } = view;
    for (const [at, one] of frames.entries()) {
      const inner = frames[at - 1]?.frame.func;
      // Runs it, when below is neither the Once's own lock nor the other half of Do.
      if (!isSlow(one.frame.func) || inner === undefined || /\.\(\*(?:Mutex|Once)\)\./.test(inner)) continue;
      const call = frames.find(({ frame }, index) => index > at && !isSync(frame.func));
      if (call === undefined) continue;
      const [word] = one.args;
      const address = word === undefined || word.inexact || one.frame.inlined === true ? undefined : word.value;
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
