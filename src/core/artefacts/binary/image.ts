/** A loaded view of an executable: bytes and pointers by virtual address, sections, symbols. */
import { readElf } from './elf.ts';
import type { Layout, Section, Segment } from './layout.ts';
import { fatSlices, readMachO } from './mach-o.ts';
import { readPe } from './pe.ts';
import { type Budget, type ByteSource, nothing, sliceSource, spend } from './source.ts';
import type { Words } from './words.ts';

/** Bytes scanned at a time. */
const chunk = 1 << 20;
/** Relocation entries read: a PIE of 100 MB has about 700,000. */
const maxRelocationBytes = 64 << 20;
/** `R_*_RELATIVE` of the architectures that Go builds PIE for. */
const relativeTypes: Readonly<Record<string, number>> = { amd64: 8, arm64: 1027, riscv64: 3, '386': 8, arm: 23, loong64: 3, ppc64le: 22, s390x: 12 };

interface Relocations {
  /** Addresses, ascending. */
  readonly where: Float64Array;
  readonly value: Float64Array;
}

export class Image {
  readonly layout: Layout;
  readonly source: ByteSource;
  readonly words: Words;
  readonly budget: Budget;
  /** Architectures of all slices of a fat file. */
  readonly slices: readonly string[];
  private last: Segment | undefined;
  private relocated: Relocations | undefined;

  constructor(layout: Layout, source: ByteSource, budget: Budget, slices: readonly string[] = []) {
    this.layout = layout;
    this.source = source;
    this.words = layout.words;
    this.budget = budget;
    this.slices = slices;
  }

  /** The first section that has one of these names, in their order. */
  section(...names: readonly string[]): Section | undefined {
    for (const name of names) {
      const found = this.layout.sections.find((section) => section.name === name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  segmentAt(address: number): Segment | undefined {
    const last = this.last;
    if (last !== undefined && address >= last.address && address < last.address + last.fileSize) return last;
    const found = this.layout.segments.find((segment) => address >= segment.address && address < segment.address + segment.fileSize);
    if (found !== undefined) this.last = found;
    return found;
  }

  /** Bytes at a virtual address, as far as they are in the file. */
  at(address: number, length: number): Buffer {
    const segment = this.segmentAt(address);
    if (segment === undefined) return nothing;
    const inside = address - segment.address;
    return this.source.read(segment.offset + inside, Math.min(length, segment.fileSize - inside));
  }

  u32At(address: number): number {
    return this.words.u32(this.at(address, 4), 0);
  }

  /** A word that is no pointer: a length. */
  wordAt(address: number): number {
    return this.words.word(this.at(address, this.words.pointerSize), 0);
  }

  /** A pointer as the loader would leave it, before the load address is added. */
  pointerAt(address: number): number {
    const plain = this.wordAt(address);
    if (this.layout.chained) return unchained(plain, this.layout.imageBase);
    if (!this.layout.pie || this.layout.format !== 'elf') return plain;
    return relocationAt(this.relocations(), address) ?? plain;
  }

  /** RELATIVE relocations of a PIE; Go's own linker leaves zeros where they apply. */
  relocations(): Relocations {
    return (this.relocated ??= readRelocations(this));
  }

  /** Every address in a segment at which these bytes stand. */
  *find(bytes: Buffer, segment: Pick<Segment, 'address' | 'offset' | 'fileSize'>): Generator<number> {
    for (let from = 0; from < segment.fileSize; from += chunk) {
      const block = this.source.read(segment.offset + from, Math.min(chunk + bytes.length - 1, segment.fileSize - from));
      spend(this.budget, block.length >>> 6);
      for (let at = block.indexOf(bytes); at >= 0 && at < chunk; at = block.indexOf(bytes, at + 1)) {
        spend(this.budget, 8);
        yield segment.address + from + at;
      }
    }
  }
}

/** DYLD_CHAINED_PTR_64 and _OFFSET: the low 36 bits are the target, as an address or from the image's start. */
function unchained(value: number, imageBase: number): number {
  const target = value % 2 ** 36;
  return target !== 0 && target < imageBase ? target + imageBase : target;
}

function relocationAt({ where, value }: Relocations, address: number): number | undefined {
  let [low, high] = [0, where.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((where[middle] ?? 0) < address) low = middle + 1;
    else high = middle;
  }
  return where[low] === address ? value[low] : undefined;
}

function readRelocations({ layout, source, words, budget }: Image): Relocations {
  const wanted = relativeTypes[layout.arch];
  const size = 3 * words.pointerSize;
  const tables = wanted === undefined ? [] : layout.relocations.map(({ offset, size: length }) => source.read(offset, Math.min(length, maxRelocationBytes)));
  const most = tables.reduce((sum, table) => sum + Math.floor(table.length / size), 0);
  spend(budget, most);
  const where = new Float64Array(most);
  const value = new Float64Array(most);
  let count = 0;
  let sorted = true;
  for (const table of tables) {
    for (let at = 0; at + size <= table.length; at += size) {
      const type = words.pointerSize === 8 ? words.u32(table, at + (words.littleEndian ? 8 : 12)) : words.u32(table, at + 4) & 0xff;
      if (type !== wanted) continue;
      const address = words.word(table, at);
      if (count > 0 && address < (where[count - 1] ?? 0)) sorted = false;
      where[count] = address;
      value[count] = words.word(table, at + 2 * words.pointerSize);
      count += 1;
    }
  }
  if (sorted) return { where: where.subarray(0, count), value: value.subarray(0, count) };
  const order = Uint32Array.from({ length: count }, (_, index) => index).sort((a, b) => (where[a] ?? 0) - (where[b] ?? 0));
  return { where: Float64Array.from(order, (index) => where[index] ?? 0), value: Float64Array.from(order, (index) => value[index] ?? 0) };
}

/** Opens an executable of any container; of a fat file the slice of the wanted architecture, else the first. undefined: no executable. */
export function openImage(source: ByteSource, budget: Budget, arch?: string): Image | undefined {
  const layout = readElf(source) ?? readMachO(source) ?? readPe(source);
  if (layout !== undefined) return new Image(layout, source, budget);
  const slices = (fatSlices(source) ?? []).flatMap(({ offset, size }) => {
    const part = sliceSource(source, offset, size);
    const inner = readMachO(part);
    return inner === undefined ? [] : [{ part, inner }];
  });
  const chosen = slices.find(({ inner }) => inner.arch === arch) ?? slices[0];
  return (
    chosen &&
    new Image(
      chosen.inner,
      chosen.part,
      budget,
      slices.map(({ inner }) => inner.arch),
    )
  );
}

/** Packed by UPX: nothing of Go can be read before it is unpacked. */
export function isPacked({ layout, source }: Image): boolean {
  if (layout.sections.some(({ name }) => /^UPX\d/.test(name))) return true;
  return source.read(0, 4096).includes('UPX!') || source.read(Math.max(0, source.size - 128), 128).includes('UPX!');
}

/** Go's build id: a note in ELF, else raw at the start of the text. */
export function goBuildIdOf({ layout, source }: Image): string | undefined {
  if (layout.goBuildId !== undefined) return layout.goBuildId;
  const text = layout.sections.find(({ name }) => name === '.text' || name === '__text') ?? layout.segments.find(({ executable }) => executable);
  const bytes = source.read(text?.offset ?? 0, 1 << 16);
  const mark = Buffer.from('\xff Go build ID: "', 'latin1');
  const from = bytes.indexOf(mark);
  const to = from < 0 ? -1 : bytes.indexOf('"\n \xff', from + mark.length, 'latin1');
  return to < 0 ? undefined : bytes.toString('latin1', from + mark.length, to);
}
