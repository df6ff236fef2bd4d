/** Containers by their first bytes; names are never asked. */

export type Container = 'zip' | 'gzip' | 'zstd' | 'tar' | 'xz' | 'bzip2' | '7z' | 'rar';

const magics: readonly (readonly [Container, readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ['rar', [0x52, 0x61, 0x72, 0x21]],
];

/** The container that these bytes begin; undefined for everything else. */
export function containerOf(bytes: Uint8Array): Container | undefined {
  const found = magics.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte));
  if (found !== undefined) return found[0] === 'bzip2' && !isBzip2(bytes) ? undefined : found[0];
  return isTar(bytes) ? 'tar' : undefined;
}

/** `BZh` and a digit may begin a text; a block's magic follows in a real one. */
function isBzip2(bytes: Uint8Array): boolean {
  return (bytes[4] === 0x31 && bytes[5] === 0x41) || (bytes[4] === 0x17 && bytes[5] === 0x72);
}

/** `ustar` at 257 (POSIX and GNU), or an old header whose checksum is right. */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < 512) return false;
  const at = (offset: number, length: number): string => new TextDecoder('latin1').decode(bytes.subarray(offset, offset + length));
  if (at(257, 5) === 'ustar') return true;
  const written = Number.parseInt(at(148, 8).replaceAll('\0', ' ').trim(), 8);
  if (!Number.isFinite(written) || bytes[0] === 0) return false;
  const sum = bytes.subarray(0, 512).reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return sum === written;
}
