/** Source files of the program by the paths that a dump prints: from a folder on this disk, or as they were fetched. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { ParseHelp, SourceFile, SourceFolder } from '../core/model.ts';
import { folderOf } from '../core/source-wishes.ts';

/** Larger files are no Go source that a person wrote; more files are no package. */
const maxSource = 4_000_000;
const maxFiles = 400;

/** A reader for `ParseHelp.source`: tries the whole printed path, then ever shorter ends of it, below the folder only. */
export function sourceFolder(folder: string): (file: string) => readonly SourceFile[] | undefined {
  const root = resolve(folder);
  const names = namesOf(root);
  const places = new Map<string, string | undefined>();
  const packages = new Map<string, readonly SourceFile[]>();
  return (file) => {
    if (!places.has(file)) places.set(file, find(root, names, file));
    const path = places.get(file);
    if (path === undefined) return undefined;
    const at = dirname(path);
    const known = packages.get(at) ?? filesIn(at);
    packages.set(at, known);
    return known;
  };
}

/** What the folder itself may be called in a printed path: its name, and the last element of its module's. */
function namesOf(root: string): ReadonlySet<string> {
  const names = new Set([basename(root)]);
  const file = join(root, 'go.mod');
  const module = existsSync(file) ? /^module\s+"?([^\s"]+)/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  if (module !== undefined) names.add(basename(module.replace(/\/v\d+$/, '')));
  return names;
}

function find(root: string, names: ReadonlySet<string>, file: string): string | undefined {
  const parts = file
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[A-Za-z]:$/.test(part));
  for (let from = 0; from < parts.length; from += 1) {
    // A bare file name says too little, `main.go` is everywhere: the folder must at least be called as the one that was printed.
    if (parts.length > 1 && parts.length - from < 2 && !names.has((parts.at(-2) ?? '').replace(/@v.*$/, ''))) break;
    const path = join(root, ...parts.slice(from));
    if (path.startsWith(root + sep) && existsSync(path)) return path;
  }
  return undefined;
}

function filesIn(folder: string): readonly SourceFile[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.go') && !entry.name.endsWith('_test.go'))
    .map(({ name }) => name);
  return names
    .slice(0, maxFiles)
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
    .filter(({ text }) => text.length <= maxSource);
}

/** For `ParseHelp.source`: folders by the paths that frames print. */
export function sourceFrom(folders: readonly SourceFolder[]): NonNullable<ParseHelp['source']> {
  const files = new Map(folders.map((one) => [one.printed, one.files]));
  return (file) => files.get(folderOf(file));
}
