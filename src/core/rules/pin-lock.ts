/** Who keeps kubo's pin lock, by the names of the code that takes it: no frame shows it, and a build of its own has other lines than any release. */
import type { Holder, Lock } from '../model.ts';
import { type View, span } from './dump-view.ts';
import { clean, short } from './plain.ts';

/** Code that keeps the pin lock (blockstore.gclocker.lk) while it works, of all releases: kubo core/coreapi/pin.go, core/coreunix/add.go, core/commands/dag/import.go, gc/gc.go. */
export const pinLockHolders = /coreapi\.\(\*PinAPI\)\.(?:Add|Update|Rm)$|coreunix\.\(\*Adder\)\.AddAllAndPin$|commands\/dag\.dagImport|\/gc\.GC(?:\.func\d+)?$/;

/** What they call before they take it. */
const before = /coreapi\.\(\*CoreAPI\)\.Resolve(?:Node|Path)$/;

/** Holders told at most; they share it. */
const most = 8;

/** Goroutines in that code that have been there as long as the lock is waited for; empty for other locks. */
export function pinLockUsers(view: View, lock: Lock): readonly Holder[] {
  if (!/\(\*gclocker\)\.(?:PinLock|GCLock)$/.test(clean(lock.wantedIn))) return [];
  const waiters = new Set(lock.waiters);
  const longest = span(view, lock.waiters)?.[1] ?? 0;
  const there = view.dump.goroutines.filter(({ id, minutes = 0 }) => !waiters.has(id) && minutes >= longest - 1);
  return there
    .flatMap(({ id }): Holder[] => {
      const funcs = view.funcs(id);
      const at = funcs.findIndex((func) => pinLockHolders.test(func));
      if (at < 0 || funcs.slice(0, at).some((func) => before.test(func))) return [];
      return [
        { goroutine: id, certainty: 'may hold', why: [`\`${short(funcs[at] ?? '')}\` keeps this lock while it works, in every release so far`], frame: at },
      ];
    })
    .slice(0, most);
}
