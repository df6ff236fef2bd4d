/** Bytes → profile: packed or not, protobuf first, then the legacy texts; "not mine" and "broken" are different answers. */
import { gunzipSync } from 'node:zlib';
import { maxEntryBytes } from '../../limits.ts';
import type { Profile } from './columns.ts';
import { parseLegacy } from './legacy/legacy.ts';
import { Malformed, Reader } from './reader.ts';
import { decode } from './wire.ts';

export type Parsed =
  | { readonly is: 'not mine' }
  | { readonly is: 'broken'; readonly reason: string }
  | { readonly is: 'fine'; readonly profile: Profile; readonly form: 'protobuf' | 'legacy'; readonly notes: readonly string[] };

/** Never throws. */
export function parseProfile(bytes: Uint8Array): Parsed {
  const plain = unpacked(bytes);
  if (plain === undefined) return { is: 'broken', reason: 'it is gzip, but damaged or cut: send it again' };
  const legacy = parseLegacy(plain);
  if (legacy !== undefined) return legacy;
  if (!looksLikeProfile(plain)) return { is: 'not mine' };
  try {
    const profile = decode(plain);
    if (profile.sampleTypes.length === 0) return { is: 'not mine' };
    return { is: 'fine', profile, form: 'protobuf', notes: [] };
  } catch (problem) {
    if (!(problem instanceof Malformed) && !(problem instanceof RangeError)) throw problem;
    return { is: 'broken', reason: `it begins like a pprof profile, but ${problem instanceof Malformed ? problem.message : 'is too large to read'}` };
  }
}

function unpacked(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxEntryBytes });
  } catch {
    return undefined;
  }
}

/** Fields of profile.proto that are messages or strings; 13 may be packed. */
const messages: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 11, 13]);
const numbers: ReadonlySet<number> = new Set([7, 8, 9, 10, 12, 13, 14, 15]);

/** The first fields are fields of a profile with the right wire types; writers begin with any of them. */
function looksLikeProfile(bytes: Uint8Array): boolean {
  if (bytes.length < 4 || isText(bytes)) return false;
  const reader = new Reader(bytes);
  try {
    for (let nth = 0; nth < 4 && reader.pos < bytes.length; nth += 1) {
      const tag = reader.varint(bytes.length);
      const field = tag >>> 3;
      if ((tag & 7) === 2 ? !messages.has(field) : (tag & 7) !== 0 || !numbers.has(field)) return false;
      if ((tag & 7) === 2 && reader.pos >= bytes.length) return false;
      const value = reader.varint(bytes.length);
      if ((tag & 7) === 2) reader.pos += value;
    }
    return true;
  } catch {
    return false;
  }
}

function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
}
