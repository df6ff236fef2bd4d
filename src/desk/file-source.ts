/** A file as a source of ranges, with a few pages kept: a binary of 100 MB is never read whole. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../core/artefacts/binary/source.ts';

const pageSize = 1 << 16;
/** 32 MB. */
const maxPages = 512;
/** Reads of this many pages go past the pages kept. */
const largeRead = 4 * pageSize;

export interface FileSource extends ByteSource {
  close(): void;
}

/** Throws what the file system throws when the file cannot be opened. */
export function openFileSource(path: string): FileSource {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  const pages = new Map<number, Buffer>();
  const direct = (offset: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = readSync(file, bytes, done, length - done, offset + done);
      if (count <= 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  };
  const page = (index: number): Buffer => {
    const kept = pages.get(index);
    if (kept !== undefined) return kept;
    const read = direct(index * pageSize, Math.min(pageSize, size - index * pageSize));
    const [oldest] = pages.keys();
    if (pages.size >= maxPages && oldest !== undefined) pages.delete(oldest);
    pages.set(index, read);
    return read;
  };
  return {
    size,
    read(offset, length) {
      if (!(offset >= 0 && length > 0 && offset < size)) return Buffer.alloc(0);
      const clipped = Math.min(length, size - offset);
      const first = Math.floor(offset / pageSize);
      const last = Math.floor((offset + clipped - 1) / pageSize);
      if (first === last) return page(first).subarray(offset - first * pageSize, offset - first * pageSize + clipped);
      if (clipped > largeRead) return direct(offset, clipped);
      const parts = [];
      for (let index = first; index <= last; index++) {
        const from = Math.max(0, offset - index * pageSize);
        parts.push(page(index).subarray(from, Math.min(pageSize, offset + clipped - index * pageSize)));
      }
      return Buffer.concat(parts);
    },
    close: () => closeSync(file),
  };
}
