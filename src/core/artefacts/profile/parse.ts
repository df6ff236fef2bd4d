/** Bytes → profile: packed or not, legacy texts, then protobuf; "not mine" and "broken" are different answers. */
import type { Profile } from './columns.ts';
import { beginsWithText, parseLegacy } from './legacy/legacy.ts';
import { sendAgain, unpacked } from './packing.ts';
import { Malformed, Reader, shorter } from './reader.ts';
import { decode } from './wire.ts';

export type Parsed =
  | { readonly is: 'not mine' }
  | { readonly is: 'broken'; readonly reason: string }
  | {
      readonly is: 'fine';
      readonly profile: Profile;
      readonly form: 'protobuf' | 'legacy';
      readonly notes: readonly string[];
      /** Mutex or block, where the file says it. */
      readonly contention?: 'mutex' | 'block';
      /** A legacy text whole, for what follows its samples. */
      readonly text?: string;
    };

export interface ParseOptions {
  /** What pprof itself makes of texts: no symbols of `#` lines, nothing mended. */
  readonly plainly?: boolean;
  /** Which Go wrote it, `go1.24.9`, where that is known from elsewhere. */
  readonly go?: string | undefined;
  /** The program will name the addresses of texts: without symbols of `#` lines, and with frames that only protobufs of the same state show. */
  readonly bare?: boolean;
}

/** Never throws. */
export function parseProfile(bytes: Uint8Array, { plainly = false, go, bare = false }: ParseOptions = {}): Parsed {
  const plain = unpacked(bytes);
  if (typeof plain === 'string') return { is: 'broken', reason: plain };
  const legacy = parseLegacy(plain, { plainly, go, bare });
  if (legacy !== undefined) return legacy.is === 'fine' ? { form: 'legacy', ...legacy } : legacy;
  if (!looksLikeProfile(plain)) return { is: 'not mine' };
  try {
    const profile = decode(plain);
    if (profile.sampleTypes.length === 0) return { is: 'broken', reason: `it begins like a pprof profile, but does not say what it counts: ${sendAgain}` };
    return { is: 'fine', profile, form: 'protobuf', notes: [] };
  } catch (problem) {
    if (!(problem instanceof Malformed) && !(problem instanceof RangeError)) throw problem;
    const [what, advice] = problem instanceof Malformed ? [problem.message, problem.advice] : ['it is too large to read', shorter];
    return { is: 'broken', reason: `it begins like a pprof profile, but ${what}: ${advice ?? sendAgain}` };
  }
}

/** Fields of profile.proto that are messages or strings; 13 may be packed. */
const messages: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 11, 13]);
const numbers: ReadonlySet<number> = new Set([7, 8, 9, 10, 12, 13, 14, 15]);

/** The first fields are fields of a profile with the right wire types; writers begin with any of them. */
function looksLikeProfile(bytes: Uint8Array): boolean {
  if (bytes.length < 4 || beginsWithText(bytes)) return false;
  const reader = new Reader(bytes);
  try {
    for (let nth = 0; nth < 4 && reader.pos < bytes.length; nth += 1) {
      const tag = reader.varint(bytes.length);
      const field = tag >>> 3;
      if ((tag & 7) === 2 ? !messages.has(field) : (tag & 7) !== 0 || !numbers.has(field)) return false;
      if ((tag & 7) === 2 && reader.pos >= bytes.length) return false;
      if ((tag & 7) === 2) {
        const length = reader.length(Number.MAX_SAFE_INTEGER);
        reader.pos += length;
      } else reader.varint(bytes.length);
    }
    return true;
  } catch {
    return false;
  }
}
