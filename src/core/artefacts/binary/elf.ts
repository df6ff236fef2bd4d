/** ELF headers: program headers, sections if there are any, build ids from notes, relocation tables. */
import { clip, extentOf, type Layout, maxParts, type Section, type Segment, type SymbolTable } from './layout.ts';
import { type ByteSource, nothing } from './source.ts';
import { cString, Words } from './words.ts';

const machines: Readonly<Record<number, string>> = {
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
/** EI_OSABI; Go writes 0 for Linux, Android and most others. */
const systems: Readonly<Record<number, string>> = { 2: 'netbsd', 6: 'solaris', 9: 'freebsd', 12: 'openbsd' };

interface Notes {
  gnuBuildId?: string;
  goBuildId?: string;
  os?: string;
}

/** undefined when it is no ELF file or ends inside its header. */
export function readElf(source: ByteSource): Layout | undefined {
  const head = source.read(0, 64);
  if (head.length < 52 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const wide = head[4] === 2;
  const words = new Words(head[5] === 1, wide ? 8 : 4);
  const notes: Notes = {};
  const { segments, dynamic, extent } = programHeaders(source, head, words, notes);
  const { sections, symbols, extent: ofSections } = sectionHeaders(source, head, words, notes);
  const tables = sections.filter(({ type }) => type === 4).map(({ offset, fileSize }) => ({ offset, size: fileSize }));
  return {
    format: 'elf',
    os: systems[head[7] ?? 0] ?? notes.os ?? 'linux',
    arch: machineOf(words.u16(head, 18), words),
    words,
    pie: words.u16(head, 16) === 3,
    sections,
    segments,
    symbols,
    gnuBuildId: notes.gnuBuildId,
    goBuildId: notes.goBuildId,
    imageBase: Math.min(...segments.map(({ address }) => address)),
    chained: false,
    extent: Math.max(extent, ofSections),
    relocations: tables.length > 0 ? tables : dynamicRelocations(source, words, segments, dynamic),
  };
}

function machineOf(machine: number, words: Words): string {
  const name = machines[machine];
  return name === 'ppc64' && words.littleEndian ? 'ppc64le' : (name ?? `machine ${machine}`);
}

function programHeaders(
  source: ByteSource,
  head: Buffer,
  words: Words,
  notes: Notes,
): { readonly segments: readonly Segment[]; readonly dynamic?: { readonly offset: number; readonly size: number }; readonly extent: number } {
  const wide = words.pointerSize === 8;
  const entry = words.u16(head, wide ? 54 : 42);
  const count = Math.min(words.u16(head, wide ? 56 : 44), maxParts);
  const table = source.read(words.word(head, wide ? 32 : 28), count * entry);
  const segments: Segment[] = [];
  let dynamic: { offset: number; size: number } | undefined;
  const step = Math.max(entry, 32);
  for (let at = 0; at + step <= table.length; at += step) {
    const type = words.u32(table, at);
    const flags = words.u32(table, at + (wide ? 4 : 24));
    const offset = words.word(table, at + (wide ? 8 : 4));
    const address = words.word(table, at + (wide ? 16 : 8));
    const fileSize = words.word(table, at + (wide ? 32 : 16));
    const memorySize = words.word(table, at + (wide ? 40 : 20));
    if (type === 1) segments.push({ address, memorySize, offset, fileSize, writable: (flags & 2) !== 0, executable: (flags & 1) !== 0 });
    else if (type === 2) dynamic = { offset, size: Math.min(fileSize, 1 << 16) };
    else if (type === 4) readNotes(source.read(offset, Math.min(fileSize, 1 << 16)), words, notes);
  }
  return { segments: clip(segments, source), dynamic, extent: extentOf(segments) };
}

function sectionHeaders(
  source: ByteSource,
  head: Buffer,
  words: Words,
  notes: Notes,
): { readonly sections: readonly Section[]; readonly symbols?: SymbolTable; readonly extent: number } {
  const wide = words.pointerSize === 8;
  const entry = words.u16(head, wide ? 58 : 46);
  const count = Math.min(words.u16(head, wide ? 60 : 48), maxParts);
  const start = words.word(head, wide ? 40 : 32);
  const table = start === 0 ? nothing : source.read(start, count * entry);
  const raw: { readonly name: number; readonly link: number; readonly section: Section }[] = [];
  const step = Math.max(entry, 40);
  for (let at = 0; at + step <= table.length; at += step) {
    const type = words.u32(table, at + 4);
    const size = words.word(table, at + (wide ? 32 : 20));
    raw.push({
      name: words.u32(table, at),
      link: words.u32(table, at + (wide ? 40 : 24)),
      section: {
        name: '',
        address: words.word(table, at + (wide ? 16 : 12)),
        offset: words.word(table, at + (wide ? 24 : 16)),
        size,
        fileSize: type === 8 ? 0 : size,
        type,
      },
    });
  }
  const names = raw[words.u16(head, wide ? 62 : 50)]?.section;
  const strings = names === undefined ? nothing : source.read(names.offset, Math.min(names.size, 1 << 20));
  const sections = clip(
    raw.map(({ name, section }) => ({ ...section, name: cString(strings, name) })),
    source,
  );
  for (const { type, offset, fileSize } of sections) if (type === 7) readNotes(source.read(offset, Math.min(fileSize, 1 << 16)), words, notes);
  const symtab = raw.find(({ section }) => section.type === 2);
  const linked = symtab === undefined ? undefined : raw[symtab.link]?.section;
  const extent = Math.max(start === 0 ? 0 : start + count * entry, extentOf(raw.map(({ section }) => section)));
  if (symtab === undefined || linked === undefined) return { sections, extent };
  return {
    sections,
    extent,
    symbols: { offset: symtab.section.offset, count: Math.floor(symtab.section.size / (wide ? 24 : 16)), stringOffset: linked.offset, stringSize: linked.size },
  };
}

/** Note sections: name `GNU` type 3 is the build id of the linker, name `Go` type 4 is Go's own. */
function readNotes(bytes: Buffer, words: Words, notes: Notes): void {
  for (let at = 0; at + 12 <= bytes.length;) {
    const nameSize = words.u32(bytes, at);
    const size = words.u32(bytes, at + 4);
    if (nameSize > 64 || size > 4096) return;
    const name = bytes.toString('latin1', at + 12, at + 12 + nameSize).replace(/\0+$/, '');
    const type = words.u32(bytes, at + 8);
    const from = at + 12 + ((nameSize + 3) & ~3);
    const value = bytes.subarray(from, from + size);
    if (name === 'GNU' && type === 3) notes.gnuBuildId = value.toString('hex');
    else if (name === 'Go' && type === 4) notes.goBuildId = value.toString('latin1');
    else if (name === 'OpenBSD' || name === 'NetBSD' || name === 'FreeBSD' || name === 'Android') notes.os = name.toLowerCase();
    at = from + ((size + 3) & ~3);
  }
}

/** Without section headers the dynamic segment says where the relocations are (DT_RELA 7, DT_RELASZ 8), in addresses. */
function dynamicRelocations(
  source: ByteSource,
  words: Words,
  segments: readonly Segment[],
  dynamic: { readonly offset: number; readonly size: number } | undefined,
): Layout['relocations'] {
  if (dynamic === undefined) return [];
  const bytes = source.read(dynamic.offset, dynamic.size);
  let [address, size] = [0, 0];
  for (let at = 0; at + 2 * words.pointerSize <= bytes.length; at += 2 * words.pointerSize) {
    const tag = words.word(bytes, at);
    if (tag === 7) address = words.word(bytes, at + words.pointerSize);
    else if (tag === 8) size = words.word(bytes, at + words.pointerSize);
    else if (tag === 0) break;
  }
  const segment = segments.find((one) => address >= one.address && address < one.address + one.fileSize);
  return address === 0 || segment === undefined ? [] : [{ offset: segment.offset + address - segment.address, size }];
}
