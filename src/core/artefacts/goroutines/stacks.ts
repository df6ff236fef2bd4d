/** The tree of frames as a list of distinct stacks with shared frames. */
import type { Creator, Frame, Stack } from '../../model.ts';
import { splitPlace } from './lines.ts';
import type { Pass } from './scan.ts';
import { creatorNode, elidedNode, inlinedNode, noFile } from './trie.ts';
import { larger, mixed } from './words.ts';

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
  private readonly frames: Frame[] = [];
  /** Function, place and whether it was inlined of each frame, and frames by their hash (open addressing). */
  private keys = new Int32Array(3 * 1024);
  private table = new Int32Array(4096).fill(-1);

  constructor(pass: Pass) {
    this.pass = pass;
  }

  at(node: number): Frame {
    const { trie } = this.pass;
    const f = trie.functionOf[node]!;
    const place = trie.placeOf[node]!;
    const inlined = trie.kind[node] === inlinedNode ? 1 : 0;
    const mask = this.table.length - 1;
    let slot = hashOf(f, place, inlined) & mask;
    for (let index = this.table[slot]!; index >= 0; index = this.table[slot]!) {
      const key = index * 3;
      if (this.keys[key] === f && this.keys[key + 1] === place && this.keys[key + 2] === inlined) return this.frames[index]!;
      slot = (slot + 1) & mask;
    }
    const made = this.make(f, place, inlined === 1);
    const index = this.frames.push(made) - 1;
    if (index * 3 === this.keys.length) this.keys = larger(this.keys, new Int32Array(this.keys.length * 2));
    this.keys.set([f, place, inlined], index * 3);
    this.table[slot] = index;
    if (this.frames.length * 2 > this.table.length) this.rehash();
    return made;
  }

  private make(f: number, place: number, inlined: boolean): Frame {
    const func = this.name(f);
    const { file, line } = place === noFile ? { file: '', line: 0 } : splitPlace(this.pass.places.string(place));
    return inlined ? { func, file, line, inlined } : { func, file, line };
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 2).fill(-1);
    const mask = this.table.length - 1;
    for (let index = 0; index < this.frames.length; index++) {
      const key = index * 3;
      let slot = hashOf(this.keys[key]!, this.keys[key + 1]!, this.keys[key + 2]!) & mask;
      while (this.table[slot]! >= 0) slot = (slot + 1) & mask;
      this.table[slot] = index;
    }
  }

  private name(f: number): string {
    const known = this.names[f];
    if (known !== undefined) return known;
    const text = this.pass.functions.string(f);
    return (this.names[f] = text.startsWith(createdBy) ? text.slice(createdBy.length) : text);
  }
}

function hashOf(f: number, place: number, inlined: number): number {
  return mixed(Math.imul(f ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(place * 2 + inlined, 0x27d4eb2f));
}
