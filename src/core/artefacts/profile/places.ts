/** Locations, functions and mappings of profile.proto. */
import type { Raw, RawMapping } from './raw-columns.ts';
import type { Reader } from './reader.ts';

/** One place in the code, its lines innermost first. */
export function location(reader: Reader, raw: Raw, end: number): void {
  let id = 0;
  let map = 0;
  let address = 0n;
  let folded = 0;
  raw.lineStart.push(raw.lineFunction.length);
  while (reader.pos < end) {
    const tag = reader.varint(end);
    if (tag === 8) id = reader.id(end, raw.largeIds);
    else if (tag === 16) map = reader.id(end, raw.largeIds);
    else if (tag === 24) address = reader.exact(end);
    else if (tag === 34) line(reader, raw, end);
    else if (tag === 40) folded = reader.varint(end) === 0 ? 0 : 1;
    else reader.skip(tag, end);
  }
  raw.locationIds.push(id);
  raw.locationMapping.push(map);
  raw.locationAddress.push(address);
  raw.locationFolded.push(folded);
}

function line(reader: Reader, raw: Raw, parent: number): void {
  const length = reader.length(parent);
  const end = reader.pos + length;
  let func = 0;
  let at = 0;
  let column = 0;
  while (reader.pos < end) {
    const tag = reader.varint(end);
    if (tag === 8) func = reader.id(end, raw.largeIds);
    else if (tag === 16) at = reader.varint(end);
    else if (tag === 24) column = reader.varint(end);
    else reader.skip(tag, end);
  }
  raw.lineFunction.push(func);
  raw.lineNumber.push(at);
  raw.lineColumn.push(column);
}

export function func(reader: Reader, raw: Raw, end: number): void {
  let id = 0;
  let name = 0;
  let system = 0;
  let file = 0;
  let start = 0;
  while (reader.pos < end) {
    const tag = reader.varint(end);
    if (tag === 8) id = reader.id(end, raw.largeIds);
    else if (tag === 16) name = reader.varint(end);
    else if (tag === 24) system = reader.varint(end);
    else if (tag === 32) file = reader.varint(end);
    else if (tag === 40) start = reader.varint(end);
    else reader.skip(tag, end);
  }
  raw.functionIds.push(id);
  raw.functionName.push(name);
  raw.functionSystemName.push(system);
  raw.functionFile.push(file);
  raw.functionStartLine.push(start);
}

export function mapping(reader: Reader, raw: Raw, end: number): RawMapping {
  const found: RawMapping = { id: 0, start: 0n, limit: 0n, offset: 0n, file: 0, buildId: 0, flags: [false, false, false, false] };
  while (reader.pos < end) {
    const tag = reader.varint(end);
    const field = tag >>> 3;
    if ((tag & 7) !== 0 || field > 10) reader.skip(tag, end);
    else if (field === 1) found.id = reader.id(end, raw.largeIds);
    else if (field === 2) found.start = reader.exact(end);
    else if (field === 3) found.limit = reader.exact(end);
    else if (field === 4) found.offset = reader.exact(end);
    else if (field === 5) found.file = reader.varint(end);
    else if (field === 6) found.buildId = reader.varint(end);
    else found.flags[field - 7] = reader.varint(end) !== 0;
  }
  return found;
}
