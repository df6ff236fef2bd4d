/** Mach-O headers, and the slices of a fat file. */
import { clip, extentOf, type Layout, maxParts, type Section, type Segment, type SymbolTable } from './layout.ts';
import type { ByteSource } from './source.ts';
import { cString, Words } from './words.ts';

const machines: Readonly<Record<number, string>> = { 7: '386', 0x1000007: 'amd64', 12: 'arm', 0x100000c: 'arm64' };

/** undefined when it is no thin Mach-O file. */
export function readMachO(source: ByteSource): Layout | undefined {
  const magic = source.read(0, 4);
  const value = magic.length < 4 ? 0 : magic.readUInt32BE(0);
  const wide = value === 0xcffaedfe || value === 0xfeedfacf;
  if (!wide && value !== 0xcefaedfe && value !== 0xfeedface) return undefined;
  const words = new Words(value === 0xcefaedfe || value === 0xcffaedfe, wide ? 8 : 4);
  const size = wide ? 32 : 28;
  const head = source.read(0, size);
  const commands = source.read(size, Math.min(words.u32(head, 20), 4 << 20));
  const found: Found = { segments: [], sections: [], chained: false };
  let at = 0;
  for (let index = 0; index < Math.min(words.u32(head, 16), 4096) && at + 8 <= commands.length; index++) {
    const length = words.u32(commands, at + 4);
    if (length < 8) break;
    readCommand(commands.subarray(at, at + length), words, found);
    at += length;
  }
  const segments = clip(found.segments, source);
  const cpu = words.u32(head, 4);
  return {
    format: 'mach-o',
    os: 'darwin',
    arch: machines[cpu] ?? `cpu ${cpu}`,
    words,
    pie: (words.u32(head, 24) & 0x200000) !== 0,
    sections: clip(found.sections, source),
    segments,
    symbols: found.symbols,
    uuid: found.uuid,
    imageBase: Math.min(...segments.filter(({ fileSize }) => fileSize > 0).map(({ address }) => address)),
    chained: found.chained,
    extent: extentOf(found.segments),
    relocations: [],
  };
}

interface Found {
  readonly segments: Segment[];
  readonly sections: Section[];
  symbols?: SymbolTable;
  uuid?: string;
  chained: boolean;
}

function readCommand(bytes: Buffer, words: Words, found: Found): void {
  const command = words.u32(bytes, 0);
  if (command === 0x19 || command === 1) readSegment(bytes, words, command === 0x19, found);
  else if (command === 2)
    found.symbols = { offset: words.u32(bytes, 8), count: words.u32(bytes, 12), stringOffset: words.u32(bytes, 16), stringSize: words.u32(bytes, 20) };
  else if (command === 0x1b) found.uuid = bytes.toString('hex', 8, 24);
  else if (command === 0x80000034) found.chained = true;
}

function readSegment(bytes: Buffer, words: Words, wide: boolean, found: Found): void {
  const value = (at64: number, at32: number): number => (wide ? words.u64(bytes, at64) : words.u32(bytes, at32));
  const rights = words.u32(bytes, wide ? 60 : 44);
  if (found.segments.length >= maxParts) return;
  found.segments.push({
    address: value(24, 24),
    memorySize: value(32, 28),
    offset: value(40, 32),
    fileSize: value(48, 36),
    writable: (rights & 2) !== 0,
    executable: (rights & 4) !== 0,
  });
  const size = wide ? 80 : 68;
  const count = words.u32(bytes, wide ? 64 : 48);
  for (let index = 0, at = wide ? 72 : 56; index < count && at + size <= bytes.length && found.sections.length < maxParts; index++, at += size) {
    const length = wide ? words.u64(bytes, at + 40) : words.u32(bytes, at + 36);
    const zeroFill = (words.u32(bytes, at + (wide ? 64 : 56)) & 0xff) === 1;
    found.sections.push({
      name: cString(bytes, at, 16),
      address: wide ? words.u64(bytes, at + 32) : words.u32(bytes, at + 32),
      offset: words.u32(bytes, at + (wide ? 48 : 40)),
      size: length,
      fileSize: zeroFill ? 0 : length,
      type: 0,
    });
  }
}

/** File ranges of the slices of a fat file; undefined when it is none. Java class files share the magic: the caller looks into the slices. */
export function fatSlices(source: ByteSource): readonly { readonly offset: number; readonly size: number }[] | undefined {
  const head = source.read(0, 8);
  if (head.length < 8) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) return undefined;
  const wide = magic === 0xcafebabf;
  const words = new Words(false, 8);
  const size = wide ? 32 : 20;
  const count = Math.min(head.readUInt32BE(4), 32);
  const table = source.read(8, count * size);
  const slices = [];
  for (let at = 0; at + size <= table.length; at += size) {
    slices.push(
      wide ? { offset: words.u64(table, at + 8), size: words.u64(table, at + 16) } : { offset: words.u32(table, at + 8), size: words.u32(table, at + 12) },
    );
  }
  return slices;
}
