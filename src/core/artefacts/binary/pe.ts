/** Headers of Windows executables. */
import { clip, extentOf, type Layout, maxParts, type Section, type Segment } from './layout.ts';
import type { ByteSource } from './source.ts';
import { cString, Words } from './words.ts';

const machines: Readonly<Record<number, string>> = { 0x14c: '386', 0x8664: 'amd64', 0xaa64: 'arm64', 0x1c4: 'arm' };

/** undefined when it is no PE file (an MZ program of DOS is none). */
export function readPe(source: ByteSource): Layout | undefined {
  const dos = source.read(0, 64);
  if (dos.length < 64 || dos.readUInt16BE(0) !== 0x4d5a) return undefined;
  const start = dos.readUInt32LE(0x3c);
  const head = source.read(start, 24 + 240);
  if (head.length < 24 + 96 || head.readUInt32BE(0) !== 0x50450000) return undefined;
  const wide = head.readUInt16LE(24) === 0x20b;
  const words = new Words(true, wide ? 8 : 4);
  const imageBase = wide ? words.u64(head, 24 + 24) : words.u32(head, 24 + 28);
  const symbolOffset = head.readUInt32LE(12);
  const symbolCount = head.readUInt32LE(16);
  const stringOffset = symbolOffset + symbolCount * 18;
  const stringSize = symbolCount === 0 ? 0 : words.u32(source.read(stringOffset, 4), 0);
  const table = source.read(start + 24 + head.readUInt16LE(20), Math.min(head.readUInt16LE(6), maxParts) * 40);
  const sections: Section[] = [];
  const segments: Segment[] = [];
  for (let at = 0; at + 40 <= table.length; at += 40) {
    const short = cString(table, at, 8);
    const name = /^\/\d+$/.test(short) && symbolCount > 0 ? cString(source.read(stringOffset + Number(short.slice(1)), 64), 0) : short;
    const memorySize = table.readUInt32LE(at + 8);
    const rawSize = table.readUInt32LE(at + 16);
    const offset = table.readUInt32LE(at + 20);
    const flags = table.readUInt32LE(at + 36);
    const address = imageBase + table.readUInt32LE(at + 12);
    const fileSize = Math.min(rawSize, memorySize === 0 ? rawSize : memorySize);
    sections.push({ name, address, offset, size: memorySize, fileSize, type: 0 });
    segments.push({ address, memorySize, offset, fileSize, writable: flags >= 0x80000000, executable: (flags & 0x20000000) !== 0 });
  }
  const machine = head.readUInt16LE(4);
  return {
    format: 'pe',
    os: 'windows',
    arch: machines[machine] ?? `machine ${machine}`,
    words,
    pie: (words.u16(head, 24 + 70) & 0x40) !== 0,
    sections: clip(sections, source),
    segments: clip(segments, source),
    symbols: symbolCount === 0 ? undefined : { offset: symbolOffset, count: symbolCount, stringOffset, stringSize },
    imageBase,
    chained: false,
    extent: extentOf(segments),
    relocations: [],
  };
}
