/** What one bundle may still cost: bytes, files, depth. Running out is said to the reader. */
import { maxEntries, maxEntryBytes, maxRatio, maxUnpackedBytes, ratioFreeBytes } from '../limits.ts';
import type { Evidence, Refusal } from '../model.ts';

export interface Budget {
  bytes: number;
  entries: number;
  readonly evidence: Evidence[];
  readonly refusals: Refusal[];
}

/** `most`: what is left for the whole thread, where that is less. */
export function newBudget(most: number = maxUnpackedBytes): Budget {
  return { bytes: Math.min(maxUnpackedBytes, most), entries: maxEntries, evidence: [], refusals: [] };
}

/** Largest output that `packed` bytes may become now. */
export function allowance(budget: Budget, packed: number): number {
  return Math.max(0, Math.min(maxEntryBytes, budget.bytes, Math.max(ratioFreeBytes, packed * maxRatio)));
}

/** Takes bytes off the budget. */
export function spend(budget: Budget, bytes: number): void {
  budget.bytes -= bytes;
}

/** True when one more file may be opened; the first one too many is refused once, with the number. */
export function admit(budget: Budget, path: string): boolean {
  budget.entries -= 1;
  if (budget.entries === -1) refuse(budget, path, `it has more than ${maxEntries.toLocaleString('en-US')} files: the rest was not opened`);
  return budget.entries >= 0;
}

export function refuse(budget: Budget, path: string, reason: string): void {
  budget.refusals.push({ path, reason });
}

/** In megabytes, for sentences. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
