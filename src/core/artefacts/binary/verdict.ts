/** Is it the binary of this dump and these profiles? Evidence in the order of its strength: build id, addresses and calls, frames of text, versions. */
import type { ReportBinary } from '../../model.ts';
import { type Against, type Evidence, gather } from './evidence.ts';
import { findFunctions } from './function-index.ts';
import { ask, type GoBinary } from './open-binary.ts';
import { versionsDiffer } from './check-version.ts';

export interface Proof {
  readonly report: ReportBinary;
  /** "identical" or "matches": it may be used. */
  readonly exact: boolean;
  /** To subtract from addresses of this process; undefined when nothing told. */
  readonly bias?: number;
  /** Whether the addresses of that profile may be named: the dump alone proves its own frames, not addresses of other files. */
  fits(file: string): boolean;
}

/** Fewest distinct frames, addresses or calls that prove anything. */
const enough = 20;
/** Calls say more: each has an exact place and an exact target. */
const enoughCalls = 5;
/** Addresses or calls that outweigh a build id that differs: a stripped copy, or a file that was replaced while the program ran. */
const enoughAgainstId = 100;
/** One address of a hundred or more may disagree, and this share of many: right pairs agree wholly, a build with one line changed to 99.1 %. */
const wrongShare = 0.003;
/** Share of frames that must agree beside agreeing addresses: one line of a dump may be damaged. */
const frameShare = 0.98;
/** Share for one file of several. */
const fileShare = 0.97;

/** Never throws; `file` is the name of the binary. */
export function prove(binary: GoBinary, against: Against, file?: string): Proof {
  const { facts } = binary;
  const cannot = (why: string): Proof => ({
    report: { file, verdict: 'cannot tell', why: [why], buildId: facts.buildId },
    exact: false,
    fits: () => false,
  });
  if (binary.lines === undefined) return cannot(facts.notes[0] ?? 'its line table cannot be read');
  return ask(binary, () => weigh(binary, gather(binary, against), against, file), cannot('the file is damaged: reading it takes more work than a real one'));
}

/** Counts of one kind of evidence over all files. */
interface Tally {
  readonly count: number;
  readonly same: number;
  /** Enough of them, and nearly all agree. */
  readonly agrees: boolean;
  /** None speaks against it. */
  readonly ok: boolean;
}

function tally(parts: readonly { readonly count: number; readonly same: number }[], least: number, otherId: boolean): Tally {
  const count = parts.reduce((sum, one) => sum + one.count, 0);
  const same = parts.reduce((sum, one) => sum + one.same, 0);
  const wrong = otherId || count < 100 ? 0 : Math.max(1, Math.floor(count * wrongShare));
  const few = count < (otherId ? enoughAgainstId : least);
  const agrees = !few && same >= count - wrong && parts.every((one) => one.count < enough || one.same >= one.count * fileShare);
  return { count, same, agrees, ok: agrees || same === count };
}

function weigh(binary: GoBinary, evidence: Evidence, { version }: Against, file: string | undefined): Proof {
  const { facts } = binary;
  const { sameId, otherId, frames } = evidence;
  const replaced = otherId.length > 0;
  const [addresses, calls] = [tally(evidence.addresses, enough, replaced), tally(evidence.calls, enoughCalls, replaced)];
  const addressesOk = addresses.ok && calls.ok;
  const framesOk = frames === undefined || frames.same >= frames.count * frameShare;
  const why = reasons(binary, evidence, addresses, calls);
  const say = (verdict: ReportBinary['verdict'], ...more: readonly string[]): Proof => {
    const exact = verdict === 'identical' || verdict === 'matches';
    return {
      report: { file, verdict, why: [...why, ...more], buildId: facts.buildId },
      exact,
      bias: exact ? [...evidence.addresses, ...evidence.calls].find((one) => one.same * 2 > one.count)?.bias : undefined,
      fits: (profile) => exact && fitsOf(evidence, profile, addresses.agrees || calls.agrees),
    };
  };
  if (sameId.length > 0 && otherId.length === 0 && addressesOk && framesOk) return say('identical');
  if ((addresses.agrees || calls.agrees) && addressesOk && framesOk && !(replaced && frames !== undefined && frames.same < frames.count))
    return replaced
      ? say('matches', 'so it is the same code as far as they show: a stripped copy, or the file was replaced while the program ran')
      : say('matches');
  const differ = versionsDiffer(facts, version);
  if (
    frames !== undefined &&
    frames.count >= enough &&
    frames.same === frames.count &&
    addressesOk &&
    sameId.length >= otherId.length &&
    (differ === undefined || differ.other)
  ) {
    // Frames of the standard library alone are the same in every program of that Go release.
    if (frames.modules >= 3 || frames.ownSame >= 8) return say('matches');
    if (addresses.count === 0) return say('cannot tell', 'nearly all of them are in the standard library, which other programs share');
  }
  const wrong = [...evidence.addresses, ...evidence.calls].flatMap((one) => one.wrong);
  const examples = [...wrong, ...(frames?.wrong ?? [])].slice(0, 3).map((one) => `for instance ${one}`);
  const other = (): Proof => say(isSameProgram(binary, evidence, addresses, calls) ? 'same program, other build' : 'different', ...examples);
  if (frames !== undefined && frames.count >= 10) {
    if (addressesOk && frames.same < frames.count && frames.same + frames.otherPath >= frames.count * 0.95) return say('same code, other paths', ...examples);
    // A damaged line names a function that never was.
    if (addressesOk && frames.same < frames.count && framesOk && frames.same + frames.unknown === frames.count)
      return say('cannot tell', ...examples, 'the dump may be damaged there');
    if (frames.same < frames.count || !addressesOk) return other();
  }
  if (addresses.count + calls.count >= 10 && !addressesOk) return other();
  if (differ !== undefined) return say(differ.other ? 'different' : 'same program, other build', differ.why);
  if (replaced) return say('cannot tell', `what agrees is too little to outweigh another build id: ${enoughAgainstId} addresses would`);
  return say(
    'cannot tell',
    addresses.count + calls.count === 0 && frames === undefined
      ? 'there is no dump or profile to hold it against whose frames, addresses or build id could tell'
      : `too little to compare: ${enough} addresses or frames would prove it`,
  );
}

function reasons({ facts }: GoBinary, { sameId, otherId, frames, ...evidence }: Evidence, addresses: Tally, calls: Tally): readonly string[] {
  const filesOf = (parts: readonly { readonly file: string }[]): string => few(parts.map((one) => one.file));
  const why: string[] = [];
  if (sameId.length > 0) why.push(`build id ${facts.buildId?.slice(0, 12) ?? ''}… is the one in ${few(sameId)}`);
  if (otherId.length > 0) why.push(`${few(otherId)} ${otherId.length === 1 ? 'names' : 'name'} another build id`);
  if (addresses.count > 0) why.push(`${addresses.same} of ${addresses.count} addresses of ${filesOf(evidence.addresses)} are the same function and line here`);
  if (calls.count > 0)
    why.push(`${calls.same} of ${calls.count} calls on the stacks of ${filesOf(evidence.calls)}, without names there, are calls of those functions here`);
  if (frames !== undefined) why.push(`${frames.same} of ${frames.count} distinct frames of the dump are the same here`);
  return why;
}

/** Names of files, the first ones of many. */
function few(files: readonly string[]): string {
  const most = 4;
  return files.length <= most + 1 ? files.join(', ') : `${files.slice(0, most).join(', ')} and ${files.length - most} more`;
}

/** Its own build id or calls decide; without them the addresses of the other files of this process. */
function fitsOf({ sameId, addresses, calls }: Evidence, file: string, proved: boolean): boolean {
  const own = [...addresses, ...calls].filter((one) => one.file === file);
  if (own.length > 0) return own.every(({ count, same }) => same >= count * fileShare);
  return proved || sameId.includes(file);
}

/** Whether functions that are not the standard library are there, and `main` is not another program's. Code that all programs of a Go release share proves nothing. */
function isSameProgram({ lines }: GoBinary, { frames, named }: Evidence, addresses: Tally, calls: Tally): boolean {
  if (frames?.main === 'another') return false;
  const own = (frames?.own ?? 0) + named.size;
  if (own > 0 && lines !== undefined) {
    const known = (frames?.ownKnown ?? 0) + findFunctions(lines, named).size;
    return known >= own * (frames?.main === 'same' ? knownBesideMain : knownAlone);
  }
  return frames?.main === 'same' || (frames === undefined && addresses.same + calls.same >= (addresses.count + calls.count) * 0.3);
}

/** Share of own functions that must be there: libraries are shared between programs, and years rename them. */
const knownAlone = 0.5;
const knownBesideMain = 0.1;
