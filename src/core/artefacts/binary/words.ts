/** Numbers and strings out of raw bytes in the byte order and word size of a binary; outside of the bytes everything is 0. */

/** Byte order and pointer size. */
export class Words {
  readonly littleEndian: boolean;
  readonly pointerSize: 4 | 8;

  constructor(littleEndian: boolean, pointerSize: 4 | 8) {
    this.littleEndian = littleEndian;
    this.pointerSize = pointerSize;
  }

  u16(bytes: Buffer, at: number): number {
    if (at < 0 || at + 2 > bytes.length) return 0;
    return this.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  u32(bytes: Buffer, at: number): number {
    if (at < 0 || at + 4 > bytes.length) return 0;
    return this.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  /** Exact up to 2^53; larger values are no addresses of ours and only need to stay large. */
  u64(bytes: Buffer, at: number): number {
    if (at < 0 || at + 8 > bytes.length) return 0;
    return this.littleEndian ? bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32 : bytes.readUInt32BE(at + 4) + bytes.readUInt32BE(at) * 2 ** 32;
  }

  /** A pointer or uintptr. */
  word(bytes: Buffer, at: number): number {
    return this.pointerSize === 8 ? this.u64(bytes, at) : this.u32(bytes, at);
  }

  /** A pointer as it stands in the file, to search for. */
  encoded(value: number): Buffer {
    const bytes = Buffer.alloc(this.pointerSize);
    const [low, high] = [value % 2 ** 32, Math.floor(value / 2 ** 32)];
    if (this.littleEndian) {
      bytes.writeUInt32LE(low, 0);
      if (this.pointerSize === 8) bytes.writeUInt32LE(high, 4);
    } else {
      bytes.writeUInt32BE(low, this.pointerSize - 4);
      if (this.pointerSize === 8) bytes.writeUInt32BE(high, 0);
    }
    return bytes;
  }
}

/** A C string of at most `most` bytes. */
export function cString(bytes: Buffer, at: number, most = 256): string {
  if (at < 0 || at >= bytes.length) return '';
  const nul = bytes.indexOf(0, at);
  return bytes.toString('latin1', at, Math.min(nul < 0 ? bytes.length : nul, at + most));
}
