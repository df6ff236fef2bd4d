/** Entries of a zip, whole ones even when the archive is cut: yauzl reads the directory, local headers are the fallback. */
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { admit, allowance, megabytes, refuse, spend, type Budget } from './budget.ts';
import { inflateRaw, type Inflated } from './inflate.ts';

/** A file of an archive. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Members in the order of the directory; what cannot be read is refused by name and costs nothing of the others. */
export async function unzip(path: string, bytes: Uint8Array, budget: Budget): Promise<readonly Member[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await open(buffer);
  if (zip === undefined) {
    const found = salvage(path, bytes, budget);
    refuse(
      budget,
      path,
      found.length === 0 ? 'it begins like a zip, but no file in it can be read: upload it again' : `the zip is cut: ${found.length} of its files were read`,
    );
    return found;
  }
  const members: Member[] = [];
  const taken: [number, number][] = [];
  for await (const entry of entriesOf(zip, (problem) => refuse(budget, path, `the zip is damaged (${problem})`))) {
    const name = nameOf(entry.fileNameRaw);
    if (name.endsWith('/')) continue;
    const inner = `${path}/${name}`;
    if (!admit(budget, path)) break;
    const kind = odd(entry);
    if (kind !== undefined) {
      refuse(budget, inner, kind);
      continue;
    }
    const start = await dataStart(zip, entry);
    const range: [number, number] | undefined = start === undefined ? undefined : [start, start + entry.compressedSize];
    if (range === undefined || range[1] > bytes.length || taken.some(([from, to]) => range[0] < to && from < range[1])) {
      refuse(
        budget,
        inner,
        range === undefined || range[1] > bytes.length
          ? 'its bytes are not in the zip'
          : 'it shares its bytes with another file of the zip, as a zip bomb does',
      );
      continue;
    }
    if (entry.compressedSize > 0) taken.push(range);
    const member = expand(inner, bytes.subarray(...range), entry, budget);
    if (member !== undefined) members.push({ name, bytes: member });
  }
  return members;
}

function open(buffer: Buffer): Promise<ZipFile | undefined> {
  return new Promise((resolve) => {
    try {
      fromBuffer(buffer, { lazyEntries: true, decodeStrings: false, validateEntrySizes: false }, (problem, zip) => resolve(problem === null ? zip : undefined));
    } catch {
      resolve(undefined);
    }
  });
}

async function* entriesOf(zip: ZipFile, broken: (problem: string) => void): AsyncGenerator<Entry> {
  for (;;) {
    const next = await new Promise<Entry | undefined>((resolve) => {
      const done = (entry?: Entry): void => {
        zip.removeAllListeners();
        resolve(entry);
      };
      zip.once('entry', done);
      zip.once('end', () => done());
      zip.once('error', (problem: Error) => {
        broken(problem.message.slice(0, 80));
        done();
      });
      zip.readEntry();
    });
    if (next === undefined) return;
    yield next;
  }
}

function dataStart(zip: ZipFile, entry: Entry): Promise<number | undefined> {
  return new Promise((resolve) => {
    try {
      zip.readLocalFileHeader(entry, { minimal: true }, (problem: Error | null, header) => resolve(problem === null ? header.fileDataStart : undefined));
    } catch {
      resolve(undefined);
    }
  });
}

/** What is not opened, in words. Bits and modes: APPNOTE.TXT 4.4.4 and 4.4.15. */
function odd(entry: Entry): string | undefined {
  if ((entry.generalPurposeBitFlag & 1) !== 0) return 'it is encrypted: send it without a password';
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) return 'it is a symbolic link and was not followed';
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `it is packed with method ${entry.compressionMethod}, which is not read: pack it again as a plain zip`;
  return undefined;
}

function expand(path: string, packed: Uint8Array, entry: { readonly compressionMethod: number }, budget: Budget): Uint8Array | undefined {
  const most = allowance(budget, packed.length);
  const out: Inflated =
    entry.compressionMethod === 0 ? (packed.length > most ? { is: 'too large' } : { is: 'whole', bytes: packed }) : inflateRaw(packed, most);
  if (out.is === 'too large' || out.is === 'broken') {
    refuse(budget, path, out.is === 'broken' ? 'its packed bytes are damaged' : `it unpacks to more than ${megabytes(most)}: send it alone, or a smaller one`);
    return undefined;
  }
  if (out.is === 'cut') refuse(budget, path, 'its packed bytes end early: the part before was read');
  spend(budget, out.bytes.length);
  return out.bytes;
}

/** Names are hints to show: separators of Windows are turned, steps upwards and control characters removed. */
export function nameOf(raw: Uint8Array): string {
  const text = new TextDecoder().decode(raw).replaceAll('\\', '/');
  const parts = text.split('/').filter((part, at, all) => part !== '..' && part !== '.' && (part !== '' || at === all.length - 1));
  return parts
    .join('/')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .slice(0, 255);
}

/** Local headers in a row (APPNOTE.TXT 4.3.7) when the directory at the end is missing. */
function salvage(path: string, bytes: Uint8Array, budget: Budget): readonly Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members: Member[] = [];
  let at = 0;
  while (at + 30 <= bytes.length && members.length < 100) {
    if (view.getUint32(at, true) !== 0x04034b50) {
      at = nextHeader(bytes, at + 1);
      if (at < 0) break;
      continue;
    }
    const compressionMethod = view.getUint16(at + 8, true);
    const flags = view.getUint16(at + 6, true);
    const size = view.getUint32(at + 18, true);
    const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    const name = nameOf(bytes.subarray(at + 30, at + 30 + view.getUint16(at + 26, true)));
    const following = nextHeader(bytes, start);
    const end = (flags & 8) === 0 && size > 0 && start + size <= bytes.length ? start + size : following < 0 ? bytes.length : following;
    if ((flags & 1) === 0 && (compressionMethod === 0 || compressionMethod === 8) && start < bytes.length && admit(budget, path)) {
      const out = expand(`${path}/${name}`, bytes.subarray(start, end), { compressionMethod }, budget);
      if (out !== undefined) members.push({ name, bytes: out });
    }
    at = end > at ? end : at + 4;
  }
  return members;
}

function nextHeader(bytes: Uint8Array, from: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('PK\u0003\u0004', from, 'latin1');
}
