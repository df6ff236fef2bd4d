/** The tree of frames as a list of distinct stacks with shared frames. */
import type { Creator, Frame, Stack } from '../../model.ts';
import { splitPlace } from './lines.ts';
import type { Pass } from './scan.ts';
import { creatorNode, elidedNode, inlinedNode, noFile } from './trie.ts';

/** Frames of all distinct stacks together: real dumps stay below 200,000. */
const maxFrames = 4_000_000;
const createdBy = 'created by ';

export interface Stacks {
  readonly stacks: readonly Stack[];
  /** Stack of each goroutine. */
  readonly stackOf: Int32Array;
  /** Stacks that were left empty because there were too many. */
  readonly dropped: number;
}

export function stacksOf(pass: Pass): Stacks {
  const { trie, columns } = pass;
  const numbers = new Int32Array(trie.count).fill(-1);
  const stackOf = new Int32Array(columns.count);
  const stacks: Stack[] = [];
  const frames = new Frames(pass);
  let total = 0;
  let dropped = 0;
  for (let index = 0; index < columns.count; index++) {
    const node = columns.nodes[index]!;
    let number = numbers[node]!;
    if (number < 0) {
      number = stacks.length;
      numbers[node] = number;
      const stack = total > maxFrames ? empty : stackAt(node, pass, frames);
      if (stack === empty && node !== 0) dropped++;
      total += stack.frames.length;
      stacks.push(stack);
    }
    stackOf[index] = number;
  }
  return { stacks, stackOf, dropped };
}

const empty: Stack = { frames: [] };

function stackAt(end: number, { trie }: Pass, frames: Frames): Stack {
  const nodes: number[] = [];
  for (let node = end; node > 0; node = trie.parent[node]!) nodes.push(node);
  const list: Frame[] = [];
  let creator: Creator | undefined;
  let elidedAfter: number | undefined;
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const kind = trie.kind[node]!;
    if (kind === elidedNode) elidedAfter = Math.max(0, list.length - 1);
    else if (kind === creatorNode) creator = frames.at(node);
    else list.push(frames.at(node));
  }
  return { frames: list, ...(creator === undefined ? {} : { createdBy: creator }), ...(elidedAfter === undefined ? {} : { elidedAfter }) };
}

/** Frames by function and place: one object each. */
class Frames {
  private readonly pass: Pass;
  private readonly names: string[] = [];
  private readonly known = new Map<number, Frame>();

  constructor(pass: Pass) {
    this.pass = pass;
  }

  at(node: number): Frame {
    const { trie, places } = this.pass;
    const f = trie.functionOf[node]!;
    const place = trie.placeOf[node]!;
    const inlined = trie.kind[node] === inlinedNode;
    const key = (f * 0x4000000 + place + 1) * 2 + (inlined ? 1 : 0);
    let frame = this.known.get(key);
    if (frame === undefined) {
      const at = place === noFile ? { file: '', line: 0 } : splitPlace(places.string(place));
      frame = { func: this.name(f), ...at, ...(inlined ? { inlined } : {}) };
      this.known.set(key, frame);
    }
    return frame;
  }

  private name(f: number): string {
    const known = this.names[f];
    if (known !== undefined) return known;
    const text = this.pass.functions.string(f);
    return (this.names[f] = text.startsWith(createdBy) ? text.slice(createdBy.length) : text);
  }
}
