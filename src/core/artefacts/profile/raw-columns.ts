/** Columns of a profile while it is read: ids and strings are still numbers of the file. */
import { GrowFloat64, GrowIds, GrowUint32 } from './grow.ts';
import { LargeIds } from './reader.ts';

/** Columns as they stand in the file: ids not yet resolved. */
export class Raw {
  readonly types: (readonly [number, number])[] = [];
  readonly sampleStart: GrowUint32;
  readonly largeIds = new LargeIds();
  /** Ids less one, which is what their indices mostly are; from `wideIds` on, indices into `wide`. */
  readonly sampleLocations: GrowIds;
  /** Largest and smallest of them. */
  most = 0;
  least = 0;
  readonly wide: number[] = [];
  readonly values: GrowFloat64;
  /** Values of each sample; -1 before the first. */
  width = -1;
  readonly labelStart: GrowUint32;
  readonly labelKey = new GrowUint32();
  readonly labelText = new GrowUint32();
  readonly labelNumber = new GrowFloat64();
  readonly labelUnit = new GrowUint32();
  readonly locationIds = new GrowFloat64(4096);
  readonly locationMapping = new GrowFloat64(4096);
  locationAddress: bigint[] = [];
  readonly locationFolded = new GrowUint32(4096);
  readonly lineStart = new GrowUint32(4096);
  readonly lineFunction = new GrowFloat64(4096);
  readonly lineNumber = new GrowFloat64(4096);
  readonly lineColumn = new GrowFloat64(4096);
  readonly functionIds = new GrowFloat64(4096);
  readonly functionName = new GrowUint32(4096);
  readonly functionSystemName = new GrowUint32(4096);
  readonly functionFile = new GrowUint32(4096);
  readonly functionStartLine = new GrowFloat64(4096);
  readonly mappings: RawMapping[] = [];
  readonly stringOffset = new GrowUint32(4096);
  readonly stringLength = new GrowUint32(4096);
  readonly comments: number[] = [];
  drop = 0;
  keep = 0;
  time = 0n;
  times = 0;
  duration = 0;
  period = 0;
  periodType: readonly [number, number] | undefined;
  defaultType = 0;
  doc = 0;

  /** Columns of stacks are made as large as the bytes usually need (an id has one byte or two): to grow copies them, pages that are not touched cost nothing. */
  constructor(bytes: number) {
    this.sampleLocations = new GrowIds(Math.max(1024, (bytes >>> 1) + (bytes >>> 3)));
    this.sampleStart = new GrowUint32(Math.max(1024, bytes >>> 4));
    this.labelStart = new GrowUint32(Math.max(1024, bytes >>> 4));
    this.values = new GrowFloat64(Math.max(1024, bytes >>> 3));
  }
}

/** First number that stands for an id too large for a column of 32 bits. */
export const wideIds = 0x8000_0000;

export interface RawMapping {
  id: number;
  start: bigint;
  limit: bigint;
  offset: bigint;
  file: number;
  buildId: number;
  flags: [boolean, boolean, boolean, boolean];
}
