/** Stacks of one sample type as a tree of calls, from the outermost frame on, without what is too narrow to be seen. */
import type { Profile } from '../columns.ts';

/** Nodes in columns, parents before children; node 0 is the root. */
export interface FlameTree {
  /** Index of the parent; 0 for the root itself. */
  readonly parent: readonly number[];
  /** Index in `frames`; -1 for the root. */
  readonly frame: readonly number[];
  readonly value: readonly number[];
  /** What its own frame used, without frames inside. */
  readonly self: readonly number[];
}

/** Names and files of frames, shared by the trees of all sample types. */
export class FlameFrames {
  readonly names: string[] = [];
  readonly files: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(name: string, file: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.names.push(name);
    this.files.push(file);
    this.numbers.set(name, this.names.length - 1);
    return this.names.length - 1;
  }
}

/** Narrower boxes than this part of the whole cannot be seen. */
const leastShare = 1 / 4000;
const maxNodes = 4000;
const maxDepth = 400;

/** Samples without value, or with a negative one as in differences, take no room. Undefined when none is left. */
export function flameTree(profile: Profile, type: number, frames: FlameFrames): FlameTree | undefined {
  const table = framesOf(profile);
  const width = profile.sampleTypes.length;
  const total = sumsOf(profile, type, table);
  if (total.all <= 0) return undefined;
  // A box is never wider than its function is in all: narrow functions need not be followed.
  const wide = total.byFrame.map((sum) => (sum >= total.all * leastShare ? 1 : 0));
  const tree = new Growing();
  for (let sample = 0; sample < profile.samples; sample += 1) {
    const value = profile.values[sample * width + type] ?? 0;
    if (value <= 0) continue;
    let node = 0;
    tree.value[0] = (tree.value[0] ?? 0) + value;
    let whole = true;
    let depth = 0;
    for (let at = (profile.sampleStart[sample + 1] ?? 0) - 1; whole && at >= (profile.sampleStart[sample] ?? 0); at -= 1) {
      const location = profile.sampleLocations[at] ?? 0;
      for (let n = (table.start[location + 1] ?? 0) - 1; n >= (table.start[location] ?? 0); n -= 1) {
        const frame = table.frame[n] ?? 0;
        if (wide[frame] === 0 || depth >= maxDepth) {
          whole = false;
          break;
        }
        depth += 1;
        node = tree.child(node, frame);
        tree.value[node] = (tree.value[node] ?? 0) + value;
      }
    }
    if (whole) tree.self[node] = (tree.self[node] ?? 0) + value;
  }
  return pruned(tree, table, frames);
}

interface FrameTable {
  /** CSR by location, innermost first: numbers of names. */
  readonly start: Uint32Array;
  readonly frame: Uint32Array;
  readonly names: readonly string[];
  readonly files: readonly string[];
}

function framesOf(profile: Profile): FrameTable {
  const numbers = new FlameFrames();
  const count = profile.lineStart.length - 1;
  const start = new Uint32Array(count + 1);
  const frame: number[] = [];
  const text = (column: Uint32Array, func: number): string => profile.strings.at(column[func] ?? 0);
  for (let location = 0; location < count; location += 1) {
    start[location] = frame.length;
    const first = profile.lineStart[location] ?? 0;
    const end = profile.lineStart[location + 1] ?? 0;
    if (first === end) frame.push(numbers.number(`0x${(profile.locationAddress[location] ?? 0n).toString(16)}`, ''));
    for (let line = first; line < end; line += 1) {
      const func = profile.lineFunction[line] ?? -1;
      frame.push(
        func < 0 ? numbers.number('(no name)', '') : numbers.number(text(profile.functionName, func) || '(no name)', text(profile.functionFile, func)),
      );
    }
  }
  start[count] = frame.length;
  return { start, frame: Uint32Array.from(frame), names: numbers.names, files: numbers.files };
}

function sumsOf(profile: Profile, type: number, { start, frame, names }: FrameTable): { readonly all: number; readonly byFrame: Float64Array } {
  const byFrame = new Float64Array(names.length);
  const seen = new Int32Array(names.length).fill(-1);
  let all = 0;
  for (let sample = 0; sample < profile.samples; sample += 1) {
    const value = profile.values[sample * profile.sampleTypes.length + type] ?? 0;
    if (value <= 0) continue;
    all += value;
    for (let at = profile.sampleStart[sample] ?? 0; at < (profile.sampleStart[sample + 1] ?? 0); at += 1) {
      const location = profile.sampleLocations[at] ?? 0;
      for (let n = start[location] ?? 0; n < (start[location + 1] ?? 0); n += 1) {
        const own = frame[n] ?? 0;
        if (seen[own] === sample) continue;
        seen[own] = sample;
        byFrame[own] = (byFrame[own] ?? 0) + value;
      }
    }
  }
  return { all, byFrame };
}

/** A tree while stacks are added to it. */
class Growing {
  readonly parent: number[] = [0];
  readonly frame: number[] = [-1];
  readonly value: number[] = [0];
  readonly self: number[] = [0];
  private readonly children = new Map<number, number>();

  child(node: number, frame: number): number {
    const key = node * 0x400_0000 + frame;
    const known = this.children.get(key);
    if (known !== undefined) return known;
    this.parent.push(node);
    this.frame.push(frame);
    this.value.push(0);
    this.self.push(0);
    this.children.set(key, this.parent.length - 1);
    return this.parent.length - 1;
  }
}

/** The widest nodes, each with its parents. */
function pruned(tree: Growing, table: FrameTable, frames: FlameFrames): FlameTree {
  const values = Float64Array.from(tree.value).sort().toReversed();
  const least = Math.max((tree.value[0] ?? 0) * leastShare, values[maxNodes] ?? 0);
  const place = new Int32Array(tree.parent.length).fill(-1);
  const made: { readonly parent: number[]; readonly frame: number[]; readonly value: number[]; readonly self: number[] } = {
    parent: [],
    frame: [],
    value: [],
    self: [],
  };
  for (let node = 0; node < tree.parent.length && made.parent.length < maxNodes; node += 1) {
    const parent = place[tree.parent[node] ?? 0] ?? -1;
    if (node > 0 && ((tree.value[node] ?? 0) < least || parent < 0)) continue;
    place[node] = made.parent.length;
    made.parent.push(Math.max(0, parent));
    const frame = tree.frame[node] ?? -1;
    made.frame.push(frame < 0 ? -1 : frames.number(table.names[frame] ?? '', table.files[frame] ?? ''));
    made.value.push(tree.value[node] ?? 0);
    made.self.push(tree.self[node] ?? 0);
  }
  return made;
}
