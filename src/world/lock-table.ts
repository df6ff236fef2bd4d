/** The lock table that is shipped with the program: one file for each module, read when a dump names it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the sources and in dist the code is two floors up; in the Action's bundle the data lies beside it. */
const folder = ['data', join('..', '..', 'data')].map((data) => join(import.meta.dirname, data, 'locks')).find((path) => existsSync(path));

/** File of a module's table. */
export function tableName(module: string): string {
  return `${module.replaceAll('/', '~')}.json.br`;
}

/** For `ParseHelp.lockTable`: the stored table of a module, `index` or `channels`; undefined where there is none. */
export function shippedLockTable(module: string): Uint8Array | undefined {
  if (folder === undefined || !/^[\w./-]+$/.test(module) || module.includes('..')) return undefined;
  const path = join(folder, tableName(module));
  return existsSync(path) ? readFileSync(path) : undefined;
}
