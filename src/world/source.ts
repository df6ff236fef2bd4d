/** Source files of the program from a folder on this disk, by the paths that a dump prints. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** Larger files are no Go source that a person wrote. */
const maxSource = 4_000_000;

/** A reader for `ParseHelp.source`: tries the whole printed path, then ever shorter ends of it, below the folder only. */
export function sourceFolder(folder: string): (file: string) => string | undefined {
  const root = resolve(folder);
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (known.has(file)) return known.get(file);
    const text = find(root, file);
    known.set(file, text);
    return text;
  };
}

function find(root: string, file: string): string | undefined {
  const parts = file
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[A-Za-z]:$/.test(part));
  for (let from = 0; from < parts.length; from += 1) {
    // A bare file name says too little: `main.go` is everywhere.
    if (parts.length - from < 2 && parts.length > 1) break;
    const path = join(root, ...parts.slice(from));
    if (!path.startsWith(root + sep) || !existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    return text.length <= maxSource ? text : undefined;
  }
  return undefined;
}
