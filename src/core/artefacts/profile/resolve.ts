/** Ids of a profile resolved to indices, and everything that CheckValid of google/pprof asks for, checked. */
import type { Mapping, Profile, StringTable, ValueType } from './columns.ts';
import { Malformed, type LargeIds } from './reader.ts';
import { wideIds, type Raw } from './raw-columns.ts';

/** Throws `Malformed` when an id, string or count does not fit. */
export function resolve(raw: Raw, strings: StringTable): Profile {
  const text = (index: number): string => {
    if (index < 0 || (index >= strings.count && index !== 0)) throw new Malformed('a string number in it is beyond its string table');
    return strings.at(index);
  };
  if (strings.count > 0 && strings.at(0) !== '') throw new Malformed('its string table does not begin with an empty string');
  const samples = raw.sampleStart.length;
  const types = raw.types.map(([type, unit]): ValueType => ({ type: text(type), unit: text(unit) }));
  if (types.length === 0 && samples > 0) throw new Malformed('it has samples, but does not say of what');
  if (samples > 0 && raw.values.length !== samples * types.length)
    throw new Malformed(`its samples have ${raw.values.length / samples} values, and it names ${types.length} types`);
  raw.sampleStart.push(raw.sampleLocations.length);
  raw.labelStart.push(raw.labelKey.length);
  raw.lineStart.push(raw.lineFunction.length);
  for (const column of [raw.functionName, raw.functionSystemName, raw.functionFile, raw.labelKey, raw.labelText, raw.labelUnit]) {
    for (let i = 0; i < column.length; i += 1)
      if ((column.array[i] ?? 0) >= Math.max(1, strings.count)) throw new Malformed('a string number in it is beyond its string table');
  }
  const locations = new Ids(raw.locationIds.done(), 'location', raw.largeIds);
  const functions = new Ids(raw.functionIds.done(), 'function', raw.largeIds);
  const mappings = new Ids(
    Float64Array.from(raw.mappings, (mapping) => mapping.id),
    'mapping',
    raw.largeIds,
  );
  const sampleLocations = raw.sampleLocations.done();
  if (raw.least < 0) throw new Malformed('a sample in it names the location 0, which is reserved');
  if (!locations.ordered || raw.most >= locations.count) locations.replace(sampleLocations, raw.wide);
  const lineFunction = new Int32Array(raw.lineFunction.length);
  for (let i = 0; i < lineFunction.length; i += 1) lineFunction[i] = functions.index(raw.lineFunction.array[i] ?? 0);
  boundLines(raw, sampleLocations);
  const locationMapping = new Int32Array(raw.locationIds.length);
  for (let i = 0; i < locationMapping.length; i += 1) locationMapping[i] = mappings.indexOrNone(raw.locationMapping.array[i] ?? 0);
  return {
    sampleTypes: types,
    defaultSampleType: text(raw.defaultType),
    samples,
    sampleStart: raw.sampleStart.done(),
    sampleLocations,
    values: raw.values.done(),
    labelStart: raw.labelStart.done(),
    labelKey: raw.labelKey.done(),
    labelText: raw.labelText.done(),
    labelNumber: raw.labelNumber.done(),
    labelUnit: raw.labelUnit.done(),
    locationIds: raw.largeIds.count === 0 ? raw.locationIds.done() : BigUint64Array.from(raw.locationIds.done(), (id) => BigInt(raw.largeIds.of(id))),
    locationMapping,
    locationAddress: BigUint64Array.from(raw.locationAddress),
    locationFolded: Uint8Array.from(raw.locationFolded.done()),
    lineStart: raw.lineStart.done(),
    lineFunction,
    lineNumber: raw.lineNumber.done(),
    lineColumn: raw.lineColumn.done(),
    functionName: raw.functionName.done(),
    functionSystemName: raw.functionSystemName.done(),
    functionFile: raw.functionFile.done(),
    functionStartLine: raw.functionStartLine.done(),
    mappings: raw.mappings.map(({ id, start, limit, offset, file, buildId, flags }): Mapping => ({
      id: raw.largeIds.of(id),
      start,
      limit,
      offset,
      file: text(file),
      buildId: text(buildId),
      hasFunctions: flags[0],
      hasFilenames: flags[1],
      hasLineNumbers: flags[2],
      hasInlineFrames: flags[3],
    })),
    strings,
    comments: raw.comments.map(text),
    timeNanos: raw.time,
    durationNanos: raw.duration,
    periodType: raw.periodType === undefined ? undefined : { type: text(raw.periodType[0]), unit: text(raw.periodType[1]) },
    period: raw.period,
    dropFrames: text(raw.drop),
    keepFrames: text(raw.keep),
    docUrl: text(raw.doc),
  };
}

/** Inlined calls of one place: compilers stop at a few dozen. Beyond it, stacks times lines are counted. */
const usualLines = 64;
/** Frames that lines may unfold stacks to, beyond eight for each. */
const freeFrames = 5_000_000;

/** A few bytes of hostile lines would unfold to billions of frames. */
function boundLines({ lineStart, lineFunction, locationIds }: Raw, stacks: Uint16Array | Uint32Array): void {
  const { array } = lineStart;
  const count = (location: number): number => (array[location + 1] ?? lineFunction.length) - (array[location] ?? 0);
  let most = 0;
  for (let location = 0; location < locationIds.length; location += 1) most = Math.max(most, count(location));
  if (most <= usualLines) return;
  let frames = 0;
  for (const location of stacks) frames += count(location);
  if (frames > freeFrames + stacks.length * 8) throw new Malformed('its inlined calls unfold to more frames than are read here');
}

/** Ids of one table: dense ones by array, sparse ones by map. */
class Ids {
  private readonly dense: Int32Array | undefined;
  private readonly sparse = new Map<number, number>();
  private readonly what: string;
  private readonly large: LargeIds;
  readonly count: number;
  /** Ids are 1, 2, 3, …, as most writers number. */
  readonly ordered: boolean;

  constructor(ids: Float64Array, what: string, large: LargeIds) {
    this.what = what;
    this.large = large;
    this.count = ids.length;
    this.ordered = ids.every((id, at) => id === at + 1);
    let most = 0;
    for (const id of ids) {
      if (id === 0) throw new Malformed(`a ${what} in it has the reserved id 0`);
      most = Math.max(most, id);
    }
    const dense = most >= 0 && most <= ids.length * 8 + 1024;
    this.dense = dense ? new Int32Array(most + 1).fill(-1) : undefined;
    for (let i = 0; i < ids.length; i += 1) {
      const id = ids[i] ?? 0;
      if (this.indexOr(id) >= 0) throw new Malformed(`two ${what}s in it have the id ${this.large.of(id)}`);
      if (this.dense !== undefined && id > 0) this.dense[id] = i;
      else this.sparse.set(id, i);
    }
  }

  private indexOr(id: number): number {
    return (this.dense === undefined || id < 0 ? this.sparse.get(id) : this.dense[id]) ?? -1;
  }

  /** Index of an id that must exist. */
  index(id: number): number {
    const index = this.indexOr(id);
    if (index < 0) throw new Malformed(`it names the ${this.what} ${this.large.of(id)}, which it does not have`);
    return index;
  }

  /** Ids (less one) of a column made indices, in place. */
  replace(column: Uint16Array | Uint32Array, wide: readonly number[]): void {
    const { dense } = this;
    for (let i = 0; i < column.length; i += 1) {
      const less = column[i] as number;
      const id = less < wideIds ? less + 1 : less;
      let index = -1;
      if (dense !== undefined && id < dense.length) index = dense[id] as number;
      else if (id < wideIds) index = this.indexOr(id);
      else index = this.indexOr(wide[id - wideIds] ?? 0);
      if (index < 0) throw new Malformed(`it names the ${this.what} ${id < wideIds ? id : this.large.of(wide[id - wideIds] ?? 0)}, which it does not have`);
      column[i] = index;
    }
  }

  /** Index, or -1: pprof too takes a location without a mapping of that id. */
  indexOrNone(id: number): number {
    return id === 0 ? -1 : this.indexOr(id);
  }
}
