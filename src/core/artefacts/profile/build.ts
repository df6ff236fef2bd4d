/** Columns from rows: for profiles that come from text, from old binaries, or from several profiles joined. */
import type { Mapping, Profile, ValueType } from './columns.ts';
import { GrowFloat64, GrowUint32 } from './grow.ts';
import { OwnStrings } from './strings.ts';

export interface NewFunction {
  readonly name: string;
  readonly systemName: string;
  readonly file: string;
  readonly startLine: number;
}

export interface NewLine {
  /** Index of the function, or -1. */
  readonly func: number;
  readonly line: number;
  readonly column: number;
}

export interface NewLabel {
  readonly key: string;
  readonly text?: string;
  readonly number?: number;
  readonly unit?: string;
}

export class ProfileBuilder {
  readonly strings = new OwnStrings();
  private readonly sampleStart = new GrowUint32();
  private readonly sampleLocations = new GrowUint32(4096);
  private readonly values = new GrowFloat64();
  private readonly labelStart = new GrowUint32();
  private readonly labelKey = new GrowUint32();
  private readonly labelText = new GrowUint32();
  private readonly labelNumber = new GrowFloat64();
  private readonly labelUnit = new GrowUint32();
  private readonly locations = new Map<string, number>();
  private readonly address: bigint[] = [];
  private readonly locationMapping: number[] = [];
  private readonly folded: number[] = [];
  private readonly lineStart = new GrowUint32();
  private readonly lineFunction: number[] = [];
  private readonly lineNumber = new GrowFloat64();
  private readonly lineColumn = new GrowFloat64();
  private readonly functions = new Map<string, number>();
  private readonly functionColumns: NewFunction[] = [];
  readonly mappings: Mapping[] = [];

  func(made: NewFunction): number {
    const key = `${made.name}\0${made.systemName}\0${made.file}\0${made.startLine}`;
    const known = this.functions.get(key);
    if (known !== undefined) return known;
    this.functionColumns.push(made);
    this.functions.set(key, this.functionColumns.length - 1);
    return this.functionColumns.length - 1;
  }

  /** The same address, mapping and lines are one location. Columns tell only outermost lines apart, as in Location.key of google/pprof. */
  location(address: bigint, mapping: number, lines: readonly NewLine[], folded = 0): number {
    const key = `${address}\0${mapping}\0${folded}\0${lines.map(({ func, line }) => `${func}|${line}`).join('|')}|${lines.at(-1)?.column ?? 0}`;
    const known = this.locations.get(key);
    if (known !== undefined) return known;
    const made = this.newLocation(address, mapping, lines, folded);
    this.locations.set(key, made);
    return made;
  }

  /** A location of its own, whether there is an equal one or not. */
  newLocation(address: bigint, mapping: number, lines: readonly NewLine[], folded = 0): number {
    this.lineStart.push(this.lineFunction.length);
    for (const { func, line, column } of lines) {
      this.lineFunction.push(func);
      this.lineNumber.push(line);
      this.lineColumn.push(column);
    }
    this.address.push(address);
    this.locationMapping.push(mapping);
    this.folded.push(folded);
    return this.address.length - 1;
  }

  sample(locations: Iterable<number>, values: Iterable<number>, labels: readonly NewLabel[] = []): void {
    this.sampleStart.push(this.sampleLocations.length);
    this.labelStart.push(this.labelKey.length);
    for (const location of locations) this.sampleLocations.push(location);
    for (const value of values) this.values.push(value);
    for (const { key, text, number, unit } of labels) {
      this.labelKey.push(this.strings.number(key));
      this.labelText.push(text === undefined ? 0 : this.strings.number(text));
      this.labelNumber.push(number ?? 0);
      this.labelUnit.push(this.strings.number(unit ?? ''));
    }
  }

  done(about: {
    readonly sampleTypes: readonly ValueType[];
    readonly defaultSampleType?: string;
    readonly comments?: readonly string[];
    readonly timeNanos?: bigint;
    readonly durationNanos?: number;
    readonly periodType?: ValueType;
    readonly period?: number;
    readonly dropFrames?: string;
    readonly keepFrames?: string;
    readonly docUrl?: string;
  }): Profile {
    const samples = this.sampleStart.length;
    this.sampleStart.push(this.sampleLocations.length);
    this.labelStart.push(this.labelKey.length);
    this.lineStart.push(this.lineFunction.length);
    const text = (of: (func: NewFunction) => string): Uint32Array => Uint32Array.from(this.functionColumns, (func) => this.strings.number(of(func)));
    return {
      sampleTypes: about.sampleTypes,
      defaultSampleType: about.defaultSampleType ?? '',
      samples,
      sampleStart: this.sampleStart.done(),
      sampleLocations: this.sampleLocations.done(),
      values: this.values.done(),
      labelStart: this.labelStart.done(),
      labelKey: this.labelKey.done(),
      labelText: this.labelText.done(),
      labelNumber: this.labelNumber.done(),
      labelUnit: this.labelUnit.done(),
      locationIds: Float64Array.from(this.address, (_, at) => at + 1),
      locationMapping: Int32Array.from(this.locationMapping),
      locationAddress: BigUint64Array.from(this.address),
      locationFolded: Uint8Array.from(this.folded),
      lineStart: this.lineStart.done(),
      lineFunction: Int32Array.from(this.lineFunction),
      lineNumber: this.lineNumber.done(),
      lineColumn: this.lineColumn.done(),
      functionName: text((func) => func.name),
      functionSystemName: text((func) => func.systemName),
      functionFile: text((func) => func.file),
      functionStartLine: Float64Array.from(this.functionColumns, (func) => func.startLine),
      mappings: this.mappings,
      strings: this.strings,
      comments: about.comments ?? [],
      timeNanos: about.timeNanos ?? 0n,
      durationNanos: about.durationNanos ?? 0,
      periodType: about.periodType,
      period: about.period ?? 0,
      dropFrames: about.dropFrames ?? '',
      keepFrames: about.keepFrames ?? '',
      docUrl: about.docUrl ?? '',
    };
  }
}
