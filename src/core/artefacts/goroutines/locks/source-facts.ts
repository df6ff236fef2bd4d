/** The source tier of one dump: what each of its distinct stacks waits for and has, from a source folder or the shipped table. */
import type { Frame, ParseHelp } from '../../../model.ts';
import { goReleaseOf } from '../../../golang/releases.ts';
import { channelFunctions, tableLookup, type Asked, type Interest, type LocksAt } from '../../../golang/lock-table/lookup.ts';
import { sourceLookup } from '../../../golang/source/lookup.ts';
import type { Scanned } from '../scanned.ts';
import { isSync } from './shapes.ts';
import { asksForLock, callerIn, holdingOf, wantOf, type Holding, type Want } from './stack-locks.ts';

export interface SourceFacts {
  /** By index of the stack. */
  readonly wants: ReadonlyMap<number, Want>;
  holding(stack: number): Holding;
}

/** Undefined when no source is at hand or no stack waits for a lock that it knows. */
export function sourceFacts({ stacks }: Scanned, help: ParseHelp): SourceFacts | undefined {
  if (help.source === undefined && help.lockTable === undefined) return undefined;
  const asking = new Set<number>();
  for (const [at, { frames }] of stacks.entries()) if (asksForLock(frames)) asking.add(at);
  const all = [...distinctFrames(stacks, asking)];
  const folder = help.source === undefined || help.readGo === undefined ? undefined : sourceLookup(all, help.source, help.readGo);
  const channels = help.lockTable === undefined ? undefined : channelFunctions(help.lockTable);
  const parked = new Set<number>();
  for (const [at, { frames }] of stacks.entries()) {
    const frame = asking.has(at) ? undefined : parkedIn(frames);
    if (frame !== undefined && (folder?.mayTakeChannel(frame) === true || channels?.(frame) === true)) parked.add(at);
  }
  if (asking.size + parked.size === 0) return undefined;
  const go = goReleaseOf(stacks.map(({ frames }) => frames));
  const table = help.lockTable === undefined ? undefined : tableLookup(all, { lockTable: help.lockTable, go, release: help.release });
  const locksAt: LocksAt = (frame, only) => folder?.at(frame, only) ?? table?.(frame, only);
  const wants = new Map<number, Want>();
  for (const at of [...asking, ...parked]) {
    const want = wantOf(stacks[at]?.frames ?? [], locksAt);
    if (want !== undefined) wants.set(at, want);
  }
  if (wants.size === 0) return undefined;
  const only: Interest = {
    paths: new Set([...wants.values()].map(({ path }) => path)),
    helpers: new Set([...wants.values()].flatMap(({ keepers }) => [...keepers.keys()])),
  };
  const holdings = new Map<number, Holding>();
  return {
    wants,
    holding(stack) {
      const known = holdings.get(stack);
      if (known !== undefined) return known;
      const made = holdingOf(stacks[stack]?.frames ?? [], locksAt, only);
      holdings.set(stack, made);
      return made;
    },
  };
}

/** The function that is parked at a channel, or nowhere at all: nothing of sync stands above it. */
function parkedIn(frames: readonly Frame[]): Frame | undefined {
  const caller = callerIn(frames);
  return frames.slice(0, caller).some(({ func }) => isSync(func)) ? undefined : frames[caller];
}

/** Every frame once, and whether some goroutine waits for a lock in it. */
function* distinctFrames(stacks: Scanned['stacks'], asking: ReadonlySet<number>): Generator<Asked> {
  const seen = new Set<Frame>();
  for (const [at, { frames }] of stacks.entries()) {
    const caller = asking.has(at) ? callerIn(frames) : -1;
    for (const [index, frame] of frames.entries()) {
      if (seen.has(frame) && index !== caller) continue;
      seen.add(frame);
      yield { frame, asks: index === caller };
    }
  }
}
