/** Which node of the graph each line of each location is, at the granularity that was asked for. */
import type { Granularity } from './options.ts';
import { ReportProblem } from './options.ts';
import type { Line, Work } from './work.ts';

/** What tells nodes apart, and how one is printed (NodeInfo of internal/graph). */
export interface NodeInfo {
  readonly name: string;
  /** 0n when the granularity has no addresses. */
  readonly address: bigint;
  readonly file: string;
  readonly startLine: number;
  readonly line: number;
  readonly column: number;
  readonly objfile: string;
  /** As pprof prints it. */
  readonly printable: string;
}

export interface NodeTable {
  readonly infos: readonly NodeInfo[];
  /** CSR by location: node of each line, innermost first; a location without lines has one. */
  readonly start: Uint32Array;
  readonly node: Uint32Array;
}

interface Keeps {
  readonly func: boolean;
  readonly file: boolean;
  readonly line: boolean;
  readonly address: boolean;
}

const keeps: Readonly<Record<Granularity, Keeps>> = {
  '': { func: true, file: false, line: false, address: false },
  functions: { func: true, file: false, line: false, address: false },
  filefunctions: { func: true, file: true, line: false, address: false },
  files: { func: false, file: true, line: false, address: false },
  lines: { func: true, file: true, line: true, address: false },
  addresses: { func: true, file: true, line: true, address: true },
};

export interface NodeOptions {
  readonly granularity: Granularity;
  readonly noinlines: boolean;
  readonly showColumns: boolean;
  /** Path prefixes taken off; undefined takes off none, not even the usual ones. */
  readonly trimPath: string | undefined;
}

/** Nodes in the order in which locations name them. */
export function nodesOf(work: Work, options: NodeOptions): NodeTable {
  const keep = keeps[options.granularity];
  if (keep === undefined) throw new ReportProblem('unexpected granularity');
  // Addresses with inlined frames are not aggregated at all: columns stay (internal/driver.aggregate).
  const columns = options.showColumns || (options.granularity === 'addresses' && !options.noinlines);
  const files = work.files.map((file) => (keep.file && file !== '' ? clean(options.trimPath === undefined ? file : trimmed(file, options.trimPath)) : ''));
  const infos: NodeInfo[] = [];
  const byKey = new Map<string, number>();
  const byFunction = new Int32Array(work.names.length).fill(-1);
  const start = new Uint32Array(work.lines.length + 1);
  const node: number[] = [];
  const plain = keep.func && !keep.file && !keep.line && !keep.address;
  /** What is equal in all parts is one node. */
  const add = (made: Omit<NodeInfo, 'printable'>): number => {
    const key = `${made.address}\0${made.name}\0${made.file}\0${made.startLine}\0${made.line}\0${made.column}\0${made.objfile}`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    infos.push({ ...made, printable: printable(made) });
    byKey.set(key, infos.length - 1);
    return infos.length - 1;
  };
  const nodeOf = (location: number, line: Line | undefined): number => {
    const objfile = work.profile.mappings[work.profile.locationMapping[location] ?? -1]?.file ?? '';
    const address = keep.address ? (work.address[location] ?? 0n) : 0n;
    if (line === undefined || line.func < 0) return add({ name: '', address, file: '', startLine: 0, line: 0, column: 0, objfile });
    const name = keep.func ? (work.names[line.func] ?? '') : '';
    if (plain && name !== '') {
      const known = byFunction[line.func] ?? -1;
      if (known >= 0) return known;
      const made = add({ name, address, file: '', startLine: 0, line: 0, column: 0, objfile: '' });
      byFunction[line.func] = made;
      return made;
    }
    const file = files[line.func] ?? '';
    const number = keep.line ? line.line : 0;
    const column = keep.line && columns ? line.column : 0;
    const nameless = name === '';
    const startLine = nameless ? (work.profile.functionStartLine[line.func] ?? 0) : 0;
    return add({ name, address, file, startLine, line: number, column, objfile: nameless ? objfile : '' });
  };
  for (let location = 0; location < work.lines.length; location += 1) {
    start[location] = node.length;
    const all = work.lines[location] ?? [];
    const lines = options.noinlines && all.length > 1 ? all.slice(-1) : all;
    if (lines.length === 0) node.push(nodeOf(location, undefined));
    for (const line of lines) node.push(nodeOf(location, line));
  }
  start[work.lines.length] = node.length;
  return { infos, start, node: Uint32Array.from(node) };
}

function printable(info: Omit<NodeInfo, 'printable'>): string {
  return components(info).join(' ');
}

/** The parts of a printable name (NodeInfo.NameComponents). */
export function components({ name, address, file, line, column, objfile }: Omit<NodeInfo, 'printable'>): readonly string[] {
  const parts: string[] = [];
  if (address !== 0n) parts.push(address.toString(16).padStart(16, '0'));
  if (name !== '') parts.push(name);
  if (line !== 0) parts.push(`${file}:${line}${column === 0 ? '' : `:${column}`}`);
  else if (file !== '') parts.push(file);
  else if (name !== '') return parts;
  else if (objfile !== '') parts.push(`[${base(objfile)}]`);
  else parts.push('<unknown>');
  return parts;
}

/** Go's filepath.Base. */
export function base(path: string): string {
  const bare = path.replace(/\/+$/, '');
  if (bare === '') return path === '' ? '.' : '/';
  return bare.slice(bare.lastIndexOf('/') + 1);
}

/** Go's filepath.Clean, for slashes. */
export function clean(path: string): string {
  if (path !== '' && !/\/\/|(^|\/)\.{1,2}(\/|$)|.\/$/.test(path)) return path;
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined === '' ? '.' : joined;
}

function trimmed(path: string, trimPath: string): string {
  const prefixes = [...(trimPath === '' ? [] : trimPath.split(':')), '/proc/self/cwd/./', '/proc/self/cwd/'].map((prefix) =>
    prefix.endsWith('/') ? prefix : `${prefix}/`,
  );
  const found = prefixes.find((prefix) => path.startsWith(prefix));
  return found === undefined ? path : path.slice(found.length);
}
