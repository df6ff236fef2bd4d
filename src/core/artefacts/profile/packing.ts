/** What profiles come packed in: gzip (all members), zstd; and gzip that was destroyed by being saved as text. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { maxEntryBytes } from '../../limits.ts';

/** What to do about bytes that something changed on the way. */
export const sendAgain = 'send it again, packed in a zip so that nothing changes it on the way';

/** The bytes inside, the bytes themselves when they are not packed, or a sentence about why they cannot be had. */
export function unpacked(bytes: Uint8Array): Uint8Array | string {
  const text = savedAsText(bytes);
  if (text !== undefined) return text;
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const zstd = bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
  if (!gzip && !zstd) return bytes;
  const open = gzip ? gunzipSync : zstdDecompressSync;
  try {
    return open(bytes, { maxOutputLength: maxEntryBytes });
  } catch (problem) {
    if (codeOf(problem) === 'ERR_BUFFER_TOO_LARGE') return `it unpacks to more than ${maxEntryBytes / 1e6} MB: take a profile over a shorter time`;
  }
  try {
    return open(withoutEnd(bytes), { maxOutputLength: maxEntryBytes });
  } catch {
    return `it is ${gzip ? 'gzip' : 'zstd'}, but damaged or cut: ${sendAgain}`;
  }
}

function codeOf(problem: unknown): unknown {
  return problem instanceof Error && 'code' in problem ? problem.code : undefined;
}

/** Without line ends that an editor or a paste added. */
function withoutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 13)) end -= 1;
  return bytes.subarray(0, end);
}

/** gzip begins with 1f 8b 08, of which 8b is no character by itself: text tools replace or encode it. */
function savedAsText(bytes: Uint8Array): string | undefined {
  const begins = (...wanted: readonly number[]): boolean => wanted.every((byte, at) => bytes[at] === byte);
  if (begins(0xff, 0xfe, 0x1f, 0x00)) return 'it was gzip and went through a PowerShell redirect (>), which destroys it: take it again with `curl.exe -o FILE`';
  if (begins(0x1f, 0xef, 0xbf, 0xbd) || begins(0x1f, 0xc2, 0x8b, 0x08) || begins(0x1f, 0x3f, 0x08))
    return 'it was gzip and was saved as text, which destroys it: attach the file itself, or a zip of it';
  return undefined;
}
