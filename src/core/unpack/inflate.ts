/** gzip, zstd and deflate with a hard cap on what comes out; a cut stream keeps what it gave. */
import { constants, gunzipSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';

export type Inflated =
  | { readonly is: 'whole'; readonly bytes: Uint8Array }
  | { readonly is: 'cut'; readonly bytes: Uint8Array }
  | { readonly is: 'too large' }
  | { readonly is: 'broken' };

const empty = new Uint8Array(0);

/** One or more gzip members; trailing bytes that are none are ignored. */
export function gunzip(bytes: Uint8Array, most: number): Inflated {
  return tried(
    () => gunzipSync(bytes, { maxOutputLength: atLeastOne(most) }),
    () => gunzipSync(bytes, { maxOutputLength: atLeastOne(most), finishFlush: constants.Z_SYNC_FLUSH }),
  );
}

export function unzstd(bytes: Uint8Array, most: number): Inflated {
  return tried(
    () => zstdDecompressSync(bytes, { maxOutputLength: atLeastOne(most) }),
    () => empty,
  );
}

/** Raw deflate as zip entries hold it; bytes after its end are ignored. */
export function inflateRaw(bytes: Uint8Array, most: number): Inflated {
  return tried(
    () => inflateRawSync(bytes, { maxOutputLength: atLeastOne(most) }),
    () => inflateRawSync(bytes, { maxOutputLength: atLeastOne(most), finishFlush: constants.Z_SYNC_FLUSH }),
  );
}

/** zlib takes no limit of zero. */
function atLeastOne(most: number): number {
  return Math.max(1, most);
}

function tried(whole: () => Uint8Array, part: () => Uint8Array): Inflated {
  try {
    return { is: 'whole', bytes: whole() };
  } catch (problem) {
    if (tooLarge(problem)) return { is: 'too large' };
  }
  try {
    const bytes = part();
    return bytes.length === 0 ? { is: 'broken' } : { is: 'cut', bytes };
  } catch (problem) {
    return tooLarge(problem) ? { is: 'too large' } : { is: 'broken' };
  }
}

function tooLarge(problem: unknown): boolean {
  return problem instanceof Error && 'code' in problem && problem.code === 'ERR_BUFFER_TOO_LARGE';
}
