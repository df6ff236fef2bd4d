/** A binary held against the dumps and profiles of its capture, and what it adds to them when it is the exact one. */
import type { GoroutineDump, Lock, ProfileArtefact, ReportBinary, VersionArtefact } from '../../model.ts';
import { type Against, mappingOf } from './evidence.ts';
import type { NamedFrame } from './line-table.ts';
import { blocksOf, interfaceArguments, type LockField, lockFields, waitingBlocks } from './lock-fields.ts';
import { type GoBinary, openBinary } from './open-binary.ts';
import { memorySource } from './source.ts';
import { biasFor, symbolize } from './symbolize.ts';
import { prove } from './verdict.ts';

/** What else is in the capture; bytes as they were sent. */
export interface CaptureParts {
  readonly dumps: readonly { readonly bytes: Uint8Array; readonly dump: GoroutineDump }[];
  readonly profiles: Against['profiles'];
  readonly version?: VersionArtefact;
}

export interface Enriched {
  readonly verdict: ReportBinary;
  /** What the binary says of itself; undefined when it is no executable. */
  readonly facts?: GoBinary['facts'];
  /** In the order given; as they were unless the binary is the exact one. */
  readonly dumps: readonly GoroutineDump[];
  /** Frames of addresses of a profile, innermost first; undefined where they do not fit, or its load address is unknown. Absent unless the binary is the exact one. */
  readonly symbolize?: (addresses: readonly number[], profile: Pick<ProfileArtefact, 'file' | 'mapping'>) => readonly (readonly NamedFrame[])[] | undefined;
}

/** Never throws. `file` is the binary's name in the bundle. */
export function enrichWithBinary(file: string, bytes: Uint8Array, parts: CaptureParts): Enriched {
  const dumps = parts.dumps.map(({ dump }) => dump);
  const binary = openBinary(memorySource(bytes), file, parts.version?.arch);
  if (!('facts' in binary)) return { verdict: { file, verdict: 'cannot tell', why: [binary.reason] }, dumps };
  const held = { dumps: parts.dumps.map(({ bytes: text, dump }) => ({ file: dump.file, bytes: text })), profiles: parts.profiles, version: parts.version };
  const proof = prove(binary, held, file);
  if (!proof.exact) return { verdict: proof.report, facts: binary.facts, dumps };
  return {
    verdict: proof.report,
    facts: binary.facts,
    dumps: parts.dumps.map((part) => withNames(binary, part, proof.bias)),
    symbolize: (addresses, profile) => {
      const bias = biasFor(binary, proof.bias, mappingOf(profile.mapping));
      return bias === undefined || !proof.fits(profile.file) ? undefined : symbolize(binary, addresses, bias, 'profile');
    },
  };
}

/** The dump with names of lock fields, and the types behind what its lock holders were handed. */
function withNames(binary: GoBinary, { bytes, dump }: CaptureParts['dumps'][number], bias: number | undefined): GoroutineDump {
  if (dump.locks.length === 0) return dump;
  const fields = lockFields(binary, waitingBlocks(bytes));
  const byGoroutine = new Map(fields.map((field) => [field.goroutine, field]));
  const load = bias ?? (binary.image.layout.pie ? undefined : 0);
  const types = load === undefined ? new Map<number, string>() : holderTypes(binary, bytes, dump, load);
  return { ...dump, locks: dump.locks.map((lock) => withTypes(named(lock, byGoroutine, fields), types)) };
}

/** All waiters that say a name say the same one; the address of the lock speaks for those that print no receiver. */
function named(lock: Lock, byGoroutine: ReadonlyMap<number, LockField>, fields: readonly LockField[]): Lock {
  const said = lock.waiters.flatMap((waiter) => byGoroutine.get(waiter) ?? []);
  const all = said.length > 0 ? said : fields.filter(({ address }) => address === lock.address);
  const names = new Set(all.map(({ name }) => name));
  const [name] = names;
  return names.size === 1 && name !== undefined ? { ...lock, name } : lock;
}

/** Calls from the innermost one whose arguments say what a goroutine is waiting on. */
const nearCalls = 8;

/** Goroutine → what it was handed, in words: the innermost interface argument of the program's own code, else of any. */
function holderTypes(binary: GoBinary, bytes: Uint8Array, dump: GoroutineDump, bias: number): ReadonlyMap<number, string> {
  const holders = new Set(dump.locks.slice(0, 50).flatMap(({ holders: some }) => some.map(({ goroutine }) => goroutine)));
  // Further out it is what every request is handed.
  const innermost = blocksOf(bytes, holders).map(({ goroutine, calls }) => ({ goroutine, calls: calls.slice(0, nearCalls) }));
  const types = new Map<number, string>();
  for (const { goroutine, func, type } of interfaceArguments(binary, innermost, bias)) {
    if (!types.has(goroutine) && !isPlain(type)) types.set(goroutine, `\`${shortName(func)}\` was handed a \`${type}\``);
  }
  return types;
}

/** Contexts are handed to everything and tell nothing; wrappers without a name tell less. */
function isPlain(type: string): boolean {
  return /^\*?context\./.test(type) || /Ctx$|Context$/.test(type) || type.includes('{');
}

function shortName(func: string): string {
  return func.slice(func.lastIndexOf('/') + 1);
}

function withTypes(lock: Lock, types: ReadonlyMap<number, string>): Lock {
  return {
    ...lock,
    holders: lock.holders.map((holder) => {
      const type = types.get(holder.goroutine);
      return type === undefined ? holder : { ...holder, why: [...holder.why, type] };
    }),
  };
}
