/** Profiles of fixtures as the checks want them, decoded by a library that is not ours. */
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import type { ProfileArtefact } from '../../../../src/core/model.ts';

export interface Location {
  readonly address: number;
  /** Innermost first. */
  readonly frames: readonly { readonly func: string; readonly file: string; readonly line: number }[];
}

export interface Decoded {
  readonly profile: Pick<ProfileArtefact, 'file' | 'buildId' | 'addresses' | 'mapping'>;
  readonly locations: readonly Location[];
}

const hex = (value: number | bigint): string => `0x${BigInt(value).toString(16)}`;

export function decodeProfile(file: string, bytes: Buffer): Decoded {
  const decoded = Profile.decode(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  const text = (index: number | bigint): string => decoded.stringTable.strings[Number(index)] ?? '';
  const functions = new Map(decoded.function.map((one) => [Number(one.id), one]));
  const locations = decoded.location.map((location) => ({
    address: Number(location.address),
    frames: location.line.map(({ functionId, line }) => {
      const named = functions.get(Number(functionId));
      return { func: text(named?.name ?? 0), file: text(named?.filename ?? 0), line: Number(line) };
    }),
  }));
  const [first] = decoded.mapping;
  return {
    profile: {
      file,
      buildId: first === undefined ? undefined : text(first.buildId),
      addresses: locations.map(({ address, frames }) => ({ address: hex(address), func: frames.at(-1)?.func, line: frames.at(-1)?.line })),
      mapping:
        first === undefined
          ? undefined
          : { start: hex(first.memoryStart), limit: hex(first.memoryLimit), offset: hex(first.fileOffset), file: '', buildId: text(first.buildId) },
    },
    locations,
  };
}
