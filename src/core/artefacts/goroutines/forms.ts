/** Frames as they stood in the text before: stacks repeat, so the next frame is nearly always one that was seen, and is known by comparing its bytes. */
import { larger, lineEnd, mixed, type Text } from './words.ts';

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

  /** How far `walk` came: where the text goes on, the node that was reached, and the id of a `parentForm` on the way, or -1. */
  at = 0;
  node = 0;
  parent = -1;

  /**
   * Follows the frames from `at` on, beginning at `node`, as far as they were seen before. Nearly all bytes of a dump are
   * read here: numbers are local and comparisons written out, because calls would cost half of the speed.
   */
  walk(node: number, at: number): void {
    const { rows, latest } = this;
    const { view, bytes, end } = this.text;
    this.parent = -1;
    frames: for (;;) {
      const slot = node * 2;
      for (let turn = slot < latest.length ? 0 : 3; turn < 3; turn++) {
        const form = turn < 2 ? latest[slot + turn]! : this.search(node, at);
        if (form < 0) break;
        const row = form * width;
        // Eight bytes at a time, and the last eight once more.
        const known = rows[row + 1]!;
        const length = rows[row + 2]!;
        let next = at + length;
        if (next > end) continue;
        let i = 0;
        while (i < length - 8 && view.getFloat64(known + i, true) === view.getFloat64(at + i, true)) i += 8;
        if (i < length - 8 || view.getFloat64(known + length - 8, true) !== view.getFloat64(next - 8, true)) continue;
        const kind = rows[row]!;
        if (kind !== wholeForm) {
          let id = -1;
          if (kind === parentForm) {
            id = 0;
            for (let digit = bytes[next]! - 48; digit >= 0 && digit < 10; digit = bytes[++next]! - 48) id = id * 10 + digit;
            if (bytes[next] !== 10) continue;
          } else {
            // Letters, digits and signs have bit 5 or 6; a line feed has neither.
            for (; next + 8 <= end; next += 8) {
              const a = view.getInt32(next, true);
              const b = view.getInt32(next + 4, true);
              if (((a | (a << 1)) & (b | (b << 1)) & 0x40404040) !== 0x40404040) break;
            }
            while (next < end && bytes[next] !== 10) next++;
            // A call ends with its parenthesis; anything else (a wrapped line) is read with care.
            if (bytes[next - 1] !== 41) continue;
          }
          const place = rows[row + 3]!;
          const rest = rows[row + 4]!;
          const from = next + 1;
          next = from + rest;
          if (next > end) continue;
          i = 0;
          while (i < rest - 8 && view.getFloat64(place + i, true) === view.getFloat64(from + i, true)) i += 8;
          if (i < rest - 8 || view.getFloat64(place + rest - 8, true) !== view.getFloat64(next - 8, true)) continue;
          if (kind === parentForm) this.parent = id;
          else if (kind === crashForm) next = lineEnd(view, bytes, next, end) + 1;
        }
        if (turn > 0) {
          latest[slot + 1] = latest[slot]!;
          latest[slot] = form;
        }
        node = rows[row + 6]!;
        at = next;
        continue frames;
      }
      this.node = node;
      this.at = at;
      return;
    }
  }

  /** A form after `node` whose file line ends like the one at `at`, or -1. */
  private search(node: number, at: number): number {
    const { rows, table } = this;
    const { view, bytes, end } = this.text;
    const to = lineEnd(view, bytes, lineEnd(view, bytes, at, end) + 1, end);
    if (to - tail < at || to >= end) return -1;
    const hash = this.hashOf(node, to);
    const mask = table.length - 1;
    for (let probes = 0, slot = hash & mask; probes < maxProbes; probes++, slot = (slot + 1) & mask) {
      const form = table[slot]!;
      if (form < 0) return -1;
      if (rows[form * width + 7] === hash && rows[form * width + 5] === node) return form;
    }
    return -1;
  }

  /**
   * Keeps the frame at `[at, to)`, without the line feed at its end, as a way from `node` to `child`. What varies stands
   * between `open` and `from`; equal offsets say that nothing does. `fixed` is where the second line begins to vary.
   */
  learn(node: number, child: number, kind: number, at: number, open: number, from: number, fixed: number, to: number): void {
    const length = kind === wholeForm ? to + 1 - at : open - at;
    const rest = (kind === crashForm ? fixed : to + 1) - from;
    // Comparisons take eight bytes at least.
    if (this.count >= maxForms || to >= this.text.end || to - tail < at || length < 8 || rest < 8) return;
    const form = this.count++;
    const row = form * width;
    if (row === this.rows.length) this.rows = larger(this.rows, new Int32Array(this.rows.length * 2));
    const { rows } = this;
    rows[row] = kind;
    rows[row + 1] = at;
    rows[row + 2] = length;
    rows[row + 3] = from;
    rows[row + 4] = rest;
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
