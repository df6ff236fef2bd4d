/** A profile as rules look at it: shares of functions and of stacks, cores used. */
import type { ProfileArtefact } from '../model.ts';
import { clean } from './plain.ts';
import { type Pattern, has, inOrder } from './frames.ts';

/** Largest cumulative share of the total among functions that fit; 0 when there is no total. */
export function share({ functions, total }: ProfileArtefact, pattern: RegExp): number {
  if (total <= 0) return 0;
  let most = 0;
  for (const { func, cum } of functions) if (cum > most && pattern.test(clean(func))) most = cum;
  return Math.min(1, most / total);
}

/** Sum of flat shares of functions that fit. */
export function flatShare({ functions, total }: ProfileArtefact, pattern: RegExp): number {
  if (total <= 0) return 0;
  return Math.min(1, functions.reduce((sum, { func, flat }) => (pattern.test(clean(func)) ? sum + flat : sum), 0) / total);
}

/** Share of the heaviest stacks that hold one of the names of each group, in order from the innermost. A lower bound: light stacks are not counted. */
export function stackShare({ stacks }: ProfileArtefact, needed: readonly (readonly Pattern[])[]): number {
  return Math.min(
    1,
    stacks.reduce((sum, stack) => (inOrder(stack.funcs.map(clean), needed) ? sum + stack.share : sum), 0),
  );
}

/** Share of the heaviest stacks in which any of the names stands. */
export function anyShare({ stacks }: ProfileArtefact, names: readonly Pattern[]): number {
  return Math.min(
    1,
    stacks.reduce((sum, stack) => (has(stack.funcs.map(clean), names) ? sum + stack.share : sum), 0),
  );
}

/** CPU cores used on average, when the profile says how long it is. */
export function cores({ total, unit, seconds }: ProfileArtefact): number | undefined {
  if (seconds === undefined || seconds <= 0 || unit !== 'nanoseconds') return undefined;
  return total / 1e9 / seconds;
}

/** Share of the CPU used from which collecting is what the program does; ordinary adds reach a third. */
export const collectingMost = 0.45;

/** Share of a CPU profile that Go's garbage collector takes. */
export function collecting(cpu: ProfileArtefact): number {
  return Math.min(1, share(cpu, /^runtime\.gcBgMarkWorker$/) + share(cpu, /^runtime\.gcAssistAlloc$/) + share(cpu, /^runtime\.(?:bgsweep|bgscavenge)$/));
}
