/** The desk command on a real bundle with its binary, whole process, cold; and on a small profile beside `go tool pprof`. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Row } from './bench.ts';
import { largeProgram } from './large-program.ts';
import { desk, measure } from './measure.ts';

const small = 'fixtures/cases/gc-behind-pin/ipfs-profile.zip';
/** Of a folder with a program: what `ipfs diag profile` would put into its archive. */
const members = ['ipfs', 'app', 'goroutines.stacks', 'goroutines.pprof', 'cpu.pprof', 'heap.pprof', 'version.json'];

/** The bundle of 20 to 60 MB is the one that PPROF_TRIAGE_BUNDLE names, or a program built here with its dump and profiles. */
export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const runs = smoke ? 1 : 5;
  if (existsSync(small)) rows.push({ what: `triage of ${small}`, ...(await measure(desk(small, '--json'), runs)), want: 'at most 1.5 s' });
  if (smoke) return rows;
  const named = process.env['PPROF_TRIAGE_BUNDLE'];
  const folder = named === undefined ? largeProgram() : undefined;
  const work = mkdtempSync(join(tmpdir(), 'pprof-triage-bundle-'));
  const bundle = named ?? (folder === undefined ? undefined : zipped(folder, join(work, 'ipfs-profile.zip')));
  if (bundle !== undefined) {
    const size = `${Math.round(readFileSync(bundle).length / 1e6)} MB`;
    rows.push({ what: `triage of a bundle of ${size} with its binary`, ...(await measure(desk(bundle, '--json'), runs)), want: 'at most 3 s and 700 MB' });
  }
  rmSync(work, { recursive: true });
  return rows;
}

/** A zip file as `ipfs diag profile` makes it. */
function zipped(folder: string, path: string): string {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of members.map((member) => join(folder, member)).filter((member) => existsSync(member))) {
    const bytes = readFileSync(file);
    const packed = deflateRawSync(bytes, { level: 6 });
    const name = Buffer.from(basename(file) === 'app' ? 'ipfs' : basename(file));
    // Version, flags, method, time, date, checksum, sizes, lengths of name and extra field: the same in both headers.
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(bytes), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(bytes.length, 18);
    about.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), about, name, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), about, entry, name);
    offset += 4 + about.length + name.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length / 4, 8);
  end.writeUInt16LE(directory.length / 4, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  writeFileSync(path, Buffer.concat([...parts, listed, end]));
  return path;
}
