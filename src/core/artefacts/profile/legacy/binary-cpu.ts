/** The binary CPU profile of Go 1.8 and older and of gperftools: words in either order, 4 or 8 bytes wide. */
import { ProfileBuilder } from '../build.ts';
import type { LegacyProfile } from './legacy.ts';

type Word = (at: number) => bigint | undefined;

/** Undefined when the header words are none of the four kinds. */
export function parseBinaryCpu(bytes: Uint8Array): LegacyProfile | string | undefined {
  if (bytes.length < 20) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [size, little] of [[8, true], [8, false], [4, true], [4, false]] as const) {
    const word: Word = (at) => ((at + 1) * size > bytes.length ? undefined : size === 8 ? view.getBigUint64(at * 8, little) : BigInt(view.getUint32(at * 4, little)));
    // Header: 0, 3 (words that follow), 0 (format), sampling period in microseconds, 0.
    const period = word(3);
    if (word(0) === 0n && word(1) === 3n && word(2) === 0n && word(4) === 0n && period !== undefined && period > 0n && period < 1_000_000_000n) return read(word, Number(period) * 1000, bytes.length / size);
  }
  return undefined;
}

function read(word: Word, period: number, words: number): LegacyProfile | string {
  const samples: { readonly count: number; readonly stack: bigint[] }[] = [];
  let at = 5;
  let ended = false;
  while (at < words) {
    const [count, depth] = [word(at), word(at + 1)];
    if (count === undefined || depth === undefined || depth === 0n || depth > BigInt(words)) break;
    at += 2;
    if (count === 0n && depth === 1n && word(at) === 0n) {
      ended = true;
      break;
    }
    const stack: bigint[] = [];
    for (let n = 0; n < Number(depth); n += 1) {
      const pc = word(at + n);
      if (pc === undefined) break;
      // Callers are return addresses.
      stack.push(n === 0 || pc === 0n ? pc : pc - 1n);
    }
    if (stack.length < Number(depth)) break;
    at += Number(depth);
    samples.push({ count: Number(count), stack });
  }
  const builder = new ProfileBuilder();
  builder.mappings.push({ id: 1, start: 0n, limit: 0xffffffffffffffffn, offset: 0n, file: '', buildId: '', hasFunctions: false, hasFilenames: false, hasLineNumbers: false, hasInlineFrames: false });
  for (const { count, stack } of cleaned(samples)) builder.sample(stack.map((pc) => builder.location(pc, 0, [])), [count, count * period]);
  return {
    profile: builder.done({ sampleTypes: [{ type: 'samples', unit: 'count' }, { type: 'cpu', unit: 'nanoseconds' }], periodType: { type: 'cpu', unit: 'nanoseconds' }, period }),
    notes: [...(ended ? [] : ['the file ends early: the samples before the cut were read']), 'it has addresses only: the exact binary names its functions'],
  };
}

/** Signal frames that stand second in almost all samples, and leaves that stand twice, are taken out (cleanupDuplicateLocations). */
function cleaned(samples: readonly { readonly count: number; readonly stack: bigint[] }[]): readonly { readonly count: number; readonly stack: readonly bigint[] }[] {
  for (let round = 0; round < 2; round += 1) {
    const seconds = new Map<bigint, number>();
    for (const { stack } of samples) if (stack[1] !== undefined) seconds.set(stack[1], (seconds.get(stack[1]) ?? 0) + 1);
    const common = [...seconds].find(([, count]) => count >= samples.length - Math.floor(samples.length / 32));
    if (common === undefined || samples.length < 4) break;
    for (const { stack } of samples) if (stack[1] === common[0]) stack.splice(1, 1);
  }
  return samples.map(({ count, stack }) => ({ count, stack: stack.length > 1 && stack[0] === (stack[1] ?? 0n) + 1n ? stack.slice(1) : stack }));
}
