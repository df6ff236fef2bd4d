/** The binary CPU profile of Go 1.8 and older and of gperftools: words in either order, 4 or 8 bytes wide. */
import { call, type Drafted, type DraftSample } from './draft.ts';

type Word = (at: number) => bigint | undefined;

/** Undefined when the header words are none of the four kinds. */
export function draftBinaryCpu(bytes: Uint8Array): Drafted | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [size, little] of [
    [4, true],
    [4, false],
    [8, true],
    [8, false],
  ] as const) {
    const word: Word = (at) =>
      (at + 1) * size > bytes.length ? undefined : size === 8 ? view.getBigUint64(at * 8, little) : BigInt(view.getUint32(at * 4, little));
    const period = word(3);
    // Header: 0, number of words that follow, 0 (not Java), sampling period in microseconds, 0.
    if (word(0) !== 0n || word(1) !== 3n || word(4) !== 0n || period === undefined || period === 0n || period > 1_000_000_000n) continue;
    if (word(2) === 1n) return 'it is a CPU profile of a Java program';
    if (word(2) === 0n) return read(bytes, size, word, Number(period) * 1000);
  }
  return undefined;
}

function read(bytes: Uint8Array, size: number, word: Word, period: number): Drafted {
  const samples: DraftSample[] = [];
  const words = Math.floor(bytes.length / size);
  let at = 5;
  let ended = false;
  while (at < words) {
    const [count, depth] = [word(at), word(at + 1)];
    if (count === undefined || depth === undefined || depth > BigInt(words - at - 2)) break;
    at += 2;
    const stack: bigint[] = [];
    for (let nth = 0; nth < Number(depth); nth += 1) stack.push(word(at + nth) ?? 0n);
    at += stack.length;
    if (count === 0n && stack.length === 1 && stack[0] === 0n) {
      ended = true;
      break;
    }
    // Callers are return addresses; the innermost is where the signal struck.
    const values = [count, count * BigInt(period)].map(int64);
    samples.push({ values, stack: stack.map((pc, nth) => (nth === 0 ? pc : call(pc))), labels: [] });
  }
  const map = new TextDecoder('latin1').decode(bytes.subarray(at * size)).split(/\r?\n/);
  return {
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ],
    periodType: { type: 'cpu', unit: 'nanoseconds' },
    period,
    samples: withoutHandler(samples),
    doubleLeaves: true,
    map: ended ? map : [],
    notes: ended ? [] : ['it ends early: what stands before the cut was read'],
  };
}

/** Damaged counts overflow as they do in Go. */
function int64(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}

/** A frame that stands second in nearly all stacks is the signal handler's; at most two are taken out (cpuProfile). */
function withoutHandler(samples: DraftSample[]): DraftSample[] {
  const margin = Math.floor(samples.length / 32);
  for (let round = 0; round < 2; round += 1) {
    const seconds = new Map<bigint, number>();
    for (const { stack } of samples) if (stack[1] !== undefined) seconds.set(stack[1], (seconds.get(stack[1]) ?? 0) + 1);
    for (const [address, count] of seconds) {
      if (count < samples.length - margin) continue;
      for (const sample of samples) if (sample.stack[1] === address) sample.stack = sample.stack.toSpliced(1, 1);
      break;
    }
  }
  return samples;
}
