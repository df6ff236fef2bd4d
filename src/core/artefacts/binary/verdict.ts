/** Is it the binary of this dump and these profiles? Evidence in the order of its strength: build id, addresses, frames of text, versions. */
import type { ProfileArtefact, ReportBinary, VersionArtefact } from '../../model.ts';
import { type AddressCheck, checkAddresses, type Mapping } from './check-addresses.ts';
import { checkFrames, type FrameCheck } from './check-frames.ts';
import { type PrintedAddress, type PrintedFrame, readDumpText } from './dump-text.ts';
import { ask, type GoBinary } from './open-binary.ts';

/** What a binary is held against: files of one process. */
export interface Against {
  /** Dumps as they were sent (debug=1, debug=2, crash). */
  readonly dumps: readonly { readonly file: string; readonly bytes: Uint8Array }[];
  readonly profiles: readonly Pick<ProfileArtefact, 'file' | 'buildId' | 'addresses' | 'mapping'>[];
  readonly version?: Pick<VersionArtefact, 'version' | 'go' | 'os' | 'arch'>;
}

export interface Proof {
  readonly report: ReportBinary;
  /** "identical" or "matches": it may be used. */
  readonly exact: boolean;
  /** To subtract from addresses of this process; undefined when nothing told. */
  readonly bias?: number;
}

/** Fewest distinct frames or addresses that prove anything. */
const enough = 20;
/** Share of addresses that must agree: right pairs reach 99.9 %, the best wrong one 43.6 %. */
const addressShare = 0.99;
/** Share of frames that must agree beside agreeing addresses: one line of a dump may be damaged. */
const frameShare = 0.98;

/** Never throws; `file` is the name of the binary. */
export function prove(binary: GoBinary, against: Against, file?: string): Proof {
  const { facts } = binary;
  const cannot = (why: string): Proof => ({ report: { file, verdict: 'cannot tell', why: [why], buildId: facts.buildId }, exact: false });
  if (binary.lines === undefined) return cannot(facts.notes[0] ?? 'its line table cannot be read');
  return ask(binary, () => weigh(binary, gather(binary, against), against, file), cannot('the file is damaged: reading it takes more work than a real one'));
}

interface Evidence {
  readonly sameId: readonly string[];
  readonly otherId: readonly string[];
  readonly addresses: readonly ({ readonly file: string } & AddressCheck)[];
  readonly frames?: FrameCheck;
}

function gather(binary: GoBinary, { dumps, profiles }: Against): Evidence {
  const { lines, facts } = binary;
  const [sameId, otherId]: [string[], string[]] = [[], []];
  const addresses: ({ readonly file: string } & AddressCheck)[] = [];
  const frames: PrintedFrame[] = [];
  if (lines === undefined) return { sameId, otherId, addresses };
  const check = (file: string, places: readonly PrintedAddress[], mapping: Mapping | undefined): void => {
    if (places.length === 0) return;
    const found = checkAddresses(lines, places, mapping, addresses.find(({ count, same }) => same === count)?.bias);
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
  return { sameId, otherId, addresses, frames: frames.length === 0 ? undefined : checkFrames(lines, frames) };
}

/** Numbers as profiles carry them: `0x…`, or decimal. */
export function parseAddress(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}

/** Addresses of a profile that have a name, each with one of its calls. */
function addressesOf({ addresses = [] }: Pick<ProfileArtefact, 'addresses'>): readonly PrintedAddress[] {
  return addresses.flatMap(({ address, func, line }) =>
    func === undefined || func === '' ? [] : [{ address: parseAddress(address), frames: [{ func, line: line ?? 0 }] }],
  );
}

/** The first mapping of a profile in numbers. */
export function mappingOf(mapping: ProfileArtefact['mapping']): Mapping | undefined {
  return mapping === undefined ? undefined : { start: parseAddress(mapping.start), limit: parseAddress(mapping.limit), offset: parseAddress(mapping.offset) };
}

function weigh({ facts }: GoBinary, { sameId, otherId, addresses, frames }: Evidence, { version }: Against, file: string | undefined): Proof {
  const count = addresses.reduce((sum, one) => sum + one.count, 0);
  const same = addresses.reduce((sum, one) => sum + one.same, 0);
  const bias = addresses.find((one) => one.same * 2 > one.count)?.bias;
  const why: string[] = [];
  if (sameId.length > 0) why.push(`build id ${facts.buildId?.slice(0, 12) ?? ''}… is the one in ${sameId.join(', ')}`);
  if (otherId.length > 0) why.push(`${otherId.join(', ')} ${otherId.length === 1 ? 'names' : 'name'} another build id`);
  if (count > 0) why.push(`${same} of ${count} addresses of ${addresses.map((one) => one.file).join(', ')} are the same function and line here`);
  if (frames !== undefined) why.push(`${frames.same} of ${frames.count} distinct frames of the dump are the same here`);
  const wrong = [...addresses.flatMap((one) => one.wrong), ...(frames?.wrong ?? [])];
  const say = (verdict: ReportBinary['verdict'], ...more: readonly string[]): Proof => {
    const exact = verdict === 'identical' || verdict === 'matches';
    return { report: { file, verdict, why: [...why, ...more], buildId: facts.buildId }, exact, bias: exact ? bias : undefined };
  };
  const addressesAgree = count >= enough && same >= count * addressShare && addresses.every((one) => one.count < enough || one.same >= one.count * 0.97);
  const addressesOk = count === 0 || addressesAgree || (count < enough && same === count);
  const framesOk = frames === undefined || frames.same >= frames.count * frameShare;
  if (sameId.length > 0 && otherId.length === 0 && addressesOk && framesOk) return say('identical');
  if (addressesAgree && framesOk) return say('matches');
  const differ = versionsDiffer(facts, version);
  if (
    frames !== undefined &&
    frames.count >= enough &&
    frames.same === frames.count &&
    addressesOk &&
    sameId.length >= otherId.length &&
    differ === undefined
  ) {
    // Frames of the standard library alone are the same in every program of that Go release.
    if (frames.modules >= 3 || frames.ownSame >= 8) return say('matches');
    if (count === 0) return say('cannot tell', 'nearly all of them are in the standard library, which other programs share');
  }
  const examples = wrong.slice(0, 3).map((one) => `for instance ${one}`);
  if (frames !== undefined && frames.count >= 10) {
    if (frames.same < frames.count && frames.same + frames.otherPath >= frames.count * 0.95) return say('same code, other paths', ...examples);
    if (frames.same < frames.count || !addressesOk)
      return say(
        frames.same >= frames.count * 0.3 || (frames.own > 0 && frames.ownKnown * 2 >= frames.own) ? 'same program, other build' : 'different',
        ...examples,
      );
  }
  if (count >= 10 && !addressesOk) return say(same >= count * 0.3 ? 'same program, other build' : 'different', ...examples);
  if (differ !== undefined) return say('same program, other build', differ);
  return say(
    'cannot tell',
    count === 0 && frames === undefined
      ? 'there is no dump or profile with names to hold it against'
      : `too little to compare: ${enough} addresses or frames would prove it`,
  );
}

/** A cheap veto: `version.json` names another Go release or system than the build info. */
function versionsDiffer(facts: GoBinary['facts'], version: Against['version']): string | undefined {
  if (version?.go !== undefined && facts.go !== undefined && version.go !== facts.go)
    return `it was built with ${facts.go}, and the program ran on ${version.go}`;
  if (version?.os !== undefined && version.os !== facts.os) return `it is for ${facts.os}, and the program ran on ${version.os}`;
  if (version?.arch !== undefined && version.arch !== facts.arch) return `it is for ${facts.arch}, and the program ran on ${version.arch}`;
  return undefined;
}
