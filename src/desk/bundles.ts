/** Files, folders and standard input as bundles; what cannot be opened is refused by name. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import process from 'node:process';
import { maxEntries } from '../core/limits.ts';
import type { Bundle, Refusal } from '../core/model.ts';

export async function readBundles(inputs: readonly string[]): Promise<{ readonly bundles: readonly Bundle[]; readonly refusals: readonly Refusal[] }> {
  const bundles: Bundle[] = [];
  const refusals: Refusal[] = [];
  const taken = new Set<string>();
  for (const input of inputs) {
    if (input === '-') {
      bundles.push({ name: 'standard input', bytes: await standardInput(), pasted: true });
      continue;
    }
    try {
      const files = (await stat(input)).isDirectory() ? await filesOf(input) : [{ path: input, name: basename(input) }];
      for (const { path, name } of files) {
        const free = taken.has(name) ? path.replaceAll('\\', '/') : name;
        taken.add(free);
        bundles.push({ name: free, bytes: await readFile(path) });
      }
    } catch (problem) {
      refusals.push({ path: input, reason: openProblem(problem) });
    }
  }
  return { bundles, refusals };
}

async function filesOf(folder: string): Promise<readonly { readonly path: string; readonly name: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .slice(0, maxEntries)
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, name: relative(folder, path).replaceAll('\\', '/') };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function standardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function openProblem(problem: unknown): string {
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read by this user';
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'it is larger than 2 GiB: send the part that matters';
  return `it could not be opened (${code === '' ? String(problem) : code})`;
}
