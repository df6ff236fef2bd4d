/** A profile in columns: what profile.proto (github.com/google/pprof/proto) holds, ids replaced by indices, strings by numbers. */

/** Type and unit of one value of each sample. */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/** A mapped file. Addresses are exact 64-bit values. */
export interface Mapping {
  readonly id: number | bigint;
  readonly start: bigint;
  readonly limit: bigint;
  readonly offset: bigint;
  readonly file: string;
  readonly buildId: string;
  readonly hasFunctions: boolean;
  readonly hasFilenames: boolean;
  readonly hasLineNumbers: boolean;
  readonly hasInlineFrames: boolean;
}

/** One profile. `…Start` columns are offsets of CSR rows and have one entry more than rows. */
export interface Profile {
  readonly sampleTypes: readonly ValueType[];
  readonly defaultSampleType: string;
  readonly samples: number;
  readonly sampleStart: Uint32Array;
  /** Indices of locations, innermost first. */
  readonly sampleLocations: Uint16Array | Uint32Array;
  /** Row-major: `values[sample * sampleTypes.length + type]`. Exact up to 2^53. */
  readonly values: Float64Array;
  readonly labelStart: Uint32Array;
  /** String numbers; `labelText` is 0 for numeric labels. */
  readonly labelKey: Uint32Array;
  readonly labelText: Uint32Array;
  readonly labelNumber: Float64Array;
  readonly labelUnit: Uint32Array;
  /** As in the file; exact ones where one is over 2^53. */
  readonly locationIds: Float64Array | BigUint64Array;
  /** Index of the mapping, or -1. */
  readonly locationMapping: Int32Array;
  readonly locationAddress: BigUint64Array;
  readonly locationFolded: Uint8Array;
  readonly lineStart: Uint32Array;
  /** Index of the function, or -1; the first line of a location is the innermost inlined call. */
  readonly lineFunction: Int32Array;
  readonly lineNumber: Float64Array;
  readonly lineColumn: Float64Array;
  /** String numbers. */
  readonly functionName: Uint32Array;
  readonly functionSystemName: Uint32Array;
  readonly functionFile: Uint32Array;
  readonly functionStartLine: Float64Array;
  readonly mappings: readonly Mapping[];
  readonly strings: StringTable;
  readonly comments: readonly string[];
  /** Nanoseconds since 1970; 0n when unknown. */
  readonly timeNanos: bigint;
  readonly durationNanos: number;
  readonly periodType?: ValueType;
  readonly period: number;
  /** Regular expressions (RE2) of frames to hide and to keep, as the profile asks. */
  readonly dropFrames: string;
  readonly keepFrames: string;
  readonly docUrl: string;
}

/** Strings by number, decoded when first asked for. */
export interface StringTable {
  readonly count: number;
  at(index: number): string;
}
