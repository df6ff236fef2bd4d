/** What an attacker attaches: each case is a file, and the words with which it is refused or bounded. */
import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { crowdedZip, deflatedZeros, gzipAround, gzipMembers, tar, zip, zstdFrames, type ZipEntry } from './archives.ts';
import { dump, nothing, repeated, type HostileCase } from './case.ts';
import { elf, machO, pe, profileField, varint } from './formats.ts';
import { texts } from './texts.ts';

const read = /"kind":"goroutine/;
const bomb = /it unpacks to more than \d+ MB/;
const damaged = /damaged|cannot be read|upload it again|ends early|is cut/;

const nested = (depth: number): Buffer =>
  Array.from({ length: depth }).reduce<Buffer>((inner) => zip([{ name: 'inner.zip', data: inner }]), zip([{ name: 'dump.txt', data: dump }]));

/** A kernel that many entries share, each beginning a little later: the bomb of D. Fifield's quoted overlap without its quotes. */
function overlapping(entries: number): Buffer {
  const packed = deflatedZeros(20);
  return zip(
    Array.from({ length: entries }, (_, nth): ZipEntry => ({ name: `${nth}`, packed, size: 20_000_000, ...(nth === 0 ? {} : { nowhere: true, offset: 0 }) })),
  );
}

const archives: readonly HostileCase[] = [
  { name: 'zip-bomb-flat', bytes: () => zip([{ name: 'dump.txt', packed: deflatedZeros(2000), size: 2_000_000_000 }]), says: bomb },
  {
    name: 'zip-bomb-many-below-each-limit',
    bytes: () => zip(Array.from({ length: 300 }, (_, nth) => ({ name: `${nth}.txt`, packed: deflatedZeros(9), size: 9_000_000 }))),
    says: bomb,
    slow: true,
  },
  { name: 'zip-bomb-that-lies-about-its-size', bytes: () => zip([{ name: 'dump.txt', packed: deflatedZeros(500), size: 100 }]), says: bomb },
  { name: 'zip-in-zip-in-zip', bytes: () => nested(6), says: /it lies in more than 3 archives/ },
  { name: 'zip-overlapping-entries', bytes: () => overlapping(1000), says: /shares its bytes with another file of the zip, as a zip bomb does/ },
  {
    name: 'zip-entries-overlap-by-halves',
    bytes: () =>
      zip([
        { name: 'a', method: 0, data: dump.repeat(20) },
        { name: 'b', method: 0, data: dump, nowhere: true, offset: 0, packedSize: 90, size: 90 },
      ]),
    says: /shares its bytes/,
  },
  { name: 'zip-size-beyond-the-file', bytes: () => zip([{ name: 'a', data: dump, packedSize: 0x7fffffff }]), says: /its bytes are not in the zip/ },
  { name: 'zip-size-of-four-gigabytes', bytes: () => zip([{ name: 'a', data: dump, size: 0xfffffff0 }]), says: read },
  { name: 'zip-million-entries', bytes: () => crowdedZip(1_000_000), says: /more than 2,000 files/, slow: true },
  {
    name: 'zip-two-thousand-and-more-real-entries',
    bytes: () => zip(Array.from({ length: 3000 }, (_, nth) => ({ name: `${nth}`, data: 'x' }))),
    says: /more than 2,000 files/,
  },
  { name: 'zip-count-lies', bytes: () => zip([{ name: 'a', data: dump }], { count: 60_000 }), says: /damaged|"kind":"goroutine/ },
  { name: 'zip-directory-outside', bytes: () => zip([{ name: 'a', data: dump }], { directoryOffset: 0x7fffffff }), says: /the zip is damaged/ },
  { name: 'zip-directory-size-lies', bytes: () => zip([{ name: 'a', data: dump }], { directorySize: 0xfffffff0 }), says: /"kind":"goroutine|the zip is cut/ },
  {
    name: 'zip-cut-in-the-middle',
    bytes: () =>
      zip([
        { name: 'a', data: dump },
        { name: 'b', data: dump.repeat(50) },
      ]).subarray(0, 300),
    says: /the zip is cut|upload it again/,
  },
  {
    name: 'zip-comment-with-an-end-of-its-own',
    bytes: () => zip([{ name: 'a', data: dump }], { comment: Buffer.from('PK\u0005\u0006'.padEnd(60, '\u0000')) }),
    says: /"kind":"goroutine|the zip|like a zip/,
  },
  { name: 'zip-behind-a-page', bytes: () => zip([{ name: 'a', data: dump }], { before: Buffer.from('<html>') }), says: nothing },
  {
    name: 'zip-traversal',
    bytes: () => zip([{ name: '../../../../etc/cron.d/x', data: dump }]),
    says: /"file":"[^"]*hostile\.bin\/etc\/cron\.d\/x"|bin\/etc\/cron\.d\/x/,
  },
  { name: 'zip-absolute', bytes: () => zip([{ name: '/etc/shadow', data: dump }]), says: read },
  { name: 'zip-windows-traversal', bytes: () => zip([{ name: '..\\..\\windows\\x', data: dump }]), says: /bin\/windows\/x/ },
  {
    name: 'zip-symlink',
    bytes: () => zip([{ name: 'a', data: '/etc/passwd', attributes: (0o120777 << 16) >>> 0 }]),
    says: /symbolic link and was not followed/,
  },
  { name: 'zip-encrypted', bytes: () => zip([{ name: 'a', data: dump, flags: 1 }]), says: /encrypted: send it without a password/ },
  { name: 'zip-aes', bytes: () => zip([{ name: 'a', data: dump, flags: 1, method: 99 }]), says: /encrypted/ },
  { name: 'zip-lzma', bytes: () => zip([{ name: 'a', packed: Buffer.alloc(100), method: 14 }]), says: /packed with method 14, which is not read/ },
  { name: 'zip-deflate64', bytes: () => zip([{ name: 'a', packed: Buffer.alloc(100), method: 9 }]), says: /packed with method 9/ },
  { name: 'zip-packed-bytes-are-noise', bytes: () => zip([{ name: 'a', packed: Buffer.alloc(1000, 0xf7), size: 5000 }]), says: /damaged/ },
  { name: 'zip-name-of-65535-bytes', bytes: () => zip([{ name: 'n'.repeat(65_535), data: dump }]), says: read },
  {
    name: 'zip-name-with-bidi-and-controls',
    bytes: () => zip([{ name: 'a\u202e\u0007\u001b[31mtxt.exe', data: dump }]),
    says: /"[^"\u202e\u001b]*a\[31mtxt\.exe/,
  },
  { name: 'zip-name-is-markdown', bytes: () => zip([{ name: '![x](https://evil.example/x.png) @ipfs/maintainers #1 <img src=x>', data: dump }]), says: read },
  { name: 'zip-name-not-utf8', bytes: () => zip([{ name: Uint8Array.of(0xff, 0xfe, 0x41), data: dump }]), says: read },
  { name: 'zip-names-all-the-same', bytes: () => zip(Array.from({ length: 200 }, () => ({ name: 'a', data: dump }))), says: read },
  { name: 'zip-names-of-objects', bytes: () => zip(['__proto__', 'constructor', 'toString'].map((name) => ({ name, data: dump }))), says: read },
  { name: 'zip-local-name-differs', bytes: () => zip([{ name: 'a', localName: 'bbbbbbbb', data: dump }]), says: nothing },
  {
    name: 'zip-size-by-a-false-zip64-field',
    bytes: () => zip([{ name: 'a', data: dump, size: 0xffffffff, extra: Buffer.from('0100080000000000000000ff', 'hex') }]),
    says: /damaged|"kind"/,
  },
  { name: 'zip-empty', bytes: () => zip([]), says: /there is no file in it/ },
  { name: 'gzip-bomb', bytes: () => gzipAround(deflatedZeros(2000)), says: bomb },
  { name: 'gzip-endless', bytes: () => gzipMembers(28_000), says: bomb, slow: true },
  {
    name: 'gzip-in-gzip',
    bytes: () => Array.from({ length: 8 }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.from(dump)),
    says: /it lies in more than 3 archives/,
  },
  { name: 'gzip-cut', bytes: () => gzipSync(dump.repeat(500)).subarray(0, 150), says: /ends early/ },
  { name: 'gzip-noise', bytes: () => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), Buffer.alloc(5000, 0xf7)]), says: damaged },
  { name: 'gzip-name-of-20-megabytes', bytes: () => gzipAround(deflateRawSync(dump), repeated('n', 20_000_000)), says: nothing },
  { name: 'zstd-bomb', bytes: () => zstdFrames(3000), says: bomb },
  { name: 'zstd-window-of-gigabytes', bytes: () => Buffer.from('28b52ffd0098ffffffffff', 'hex'), says: damaged },
  {
    name: 'zstd-in-two-frames',
    bytes: () => Buffer.concat([zstdCompressSync(Buffer.from(dump.slice(0, 60))), zstdCompressSync(Buffer.from(dump.slice(60)))]),
    says: read,
  },
  { name: 'zstd-cut', bytes: () => zstdFrames(1).subarray(0, 20), says: damaged },
  {
    name: 'tar-links-and-devices',
    bytes: () =>
      tar([
        { name: 'a', type: '2', link: '/etc/passwd' },
        { name: 'b', type: '1', link: 'a' },
        { name: 'c', type: '3' },
        { name: 'd', type: '6' },
      ]),
    says: /symlink and was not followed/,
  },
  { name: 'tar-traversal', bytes: () => tar([{ name: '../../etc/x', data: dump }]), says: /bin\/etc\/x/ },
  { name: 'tar-hundred-thousand-members', bytes: () => tar(Array.from({ length: 50_000 }, (_, nth) => ({ name: `${nth}` }))), says: /more than 2,000 files/ },
  { name: 'tar-size-of-eight-gigabytes', bytes: () => tar([{ name: 'a', data: dump, size: '77777777777\u0000' }]), says: /is cut|cannot be read/ },
  { name: 'tar-size-negative', bytes: () => tar([{ name: 'a', data: dump, size: Buffer.alloc(12, 0xff) }]), says: nothing },
  { name: 'tar-size-in-base-256', bytes: () => tar([{ name: 'a', data: dump, size: Buffer.from('80ffffffffffffffffffffff', 'hex') }]), says: nothing },
  {
    name: 'tar-long-name-of-20-megabytes',
    bytes: () =>
      tar([
        { name: 'l', type: 'L', data: repeated('n', 20_000_000) },
        { name: 'a', data: dump },
      ]),
    says: nothing,
  },
  {
    name: 'tar-pax-of-20-megabytes',
    bytes: () =>
      tar([
        { name: 'p', type: 'x', data: `20000000 path=${'n'.repeat(19_999_980)}\n` },
        { name: 'a', data: dump },
      ]),
    says: nothing,
  },
  { name: 'tar-cut', bytes: () => tar([{ name: 'a', data: dump.repeat(100) }], false).subarray(0, 2000), says: /is cut|cannot be read/ },
  {
    name: 'tar-gz-bomb',
    bytes: () => gzipAround(Buffer.concat([deflateRawSync(tar([{ name: 'a', size: '77777777777\u0000' }], false), { finishFlush: 2 }), deflatedZeros(3000)])),
    says: bomb,
  },
  { name: 'xz', bytes: () => Buffer.from('fd377a585a000004', 'hex'), says: /xz, which is not read here/ },
  { name: 'seven-zip', bytes: () => Buffer.from('377abcaf271c0004', 'hex'), says: /7z archive, which is not read here/ },
  { name: 'rar', bytes: () => Buffer.from('Rar!\u001a\u0007\u0001\u0000', 'latin1'), says: /RAR archive, which is not read here/ },
  { name: 'bzip2', bytes: () => Buffer.concat([Buffer.from('BZh91AY&SY', 'latin1'), Buffer.alloc(100)]), says: /bzip2, which is not read here/ },
  { name: 'brotli', bytes: () => brotliCompressSync(Buffer.from(dump)), says: nothing },
];

const formats: readonly HostileCase[] = [
  {
    name: 'profile-of-a-hundred-million-empty-strings',
    bytes: () => gzipSync(Buffer.concat([profileField(1, Buffer.from([8, 1, 16, 2])), repeated('\u0032\u0000', 120_000_000)]), { level: 1 }),
    says: nothing,
    slow: true,
  },
  {
    name: 'profile-of-empty-samples',
    bytes: () => gzipSync(Buffer.concat([profileField(1, Buffer.from([8, 1, 16, 2])), repeated('\u0012\u0000', 60_000_000)]), { level: 1 }),
    says: nothing,
    slow: true,
  },
  {
    name: 'profile-with-a-length-beyond',
    bytes: () => gzipSync(Buffer.concat([profileField(6, Buffer.alloc(0)), Buffer.from([0x12]), varint(2 ** 40), Buffer.from('x')])),
    says: nothing,
  },
  {
    name: 'profile-with-an-endless-number',
    bytes: () => gzipSync(Buffer.concat([profileField(6, Buffer.alloc(0)), Buffer.from([0x48]), repeated('\u00ff', 1_000_000)])),
    says: nothing,
  },
  {
    name: 'profile-with-missing-locations',
    bytes: () =>
      gzipSync(
        Buffer.concat([
          profileField(1, Buffer.from([8, 1, 16, 2])),
          ...Array.from({ length: 1000 }, (_, nth) => profileField(2, Buffer.concat([Buffer.from([8]), varint(nth + 5), Buffer.from([16, 1])]))),
          profileField(6, Buffer.alloc(0)),
          profileField(6, Buffer.from('samples')),
          profileField(6, Buffer.from('count')),
        ]),
      ),
    says: nothing,
  },
  {
    name: 'profile-with-one-stack-of-ten-million',
    bytes: () =>
      gzipSync(
        Buffer.concat([
          profileField(1, Buffer.from([8, 1, 16, 2])),
          profileField(2, Buffer.concat([profileField(1, Buffer.alloc(20_000_000, 1)), profileField(2, Buffer.from([1]))])),
          profileField(4, Buffer.from([8, 1])),
          profileField(6, Buffer.alloc(0)),
          profileField(6, Buffer.from('samples')),
          profileField(6, Buffer.from('count')),
        ]),
      ),
    says: nothing,
    slow: true,
  },
  {
    name: 'profile-with-strings-outside',
    bytes: () =>
      gzipSync(
        Buffer.concat([
          profileField(1, Buffer.concat([Buffer.from([8]), varint(2 ** 31), Buffer.from([16]), varint(2 ** 31)])),
          profileField(6, Buffer.alloc(0)),
        ]),
      ),
    says: nothing,
  },
  {
    name: 'profile-old-text-with-huge-counts',
    bytes: () =>
      Buffer.from(`heap profile: 99999999999999999999: 1e308 [9: -1] @ heap/1048576\n${'1: 1 [1: 1] @ 0x1 '.padEnd(20)}${'0x1 '.repeat(2_000_000)}\n`),
    says: nothing,
    slow: true,
  },
  {
    name: 'profile-old-binary-without-end',
    bytes: () =>
      Buffer.concat([Buffer.from('000000000000000003000000000000000000000000000000102700000000000000000000000000000', 'hex'), Buffer.alloc(20_000_000, 1)]),
    says: nothing,
    slow: true,
  },
  ...elf.map(([name, bytes]) => ({ name: `elf-${name}`, bytes, says: nothing })),
  ...machO.map(([name, bytes]) => ({ name: `mach-o-${name}`, bytes, says: nothing })),
  ...pe.map(([name, bytes]) => ({ name: `pe-${name}`, bytes, says: nothing })),
];

export const cases: readonly HostileCase[] = [...archives, ...texts, ...formats];
