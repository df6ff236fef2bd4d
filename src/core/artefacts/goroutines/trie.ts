/** All stacks of a dump as one tree of frames: a goroutine's stack is a node, and the frames that usually follow are found by comparing bytes. */
import { larger, mixed, sameBytes, type Ranges, type Text } from './words.ts';

/** What a node of the tree is. */
export const frameNode = 0;
export const inlinedNode = 1;
export const creatorNode = 2;
export const elidedNode = 3;

/** No file line was printed for the frame. */
export const noFile = -1;

/** Children tried by comparing bytes before the frame is read in full. */
const tries = 4;

export class Trie {
  private readonly text: Text;
  private readonly functions: Ranges;
  private first: Int32Array;
  private next: Int32Array;
  private previous: Int32Array;
  parent: Int32Array;
  kind: Uint8Array;
  functionOf: Int32Array;
  /** Number of the `file:line` text, or `noFile`. */
  placeOf: Int32Array;
  /** Text of the file line as last seen, offset included: what the next goroutine is compared with. */
  private lineStart: Float64Array;
  private lineLength: Int32Array;
  private table: Int32Array;
  /** Nodes, the root (0) included. */
  count = 1;

  constructor(text: Text, functions: Ranges) {
    this.text = text;
    this.functions = functions;
    const size = 4096;
    this.first = new Int32Array(size).fill(-1);
    this.next = new Int32Array(size).fill(-1);
    this.previous = new Int32Array(size).fill(-1);
    this.parent = new Int32Array(size).fill(-1);
    this.kind = new Uint8Array(size);
    this.functionOf = new Int32Array(size).fill(-1);
    this.placeOf = new Int32Array(size).fill(-1);
    this.lineStart = new Float64Array(size);
    this.lineLength = new Int32Array(size);
    this.table = new Int32Array(size * 4).fill(-1);
  }

  /** Where the text goes on after the predicted frame; valid after `predict` found one. */
  after = 0;
  /** Offset of the end of the function line of the predicted frame. */
  callEnd = 0;

  /**
   * The child of `node` whose function and file line stand at `at`, or -1. `lineEnd` is passed in so that the hot loop stays monomorphic.
   * The function must be followed by `(`, or for `created by` lines by a space or the line's end.
   */
  predict(node: number, at: number, lineEnd: (view: DataView, bytes: Uint8Array, from: number, end: number) => number): number {
    const { bytes, view, end } = this.text;
    let child = this.first[node]!;
    for (let n = 0; child >= 0 && n < tries; n++, child = this.next[child]!) {
      const kind = this.kind[child]!;
      if (kind === elidedNode || this.placeOf[child] === noFile) continue;
      const f = this.functionOf[child]!;
      const length = this.functions.length(f);
      const stop = at + length;
      if (stop >= end) continue;
      const mark = bytes[stop]!;
      if (kind === creatorNode ? mark !== 10 && mark !== 32 : mark !== 40) continue;
      if (!sameBytes(view, bytes, this.functions.start(f), at, length)) continue;
      const callEnd = mark === 10 ? stop : lineEnd(view, bytes, stop, end);
      // A call ends with its parenthesis; anything else (a wrapped line) is read with care.
      if (kind !== creatorNode && bytes[callEnd - 1] !== 41) continue;
      const from = callEnd + 1;
      const to = from + this.lineLength[child]!;
      if (to >= end) continue;
      const behind = bytes[to]!;
      if ((behind !== 10 && behind !== 32) || !sameBytes(view, bytes, this.lineStart[child]!, from, this.lineLength[child]!)) continue;
      this.after = (behind === 10 ? to : lineEnd(view, bytes, to, end)) + 1;
      this.callEnd = callEnd;
      this.toFront(node, child);
      return child;
    }
    return -1;
  }

  /** The child of `node` with this function and place, made when it is new. */
  child(node: number, kind: number, f: number, place: number): number {
    const mask = this.table.length - 1;
    let slot = hashOf(node, f, place) & mask;
    for (let id = this.table[slot]!; id >= 0; id = this.table[slot]!) {
      if (
        this.parent[id] === node &&
        this.functionOf[id] === f &&
        this.placeOf[id] === place &&
        (this.kind[id] === kind || (this.kind[id]! < creatorNode && kind < creatorNode))
      ) {
        this.toFront(node, id);
        return id;
      }
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    if (id === this.parent.length) this.grow();
    this.table[slot] = id;
    this.parent[id] = node;
    this.kind[id] = kind;
    this.functionOf[id] = f;
    this.placeOf[id] = place;
    const head = this.first[node]!;
    this.next[id] = head;
    this.previous[id] = -1;
    if (head >= 0) this.previous[head] = id;
    this.first[node] = id;
    if (this.count * 2 > this.table.length) this.rehash();
    return id;
  }

  /** Remembers the file line of a node as it stands at `[from, to)`. */
  see(node: number, from: number, to: number): void {
    this.lineStart[node] = from;
    this.lineLength[node] = to - from;
  }

  private toFront(node: number, child: number): void {
    const before = this.previous[child]!;
    if (before < 0) return;
    const behind = this.next[child]!;
    this.next[before] = behind;
    if (behind >= 0) this.previous[behind] = before;
    const head = this.first[node]!;
    this.next[child] = head;
    this.previous[head] = child;
    this.previous[child] = -1;
    this.first[node] = child;
  }

  private grow(): void {
    const size = this.parent.length * 2;
    this.first = larger(this.first, new Int32Array(size).fill(-1));
    this.next = larger(this.next, new Int32Array(size).fill(-1));
    this.previous = larger(this.previous, new Int32Array(size).fill(-1));
    this.parent = larger(this.parent, new Int32Array(size).fill(-1));
    this.kind = larger(this.kind, new Uint8Array(size));
    this.functionOf = larger(this.functionOf, new Int32Array(size).fill(-1));
    this.placeOf = larger(this.placeOf, new Int32Array(size).fill(-1));
    this.lineStart = larger(this.lineStart, new Float64Array(size));
    this.lineLength = larger(this.lineLength, new Int32Array(size));
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
