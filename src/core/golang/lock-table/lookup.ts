/** The shipped table asked for the frames of one dump: which version of each module it can be, and what they all say of a line. */
import type { Frame } from '../../model.ts';
import { fits, keepersIn, locksOn, nothingHere, printedName, type Keeper, type LineLocks } from '../line-locks.ts';
import { importPathOf } from '../modules.ts';
import { modulesOf, sourcePlace, type Modules, type SourcePlace } from '../source-places.ts';
import type { StoredIndex } from './format.ts';
import { openIndex, openNames, openTable, type LockTable } from './table.ts';

/** What a source of facts says of a frame. */
export interface SourceLocks extends LineLocks {
  /** Import path and name of the package. */
  readonly path: string;
  readonly package: string;
  /** Functions beside it that return with a lock. */
  readonly keepers: readonly Keeper[];
  /** False where only neighbouring releases were at hand. */
  readonly sure: boolean;
}

/** `only`: what is asked about; frames that cannot have to do with it may be answered without a look. */
export type LocksAt = (frame: Frame, only?: Interest) => SourceLocks | undefined;

export interface Interest {
  /** Import paths of the packages whose locks are asked for. */
  readonly paths: ReadonlySet<string>;
  /** Functions that return with them. */
  readonly helpers: ReadonlySet<string>;
}

/** A frame of the dump and whether it waits for a lock itself. */
export interface Asked {
  readonly frame: Frame;
  readonly asks: boolean;
}

export interface TableHelp {
  /** Stored table of a module, or `index`. */
  readonly lockTable: (module: string) => Uint8Array | undefined;
  /** Release of Go that printed the dump: `go1.24.9`, `go1.24`. */
  readonly go: string | undefined;
  /** Release of the program, when a version file says it: `0.34.1`. */
  readonly release?: string;
}

/** Undefined without a table. `all`: every distinct frame of the dump. */
export function tableLookup(all: Iterable<Asked>, help: TableHelp): LocksAt | undefined {
  const bytes = help.lockTable('index');
  if (bytes === undefined) return undefined;
  const index = openIndex(bytes);
  const modules = modulesOf(index.modules);
  const placeFor = placesBy(modules);
  const uses = usesOf(all, placeFor);
  const tables = new Map<string, LockTable | undefined>();
  const tableFor = (module: string): LockTable | undefined => {
    if (!tables.has(module)) {
      const stored = help.lockTable(module);
      tables.set(module, stored === undefined ? undefined : openTable(stored));
    }
    return tables.get(module);
  };
  const built = releasesOf(uses, index, tableFor, help);
  const chosen = new Map<string, Chosen | undefined>();
  const known = new Map<Frame, SourceLocks | undefined>();
  const at: LocksAt = (frame, only) => {
    if (known.has(frame)) return known.get(frame);
    const place = placeFor(frame);
    if (place !== undefined && only !== undefined && !isAsked(place, only, index))
      return { ...nothingHere, path: importPathOf(frame.func), package: '', keepers: [], sure: true };
    const table = place === undefined ? undefined : tableFor(place.module);
    let found: SourceLocks | undefined;
    if (place !== undefined && table !== undefined) {
      const key = `${place.module}@${place.version ?? ''}`;
      if (!chosen.has(key)) chosen.set(key, choose(place, table, uses.get(place.module) ?? [], built, index, help));
      const versions = chosen.get(key);
      found = versions === undefined ? undefined : agreed(frame, place, table, versions);
    }
    known.set(frame, found);
    return found;
  };
  return at;
}

/** A lock is taken in its own package, or by a function that its own module says it calls. */
function isAsked({ module, path }: SourcePlace, { paths, helpers }: Interest, index: StoredIndex): boolean {
  if (index.helpers[index.modules.indexOf(module)]?.some((name) => helpers.has(name)) === true) return true;
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return paths.has(module === 'std' ? folder : folder === '' ? module : `${module}/${folder}`);
}

/** Names of the functions that wait for a channel which is used as a lock; small, so that a dump without locks costs nothing more. */
export function channelFunctions(lockTable: TableHelp['lockTable']): (frame: Frame) => boolean {
  const bytes = lockTable('channels');
  const names = new Set(bytes === undefined ? [] : openNames(bytes));
  return ({ func }) => names.has(`${importPathOf(func).replace(/^.*\/vendor\//, '')}.${printedName(func).name}`);
}

interface Use extends Asked {
  readonly place: SourcePlace;
}

/** Frames of one file and package are in one place. */
function placesBy(modules: Modules): (frame: Frame) => SourcePlace | undefined {
  const places = new Map<string, SourcePlace | undefined>();
  return (frame) => {
    const key = `${frame.file} ${importPathOf(frame.func)}`;
    if (!places.has(key)) places.set(key, sourcePlace(frame, modules));
    return places.get(key);
  };
}

function usesOf(all: Iterable<Asked>, placeFor: (frame: Frame) => SourcePlace | undefined): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  for (const asked of all) {
    const place = placeFor(asked.frame);
    if (place === undefined) continue;
    const list = uses.get(place.module);
    if (list === undefined) uses.set(place.module, [{ ...asked, place }]);
    else list.push({ ...asked, place });
  }
  return uses;
}

interface Built {
  /** Releases of the program (indices); empty when none fits. */
  readonly releases: readonly number[];
  /** False when some module of the dump is of another version: a build with a dependency of its own. */
  readonly exact: boolean;
}

/** Of the modules that a dump prints, so many may be of another version than the release's: a build that bumped a few of them. */
const foreignModules = 1 / 3;

/** Releases of the program that are built with the versions which the dump prints, or with nearly all of them. */
function releasesOf(
  uses: ReadonlyMap<string, readonly Use[]>,
  index: StoredIndex,
  tableFor: (module: string) => LockTable | undefined,
  help: TableHelp,
): Built {
  const others = index.releases.map(() => 0);
  let seen = 0;
  for (const [module, list] of uses) {
    if (module === 'std') continue;
    const printed = new Set(list.flatMap(({ place }) => place.version ?? []));
    const table = printed.size === 0 ? undefined : tableFor(module);
    const row = index.built[index.modules.indexOf(module)];
    if (table === undefined || row === undefined) continue;
    for (const release of others.keys())
      if (!printed.has(plainVersion(table.versions[(row[release] ?? 0) - 1] ?? ''))) others[release] = (others[release] ?? 0) + 1;
    seen += 1;
  }
  const least = Math.min(...others);
  const exact = least === 0;
  if (least > seen * foreignModules) return { releases: [], exact };
  const fitting = [...others.keys()].filter((release) => others[release] === least);
  const said = help.release === undefined ? [] : index.releases.flatMap((release, at) => (release.endsWith(`@v${help.release}`) ? [at] : []));
  if (said.length > 0) return { releases: fitting.filter((release) => said.includes(release)), exact: true };
  return { releases: seen === 0 ? [] : fitting, exact };
}

/** `v0.46.0` of `v0.46.0 => fork@v0.46.1`. */
function plainVersion(label: string): string {
  const arrow = label.indexOf(' => ');
  return arrow < 0 ? label : label.slice(0, arrow);
}

interface Chosen {
  /** Indices of versions that the dump's lines allow. */
  readonly versions: readonly number[];
  readonly sure: boolean;
}

/** Undefined when nothing fits: then nothing is said about the module. */
function choose(place: SourcePlace, table: LockTable, uses: readonly Use[], built: Built, index: StoredIndex, help: TableHelp): Chosen | undefined {
  const all = table.versions.map((_, at) => at);
  let wanted: readonly number[] = all;
  let sure = !place.byName;
  if (place.module === 'std') {
    const go = place.version ?? help.go;
    const exact = all.filter((at) => table.versions[at] === go);
    const minor = /^go1\.\d+/.exec(go ?? '')?.[0];
    const same = minor === undefined ? all : all.filter((at) => table.versions[at] === minor || table.versions[at]?.startsWith(`${minor}.`) === true);
    wanted = exact.length > 0 ? exact : same;
  } else if (place.version !== undefined) {
    const exact = all.filter((at) => plainVersion(table.versions[at] ?? '') === place.version);
    // A version that no release was built with: its neighbours may say the same.
    sure = exact.length > 0;
    wanted = exact.length > 0 ? exact : all;
  } else if (built.releases.length > 0) {
    const row = index.built[index.modules.indexOf(place.module)] ?? [];
    const said = new Set(built.releases.map((release) => (row[release] ?? 0) - 1));
    const ofReleases = all.filter((at) => said.has(at));
    if (ofReleases.length > 0) {
      wanted = ofReleases;
      sure &&= built.exact;
    }
  }
  const own = uses.filter((use) => use.place.version === place.version);
  const versions = wanted.filter((at) => own.every(({ frame, asks, place: { path } }) => fits(table.file(path, at), frame, asks)));
  return versions.length === 0 ? undefined : { versions, sure };
}

/** What all versions say of a line; undefined when they differ. */
function agreed(frame: Frame, place: SourcePlace, table: LockTable, { versions, sure }: Chosen): SourceLocks | undefined {
  let found: { readonly locks: LineLocks; readonly text: string; readonly package: string; readonly keepers: readonly Keeper[] } | undefined;
  const seen = new Set<unknown>();
  for (const version of versions) {
    const file = table.file(place.path, version);
    if (seen.has(file)) continue;
    seen.add(file);
    const locks = locksOn(file, frame);
    if (locks === undefined) return undefined;
    const text = textOf(locks);
    if (found !== undefined && found.text !== text) return undefined;
    found ??= { locks, text, package: file.package, keepers: keepersIn(file.functions) };
  }
  const slash = place.path.lastIndexOf('/');
  const folder = slash < 0 ? '' : place.path.slice(0, slash);
  const path = place.module === 'std' ? folder : folder === '' ? place.module : `${place.module}/${folder}`;
  return { ...(found?.locks ?? nothingHere), path, package: found?.package ?? '', keepers: found?.keepers ?? [], sure };
}

/** Line numbers aside. */
function textOf({ sites, ranges }: LineLocks): string {
  return JSON.stringify([
    sites.map(({ lock, mode, through }) => [lock, mode, through]),
    ranges.map(({ is, lock, mode, sure, unless }) => [is, lock, mode, sure, unless]),
  ]);
}
