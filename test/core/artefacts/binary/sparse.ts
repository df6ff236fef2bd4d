/** Sparse copies of binaries: only the pages that the reader asked for, so that a program of 2 MB is a fixture of some kB. */
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ByteSource, memorySource } from '../../../../src/core/artefacts/binary/source.ts';

const page = 64;

/** A source that remembers what was read. */
export function recording(bytes: Uint8Array): ByteSource & { sparse(): Buffer } {
  const source = memorySource(bytes);
  const seen = new Uint8Array(Math.ceil(bytes.length / page));
  return {
    size: source.size,
    read(offset, length) {
      const read = source.read(offset, length);
      // Scans of a megabyte find nothing in most of it: their hits are read again in small.
      if (read.length > 0 && read.length < 1 << 18) seen.fill(1, Math.floor(offset / page), Math.ceil((offset + read.length) / page));
      return read;
    },
    /** Packed: the pages seen, zeros elsewhere. */
    sparse() {
      const copy = Buffer.alloc(bytes.length);
      for (let index = 0; index < seen.length; index++) if (seen[index] === 1) copy.set(bytes.subarray(index * page, (index + 1) * page), index * page);
      return gzipSync(copy, { level: 9 });
    },
  };
}

/** A fixture of this folder, unpacked. */
export function fixture(name: string): Buffer {
  const bytes = readFileSync(new URL(`../../../../fixtures/binary/${name}`, import.meta.url));
  return name.endsWith('.gz') || (bytes[0] === 0x1f && bytes[1] === 0x8b) ? gunzipSync(bytes) : bytes;
}
