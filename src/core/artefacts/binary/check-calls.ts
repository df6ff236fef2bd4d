/** Do the bare addresses of a profile fit this program? Behind each caller must be a call, and a direct one must lead to the function that the stack shows next. */
import type { Image } from './image.ts';
import type { Func, LineTable } from './line-table.ts';

/** Two neighbours of a stack as profiles carry them, both in the program itself: an address inside the call instruction, and one in what it called. */
export type CallPair = readonly [caller: number, callee: number];

export interface CallCheck {
  /** Calls that say where they lead, and calls that should be there and are not. */
  readonly count: number;
  readonly same: number;
  /** The first ones that disagree, in words. */
  readonly wrong: readonly string[];
}

const maxWrong = 3;

/** Signal handlers and stack growth put these on top of code that did not call them. */
const injected: ReadonlySet<string> = new Set(['runtime.asyncPreempt', 'runtime.asyncPreempt.abi0', 'runtime.sigpanic', 'runtime.sigpanic0', 'runtime.goexit']);

/**
 * Calls through pointers and into the runtime's assembly (`systemstack`, `reflectcall`, deferred calls) neither agree nor disagree: they lead elsewhere on purpose.
 * undefined for processors whose calls are not read here.
 */
export function checkCalls(lines: LineTable, pairs: readonly CallPair[], bias: number): CallCheck | undefined {
  const { image } = lines;
  const callBefore = callReaders[image.layout.arch];
  if (callBefore === undefined) return undefined;
  const wrong: string[] = [];
  let [count, same] = [0, 0];
  for (const [caller, callee] of pairs) {
    const called = lines.find(callee - bias);
    const from = lines.find(caller - bias);
    if (called !== undefined && injected.has(called.name)) continue;
    const target = from === undefined ? 'none' : callBefore(image, caller + 1 - bias);
    if (target === 'indirect' || target === 'unread') continue;
    // Go 1.12 and 1.13 gave inlined calls addresses of their own.
    if (target === 'none' && from !== undefined && from.entry === called?.entry && (lines.minor === 12 || lines.minor === 13)) continue;
    const reached = target === 'none' ? undefined : lines.find(target);
    if (reached !== undefined && reached.entry === target && reached.entry !== called?.entry && leadsElsewhere(lines, reached)) continue;
    count += 1;
    if (called !== undefined && (target === called.entry || (reached?.entry === called.entry && isDuff(called.name)))) same += 1;
    else if (wrong.length < maxWrong)
      wrong.push(
        `0x${caller.toString(16)} is ${target === 'none' ? 'no call' : `a call of \`${reached?.name ?? 'nothing'}\``} here, and led to 0x${callee.toString(16)} there`,
      );
  }
  return { count, same, wrong };
}

/** Functions that go on to another one without leaving a frame: assembly that jumps, stack switches, wrappers. */
function leadsElsewhere(lines: LineTable, { entry, name }: Func): boolean {
  if (lines.frames(entry).at(-1)?.wrapper === true) return true;
  return /^(?:runtime|reflect|bytes|strings|sync|internal|syscall|crypto|math|hash|time|os|gcWriteBarrier)\b/.test(name);
}

/** Duff's devices are entered in the middle. */
function isDuff(name: string): boolean {
  return name === 'runtime.duffcopy' || name === 'runtime.duffzero';
}

/** Where the call that ends before a return address leads; `unread` where the text is not in the file, as in separate debug files. */
type CallReader = (image: Image, returnTo: number) => number | 'indirect' | 'none' | 'unread';

function intelCall(image: Image, returnTo: number): ReturnType<CallReader> {
  const before = image.at(returnTo - longestCall, longestCall);
  if (before.length < longestCall) return 'unread';
  if (before[longestCall - 5] === 0xe8) return returnTo + before.readInt32LE(longestCall - 4);
  // FF /2: register or memory, 2 to 7 bytes.
  for (let at = longestCall - 2; at >= 0; at--) if (before[at] === 0xff && (((before[at + 1] ?? 0) >> 3) & 7) === 2) return 'indirect';
  return 'none';
}

/** Bytes of the longest call that Go's compiler makes. */
const longestCall = 7;

function arm64Call(image: Image, returnTo: number): ReturnType<CallReader> {
  const before = image.at(returnTo - 4, 4);
  if (before.length < 4) return 'unread';
  const word = before.readUInt32LE(0);
  // BL: 26 bits of words; BLR: a register.
  if (word >>> 26 === 0x25) return returnTo - 4 + ((word << 6) >> 4);
  return (word & 0xfffffc1f) >>> 0 === 0xd63f0000 ? 'indirect' : 'none';
}

const callReaders: Readonly<Record<string, CallReader | undefined>> = { amd64: intelCall, '386': intelCall, arm64: arm64Call };
