/** What dumps and profiles of one process say about a binary: build ids, addresses, calls, frames of text, versions. */
import { importPathOf, isStandard } from '../../golang/modules.ts';
import type { ProfileArtefact, VersionArtefact } from '../../model.ts';
import { type AddressCheck, biasOf, checkAddresses, type Mapping } from './check-addresses.ts';
import { type CallCheck, type CallPair, checkCalls } from './check-calls.ts';
import { checkFrames, type FrameCheck } from './check-frames.ts';
import { type PrintedAddress, type PrintedFrame, readDumpText } from './dump-text.ts';
import { foldedName } from './function-index.ts';
import type { GoBinary } from './open-binary.ts';

/** What a binary is held against: files of one process. */
export interface Against {
  /** Dumps as they were sent (debug=1, debug=2, crash). */
  readonly dumps: readonly { readonly file: string; readonly bytes: Uint8Array }[];
  readonly profiles: readonly HeldProfile[];
  readonly version?: Pick<VersionArtefact, 'version' | 'commit' | 'go' | 'os' | 'arch'>;
}

export interface HeldProfile extends Pick<ProfileArtefact, 'file' | 'buildId' | 'addresses' | 'mapping'> {
  /** Neighbours on its stacks, of a profile without names. */
  readonly calls?: readonly CallPair[];
}

export interface Evidence {
  /** Profiles that name this build id, and another one. */
  readonly sameId: readonly string[];
  readonly otherId: readonly string[];
  readonly addresses: readonly ({ readonly file: string } & AddressCheck)[];
  readonly calls: readonly ({ readonly file: string; readonly bias: number } & CallCheck)[];
  readonly frames?: FrameCheck;
  /** Functions that profiles name and that are not the standard library. */
  readonly named: ReadonlySet<string>;
}

export function gather({ lines, facts }: GoBinary, { dumps, profiles }: Against): Evidence {
  const [sameId, otherId]: [string[], string[]] = [[], []];
  const addresses: Evidence['addresses'][number][] = [];
  const calls: Evidence['calls'][number][] = [];
  const frames: PrintedFrame[] = [];
  const named = new Set<string>();
  if (lines === undefined) return { sameId, otherId, addresses, calls, named };
  const told = (): number | undefined => addresses.find(({ count, same }) => same === count)?.bias;
  const check = (file: string, places: readonly PrintedAddress[], mapping: Mapping | undefined): void => {
    if (places.length === 0) return;
    for (const { frames: chain } of places) for (const { func } of chain) if (!isStandard(importPathOf(func))) named.add(foldedName(func));
    const found = checkAddresses(lines, places, mapping, told());
    if (found !== undefined && found.count > 0) addresses.push({ file, ...found });
  };
  for (const profile of profiles) {
    const id = profile.buildId ?? profile.mapping?.buildId ?? '';
    // On Windows the field holds a path, on macOS nothing.
    if (facts.format === 'elf' && /^[0-9a-f]{16,}$/.test(id) && facts.buildId !== undefined) (id === facts.buildId ? sameId : otherId).push(profile.file);
    check(profile.file, addressesOf(profile), mappingOf(profile.mapping));
  }
  for (const dump of dumps) {
    const text = readDumpText(dump.bytes);
    check(dump.file, text.addresses, undefined);
    frames.push(...text.frames);
  }
  // Last, when the load address may be known from the others.
  for (const { file, calls: pairs = [], mapping } of profiles) {
    const bias = biasOf(lines, mappingOf(mapping)) ?? told();
    const found = pairs.length === 0 || bias === undefined ? undefined : checkCalls(lines, pairs, bias);
    if (bias !== undefined && found !== undefined && found.count > 0) calls.push({ file, bias, ...found });
  }
  return {
    sameId,
    otherId,
    addresses,
    calls,
    frames: frames.length === 0 ? undefined : checkFrames(lines, frames),
    named,
  };
}

/** Numbers as profiles carry them: `0x…`, or decimal. */
export function parseAddress(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}

/** Addresses of a profile that have a name, each with one of its calls. */
function addressesOf({ addresses = [] }: HeldProfile): readonly PrintedAddress[] {
  return addresses.flatMap(({ address, func, line }) =>
    func === undefined || func === '' ? [] : [{ address: parseAddress(address), frames: [{ func, line: line ?? 0 }] }],
  );
}

/** The first mapping of a profile in numbers. */
export function mappingOf(mapping: ProfileArtefact['mapping']): Mapping | undefined {
  return mapping === undefined ? undefined : { start: parseAddress(mapping.start), limit: parseAddress(mapping.limit), offset: parseAddress(mapping.offset) };
}
