/** The lock table of one module, read from its stored form: what a file says about locks in one of its versions. */
import { brotliDecompressSync } from 'node:zlib';
import type { FileLocks, FunctionLocks, LockPlace } from '../lock-facts.ts';
import { kinds, origins, type StoredFile, type StoredIndex, type StoredTable } from './format.ts';
import { functionFrom, lengthOf } from './shapes.ts';

export interface LockTable {
  readonly module: string;
  readonly versions: readonly string[];
  /** Versions in which some file of this path has functions with locks. */
  has(path: string): boolean;
  /** What a file (`mfs/dir.go`) says in a version; equal answers are the same object. */
  file(path: string, version: number): TableFile;
}

export interface TableFile extends FileLocks {
  /** Name of its package, '' when the file has no locks. */
  readonly package: string;
}

/** Largest table that is believed, unpacked. */
const maxBytes = 64_000_000;

function unpacked(bytes: Uint8Array): unknown {
  return JSON.parse(brotliDecompressSync(bytes, { maxOutputLength: maxBytes }).toString('utf8'));
}

/** The index of the shipped table. Bytes are our own: they are trusted to have the form. */
export function openIndex(bytes: Uint8Array): StoredIndex {
  // Written by our own script, checked by its test.
  return unpacked(bytes) as StoredIndex;
}

/** A list of names. */
export function openNames(bytes: Uint8Array): readonly string[] {
  // Written by our own script, checked by its test.
  return unpacked(bytes) as readonly string[];
}

export function openTable(bytes: Uint8Array): LockTable {
  // Written by our own script, checked by its test.
  return tableOf(unpacked(bytes) as StoredTable);
}

/** A stored table as one that answers. */
export function tableOf(stored: StoredTable): LockTable {
  const { words, versions, module } = stored;
  const word = (index: number | undefined): string => words[index ?? -1] ?? '';
  const locks = stored.locks.map(([name, kind, from, path, argument = 0, by]): LockPlace => ({
    name: word(name),
    kind: kinds[kind ?? 0] ?? 'mutex',
    from: origins[from ?? 0] ?? 'elsewhere',
    path: word(path),
    word: argument === 0 ? undefined : argument - 1,
    by: word(by) === '' ? undefined : word(by),
  }));
  const files = new Map<string, StoredFile>();
  for (const file of stored.files) {
    const folder = word(stored.packages[file.in]?.[0]);
    files.set(folder === '' ? word(file.name) : `${folder}/${word(file.name)}`, file);
  }
  const states = new Map<readonly number[], TableFile>();
  return {
    module,
    versions,
    has: (path) => files.has(path),
    file(path, version) {
      const file = files.get(path);
      const state = file?.states[(file.of[version] ?? 0) - 1];
      if (file === undefined || state === undefined) return nothingIn;
      const known = states.get(state);
      if (known !== undefined) return known;
      const made = { ...stateOf(state, word(file.name), stored, locks), package: word(stored.packages[file.in]?.[1]) };
      states.set(state, made);
      return made;
    },
  };
}

const nothingIn: TableFile = { file: '', functions: [], unread: [], package: '' };

function stateOf(state: readonly number[], file: string, { words, shapes }: StoredTable, locks: readonly LockPlace[]): FileLocks {
  const functions: FunctionLocks[] = [];
  const unread: { line: number; end: number }[] = [];
  for (let at = 0; at + 2 < state.length; at += 3) {
    const shape = shapes[state[at + 1] ?? -1] ?? [];
    const line = state[at + 2] ?? 0;
    const one = functionFrom(shape, words[state[at] ?? -1] ?? '', line, words, locks);
    if (one === undefined) unread.push({ line, end: line + lengthOf(shape) });
    else functions.push(one);
  }
  return { file, functions, unread };
}
