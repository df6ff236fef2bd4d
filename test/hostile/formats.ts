/** Pieces of profiles, and heads of programs with tables that lead nowhere or everywhere. */

/** Protocol buffers' base 128, for numbers up to 2^53. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

/** A field with a length. */
export function profileField(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

type Program = readonly [name: string, bytes: () => Buffer];

/** An ELF of 64 bits; `set` writes over its header (System V ABI, e_shoff at 0x28, e_shnum at 0x3c, e_shstrndx at 0x3e). */
function elfWith(set: (bytes: Buffer) => void, size = 4096): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write('\u007fELF\u0002\u0001\u0001', 'latin1');
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeUInt16LE(64, 0x34);
  bytes.writeUInt16LE(56, 0x36);
  bytes.writeUInt16LE(64, 0x3a);
  set(bytes);
  return bytes;
}

function sections(bytes: Buffer, at: number, count: number): void {
  bytes.writeBigUInt64LE(BigInt(at), 0x28);
  bytes.writeUInt16LE(count, 0x3c);
}

export const elf: readonly Program[] = [
  ['without-tables', () => elfWith(() => {})],
  ['65535-sections-outside', () => elfWith((bytes) => sections(bytes, 2 ** 40, 0xffff))],
  ['65535-sections-inside', () => elfWith((bytes) => sections(bytes, 64, 0xffff), 5_000_000)],
  [
    'sections-that-are-the-file',
    () =>
      elfWith((bytes) => {
        sections(bytes, 64, 60_000);
        for (let nth = 0; nth < 60_000; nth += 1) {
          bytes.writeUInt32LE(1, 64 + nth * 64 + 4);
          bytes.writeBigUInt64LE(0n, 64 + nth * 64 + 24);
          bytes.writeBigUInt64LE(BigInt(bytes.length), 64 + nth * 64 + 32);
        }
      }, 5_000_000),
  ],
  ['names-outside', () => elfWith((bytes) => (sections(bytes, 64, 3), bytes.writeUInt16LE(0xfffe, 0x3e)))],
  [
    'build-info-that-points-everywhere',
    () =>
      elfWith((bytes) => {
        for (let at = 4096; at + 64 < bytes.length; at += 64) {
          bytes.write('\u00ff Go buildinf:\u0008\u0002', at, 'latin1');
          bytes.fill(0xff, at + 32, at + 42);
        }
      }, 10_000_000),
  ],
  [
    'line-tables-everywhere',
    () =>
      elfWith((bytes) => {
        for (let at = 4096; at + 72 < bytes.length; at += 72) {
          Buffer.from('f1ffffff00000108', 'hex').copy(bytes, at);
          bytes.fill(0xff, at + 8, at + 72);
        }
      }, 20_000_000),
  ],
  ['noise', () => elfWith((bytes) => bytes.fill(0xa7, 64), 25_000_000)],
];

export const machO: readonly Program[] = [
  ['fat-of-four-billion', () => Buffer.concat([Buffer.from('cafebabeffffffff', 'hex'), Buffer.alloc(4096, 0xff)])],
  ['commands-of-no-size', () => Buffer.concat([Buffer.from('cffaedfe07000001030000000200000000ffffffffffff7f0000000000000000', 'hex'), Buffer.alloc(100_000)])],
  [
    'segments-outside',
    () => Buffer.concat([Buffer.from('cffaedfe070000010300000002000000ff00000000ff00000000000000000000', 'hex'), Buffer.alloc(100_000, 0x19)]),
  ],
];

export const pe: readonly Program[] = [
  ['header-outside', () => Buffer.concat([Buffer.from('MZ'.padEnd(60, '\u0000'), 'latin1'), Buffer.from('ffffff7f', 'hex'), Buffer.alloc(4096)])],
  [
    'sections-outside',
    () =>
      Buffer.concat([
        Buffer.from('MZ'.padEnd(60, '\u0000'), 'latin1'),
        Buffer.from('40000000', 'hex'),
        Buffer.from('504500006486ffff0000000000000000000000000000ffff', 'hex'),
        Buffer.alloc(100_000, 0xff),
      ]),
  ],
];
