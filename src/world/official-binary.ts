/** The official kubo archive of a version and system: fetched where a repository allows it, bounded, cached, and used only when it is proved to be the program that ran. */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryWanted } from '../core/asks.ts';
import type { Bundle, Program, Refusal, Report } from '../core/model.ts';
import type { Case } from '../investigate.ts';
import { fetchOwn } from './download.ts';

/** Hosts that an official archive may come from; GitHub answers release downloads from the last two. */
const officialHosts: ReadonlySet<string> = new Set(['dist.ipfs.tech', 'github.com', 'objects.githubusercontent.com', 'release-assets.githubusercontent.com']);
/** An archive of kubo 0.43 has 45 MB. */
const maxArchiveBytes = 90_000_000;
/** Time for one archive. */
const archiveSeconds = 60;
/** Archives kept; each is of one version and system. */
const maxCached = 6;

/** Archives by name. */
export interface ArchiveCache {
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, bytes: Uint8Array): Promise<void>;
}

export interface OfficialBinaryOptions {
  readonly cache?: ArchiveCache;
  /** Asked in place of both hosts: a double on loopback. */
  readonly origin?: string;
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

/** The archive as a bundle of our own, or why there is none. Never rejects. */
export async function officialArchive(program: Program, { cache, origin }: OfficialBinaryOptions = {}): Promise<Bundle | Refusal> {
  const urls = archiveUrls(program);
  const [first] = urls;
  if (first === undefined) return { path: 'official binary', reason: 'version, system and architecture of a release must be known to fetch it' };
  const name = first.slice(first.lastIndexOf('/') + 1);
  const cached = await cache?.get(name);
  if (cached !== undefined) return { name, bytes: cached, official: true };
  let reason = '';
  for (const url of urls) {
    try {
      const address = origin === undefined ? url : url.replace(/^https:\/\/[^/]+/, origin);
      const bytes = await fetchOwn(address, { hosts: officialHosts, maxBytes: maxArchiveBytes, seconds: archiveSeconds, local: origin });
      await cache?.put(name, bytes).catch(() => {});
      return { name, bytes, official: true };
    } catch (problem) {
      reason = problem instanceof Error ? problem.message : String(problem);
    }
  }
  return { path: name, reason: `the official archive could not be fetched: ${reason}` };
}

/**
 * What was made of the bundles, with the help of the official binary where it needs one and that one ran; otherwise as it was. `again` does it with one bundle more.
 * `told` hears why there is none.
 */
export async function withOfficialBinary<Made extends { readonly report: Report }>(
  made: Made,
  again: (extra: Bundle) => Promise<Made>,
  options: OfficialBinaryOptions = {},
  told: (refusal: Refusal) => void = () => {},
): Promise<Made> {
  const program = binaryWanted(made.report);
  if (program === undefined) return made;
  const archive = await officialArchive(program, options);
  if (!('bytes' in archive)) {
    told(archive);
    return made;
  }
  const better = await again(archive);
  if (better.report.captures.some(({ binary }) => binary?.file?.startsWith(`${archive.name}/`) === true)) return better;
  told({ path: archive.name, reason: 'the official build is not the one that ran' });
  return made;
}

/** A diagnosis that has the help of the official binary where the policy of the case allows it. */
export function helped(diagnose: (given: Case) => Promise<Report>, options: OfficialBinaryOptions = {}): (given: Case) => Promise<Report> {
  return async (given) => {
    const made = async (bundles: Case['bundles']): Promise<{ readonly report: Report }> => ({ report: await diagnose({ ...given, bundles }) });
    const first = await made(given.bundles);
    return given.policy.officialBinary ? (await withOfficialBinary(first, (extra) => made([...given.bundles, extra]), options)).report : first.report;
  };
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
