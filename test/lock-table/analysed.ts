/** What the packages of a module version say about locks; a package whose files are known is not read again. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageLocks } from '../../src/core/golang/lock-facts.ts';
import { readPackage } from '../../src/core/golang/source/functions.ts';
import type { ReadGo } from '../../src/core/golang/source/syntax.ts';
import { keep } from './proxy.ts';
import type { GoSource } from './sources.ts';

/** Packages by folder. `reader`: changes with our own code, so that old answers are not taken for new ones. */
export async function analysed(sources: readonly GoSource[], go: ReadGo, work: string, reader: string): Promise<ReadonlyMap<string, PackageLocks>> {
  const folders = new Map<string, GoSource[]>();
  for (const source of sources) {
    const list = folders.get(source.folder);
    if (list === undefined) folders.set(source.folder, [source]);
    else list.push(source);
  }
  const found = new Map<string, PackageLocks>();
  for (const [folder, files] of [...folders].toSorted((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const made = await onePackage(files, go, work, reader);
    found.set(folder, made);
  }
  return found;
}

async function onePackage(files: readonly GoSource[], go: ReadGo, work: string, reader: string): Promise<PackageLocks> {
  const hash = createHash('sha256').update(reader);
  for (const { name, text } of files) hash.update(`\n${name} ${text.length}\n`).update(text);
  const path = join(work, 'packages', `${hash.digest('hex').slice(0, 32)}.json`);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  // Written below.
  if (known !== undefined) return JSON.parse(known) as PackageLocks;
  // Packages without a word of locks are most of all.
  const made = files.some(({ text }) => mayLock.test(text)) ? readPackage(treesOf(files, go)) : { name: '', files: [], calls: 0, unresolved: [] };
  await keep(path, JSON.stringify(made));
  return made;
}

const mayLock = /[lL]ock|\.Do\(|Cond\b|chan struct\{\}|[aA]cquire|rwlock/;

function treesOf(files: readonly GoSource[], go: ReadGo): readonly { readonly name: string; readonly root: NonNullable<ReturnType<ReadGo>> }[] {
  return files.flatMap(({ name, text }) => {
    const root = go(text);
    return root === undefined ? [] : [{ name, root }];
  });
}
