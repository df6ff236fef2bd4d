/** Finds the line table of a Go program and reads its header: four forms from Go 1.2 to 1.27. */
import type { Image } from './image.ts';
import { spend } from './source.ts';
import { findSymbols } from './symbols.ts';

/** Named by the first Go release that wrote it. */
export type TableForm = 2 | 16 | 18 | 20;

const forms: ReadonlyMap<number, TableForm> = new Map([
  [0xfffffff1, 20],
  [0xfffffff0, 18],
  [0xfffffffa, 16],
  [0xfffffffb, 2],
]);

/** Most functions: a 127 MB binary has 160,000. */
const maxFunctions = 4_000_000;

/** The header, with offsets from `address`. */
export interface Pclntab {
  readonly address: number;
  readonly form: TableForm;
  /** Smallest step of a program counter: 1 on x86, 4 on arm. */
  readonly quantum: number;
  readonly functions: number;
  /** `runtime.text` as the header says it (Go 1.18 to 1.25), 0 otherwise. */
  readonly text: number;
  readonly names: number;
  readonly units: number;
  readonly files: number;
  readonly values: number;
  readonly funcs: number;
  /** Function table: entry and offset of each function, and the end of the last. */
  readonly table: Buffer;
  /** Bytes of one half of an entry of `table`. */
  readonly half: 4 | 8;
  /** Where `table` begins. */
  readonly tableOffset: number;
}

/** By section, by symbol, else by its header anywhere in the file. */
export function findPclntab(image: Image): Pclntab | undefined {
  const section = image.section('.gopclntab', '.data.rel.ro.gopclntab', '__gopclntab');
  const named = section === undefined ? findSymbols(image, ['runtime.pclntab']).get('runtime.pclntab') : section.address;
  const found = named === undefined ? undefined : readHeader(image, named);
  if (found !== undefined) return found;
  const { littleEndian } = image.words;
  const mark = littleEndian ? Buffer.from([0xff, 0xff, 0xff, 0, 0]) : Buffer.from([0xff, 0xff, 0xff]);
  for (const segment of image.layout.segments) {
    for (const hit of image.find(mark, segment)) {
      const address = littleEndian ? hit - 1 : hit;
      const table = address % 4 === 0 ? readHeader(image, address) : undefined;
      if (table !== undefined && ascends(image, table)) return table;
    }
  }
  return undefined;
}

function readHeader(image: Image, address: number): Pclntab | undefined {
  const { words } = image;
  const head = image.at(address, 80);
  const form = forms.get(words.u32(head, 0));
  const quantum = head[6] ?? 0;
  if (head.length < 32 || form === undefined || head[4] !== 0 || head[5] !== 0 || ![1, 2, 4].includes(quantum) || head[7] !== words.pointerSize)
    return undefined;
  const word = (index: number): number => words.word(head, 8 + index * words.pointerSize);
  const functions = word(0);
  if (functions === 0 || functions > maxFunctions) return undefined;
  // Go 1.18 put the start of the text before the offsets.
  const first = form >= 18 ? 3 : 2;
  const tableOffset = form === 2 ? 8 + words.pointerSize : word(first + 4);
  const half = form >= 18 ? 4 : words.pointerSize;
  const size = (functions * 2 + 1) * half;
  const table = image.at(address + tableOffset, size);
  if (table.length < size) return undefined;
  const common = { address, form, quantum, functions, table, half, tableOffset };
  if (form === 2) return { ...common, text: 0, names: 0, units: 0, values: 0, funcs: 0, files: image.u32At(address + tableOffset + size) };
  return {
    ...common,
    text: form >= 18 ? image.pointerAt(address + 8 + 2 * words.pointerSize) : 0,
    names: word(first),
    units: word(first + 1),
    files: word(first + 2),
    values: word(first + 3),
    funcs: word(first + 4),
  };
}

/** A chance hit of the magic has no ascending function table behind it. */
function ascends(image: Image, { table, half, functions, form }: Pclntab): boolean {
  // In a position-independent file up to Go 1.17 the entries are relocations and zero here.
  if (form < 18 && image.layout.pie) return true;
  const most = Math.min(functions, 1000);
  spend(image.budget, most);
  for (let index = 1; index < most; index++) {
    const [before, at] = [(index - 1) * 2 * half, index * 2 * half];
    if (half === 4 ? image.words.u32(table, at) < image.words.u32(table, before) : image.words.u64(table, at) < image.words.u64(table, before)) return false;
  }
  return true;
}
