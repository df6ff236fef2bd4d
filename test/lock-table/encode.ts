/** Facts of all versions of a module → the stored table: every word, lock and function once. */
import { brotliCompressSync, constants } from 'node:zlib';
import type { LockPlace, PackageLocks } from '../../src/core/golang/lock-facts.ts';
import { kinds, origins, type StoredFile, type StoredTable } from '../../src/core/golang/lock-table/format.ts';
import { shapeOf, unreadShape, type Interned } from '../../src/core/golang/lock-table/shapes.ts';

/** One version of a module: folder → what its package says. */
export interface VersionFacts {
  readonly version: string;
  readonly packages: ReadonlyMap<string, PackageLocks>;
}

export function encodeTable(module: string, versions: readonly VersionFacts[]): StoredTable {
  const words = interner<string>((text) => text);
  const locks = interner<LockPlace>((lock) => JSON.stringify([lock.name, lock.kind, lock.from, lock.path, lock.word, lock.by]));
  const shapes = interner<readonly number[]>((shape) => shape.join(','));
  const interned: Interned = { word: (text) => words.of(text), lock: (lock) => locks.of(lock) };
  const packages = interner<readonly [number, number]>((one) => one.join(','));
  const files = new Map<string, { in: number; name: number; states: ReturnType<typeof interner<readonly number[]>>; of: number[] }>();
  for (const [at, { packages: folders }] of versions.entries())
    for (const [folder, { name, files: list }] of [...folders].toSorted(byKey))
      for (const { file, functions, unread } of list) {
        if (functions.length + unread.length === 0) continue;
        const path = `${folder}/${file}`;
        const known = files.get(path) ?? {
          in: packages.of([words.of(folder), words.of(name)]),
          name: words.of(file),
          states: interner<readonly number[]>((state) => state.join(',')),
          of: versions.map(() => 0),
        };
        files.set(path, known);
        const state = [
          ...functions.flatMap((one) => [words.of(one.name), shapes.of(shapeOf(one, interned)), one.line]),
          ...unread.flatMap(({ line, end }) => [words.of(''), shapes.of(unreadShape(end - line)), line]),
        ];
        known.of[at] = known.states.of(state) + 1;
      }
  const stored = [...files].toSorted(byKey).map(([, { states, ...file }]): StoredFile => ({ ...file, states: states.all }));
  const lockRows = locks.all.map((lock) => [
    words.of(lock.name),
    kinds.indexOf(lock.kind),
    origins.indexOf(lock.from),
    words.of(lock.path),
    lock.word === undefined ? 0 : lock.word + 1,
    words.of(lock.by ?? ''),
  ]);
  return {
    format: 1,
    module,
    versions: versions.map(({ version }) => version),
    words: words.all,
    locks: lockRows,
    shapes: shapes.all,
    packages: packages.all,
    files: stored,
  };
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

function interner<T>(keyOf: (value: T) => string): { readonly of: (value: T) => number; readonly all: readonly T[] } {
  const index = new Map<string, number>();
  const all: T[] = [];
  return {
    all,
    of(value) {
      const key = keyOf(value);
      const known = index.get(key);
      if (known !== undefined) return known;
      index.set(key, all.length);
      all.push(value);
      return all.length - 1;
    },
  };
}

/** JSON, compressed as far as brotli goes. */
export function packed(stored: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(stored));
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
}
