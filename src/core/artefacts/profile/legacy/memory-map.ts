/** The memory map at the end of a legacy profile, in the forms that pprof knows (profile/legacy_profile.go). */
import { maxLine } from './draft.ts';

export interface MapEntry {
  start: bigint;
  limit: bigint;
  offset: bigint;
  file: string;
  buildId: string;
}

const range = String.raw`^\s*(?:0x)?([0-9a-fA-F]{1,16})[\s-]?\s*(?:0x)?([0-9a-fA-F]{1,16}):?`;
const permissions = String.raw`(?:\s+([-rwxp]+))?`;
const procMaps = new RegExp(String.raw`${range}${permissions}(?:\s+([0-9a-fA-F]+))?\s+[0-9a-fA-F]+:[0-9a-fA-F]+\s+[0-9]+(?:\s+(\S+))?`);
const briefMaps = new RegExp(String.raw`${range}${permissions}(?:\s+(\S+))?(?:\s+\(@([0-9a-fA-F]+)\))?(?:\s+([0-9a-fA-F]+))?`);

/** Executable mappings; `name=value` lines define `$name` for the lines after them. */
export function entriesOf(lines: readonly string[]): MapEntry[] {
  const entries: MapEntry[] = [];
  const names = new Map<string, string>();
  for (const written of lines) {
    if (written.length > maxLine / 4) continue;
    const line = replaced(written.replace(/^[^[\]]+:[0-9]+\]\s/, ''), names);
    const entry = entryOf(line);
    if (entry === 'unknown') {
      const equals = line.indexOf('=');
      if (equals >= 0) names.set(`$${line.slice(0, equals).trim()}`, line.slice(equals + 1).trim());
    } else if (entry !== 'data') entries.push(entry);
  }
  return entries;
}

function replaced(line: string, names: ReadonlyMap<string, string>): string {
  let text = line;
  if (names.size > 0 && line.includes('$')) for (const [name, value] of names) text = text.replaceAll(name, () => value);
  return text;
}

function entryOf(line: string): MapEntry | 'data' | 'unknown' {
  const proc = procMaps.exec(line);
  const brief = proc === null ? briefMaps.exec(line) : null;
  if (proc === null && brief === null) return 'unknown';
  const [, start = '', limit = '', allowed = ''] = proc ?? brief ?? [];
  const [offset = '', file = '', buildId = ''] = proc === null ? [brief?.[5], brief?.[4], brief?.[6]] : [proc[4], proc[5], ''];
  if (allowed !== '' && !allowed.includes('x')) return 'data';
  if (offset.length > 16) return 'unknown';
  return { start: BigInt(`0x${start}`), limit: BigInt(`0x${limit}`), offset: offset === '' ? 0n : BigInt(`0x${offset}`), file, buildId };
}

/** Neighbours that are one file joined, the program itself first (massageMappings). */
export function massaged(entries: readonly MapEntry[]): MapEntry[] {
  const joined: MapEntry[] = [];
  for (const entry of entries) {
    const last = joined.at(-1);
    if (last === undefined || !adjacent(last, entry)) {
      joined.push({ ...entry });
      continue;
    }
    last.limit = entry.limit;
    if (entry.file !== '') last.file = entry.file;
    if (entry.buildId !== '') last.buildId = entry.buildId;
  }
  const main = joined.findIndex(({ file }) => {
    const bare = file.replaceAll('(deleted)', '').trim();
    return bare !== '' && !bare.startsWith('[') && !/[.]so$|[.]so[._][0-9]+/.test(bare);
  });
  const [first, program] = [joined[0], joined[main]];
  if (first !== undefined && program !== undefined) [joined[0], joined[main]] = [program, first];
  return joined;
}

function adjacent(one: MapEntry, next: MapEntry): boolean {
  if (one.file !== '' && next.file !== '' && one.file !== next.file) return false;
  if (one.buildId !== '' && next.buildId !== '' && one.buildId !== next.buildId) return false;
  if (one.limit !== next.start) return false;
  return one.offset === 0n || next.offset === 0n || one.offset + (one.limit - one.start) === next.offset;
}

/** Which mapping each address is in; one of everything is made for those that are in none (remapMappingIDs). */
export function mapped(entries: MapEntry[], addresses: Iterable<bigint>): { readonly entries: readonly MapEntry[]; readonly of: ReadonlyMap<bigint, number> } {
  const [head, second] = entries;
  if (head?.file.startsWith('/anon_hugepage') === true && second !== undefined && head.limit === second.start) entries.shift();
  const [first] = entries;
  if (first !== undefined && first.start - first.offset === 0x400000n) Object.assign(first, { start: 0x400000n, offset: 0n });
  const of = new Map<bigint, number>();
  let whole: number | undefined;
  for (const address of addresses) {
    if (address === 0n || of.has(address)) continue;
    // The one of everything is appended, and from then on is found like the others.
    let at = entries.findIndex(({ start, limit }) => start <= address && address < limit);
    if (at < 0) {
      at = entries.findIndex(({ start, offset }) => offset !== 0n && start - offset <= address && address < start);
      const entry = entries[at];
      if (entry !== undefined) Object.assign(entry, { start: entry.start - entry.offset, offset: 0n });
    }
    if (at < 0) {
      whole ??= entries.push({ start: 0n, limit: 0xffff_ffff_ffff_ffffn, offset: 0n, file: '', buildId: '' }) - 1;
      at = whole;
    }
    of.set(address, at);
  }
  return { entries, of };
}
