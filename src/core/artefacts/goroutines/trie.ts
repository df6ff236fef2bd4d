/** All stacks of a dump as one tree of frames: a goroutine's stack is the node where its frames end. */
import { larger, mixed } from './words.ts';

/** What a node of the tree is. */
export const frameNode = 0;
export const inlinedNode = 1;
export const creatorNode = 2;
export const elidedNode = 3;

/** No file line was printed for the frame. */
export const noFile = -1;

export class Trie {
  parent: Int32Array;
  kind: Uint8Array;
  functionOf: Int32Array;
  /** Number of the `file:line` text, or `noFile`. */
  placeOf: Int32Array;
  private table: Int32Array;
  /** Nodes, the root (0) included. */
  count = 1;

  constructor() {
    const size = 4096;
    this.parent = new Int32Array(size).fill(-1);
    this.kind = new Uint8Array(size);
    this.functionOf = new Int32Array(size).fill(-1);
    this.placeOf = new Int32Array(size).fill(-1);
    this.table = new Int32Array(size * 4).fill(-1);
  }

  /** The child of `node` with this function and place, made when it is new. The same call inlined is another: it prints no arguments. */
  child(node: number, kind: number, f: number, place: number): number {
    const mask = this.table.length - 1;
    let slot = hashOf(node, f, place) & mask;
    for (let id = this.table[slot]!; id >= 0; id = this.table[slot]!) {
      if (this.parent[id] === node && this.functionOf[id] === f && this.placeOf[id] === place && this.kind[id] === kind) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    if (id === this.parent.length) this.grow();
    this.table[slot] = id;
    this.parent[id] = node;
    this.kind[id] = kind;
    this.functionOf[id] = f;
    this.placeOf[id] = place;
    if (this.count * 2 > this.table.length) this.rehash();
    return id;
  }

  private grow(): void {
    const size = this.parent.length * 2;
    this.parent = larger(this.parent, new Int32Array(size).fill(-1));
    this.kind = larger(this.kind, new Uint8Array(size));
    this.functionOf = larger(this.functionOf, new Int32Array(size).fill(-1));
    this.placeOf = larger(this.placeOf, new Int32Array(size).fill(-1));
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 1; id < this.count; id++) {
      let slot = hashOf(this.parent[id]!, this.functionOf[id]!, this.placeOf[id]!) & mask;
      while (table[slot]! >= 0) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.table = table;
  }
}

function hashOf(node: number, f: number, place: number): number {
  return mixed(Math.imul(Math.imul(node ^ 0x9e3779b9, 0x85ebca6b) ^ f, 0xc2b2ae35) ^ Math.imul(place, 0x27d4eb2f));
}
