/** Files, folders and standard input as bundles; what cannot be opened is refused by name. */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import process from 'node:process';
import { maxEntries } from '../core/limits.ts';
import type { Bundle, Refusal } from '../core/model.ts';

const largeFile = 16_000_000;
/** Most of the time of a read is spent on fresh memory: two threads halve it. */
const readers = 4;
/** What one read takes; `readFile` refuses larger files with its own words. */
const maxRead = 0x7fff_ffff;

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
        bundles.push({ name: free, bytes: await bytesOf(path) });
      }
    } catch (problem) {
      refusals.push({ path: input, reason: openProblem(problem) });
    }
  }
  return { bundles, refusals };
}

/** A large file in a few reads side by side: `readFile` takes thousands of steps, one after the other. Throws what the system says. */
async function bytesOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    // Pipes and files of /proc have no size, and only `readFile` has words for a file beyond its limit.
    if (size < largeFile || size > maxRead) return await file.readFile();
    const bytes = Buffer.allocUnsafeSlow(size);
    const part = Math.ceil(size / readers);
    const read = await Promise.all(Array.from({ length: readers }, (_, n) => readPart(file, bytes, n * part, Math.min(size, (n + 1) * part))));
    // A file that was cut meanwhile ends where the first part ends early.
    const short = read.findIndex((end, n) => end < Math.min(size, (n + 1) * part));
    return short < 0 ? bytes : bytes.subarray(0, read[short]);
  } finally {
    await file.close();
  }
}

/** Reads `[from, to)`; offset up to which it was there. */
async function readPart(file: FileHandle, bytes: Buffer, from: number, to: number): Promise<number> {
  for (let at = from; at < to;) {
    const { bytesRead } = await file.read(bytes, at, to - at, at);
    if (bytesRead === 0) return at;
    at += bytesRead;
  }
  return to;
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
