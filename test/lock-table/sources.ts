/** Go files out of archives: of a module from its zip, of the standard library from ranges of a toolchain's zip of a hundred megabytes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { archive, archiveRange, keep, type ModuleVersion } from './proxy.ts';

export interface GoSource {
  /** Folder within the module, '' for its root. */
  readonly folder: string;
  readonly name: string;
  readonly text: string;
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly size: number;
  readonly offset: number;
}

/** Entries of a zip's central directory (APPNOTE.TXT 4.3.12); module zips have no zip64 and no encryption. */
function entriesOf(tail: Buffer, tailStart: number): { readonly entries: readonly Entry[]; readonly missing: number } {
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error('no end of a central directory');
  const start = tail.readUInt32LE(end + 16) - tailStart;
  if (start < 0) return { entries: [], missing: -start };
  const entries: Entry[] = [];
  for (let at = start; at < end && tail.readUInt32LE(at) === 0x02014b50;) {
    const [nameLength, extra, comment] = [tail.readUInt16LE(at + 28), tail.readUInt16LE(at + 30), tail.readUInt16LE(at + 32)];
    entries.push({
      path: tail.toString('utf8', at + 46, at + 46 + nameLength),
      method: tail.readUInt16LE(at + 10),
      size: tail.readUInt32LE(at + 20),
      offset: tail.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + extra + comment;
  }
  return { entries, missing: 0 };
}

/** Text of an entry whose local header begins at `at`. */
function textAt(bytes: Buffer, at: number, { method, size }: Entry): string {
  const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const packed = bytes.subarray(from, from + size);
  return (method === 0 ? packed : inflateRawSync(packed)).toString('utf8');
}

/** Folders whose code is in no daemon. */
const outside = /(?:^|\/)(?:testdata|vendor|examples?|_[^/]*|\.[^/]*)(?:\/|$)/;

/** Go files of a module, tests left out; undefined when the proxy does not have it. */
export async function moduleSources(folder: string, of: ModuleVersion): Promise<readonly GoSource[] | undefined> {
  const bytes = await archive(folder, of);
  if (bytes === undefined) return undefined;
  const root = `${of.module}@${of.version}/`;
  return entriesOf(bytes, 0).entries.flatMap((entry): GoSource[] => {
    const found = placed(entry.path, root);
    return found === undefined ? [] : [{ ...found, text: textAt(bytes, entry.offset, entry) }];
  });
}

function placed(path: string, root: string): { readonly folder: string; readonly name: string } | undefined {
  if (!path.startsWith(root) || !path.endsWith('.go') || path.endsWith('_test.go')) return undefined;
  const below = path.slice(root.length);
  const slash = below.lastIndexOf('/');
  const folder = slash < 0 ? '' : below.slice(0, slash);
  return outside.test(folder) ? undefined : { folder, name: below.slice(slash + 1) };
}

/** Packages of the standard library in which a goroutine of a daemon can wait for a lock. */
const standard =
  /^(?:bufio|context|crypto\/(?:rand|tls|x509)|encoding\/(?:gob|json)|expvar|internal\/(?:poll|singleflight|testlog|godebug|bisect|sync)|io|io\/ioutil|log(?:\/slog(?:\/internal)?)?|math\/rand(?:\/v2)?|mime|mime\/multipart|net|net\/(?:http(?:\/.*)?|rpc|textproto)|os(?:\/(?:exec|signal|user))?|reflect|runtime\/(?:pprof|trace|debug)|sync|syscall|text\/template|time|unique)$/;

/** The tail that is read first: the central directory of a toolchain is about a megabyte. */
const tailSize = 3_000_000;
/** Entries nearer than this are read in one go. */
const gap = 400_000;

/** Go files of the standard library of a release, from the module `golang.org/toolchain`; kept in the work folder. */
export async function standardSources(work: string, version: string): Promise<readonly GoSource[]> {
  const path = join(work, 'std', `${version}.json`);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  // Written below.
  if (known !== undefined) return JSON.parse(known) as readonly GoSource[];
  const sources = await fromToolchain(version);
  await keep(path, JSON.stringify(sources));
  return sources;
}

async function fromToolchain(version: string): Promise<readonly GoSource[]> {
  const of = { module: 'golang.org/toolchain', version: `v0.0.1-${version}.linux-amd64` };
  let { bytes: tail, total } = await archiveRange(of, -tailSize, undefined);
  let { entries, missing } = entriesOf(tail, total - tail.length);
  if (missing > 0) {
    ({ bytes: tail, total } = await archiveRange(of, -(tailSize + missing), undefined));
    ({ entries, missing } = entriesOf(tail, total - tail.length));
  }
  const root = `${of.module}@${of.version}/src/`;
  const wanted = entries
    .flatMap((entry) => {
      const found = placed(entry.path, root);
      return found === undefined || !standard.test(found.folder) ? [] : [{ entry, ...found }];
    })
    .toSorted((a, b) => a.entry.offset - b.entry.offset);
  const sources: GoSource[] = [];
  for (let from = 0; from < wanted.length;) {
    let to = from + 1;
    while (to < wanted.length && wanted[to]!.entry.offset - wanted[to - 1]!.entry.offset - wanted[to - 1]!.entry.size < gap) to += 1;
    const [first, last] = [wanted[from]!, wanted[to - 1]!];
    const { bytes } = await archiveRange(of, first.entry.offset, last.entry.offset + last.entry.size + 1_000);
    for (const { entry, folder, name } of wanted.slice(from, to)) sources.push({ folder, name, text: textAt(bytes, entry.offset - first.entry.offset, entry) });
    from = to;
  }
  return sources;
}
