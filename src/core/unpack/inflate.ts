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

/** One or more frames, as parallel packers write them; node:zlib stops after the first. Bytes behind them that are none are ignored. */
export function unzstd(bytes: Uint8Array, most: number): Inflated {
  return tried(
    () => frames(bytes, most),
    () => empty,
  );
}

/** First bytes of a frame (RFC 8878, 3.1.1), little-endian. */
const frameMagic = 0xfd2fb528;

function frames(bytes: Uint8Array, most: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let [at, left] = [0, most];
  while (at === 0 || (at + 4 <= bytes.length && view.getUint32(at, true) === frameMagic)) {
    const { bytes: part, taken } = frame(bytes.subarray(at), atLeastOne(left));
    parts.push(part);
    at += taken;
    left -= part.length;
    if (taken === 0) break;
  }
  return parts.length === 1 ? (parts[0] ?? empty) : Buffer.concat(parts);
}

/** `taken`: bytes of the input that the frame has; node:zlib tells them with `info` (lib/zlib.js, processChunkSync). */
function frame(bytes: Uint8Array, most: number): { readonly bytes: Uint8Array; readonly taken: number } {
  const out: unknown = zstdDecompressSync(bytes, { maxOutputLength: most, info: true });
  if (typeof out !== 'object' || out === null || !('buffer' in out) || !(out.buffer instanceof Uint8Array) || !('engine' in out))
    return out instanceof Uint8Array ? { bytes: out, taken: 0 } : { bytes: empty, taken: 0 };
  const taken: unknown = typeof out.engine === 'object' && out.engine !== null ? Reflect.get(out.engine, 'bytesWritten') : 0;
  return { bytes: out.buffer, taken: typeof taken === 'number' ? taken : 0 };
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
