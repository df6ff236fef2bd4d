/** runtime.firstmoduledata: where the text begins, and where inline trees and types are. Validated before it is believed. */
import type { Image } from './image.ts';
import type { Pclntab } from './pclntab.ts';
import { findSymbols } from './symbols.ts';

export interface ModuleData {
  /** `runtime.text`: what function entries count from. Never the `.text` section, which begins with C code when a C linker ran. */
  readonly text: number;
  readonly textEnd: number;
  /** What offsets of inline trees count from (Go 1.18 on), 0 before. */
  readonly gofunc: number;
  readonly types: number;
  readonly typesEnd: number;
  /** Bytes of the type descriptors that lie one after the other (Go 1.27 on), 0 before. */
  readonly descriptors: number;
  /** Offsets of type descriptors (up to Go 1.26). */
  readonly typelinks: { readonly address: number; readonly count: number };
  /** Go 1.x by the layout of these fields: what is used where a program does not say its release. */
  readonly minor: number;
}

/** `minor` is the Go release, 0 when unknown. */
export function findModuleData(image: Image, table: Pclntab, minor: number): ModuleData | undefined {
  const layouts = layoutsOf(table, minor);
  for (const address of candidates(image, table)) {
    for (const layout of layouts) {
      const found = readModuleData(image, table, address, layout);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Releases whose field order is worth a try. */
function layoutsOf({ form, text }: Pclntab, minor: number): readonly number[] {
  if (minor > 0) return [minor];
  switch (form) {
    case 2:
      return [15];
    case 16:
      return [17];
    case 18:
      return [19];
    case 20:
      return text === 0 ? [27, 26, 25] : [25, 26];
  }
}

/** By section (Go 1.26 on), by symbol, else every aligned pointer to the line table in the data, in the file or by relocation. */
function* candidates(image: Image, table: Pclntab): Generator<number> {
  const section = image.section('.go.module', '__go_module');
  if (section !== undefined) yield section.address;
  const symbol = section === undefined ? findSymbols(image, ['runtime.firstmoduledata']).get('runtime.firstmoduledata') : undefined;
  if (symbol !== undefined) yield symbol;
  const { pointerSize } = image.words;
  const needle = image.words.encoded(table.address);
  for (const segment of image.layout.segments) {
    if (segment.executable && image.layout.format !== 'pe') continue;
    for (const address of image.find(image.layout.chained ? needle.subarray(0, 4) : needle, segment)) if (address % pointerSize === 0) yield address;
  }
  if (!image.layout.pie || image.layout.format !== 'elf') return;
  const { where, value } = image.relocations();
  for (let index = 0; index < value.length; index++) if (value[index] === table.address) yield where[index] ?? 0;
}

/** Field order of runtime.moduledata (runtime/symtab.go), in words: what stands before the text differs by form, what stands behind by release. */
function readModuleData(image: Image, table: Pclntab, address: number, minor: number): ModuleData | undefined {
  const { pointerSize } = image.words;
  const word = (index: number): number => image.pointerAt(address + index * pointerSize);
  const old = table.form === 2;
  if (word(0) !== table.address || word(old ? 4 : 17) !== table.functions + 1) return undefined;
  const textAt = old ? 12 : 22;
  const [lowest, text, textEnd] = [word(textAt - 2), word(textAt), word(textAt + 1)];
  if (!(text > 0 && text < textEnd && lowest >= text && lowest < textEnd)) return undefined;
  // text, etext, 8 bounds of data and bss, coverage counters (1.20), end, gcdata, gcbss
  const typesAt = textAt + 2 + 8 + (table.form === 20 ? 2 : 0) + 3;
  const late = minor >= 27;
  const types = word(typesAt);
  const typesEnd = word(typesAt + (late ? 2 : 1));
  if (types >= typesEnd && minor >= 7) return undefined;
  const after = typesAt + (late ? 5 : 2);
  // rodata, gofunc (1.18), epclntab (1.26), then the text section map
  const gofunc = table.form >= 18 ? word(after + 1) : 0;
  const linksAt = after + (table.form >= 18 ? 2 : 0) + (minor >= 26 ? 1 : 0) + 3;
  const typelinks = late ? { address: 0, count: 0 } : { address: word(linksAt), count: image.wordAt(address + (linksAt + 1) * pointerSize) };
  if (typelinks.count > typesEnd - types) return undefined;
  return { text, textEnd, gofunc, types, typesEnd, descriptors: late ? word(typesAt + 1) : 0, typelinks, minor };
}
