/** Numbers that look random and are the same again for the same seed. */

/** Whole numbers from 0 to below `below`. */
export interface Seeded {
  (below: number): number;
}

/** xorshift32, seeded by any whole number. */
export function seeded(seed: number): Seeded {
  let state = Math.imul(seed ^ 0x9e3779b9, 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return below <= 0 ? 0 : state % below;
  };
}

/** One of a list. */
export function oneOf<T>(next: Seeded, list: readonly T[]): T {
  const found = list[next(list.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}

/** True once in so many times. */
export function once(next: Seeded, times: number): boolean {
  return next(times) === 0;
}
