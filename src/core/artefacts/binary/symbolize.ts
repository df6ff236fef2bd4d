/** Names for bare addresses, only from a binary that was proved to be the right one. */
import { biasOf, type Mapping, profiledFrames, shownFrames } from './check-addresses.ts';
import type { NamedFrame } from './line-table.ts';
import { ask, type GoBinary } from './open-binary.ts';

/**
 * Frames of each address, innermost first, inlined calls included; empty where the address is not in the program. Budgeted anew for every thousand.
 * `as` says what the addresses are of: a profile of Go 1.12 or 1.13 has one address for each inlined call.
 */
export function symbolize(binary: GoBinary, addresses: readonly number[], bias = 0, as: 'code' | 'profile' = 'code'): readonly (readonly NamedFrame[])[] {
  const { lines } = binary;
  if (lines === undefined) return addresses.map(() => []);
  const shown = as === 'profile' ? profiledFrames : shownFrames;
  const found: (readonly NamedFrame[])[] = Array.from({ length: addresses.length }, () => []);
  // Neighbours share pages and names.
  const order = Uint32Array.from(addresses.keys()).sort((a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0));
  for (let from = 0; from < order.length; from += 1000) {
    const complete = ask(
      binary,
      () => {
        for (const index of order.subarray(from, from + 1000)) found[index] = shown(lines.frames((addresses[index] ?? 0) - bias), lines.minor);
        return true;
      },
      false,
    );
    if (!complete) break;
  }
  return found;
}

/** What to subtract from addresses of a profile: as proved for the process, else as its own mapping says. undefined: it cannot be told. */
export function biasFor(binary: GoBinary, proved: number | undefined, mapping: Mapping | undefined): number | undefined {
  if (binary.lines === undefined) return undefined;
  return biasOf(binary.lines, mapping) ?? proved;
}
