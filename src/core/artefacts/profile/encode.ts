/** Columns → profile.proto, gzipped, written with pprof-format: files that `go tool pprof` opens. */
import { gzipSync } from 'node:zlib';
import { Function as Func, Label, Line, Location, Mapping, Profile as Message, Sample, StringTable, ValueType as TypeMessage } from 'pprof-format';
import type { Profile, ValueType } from './columns.ts';

/** Bytes of a `.pb.gz`. Ids become 1, 2, 3, …; nothing else changes. */
export function encodeProfile(profile: Profile): Uint8Array {
  return gzipSync(encodePlain(profile));
}

/** The same without gzip. */
export function encodePlain(profile: Profile): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const named = (index: number): number => text(profile.strings.at(index));
  const type = (value: ValueType): TypeMessage => new TypeMessage({ type: text(value.type), unit: text(value.unit) });
  const width = profile.sampleTypes.length;
  const sampleType = profile.sampleTypes.map(type);
  const sample: Sample[] = [];
  for (let at = 0; at < profile.samples; at += 1) {
    const label: Label[] = [];
    for (let n = profile.labelStart[at] ?? 0; n < (profile.labelStart[at + 1] ?? 0); n += 1) {
      label.push(
        new Label({
          key: named(profile.labelKey[n] ?? 0),
          str: named(profile.labelText[n] ?? 0),
          num: exact(profile.labelNumber[n] ?? 0),
          numUnit: named(profile.labelUnit[n] ?? 0),
        }),
      );
    }
    sample.push(
      new Sample({
        locationId: Array.from(profile.sampleLocations.subarray(profile.sampleStart[at], profile.sampleStart[at + 1]), (index) => index + 1),
        value: Array.from(profile.values.subarray(at * width, (at + 1) * width), exact),
        label,
      }),
    );
  }
  const mapping = profile.mappings.map(
    (one, at) =>
      new Mapping({
        id: at + 1,
        memoryStart: one.start,
        memoryLimit: one.limit,
        fileOffset: one.offset,
        filename: text(one.file),
        buildId: text(one.buildId),
        hasFunctions: one.hasFunctions,
        hasFilenames: one.hasFilenames,
        hasLineNumbers: one.hasLineNumbers,
        hasInlineFrames: one.hasInlineFrames,
      }),
  );
  const location = Array.from({ length: profile.locationIds.length }, (_, at) => {
    const line: Line[] = [];
    for (let n = profile.lineStart[at] ?? 0; n < (profile.lineStart[at + 1] ?? 0); n += 1)
      line.push(
        new Line({ functionId: (profile.lineFunction[n] ?? -1) + 1, line: exact(profile.lineNumber[n] ?? 0), column: exact(profile.lineColumn[n] ?? 0) }),
      );
    return new Location({
      id: at + 1,
      mappingId: (profile.locationMapping[at] ?? -1) + 1,
      address: profile.locationAddress[at] ?? 0n,
      line,
      isFolded: profile.locationFolded[at] === 1,
    });
  });
  const functions = Array.from(profile.functionName, (name, at) => {
    const [systemName, filename] = [named(profile.functionSystemName[at] ?? 0), named(profile.functionFile[at] ?? 0)];
    return new Func({ id: at + 1, name: named(name), systemName, filename, startLine: exact(profile.functionStartLine[at] ?? 0) });
  });
  const { periodType } = profile;
  return new Message({
    sampleType,
    sample,
    mapping,
    location,
    function: functions,
    stringTable,
    dropFrames: text(profile.dropFrames),
    keepFrames: text(profile.keepFrames),
    timeNanos: profile.timeNanos,
    durationNanos: exact(profile.durationNanos),
    // A message without fields cannot be written.
    periodType: periodType === undefined || (periodType.type === '' && periodType.unit === '') ? undefined : type(periodType),
    period: exact(profile.period),
    comment: profile.comments.map(text),
    defaultSampleType: text(profile.defaultSampleType),
    docUrl: text(profile.docUrl),
  }).encode();
}

/** Numbers over 32 bits go as bigint: what pprof-format does with large ones is exact then. */
function exact(value: number): number | bigint {
  return Math.abs(value) > 0x7fff_ffff ? BigInt(value) : value;
}
