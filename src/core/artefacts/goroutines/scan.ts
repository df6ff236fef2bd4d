/** One pass over the bytes of a dump (debug=2, panic, signal): headers to columns, frames to the tree, the rest counted. */
import { Columns } from './columns.ts';
import { argsForm, crashForm, Forms, parentForm, wholeForm } from './forms.ts';
import { Headers } from './headers.ts';
import { callStart, isBreak, isHeaderStart, isPreamble, isProfile, isRegister, readPlace } from './lines.ts';
import { Outside } from './outside.ts';
import { unreadBit } from './scanned.ts';
import { creatorNode, elidedNode, frameNode, inlinedNode, noFile, Trie } from './trie.ts';
import { lineEnd, Ranges, textOf, type Text } from './words.ts';

/** Distinct stack positions kept; real dumps have some 10,000. Beyond it goroutines are counted and not read. */
const maxNodes = 2_000_000;

/** Of `goroutine `. */
const g = 103;
const tab = 9;
const inGoroutine = ' in goroutine '.length;

/** What one pass found, as numbers into the text. */
export class Pass {
  readonly text: Text;
  readonly functions: Ranges;
  readonly places: Ranges;
  readonly trie = new Trie();
  readonly outside: Outside;
  private readonly forms: Forms;
  private readonly headers: Headers;
  readonly columns: Columns;
  readonly labels = new Map<number, string>();
  /** Lines inside goroutines that were not understood. */
  strange = 0;
  /** Goroutines of which nothing stands in the text but the header. */
  hollow = 0;
  /** Names that an editor has made nicer: `[…]`. */
  nicer = 0;
  /** Some header or frame says crash rather than debug=2. */
  machine = false;
  carriage = false;
  /** Goroutines whose stack the runtime could not print because they were running. */
  readonly unavailable = new Set<number>();
  /** The text ends inside a goroutine whose last line or frame is not whole. */
  cut = false;

  constructor(bytes: Uint8Array) {
    this.text = textOf(bytes);
    this.functions = new Ranges(this.text);
    this.places = new Ranges(this.text);
    this.headers = new Headers(this.text);
    this.outside = new Outside(this.text);
    this.forms = new Forms(this.text);
    this.columns = new Columns(Math.ceil(bytes.length / 2000) + 64);
    this.run();
  }

  /** Plain states by number. */
  get stateNames(): readonly string[] {
    return this.headers.names;
  }

  private run(): void {
    const { bytes, end } = this.text;
    const { trie, forms, columns, outside } = this;
    let at = 0;
    // The open goroutine, -1 outside, and the node it has reached.
    let open = -1;
    let node = 0;
    while (at < end) {
      const c = bytes[at]!;
      if (c === 10) {
        if (open >= 0) columns.nodes[open] = node;
        else outside.close();
        open = -1;
        at++;
        continue;
      }
      if (c === g && isHeaderStart(bytes, at)) {
        const next = this.header(at);
        if (next > 0) {
          if (open >= 0) columns.nodes[open] = node;
          else outside.begin();
          open = columns.count - 1;
          node = 0;
          at = next;
          continue;
        }
      }
      if (open < 0) {
        at = outside.line(at);
        continue;
      }
      forms.walk(node, at);
      if (forms.at > at) {
        ({ node, at } = forms);
        if (forms.parent >= 0) columns.creators[open] = forms.parent;
        continue;
      }
      const step = this.line(at, node, open);
      if (step < 0) {
        columns.nodes[open] = node;
        open = -1;
        continue;
      }
      node = this.reached;
      at = step;
    }
    if (open >= 0) columns.nodes[open] = node;
    if (open >= 0 && (node === 0 || trie.kind[node] === frameNode || trie.kind[node] === creatorNode) && this.endsHalf(node)) this.cut = true;
    this.markUnread();
  }

  /** Node after the line that `line` read. */
  private reached = 0;

  /** Reads the header at `at`; offset of the next line, or 0 when it is none. */
  private header(at: number): number {
    const { headers, columns } = this;
    const next = headers.read(at);
    if (next === 0) return 0;
    if (this.text.bytes[next - 2] === 13) this.carriage = true;
    if (headers.machine) this.machine = true;
    const index = columns.add(at, headers.id, headers.state, headers.minutes, headers.flags);
    if (headers.labels !== undefined) this.labels.set(index, headers.labels);
    return next;
  }

  /** Id after `in goroutine ` at the end of a `created by` line, or -1 (before Go 1.21). */
  private parentIn(end: number): number {
    const { bytes } = this.text;
    let i = end - 1;
    let id = 0;
    let unit = 1;
    for (let digit = bytes[i]! - 48; digit >= 0 && digit < 10; digit = bytes[--i]! - 48, unit *= 10) id += digit * unit;
    return unit > 1 && bytes[i] === 32 && bytes[i - 1] === 101 && bytes[i - 13] === 32 && bytes[i - 12] === 105 ? id : -1;
  }

  /** A line of an open goroutine that was not predicted: offset of the next line, or -1 when the goroutine ended before it. */
  private line(at: number, node: number, open: number): number {
    const { bytes, view, end } = this.text;
    const { trie } = this;
    const to = lineEnd(view, bytes, at, end);
    if (bytes[to - 1] === 13) this.carriage = true;
    this.reached = node;
    const c = bytes[at]!;
    if (c === tab) {
      const text = this.string(at, Math.min(to, at + 80));
      if (text.startsWith('\tgoroutine running on other thread')) {
        this.unavailable.add(open);
        return to + 1;
      }
      return this.odd(to);
    }
    if (c === 46 && bytes[at + 1] === 46) {
      if (!/^\.\.\.(?:additional|\d+) frames elided\.\.\.$/.test(this.string(at, Math.min(to, at + 60)))) return this.odd(to);
      this.reached = trie.child(node, elidedNode, -1, noFile);
      return to + 1;
    }
    if (c === 91 || c === 45 || c === 61 || c === 96 || c < 33 || (to - at < 120 && bytes[to - 1] !== 41)) {
      const text = this.string(at, Math.min(to, at + 200));
      if (text.startsWith('[originating from goroutine ')) return this.pastAncestors(to + 1);
      if (isRegister(text) || isBreak(text) || isPreamble(text) || isProfile(text)) return -1;
    }
    if (trie.count >= maxNodes) return this.odd(to);
    if (c === 99 && bytes[at + 7] === 32 && bytes[at + 8] === 98 && bytes[at + 10] === 32) return this.creator(at, to, open);
    return this.frame(at, to);
  }

  private creator(at: number, to: number, open: number): number {
    const { bytes, view, end } = this.text;
    const parent = this.parentIn(to);
    let stop = to;
    if (parent >= 0) {
      stop = to - 1;
      while (bytes[stop - 1] !== 32) stop--;
      stop -= inGoroutine;
    }
    const from = to + 1;
    const lineTo = from < end ? lineEnd(view, bytes, from, end) : end;
    const place = bytes[from] === tab ? readPlace(bytes, from + 1, lineTo) : undefined;
    this.columns.creators[open] = parent;
    if (place === undefined || stop <= at + 11) {
      if (stop > at + 11) this.reached = this.trie.child(this.reached, creatorNode, this.functions.of(at, stop), noFile);
      return this.odd(to);
    }
    const before = this.reached;
    this.reached = this.trie.child(before, creatorNode, this.functions.of(at, stop), this.places.of(from + 1, place.end));
    const varies = parent >= 0;
    this.forms.learn(before, this.reached, varies ? parentForm : wholeForm, at, stop + (varies ? inGoroutine : 0), from, 0, lineTo);
    return lineTo + 1;
  }

  private frame(at: number, to: number): number {
    const { bytes, view, end } = this.text;
    const call = callStart(bytes, at, to);
    const from = to + 1;
    const lineTo = from < end ? lineEnd(view, bytes, from, end) : end;
    const isTab = from < end && bytes[from] === tab;
    const place = isTab ? readPlace(bytes, from + 1, lineTo) : undefined;
    if (place === undefined) {
      const text = this.string(at, Math.min(to, at + 300));
      if (text.startsWith('non-Go function at pc=')) return this.plainFrame(at, at + 'non-Go function'.length, to + 1);
      if (isTab && /^\t(?:\S+ )?pc=0x[0-9a-f]+$/.test(this.string(from, Math.min(lineTo, from + 400))))
        return this.plainFrame(at, call < 0 ? to : call, lineTo + 1);
      if (call > at && /^[\w.*()/@%$·~!+,<>[\]{}-]+$/u.test(this.string(at, Math.min(call, at + 600)))) {
        this.plainFrame(at, call, to + 1);
        return this.odd(to);
      }
      return this.odd(to);
    }
    if (bytes[lineTo - 1] === 13) this.carriage = true;
    // `notifyAll)`: a parenthesis without its other half is no part of the name.
    const stop = call < 0 ? (bytes[to - 1] === 41 ? to - 1 : to) : call;
    if (isNicer(bytes, at, stop)) this.nicer++;
    const inlined = place.offsetEnd === place.end;
    const before = this.reached;
    this.reached = this.trie.child(before, inlined ? inlinedNode : frameNode, this.functions.of(at, stop), this.places.of(from + 1, place.end));
    // A name without arguments (gccgo, cgo, a typo by hand) is kept, and is a reason to look at the text with care.
    if (call < 0 && !place.pc) return this.odd(lineTo);
    if (place.frame) this.machine = true;
    const length = to - call - 2;
    const varies = length > 0 && (length !== 3 || bytes[call + 1] !== 46 || bytes[call + 2] !== 46);
    if (call > 0)
      this.forms.learn(before, this.reached, place.frame ? crashForm : varies ? argsForm : wholeForm, at, call + 1, from, place.offsetEnd + 1, lineTo);
    return lineTo + 1;
  }

  private plainFrame(at: number, stop: number, next: number): number {
    this.reached = this.trie.child(this.reached, frameNode, this.functions.of(at, stop), noFile);
    return next;
  }

  /** Stacks of goroutines that created this one (GODEBUG=tracebackancestors) are passed over: they are no part of where it is now. */
  private pastAncestors(at: number): number {
    const { bytes, view, end } = this.text;
    let i = at;
    while (i < end && bytes[i] !== 10 && !(bytes[i] === g && isHeaderStart(bytes, i))) i = lineEnd(view, bytes, i, end) + 1;
    return i;
  }

  private odd(to: number): number {
    this.strange++;
    return to + 1;
  }

  /** True when the last line or frame before the text's end is not whole. */
  private endsHalf(node: number): boolean {
    const { bytes, end } = this.text;
    if (node === 0) return true;
    if (bytes[end - 1] === 10) return this.trie.placeOf[node] === noFile && this.trie.kind[node] !== elidedNode;
    let at = end;
    while (at > 0 && bytes[at - 1] !== 10) at--;
    return bytes[at] !== tab || readPlace(bytes, at + 1, end) === undefined || this.trie.placeOf[node] === noFile;
  }

  private markUnread(): void {
    const { nodes, flags, count } = this.columns;
    for (let index = 0; index < count; index++) {
      if (nodes[index] !== 0 || this.unavailable.has(index)) continue;
      flags[index]! |= unreadBit;
      this.hollow++;
    }
  }

  string(from: number, to: number): string {
    return this.text.source.toString('utf8', from, to);
  }
}

/** True when the ellipsis of typographers stands in `[from, to)`: Go prints three dots. */
function isNicer(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to - 2; i++) if (bytes[i] === 0xe2 && bytes[i + 1] === 0x80 && bytes[i + 2] === 0xa6) return true;
  return false;
}
