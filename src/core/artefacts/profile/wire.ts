/** profile.proto → columns, in one pass over the bytes. */
import type { Profile } from './columns.ts';
import { maxLabels, maxProfileComments, maxProfileFrames, maxProfileRows, maxProfileValues, maxSampleTypes } from '../../limits.ts';
import { alone, Malformed, Reader, shorter } from './reader.ts';
import { func, location, mapping } from './places.ts';
import { Raw, wideIds } from './raw-columns.ts';
import { resolve } from './resolve.ts';
import { LazyStrings } from './strings.ts';

/** Throws `Malformed` with half a sentence; `parse.ts` is the only caller and catches it. */
export function decode(bytes: Uint8Array): Profile {
  const reader = new Reader(bytes);
  const raw = new Raw(bytes.length);
  const end = bytes.length;
  while (reader.pos < end) {
    if (bytes[reader.pos] === 18) {
      samples(reader, raw);
      continue;
    }
    const tag = reader.varint(end);
    const field = tag >>> 3;
    if (field === 0 || tag < 0) throw new Malformed('a field number in it is wrong');
    if ((tag & 7) === 2) message(field, reader, raw, end);
    else if ((tag & 7) === 0) number(field, reader, raw, end);
    else reader.skip(tag, end);
  }
  if (raw.comments.length > maxProfileComments) throw new Malformed('it has more comments than are read here');
  if (raw.times > 1) throw new Malformed('several profiles were written one after the other into it', alone);
  const strings = new LazyStrings(bytes, raw.stringOffset.done(), raw.stringLength.done());
  return resolve(raw, strings);
}

/** Samples that follow each other, as nearly all do: a loop of its own, since engines compile what they have seen. */
function samples(reader: Reader, raw: Raw): void {
  const { bytes } = reader;
  const { length: end } = bytes;
  while (reader.pos < end && bytes[reader.pos] === 18) {
    reader.pos += 1;
    const length = reader.length(end);
    sample(reader, raw, reader.pos + length);
  }
}

function number(field: number, reader: Reader, raw: Raw, end: number): void {
  if (field === 9) {
    raw.time = BigInt.asIntN(64, reader.exact(end));
    raw.times += 1;
    return;
  }
  const value = reader.varint(end);
  if (field === 7) raw.drop = value;
  else if (field === 8) raw.keep = value;
  else if (field === 10) raw.duration = value;
  else if (field === 12) raw.period = value;
  else if (field === 13) raw.comments.push(value);
  else if (field === 14) raw.defaultType = value;
  else if (field === 15) raw.doc = value;
  else if (field < 7 || field === 11) throw new Malformed(`field ${field} has the wrong wire type`);
}

function message(field: number, reader: Reader, raw: Raw, parent: number): void {
  const length = reader.length(parent);
  const end = reader.pos + length;
  switch (field) {
    case 1:
      raw.types.push(valueType(reader, end));
      break;
    case 2:
      sample(reader, raw, end);
      break;
    case 3:
      raw.mappings.push(mapping(reader, raw, end));
      break;
    case 4:
      location(reader, raw, end);
      break;
    case 5:
      func(reader, raw, end);
      break;
    case 6:
      raw.stringOffset.push(reader.pos);
      raw.stringLength.push(length);
      reader.pos = end;
      break;
    case 11:
      raw.periodType = valueType(reader, end);
      break;
    case 13:
      while (reader.pos < end) raw.comments.push(reader.varint(end));
      break;
    case 7:
    case 8:
    case 9:
    case 10:
    case 12:
    case 14:
    case 15:
      throw new Malformed(`field ${field} has the wrong wire type`);
    default:
      reader.pos = end;
  }
  if (reader.pos !== end) throw new Malformed('a part of it is longer than it says');
  const { types, mappings, locationIds, functionIds, stringOffset, lineFunction } = raw;
  if (
    Math.max(mappings.length, locationIds.length, functionIds.length, stringOffset.length, lineFunction.length) > maxProfileRows ||
    types.length > maxSampleTypes
  )
    throw new Malformed('it has more parts than are read here', shorter);
}

function valueType(reader: Reader, end: number): readonly [number, number] {
  let type = 0;
  let unit = 0;
  while (reader.pos < end) {
    const tag = reader.varint(end);
    if (tag === 8) type = reader.varint(end);
    else if (tag === 16) unit = reader.varint(end);
    else reader.skip(tag, end);
  }
  return [type, unit];
}

/** The hot loop: most bytes of a large profile are stacks, so short lengths and numbers are read in place. */
function sample(reader: Reader, raw: Raw, end: number): void {
  raw.sampleStart.push(raw.sampleLocations.length);
  const labels = raw.labelKey.length;
  raw.labelStart.push(labels);
  const before = raw.values.length;
  const { bytes } = reader;
  let at = reader.pos;
  while (at < end) {
    const tag = bytes[at] as number;
    const length = bytes[at + 1] as number;
    const stop = at + 2 + length;
    if (tag === 10 && length < 128 && stop <= end) at = locations(reader, raw, at + 2, stop);
    else if (tag === 18 && length < 128 && stop <= end) at = values(reader, raw, at + 2, stop);
    else {
      reader.pos = at;
      other(reader, raw, end);
      at = reader.pos;
    }
  }
  reader.pos = at;
  // The number of sample types may come later in the file: compared in resolve.ts.
  const width = raw.values.length - before;
  if (raw.width !== width) {
    if (raw.width >= 0) throw new Malformed('its samples do not all have the same number of values');
    raw.width = width;
  }
  if (raw.labelKey.length > labels && raw.labelKey.length - labels > maxLabels) throw new Malformed('a sample of it has more labels than are read here');
  const { sampleStart, sampleLocations, values: all, labelKey } = raw;
  if (sampleStart.length > maxProfileRows || sampleLocations.length > maxProfileFrames || all.length > maxProfileValues || labelKey.length > maxProfileRows)
    throw new Malformed('it has more samples than are read here', shorter);
}

/** Any field of a sample, by the book. */
function other(reader: Reader, raw: Raw, end: number): void {
  const tag = reader.varint(end);
  const field = tag >>> 3;
  if (tag === 10 || tag === 18) {
    const stop = reader.length(end) + reader.pos;
    reader.pos = tag === 10 ? locations(reader, raw, reader.pos, stop) : values(reader, raw, reader.pos, stop);
  } else if (tag === 26) label(reader, raw, end);
  else if (tag === 8) {
    const index = narrow(raw, reader.id(end, raw.largeIds));
    raw.most = Math.max(raw.most, index);
    raw.least = Math.min(raw.least, index);
    raw.sampleLocations.push(index);
  } else if (tag === 16) raw.values.push(reader.varint(end));
  else if (field >= 1 && field <= 3) throw new Malformed('a field of a sample has the wrong wire type');
  else reader.skip(tag, end);
}

/** Packed ids; returns where they end. */
function locations(reader: Reader, raw: Raw, from: number, stop: number): number {
  const { bytes } = reader;
  const column = raw.sampleLocations;
  column.reserve(stop - from);
  let { array, length: count } = column;
  let { most, least } = raw;
  let at = from;
  // Nearly all are one byte or two, in no order that a processor could guess: both are read without a branch. Others go by the book.
  while (at < stop) {
    const first = bytes[at] as number;
    const second = bytes[at + 1] as number;
    const two = first >>> 7;
    const next = at + 1 + two;
    if ((first & second) < 128 && next <= stop) {
      const index = ((first & 127) | ((second << 7) & -two)) - 1;
      if (index > most) most = index;
      if (index < least) least = index;
      array[count++] = index;
      at = next;
      continue;
    }
    reader.pos = at;
    const index = narrow(raw, reader.id(stop, raw.largeIds));
    at = reader.pos;
    most = Math.max(most, index);
    least = Math.min(least, index);
    column.length = count;
    column.push(index);
    ({ array, length: count } = column);
  }
  column.length = count;
  raw.most = most;
  raw.least = least;
  return at;
}

/** Packed values; returns where they end. */
function values(reader: Reader, raw: Raw, from: number, stop: number): number {
  const { bytes } = reader;
  const column = raw.values;
  column.reserve(stop - from);
  const { array } = column;
  let { length: count } = column;
  let at = from;
  while (at < stop) {
    const byte = bytes[at] as number;
    if (byte < 128) {
      at += 1;
      array[count++] = byte;
    } else {
      reader.pos = at;
      array[count++] = reader.varint(stop);
      at = reader.pos;
    }
  }
  column.length = count;
  return at;
}

/** Ids that do not fit into 31 bits get a number of their own above them (some writers use hashes as ids). */
function narrow(raw: Raw, id: number): number {
  if (id >= 0 && id < wideIds) return id - 1;
  raw.wide.push(id);
  return wideIds + raw.wide.length - 1;
}

function label(reader: Reader, raw: Raw, parent: number): void {
  const length = reader.length(parent);
  const end = reader.pos + length;
  let key = 0;
  let text = 0;
  let value = 0;
  let unit = 0;
  while (reader.pos < end) {
    const tag = reader.varint(end);
    if (tag === 8) key = reader.varint(end);
    else if (tag === 16) text = reader.varint(end);
    else if (tag === 24) value = reader.varint(end);
    else if (tag === 32) unit = reader.varint(end);
    else reader.skip(tag, end);
  }
  // A label that says nothing is none (profile/encode.go, postDecode).
  if (text === 0 && value === 0 && unit === 0) return;
  raw.labelKey.push(key);
  raw.labelText.push(text);
  raw.labelNumber.push(value);
  raw.labelUnit.push(unit);
}
