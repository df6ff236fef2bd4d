/** Frames as they stood in the text before: stacks repeat, so the next frame is nearly always one that was seen, and is known by comparing its bytes. */
import { larger, lineEnd, mixed, sameText, type Text } from './words.ts';

/** Both lines are the same each time: no arguments, an inlined call, a creator without an id. */
export const wholeForm = 0;
/** Arguments stand between the parenthesis and the line's end. */
export const argsForm = 1;
/** The id of a goroutine stands at the end of the first line (`created by … in goroutine 12`). */
export const parentForm = 2;
/** Arguments, and a second line that ends with addresses (` fp=0x… sp=0x… pc=0x…`). */
export const crashForm = 3;

/** Numbers of a form: kind, start and length of what stands before the part that varies, start and length of what stands behind it, node before, node after. */
const width = 8;
/** Forms kept: real dumps have some 10,000. */
const maxForms = 1_000_000;
/** Forms with one hash that are tried; the rest is read in full. */
const maxProbes = 12;
/** The end of a file line tells frames apart: ` +0x1b`, the line number, the extension. */
const tail = 12;

export class Forms {
  private readonly text: Text;
  private rows: Int32Array;
  private table: Int32Array;
  /** The two forms seen last after each node, the newer one first. */
  private latest: Int32Array;
  private count = 0;

  constructor(text: Text) {
    this.text = text;
    this.rows = new Int32Array(4096 * width);
    this.table = new Int32Array(16_384).fill(-1);
    this.latest = new Int32Array(8192).fill(-1);
  }

  /** Where the text goes on behind the frame; valid after `follow` found one. */
  after = 0;
  /** Kind of the form that was found. */
  kind = wholeForm;
  /** Goroutine id of a `parentForm`. */
  parent = -1;

  /** The node that the frame at `at` leads to from `node`, or -1 when it was not seen there before. */
  follow(node: number, at: number): number {
    const { latest, rows } = this;
    const slot = node * 2;
    if (slot >= latest.length) return -1;
    const first = latest[slot]!;
    if (first < 0) return -1;
    if (this.fits(first, at)) return rows[first * width + 6]!;
    const second = latest[slot + 1]!;
    let form = -1;
    if (second >= 0) form = this.fits(second, at) ? second : this.search(node, at);
    if (form < 0) return -1;
    latest[slot + 1] = first;
    latest[slot] = form;
    return rows[form * width + 6]!;
  }

  /** Does the form stand at `at`? */
  private fits(form: number, at: number): boolean {
    const { rows, text } = this;
    const { view, bytes, end } = text;
    const row = form * width;
    const length = rows[row + 2]!;
    let next = at + length;
    if (next > end || !sameText(view, rows[row + 1]!, at, length)) return false;
    const kind = rows[row]!;
    if (kind !== wholeForm) {
      if (kind === parentForm) {
        let id = 0;
        for (let digit = bytes[next]! - 48; digit >= 0 && digit < 10; digit = bytes[++next]! - 48) id = id * 10 + digit;
        if (bytes[next] !== 10) return false;
        this.parent = id;
      } else {
        next = lineEnd(view, bytes, next, end);
        // A call ends with its parenthesis; anything else (a wrapped line) is read with care.
        if (bytes[next - 1] !== 41) return false;
      }
      const rest = rows[row + 4]!;
      next++;
      if (next + rest > end || !sameText(view, rows[row + 3]!, next, rest)) return false;
      next += rest;
      if (kind === crashForm) next = lineEnd(view, bytes, next, end) + 1;
    }
    this.kind = kind;
    this.after = next;
    return true;
  }

  /** The form at `at` by the end of its file line, or -1. */
  private search(node: number, at: number): number {
    const { text, rows, table } = this;
    const { view, bytes, end } = text;
    const to = lineEnd(view, bytes, lineEnd(view, bytes, at, end) + 1, end);
    if (to - tail < at || to >= end) return -1;
    const mask = table.length - 1;
    let slot = this.hashOf(node, to) & mask;
    for (let probes = 0; probes < maxProbes; probes++, slot = (slot + 1) & mask) {
      const form = table[slot]!;
      if (form < 0) return -1;
      if (rows[form * width + 5] === node && this.fits(form, at)) return form;
    }
    return -1;
  }

  /**
   * Keeps the frame at `[at, to)`, without the line feed at its end, as a way from `node` to `child`. What varies stands
   * between `open` and `from`; equal offsets say that nothing does. `fixed` is where the second line begins to vary.
   */
  learn(node: number, child: number, kind: number, at: number, open: number, from: number, fixed: number, to: number): void {
    if (this.count >= maxForms || to >= this.text.end || to - tail < at) return;
    const form = this.count++;
    const row = form * width;
    if (row === this.rows.length) this.rows = larger(this.rows, new Int32Array(this.rows.length * 2));
    const { rows } = this;
    rows[row] = kind;
    rows[row + 1] = at;
    rows[row + 2] = kind === wholeForm ? to + 1 - at : open - at;
    rows[row + 3] = from;
    rows[row + 4] = (kind === crashForm ? fixed : to + 1) - from;
    rows[row + 5] = node;
    rows[row + 6] = child;
    rows[row + 7] = this.hashOf(node, to);
    this.enter(form);
    if (this.count * 2 > this.table.length) this.rehash();
    const slot = node * 2;
    while (slot >= this.latest.length) this.latest = larger(this.latest, new Int32Array(this.latest.length * 2).fill(-1));
    this.latest[slot + 1] = this.latest[slot]!;
    this.latest[slot] = form;
  }

  private hashOf(node: number, to: number): number {
    const { view } = this.text;
    let hash = Math.imul(view.getInt32(to - 12, true) ^ Math.imul(node, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(to - 8, true), 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 13) ^ view.getInt32(to - 4, true), 0x27d4eb2f);
    return mixed(hash);
  }

  private enter(form: number): void {
    const { table, rows } = this;
    const mask = table.length - 1;
    let slot = rows[form * width + 7]! & mask;
    // Beyond the probes it would never be found.
    for (let probes = 0; probes < maxProbes; probes++, slot = (slot + 1) & mask) {
      if (table[slot]! >= 0) continue;
      table[slot] = form;
      return;
    }
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 2).fill(-1);
    for (let form = 0; form < this.count; form++) this.enter(form);
  }
}
