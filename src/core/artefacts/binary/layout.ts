/** What the headers of an executable say, whatever its container. */
import type { ByteSource } from './source.ts';
import type { Words } from './words.ts';

export interface Section {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** Bytes of it that are in the file. */
  readonly fileSize: number;
  /** ELF section type, 0 elsewhere. */
  readonly type: number;
}

export interface Segment {
  readonly address: number;
  readonly memorySize: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** Where the symbol table is, in file offsets. */
export interface SymbolTable {
  readonly offset: number;
  readonly count: number;
  readonly stringOffset: number;
  readonly stringSize: number;
}

export interface Layout {
  readonly format: 'elf' | 'mach-o' | 'pe';
  readonly os: string;
  readonly arch: string;
  readonly words: Words;
  /** Loaded at an address that the file does not say. */
  readonly pie: boolean;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  readonly symbols?: SymbolTable;
  /** GNU build id in hex. */
  readonly gnuBuildId?: string;
  readonly goBuildId?: string;
  /** Mach-O UUID in hex. */
  readonly uuid?: string;
  /** Lowest address: what chained fixups of Mach-O and symbols of PE count from. */
  readonly imageBase: number;
  /** Pointers in the file are chained fixups (Apple's linker). */
  readonly chained: boolean;
  /** Bytes of the file that the headers speak of: more than there are when it was cut. */
  readonly extent: number;
  /** File ranges of ELF relocation tables with addends. */
  readonly relocations: readonly { readonly offset: number; readonly size: number }[];
}

/** Most sections, segments and load commands that are looked at; real Go binaries have under 50. */
export const maxParts = 1024;

/** Where the last part ends. */
export function extentOf(parts: readonly { readonly offset: number; readonly fileSize: number }[]): number {
  return parts.reduce((most, { offset, fileSize }) => Math.max(most, fileSize > 0 ? offset + fileSize : 0), 0);
}

/** Never trust a size in a header beyond the file itself. */
export function clip<P extends { readonly offset: number; readonly fileSize: number }>(parts: readonly P[], source: ByteSource): P[] {
  return parts.slice(0, maxParts).flatMap((part) => {
    if (!(part.offset >= 0 && part.offset <= source.size)) return [];
    return [{ ...part, fileSize: Math.max(0, Math.min(part.fileSize, source.size - part.offset)) }];
  });
}
