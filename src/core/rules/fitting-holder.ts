/** Who may hold a lock that its taker was handed with an object and whose frames are gone: an open MFS file, say. */
import type { Holder, Lock } from '../model.ts';
import { standsStill } from './causes.ts';
import { type View, packageOf, span } from './dump-view.ts';
import { pinLockUsers } from './pin-lock.ts';
import { causeOf } from './waits.ts';

/**
 * The holders that the dump's reader found, or the one goroutine that fits: it stands in the source file of those who
 * take the lock, has waited at least as long as they have, and waits for something outside of the process. Two that fit are none.
 */
export function holdersOf(view: View, lock: Lock): readonly Holder[] {
  if (lock.holders.length > 0 || !view.whole || !(lock.kind === 'mutex' || lock.kind === 'rwmutex')) return lock.holders;
  const users = pinLockUsers(view, lock);
  if (users.length > 0) return users;
  const files = new Set(lock.waiters.flatMap((id) => takersFile(view, id, lock.wantedIn) ?? []));
  const longest = span(view, lock.waiters)?.[1] ?? 0;
  if (files.size === 0 || longest === 0) return [];
  const waiters = new Set(lock.waiters);
  const fitting = view.dump.goroutines.filter(
    ({ id, minutes = 0 }) => !waiters.has(id) && minutes >= longest - 1 && view.waitsIn(id).length === 0 && view.frames(id).some(({ file }) => files.has(file)),
  );
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) return [];
  const cause = causeOf(view, only.id);
  if (cause === undefined || !standsStill(cause)) return [];
  return [{ goroutine: only.id, certainty: 'may hold', why: ['it is the only one in the source file of those that take this lock, and has waited longest'] }];
}

/** File of the code outside of the lock's package that led a waiter to the lock. */
function takersFile(view: View, id: number, wantedIn: string): string | undefined {
  const owner = packageOf(wantedIn);
  const frames = view.frames(id);
  const at = frames.findIndex(({ func }) => func === wantedIn);
  const caller = frames.slice(at + 1).find(({ func }) => packageOf(func) !== owner);
  return at < 0 || caller === undefined || caller.file === '' || /^(?:net|runtime|sync|internal|testing)[./]/.test(caller.func) ? undefined : caller.file;
}
