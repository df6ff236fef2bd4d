/** The official kubo archive of a version and system: fetched on request only, bounded, cached, and used only when it is proved to be the right binary. */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaptureParts, type Enriched, enrichWithBinary } from '../core/artefacts/binary/enrich.ts';
import type { Program, Refusal } from '../core/model.ts';
import { unpack } from '../core/unpack/unpack.ts';

/** Hosts that an official archive may come from; GitHub answers release downloads from the last two. */
export const officialHosts: readonly string[] = ['dist.ipfs.tech', 'github.com', 'objects.githubusercontent.com', 'release-assets.githubusercontent.com'];
/** An archive of kubo 0.43 has 45 MB. */
export const maxArchiveBytes = 90_000_000;
/** Time for one archive. */
export const archiveMilliseconds = 60_000;
/** Archives kept; each is of one version and system. */
const maxCached = 6;

/** A fetch that checks every address it connects to, redirects included, against `hosts`, and stops at the bounds. Rejects with an Error otherwise. */
export type GuardedFetch = (
  url: string,
  bounds: { readonly hosts: readonly string[]; readonly maxBytes: number; readonly milliseconds: number },
) => Promise<Uint8Array>;

/** Archives by name. */
export interface ArchiveCache {
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, bytes: Uint8Array): Promise<void>;
}

export interface OfficialBinaryOptions {
  readonly fetch: GuardedFetch;
  readonly cache?: ArchiveCache;
}

/** An official binary. */
export interface OfficialBinary {
  /** Address of the archive and path inside it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Systems that official archives exist for, by their names in `ipfs version --all` (GOOS and GOARCH). */
const systems: ReadonlySet<string> = new Set(['linux', 'darwin', 'windows', 'freebsd', 'openbsd']);
const architectures: ReadonlySet<string> = new Set(['amd64', 'arm64', 'arm', '386', 'riscv64']);

/** Addresses of the archive, the project's own host first; none when version or system is not that of a release. */
export function archiveUrls({ version, os, arch }: Program): readonly string[] {
  const found = /^v?((\d+)\.(\d+)\.\d+(?:-rc\d+)?)$/.exec(version ?? '');
  if (found === null || os === undefined || arch === undefined || !systems.has(os) || !architectures.has(arch)) return [];
  const [, number = '', major = '', minor = ''] = found;
  // go-ipfs became kubo with 0.14.0.
  const name = Number(major) === 0 && Number(minor) < 14 ? 'go-ipfs' : 'kubo';
  const archive = `${name}_v${number}_${os}-${arch}.${os === 'windows' ? 'zip' : 'tar.gz'}`;
  return [`https://dist.ipfs.tech/${name}/v${number}/${archive}`, `https://github.com/ipfs/kubo/releases/download/v${number}/${archive}`];
}

/** The official binary of a program, or why there is none. */
export async function officialBinary(program: Program, { fetch, cache }: OfficialBinaryOptions): Promise<OfficialBinary | Refusal> {
  const urls = archiveUrls(program);
  const [first] = urls;
  if (first === undefined) return { path: 'official binary', reason: 'version, system and architecture of a release must be known to fetch it' };
  const name = first.slice(first.lastIndexOf('/') + 1);
  const cached = await cache?.get(name);
  if (cached !== undefined) return inside(first, cached);
  let reason = '';
  for (const url of urls) {
    try {
      const bytes = await fetch(url, { hosts: officialHosts, maxBytes: maxArchiveBytes, milliseconds: archiveMilliseconds });
      const found = await inside(url, bytes);
      if ('bytes' in found) await cache?.put(name, bytes);
      return found;
    } catch (problem) {
      reason = problem instanceof Error ? problem.message : String(problem);
    }
  }
  return { path: name, reason: `the official archive could not be fetched: ${reason}` };
}

async function inside(url: string, bytes: Uint8Array): Promise<OfficialBinary | Refusal> {
  const { evidence, refusals } = await unpack({ name: url.slice(url.lastIndexOf('/') + 1), bytes });
  const found = evidence.find(({ path }) => /\/ipfs(?:\.exe)?$/.test(path));
  return found === undefined
    ? (refusals[0] ?? { path: url, reason: 'there is no ipfs in the archive' })
    : { name: `${url} (${found.path})`, bytes: found.bytes };
}

/** What the official binary adds to a capture, only when it is the exact one; otherwise why not. */
export async function enrichWithOfficialBinary(program: Program, parts: CaptureParts, options: OfficialBinaryOptions): Promise<Enriched | Refusal> {
  const official = await officialBinary(program, options);
  if (!('bytes' in official)) return official;
  const enriched = enrichWithBinary(official.name, official.bytes, parts);
  if (enriched.symbolize !== undefined) return enriched;
  return { path: official.name, reason: `the official binary is not the one that ran: ${enriched.verdict.verdict}` };
}

/** A folder that keeps the archives used last. */
export function folderCache(folder: string): ArchiveCache {
  const path = (name: string): string => join(folder, name.replaceAll(/[^\w.-]/g, '_'));
  return {
    async get(name) {
      try {
        const bytes = await readFile(path(name));
        const now = new Date();
        await utimes(path(name), now, now);
        return bytes;
      } catch {
        return undefined;
      }
    },
    async put(name, bytes) {
      await mkdir(folder, { recursive: true });
      const partial = `${path(name)}.part`;
      await writeFile(partial, bytes);
      await rename(partial, path(name));
      await forgetOldest(folder);
    },
  };
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.filter((name) => !name.endsWith('.part')).map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  for (const { name } of files.toSorted((a, b) => b.used - a.used).slice(maxCached)) await rm(join(folder, name), { force: true });
}
