/** Looks up a few symbols by exact name without reading a symbol table into memory. */
import type { Image } from './image.ts';
import { spend } from './source.ts';

/** Largest string table searched: a 127 MB binary has one of 15 MB. */
const maxStrings = 128 << 20;
const perRead = 4096;

/** Addresses of the symbols that were found. Names must be longer than 8 characters (PE keeps shorter ones elsewhere). */
export function findSymbols(image: Image, names: readonly string[]): ReadonlyMap<string, number> {
  const table = image.layout.symbols;
  const found = new Map<string, number>();
  if (table === undefined || table.count === 0) return found;
  const strings = image.source.read(table.stringOffset, Math.min(table.stringSize, maxStrings));
  const wanted = new Map<number, string>();
  for (const name of names) {
    spend(image.budget, strings.length >>> 6);
    const bytes = Buffer.from(`${name}\0`, 'latin1');
    for (let at = strings.indexOf(bytes); at >= 0; at = strings.indexOf(bytes, at + 1)) {
      spend(image.budget, 8);
      // Linkers share tails: the name may start inside another. Mach-O puts `_` before some.
      wanted.set(at, name);
      if (image.layout.format === 'mach-o' && strings[at - 1] === 0x5f) wanted.set(at - 1, name);
    }
  }
  if (wanted.size === 0) return found;
  const size =
    image.layout.format === 'pe' ? 18 : image.layout.format === 'elf' ? (image.words.pointerSize === 8 ? 24 : 16) : image.words.pointerSize === 8 ? 16 : 12;
  for (let index = 0; index < table.count && found.size < names.length; index += perRead) {
    const block = image.source.read(table.offset + index * size, Math.min(perRead, table.count - index) * size);
    if (block.length === 0) break;
    spend(image.budget, perRead >>> 2);
    for (let at = 0; at + size <= block.length; at += size) {
      const name = wanted.get(nameOffset(image, block, at));
      if (name !== undefined && !found.has(name)) found.set(name, addressOf(image, block, at));
    }
  }
  return found;
}

function nameOffset({ layout, words }: Image, block: Buffer, at: number): number {
  if (layout.format !== 'pe') return words.u32(block, at);
  return words.u32(block, at) === 0 ? words.u32(block, at + 4) : -1;
}

function addressOf({ layout, words }: Image, block: Buffer, at: number): number {
  switch (layout.format) {
    case 'elf':
      return words.pointerSize === 8 ? words.u64(block, at + 8) : words.u32(block, at + 4);
    case 'mach-o':
      return words.word(block, at + 8);
    case 'pe':
      return words.u32(block, at + 8) + (layout.sections[words.u16(block, at + 12) - 1]?.address ?? layout.imageBase);
  }
}
