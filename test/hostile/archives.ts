/** Archives as an attacker writes them: every field of every header may lie. */
import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** An entry of a zip; what is not given is told truly. */
export interface ZipEntry {
  readonly name: string | Uint8Array;
  readonly data?: Uint8Array | string;
  /** As it lies in the file, when it is not to be packed here. */
  readonly packed?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly packedSize?: number;
  readonly size?: number;
  readonly attributes?: number;
  /** Where the directory says that its local header is. */
  readonly offset?: number;
  /** The local header's name when it is another one. */
  readonly localName?: string;
  readonly extra?: Uint8Array;
  /** Only in the directory. */
  readonly nowhere?: boolean;
}

export interface ZipLies {
  readonly count?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  readonly comment?: Uint8Array;
  readonly before?: Uint8Array;
}

const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

/** APPNOTE.TXT 4.3: local headers, the directory, its end. */
export function zip(entries: readonly ZipEntry[], lies: ZipLies = {}): Buffer {
  const parts: Uint8Array[] = lies.before === undefined ? [] : [lies.before];
  const directory: Uint8Array[] = [];
  let at = lies.before?.length ?? 0;
  for (const entry of entries) {
    const name = bytesOf(entry.name);
    const data = bytesOf(entry.data ?? '');
    const packed = entry.packed ?? (entry.method === 0 ? data : deflateRawSync(data));
    const fields = (length: number, extra: number): Buffer => {
      const header = Buffer.alloc(26);
      header.writeUInt16LE(20, 0);
      header.writeUInt16LE(entry.flags ?? 0, 2);
      header.writeUInt16LE(entry.method ?? 8, 4);
      header.writeUInt32LE(crc32(data), 10);
      header.writeUInt32LE(entry.packedSize ?? packed.length, 14);
      header.writeUInt32LE(entry.size ?? data.length, 18);
      header.writeUInt16LE(length, 22);
      header.writeUInt16LE(extra, 24);
      return header;
    };
    const here = at;
    if (entry.nowhere !== true) {
      const local = entry.localName === undefined ? name : bytesOf(entry.localName);
      const all = [Buffer.from('PK\u0003\u0004'), fields(local.length, 0), local, packed];
      parts.push(...all);
      at += all.reduce((sum, one) => sum + one.length, 0);
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(entry.attributes ?? 0, 6);
    rest.writeUInt32LE(entry.offset ?? here, 10);
    const extra = entry.extra ?? new Uint8Array(0);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0003'), fields(name.length, extra.length), rest, name, extra);
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(lies.count ?? Math.min(entries.length, 0xffff), 4);
  end.writeUInt16LE(lies.count ?? Math.min(entries.length, 0xffff), 6);
  end.writeUInt32LE(lies.directorySize ?? size, 8);
  end.writeUInt32LE(lies.directoryOffset ?? at, 12);
  end.writeUInt16LE(lies.comment?.length ?? 0, 16);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\u0005\u0006'), end, lies.comment ?? new Uint8Array(0)]);
}

/** A zip64 with a directory of so many entries that all mean the same few bytes. */
export function crowdedZip(count: number): Buffer {
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(22), Buffer.from([1, 0, 0, 0]), Buffer.from('a')]);
  const one = Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), Buffer.alloc(22), Buffer.from([1, 0, 0, 0]), Buffer.alloc(14), Buffer.from('a')]);
  const directory = Buffer.alloc(one.length * count);
  for (let nth = 0; nth < count; nth += 1) one.copy(directory, nth * one.length);
  const end64 = Buffer.alloc(56);
  end64.write('PK\u0006\u0006', 0, 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(local.length), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\u0006\u0007', 0, 'latin1');
  locator.writeBigUInt64LE(BigInt(local.length + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22, 0xff);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt32LE(0, 4);
  end.writeUInt16LE(0, 20);
  return Buffer.concat([local, directory, end64, locator, end]);
}

export interface TarMember {
  readonly name: string;
  readonly data?: string | Uint8Array;
  /** `0` file, `1` link, `2` symbolic link, `3` device, `6` pipe, `x` pax, `L` GNU long name. */
  readonly type?: string;
  readonly link?: string;
  /** As written in the header; twelve bytes. */
  readonly size?: string | Uint8Array;
}

/** POSIX.1-1988 ustar. */
export function tar(members: readonly TarMember[], closed = true): Buffer {
  const parts: Buffer[] = [];
  for (const { name, data = '', type = '0', link = '', size } of members) {
    const bytes = bytesOf(data);
    const header = Buffer.alloc(512);
    header.write(name.slice(0, 100), 0, 'latin1');
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    if (size === undefined) header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    else Buffer.from(bytesOf(size)).copy(header, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(link.slice(0, 100), 157, 'latin1');
    header.write('ustar\u000000', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    parts.push(header, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...parts, ...(closed ? [Buffer.alloc(1024)] : [])]);
}

const megabyte = 1_000_000;

/** One gzip file of so many members, each of `each` zeros: a few bytes a megabyte, without end. */
export function gzipMembers(members: number, each = megabyte): Buffer {
  const one = gzipSync(Buffer.alloc(each), { level: 9 });
  return Buffer.concat(Array.from({ length: members }, () => one));
}

/** Raw deflate of so many megabytes of zeros: one piece that ends in nothing, again and again (RFC 1951, full flush). */
export function deflatedZeros(megabytes: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(megabyte), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array.from({ length: megabytes }, () => piece), deflateRawSync(Buffer.alloc(0))]);
}

/** One gzip member (RFC 1952) around deflated bytes, with a wrong sum at its end. */
export function gzipAround(deflated: Uint8Array, name?: Uint8Array): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, name === undefined ? 0 : 8, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([header, ...(name === undefined ? [] : [name, Buffer.from([0])]), deflated, Buffer.alloc(8)]);
}

/** Zstandard frames (RFC 8878) of zeros, one after the other. */
export function zstdFrames(frames: number, each = megabyte): Buffer {
  const one = zstdCompressSync(Buffer.alloc(each));
  return Buffer.concat(Array.from({ length: frames }, () => one));
}
