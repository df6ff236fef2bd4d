/** From an address to functions, files and lines, inlined calls included. */
import type { Frame } from '../../model.ts';
import type { Image } from './image.ts';
import type { ModuleData } from './module-data.ts';
import type { Pclntab } from './pclntab.ts';
import { spend } from './source.ts';

/** A frame with the line of its `func` keyword, which tables and profiles carry since Go 1.20. */
export interface NamedFrame extends Frame {
  readonly startLine?: number;
}

/** A frame as the compiler made it. */
export interface CodeFrame extends NamedFrame {
  /** Made by the compiler around a function: the runtime leaves it out of stacks. */
  readonly wrapper?: boolean;
}

/** A function of the program. `end` is where the next one begins. */
export interface Func {
  readonly entry: number;
  readonly end: number;
  /** Offset of its record in the table. */
  readonly at: number;
  readonly name: string;
}

/** Deepest chain of inlined calls that is believed. */
const maxInlined = 64;
/** Names kept; one dump or profile has a few thousand. */
const maxKept = 100_000;

/** Go 1.26 dropped the text start from the header, so without it and without moduledata there is none. */
export function textStart(table: Pclntab, module: ModuleData | undefined, symbol: () => number | undefined): number | undefined {
  if (table.form < 18) return 0;
  return module?.text ?? (table.text === 0 ? symbol() : table.text);
}

export class LineTable {
  readonly image: Image;
  readonly table: Pclntab;
  readonly module: ModuleData | undefined;
  /** Go 1.x. */
  readonly minor: number;
  /** What entries count from. */
  readonly text: number;
  private readonly entries: Float64Array;
  private readonly strings = new Map<number, string>();
  private wrapperId: number | undefined;
  /** Where `varint` reads on. */
  private position = 0;

  constructor(image: Image, table: Pclntab, module: ModuleData | undefined, minor: number, text: number) {
    this.image = image;
    this.table = table;
    this.module = module;
    this.minor = minor;
    this.text = text;
    this.entries = entriesOf(image, table, text);
  }

  get functions(): number {
    return this.table.functions;
  }

  /** The function that an address lies in. */
  find(address: number): Func | undefined {
    const { entries } = this;
    let [low, high] = [0, this.functions];
    if (!(address >= (entries[0] ?? 0)) || !(address < (entries[high] ?? 0))) return undefined;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((entries[middle] ?? 0) <= address) low = middle;
      else high = middle;
    }
    return this.func(low);
  }

  func(index: number): Func {
    const at = this.recordOffset(index);
    return { entry: this.entries[index] ?? 0, end: this.entries[index + 1] ?? 0, at, name: this.name(this.field(this.record(at), 1)) };
  }

  recordOffset(index: number): number {
    const { table, half } = this.table;
    return half === 4 ? this.image.words.u32(table, index * 8 + 4) : this.image.words.u64(table, index * 16 + 8);
  }

  /** Every frame at an address, innermost first; the last one is the function that the processor is in. */
  frames(address: number): readonly CodeFrame[] {
    const func = this.find(address);
    return func === undefined ? [] : this.framesIn(func, address);
  }

  framesIn(func: Func, address: number): readonly CodeFrame[] {
    const record = this.record(func.at);
    const unit = this.table.form >= 16 ? this.field(record, 8) : 0;
    const place = (pc: number): { file: string; line: number } => ({
      file: this.file(unit, this.value(this.field(record, 5), func.entry, pc)),
      line: Math.max(0, this.value(this.field(record, 6), func.entry, pc)),
    });
    const frames: CodeFrame[] = [];
    let here = place(address);
    const tree = this.inlineTree(func, record);
    const wrapper = this.isWrapper(record[this.head() - 4] ?? 0, here.file);
    const startLine = this.table.form === 20 ? this.field(record, 9) : undefined;
    if (tree === undefined) return [{ func: func.name, ...here, wrapper, startLine }];
    let index = this.value(tree.values, func.entry, address);
    while (index >= 0 && frames.length < maxInlined) {
      const { words } = this.image;
      const first = this.table.form === 2 && this.minor < 12;
      const size = this.table.form === 20 || first ? 16 : 20;
      const entry = this.image.at(tree.address + index * size, size);
      if (entry.length < size) break;
      if (this.table.form === 20) {
        frames.push({
          func: this.name(words.u32(entry, 4)),
          ...here,
          inlined: true,
          wrapper: this.isWrapper(entry[0] ?? 0, here.file),
          startLine: words.u32(entry, 12),
        });
        const caller = func.entry + words.u32(entry, 8);
        here = place(caller);
        index = this.value(tree.values, func.entry, caller);
      } else {
        frames.push({ func: this.name(words.u32(entry, 12)), ...here, inlined: true, wrapper: this.isWrapper(first ? 0 : (entry[2] ?? 0), here.file) });
        here = { file: this.file(unit, words.u32(entry, 4)), line: words.u32(entry, 8) };
        // 32 bits up to Go 1.11, then 16 and the function's id.
        index = first ? words.u32(entry, 0) | 0 : (words.u16(entry, 0) << 16) >> 16;
      }
    }
    return [...frames, { func: func.name, ...here, wrapper, startLine }];
  }

  /** Bytes of a function record before its tables; the last four are id, flags and number of data tables. */
  private head(): number {
    const { form } = this.table;
    return form === 20 ? 44 : form === 18 ? 40 : this.image.words.pointerSize + (form === 16 ? 36 : 32);
  }

  /** By the id of its kind of function, which each release numbers anew; before Go 1.12 only by its file. */
  private isWrapper(id: number, file: string): boolean | undefined {
    if (file === generated) return true;
    this.wrapperId ??= this.findWrapperId();
    return id !== 0 && id === this.wrapperId ? true : undefined;
  }

  /** Methods that the compiler generates have the id; the first ones found agree. 0: there are none. */
  private findWrapperId(): number {
    this.wrapperId = 0;
    if (this.table.form === 2 && this.minor < 12) return 0;
    const seen = new Map<number, number>();
    for (let index = 0; index < Math.min(this.functions, maxProbed); index++) {
      const record = this.record(this.recordOffset(index));
      const id = record[this.head() - 4] ?? 0;
      if (id === 0 || (seen.get(id) ?? 0) >= enoughSeen) continue;
      const entry = this.entries[index] ?? 0;
      const unit = this.table.form >= 16 ? this.field(record, 8) : 0;
      if (this.file(unit, this.value(this.field(record, 5), entry, entry)) !== generated) continue;
      seen.set(id, (seen.get(id) ?? 0) + 1);
      if (seen.get(id) === enoughSeen) return id;
    }
    return [...seen].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  }

  /** Field of a function record (runtime._func): 1 name, 5 files, 6 lines, 7 number of value tables, 8 compilation unit, 9 start line. */
  field(record: Buffer, index: number): number {
    return this.image.words.u32(record, (this.table.form >= 18 ? 4 : this.image.words.pointerSize) + (index - 1) * 4);
  }

  name(offset: number): string {
    return this.string(this.table.names + offset);
  }

  private record(at: number): Buffer {
    return this.bytes(this.table.funcs + at, 256);
  }

  bytes(offset: number, length: number): Buffer {
    return this.image.at(this.table.address + offset, length);
  }

  private string(offset: number): string {
    const known = this.strings.get(offset);
    if (known !== undefined) return known;
    let bytes = this.bytes(offset, 256);
    if (!bytes.includes(0)) bytes = this.bytes(offset, 8192);
    const end = bytes.indexOf(0);
    const text = bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
    if (this.strings.size >= maxKept) this.strings.clear();
    this.strings.set(offset, text);
    return text;
  }

  private file(unit: number, index: number): string {
    const { table } = this;
    if (index < 0) return '';
    if (table.form === 2) return this.string(this.image.u32At(table.address + table.files + index * 4));
    const offset = this.image.u32At(table.address + table.units + (unit + index) * 4);
    return offset === 0xffffffff ? '' : this.string(table.files + offset);
  }

  /** Value of a table of one function at an address: zig-zag deltas of values and deltas of addresses, both varints. -1: none. */
  private value(table: number, entry: number, address: number): number {
    if (table === 0) return -1;
    let from = this.table.values + table;
    let bytes = this.bytes(from, firstValues);
    let last = bytes.length < firstValues;
    let [value, pc] = [-1, entry];
    this.position = 0;
    for (let step = 0; ; step++) {
      if (this.position + longestPair > bytes.length && !last) {
        from += this.position;
        bytes = this.bytes(from, moreValues);
        last = bytes.length < moreValues;
        this.position = 0;
      }
      if (this.position >= bytes.length) return -1;
      const delta = this.varint(bytes);
      if (delta === 0 && step > 0) return -1;
      value += (delta & 1) === 1 ? -((delta >>> 1) + 1) : delta >>> 1;
      pc += this.varint(bytes) * this.table.quantum;
      if (address < pc) {
        spend(this.image.budget, step + 1);
        return value | 0;
      }
      if (step === maxSteps) return -1;
    }
  }

  private varint(bytes: Buffer): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[this.position++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128 || shift > 28) return value >>> 0;
    }
  }

  /** Where the inline tree of a function is: value table and entries (runtime/funcdata.h has the indices of each release). Since Go 1.9. */
  private inlineTree(func: Func, record: Buffer): { readonly values: number; readonly address: number } | undefined {
    const { form } = this.table;
    if (form === 2 && this.minor < 9) return undefined;
    const { words } = this.image;
    const valueIndex = this.minor >= 13 || form >= 16 ? 2 : 1;
    const dataIndex = form >= 16 ? 3 : this.minor >= 13 ? 4 : 2;
    const head = this.head();
    const values = this.field(record, 7);
    // A byte behind the function's id since Go 1.12, a word before.
    const data = form === 2 && this.minor < 12 ? words.u32(record, head - 4) : (record[head - 1] ?? 0);
    if (values > 64 || values <= valueIndex || data <= dataIndex) return undefined;
    const table = words.u32(record, head + valueIndex * 4);
    if (table === 0) return undefined;
    if (form >= 18) {
      const offset = words.u32(record, head + values * 4 + dataIndex * 4);
      const base = this.module?.gofunc ?? 0;
      return offset === 0xffffffff || base === 0 ? undefined : { values: table, address: base + offset };
    }
    // Pointers, aligned; in a position-independent file they are relocations.
    const { pointerSize } = words;
    const offset = Math.ceil((func.at + head + values * 4) / pointerSize) * pointerSize - func.at;
    const address = this.image.pointerAt(this.table.address + this.table.funcs + func.at + offset + dataIndex * pointerSize);
    return address === 0 ? undefined : { values: table, address };
  }
}

/** File of what the compiler made. */
const generated = '<autogenerated>';
/** Functions looked at, and generated ones that must agree, to learn the id of wrappers. */
const maxProbed = 50_000;
const enoughSeen = 4;
/** Bytes of a value table read at first, and when those were not enough. */
const firstValues = 512;
const moreValues = 8192;
/** Two varints of 5 bytes. */
const longestPair = 10;
/** Longest value table walked: real ones have a few thousand steps. */
const maxSteps = 1 << 20;

function entriesOf(image: Image, { table, half, functions, form, address, tableOffset }: Pclntab, text: number): Float64Array {
  spend(image.budget, functions >>> 2);
  const entries = new Float64Array(functions + 1);
  const relocated = form < 18 && image.layout.pie;
  for (let index = 0; index <= functions; index++) {
    const at = index * 2 * half;
    if (half === 4) entries[index] = text + image.words.u32(table, at);
    else entries[index] = relocated ? image.pointerAt(address + tableOffset + at) : image.words.u64(table, at);
  }
  return entries;
}
