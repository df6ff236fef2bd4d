/** Go's build info of both eras (debug/buildinfo): pointers to strings up to Go 1.17, inline strings since 1.18. */
import type { GoModule } from '../../model.ts';
import type { Image } from './image.ts';
import { findSymbols } from './symbols.ts';

export interface BuildInfo {
  /** `go1.24.9`. */
  readonly go: string;
  /** Import path of the main package. */
  readonly path?: string;
  readonly main?: GoModule;
  /** `h1:…` of the main module: only a build of a module by version has one. */
  readonly mainSum?: string;
  readonly modules: readonly GoModule[];
  readonly settings: Readonly<Record<string, string>>;
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
/** Longest module list read: kubo's has 20 kB. */
const maxText = 4 << 20;
const maxModules = 20_000;

/** undefined for programs older than Go 1.13, and for what is not Go. */
export function readBuildInfo(image: Image): BuildInfo | undefined {
  for (const address of places(image)) {
    const info = decode(image, address);
    if (info !== undefined) return info;
  }
  const version = versionBySymbol(image);
  return version === undefined ? undefined : { go: version, modules: [], settings: {} };
}

/** Its own section, else (PE, no section headers) the writable segments, 16-aligned. */
function* places(image: Image): Generator<number> {
  const section = image.section('.go.buildinfo', '__go_buildinfo');
  const all = image.layout.segments;
  const segments =
    section === undefined
      ? [...all.filter(({ writable }) => writable), ...all.filter(({ writable }) => !writable)]
      : [section, ...all.filter(({ writable }) => writable)];
  for (const segment of segments) for (const address of image.find(magic, segment)) if (address % 16 === 0) yield address;
}

function decode(image: Image, address: number): BuildInfo | undefined {
  const head = image.at(address, 32);
  if (head.length < 32) return undefined;
  const inline = ((head[15] ?? 0) & 2) !== 0;
  const [version, framed] = inline ? inlineStrings(image, address + 32) : pointedStrings(image, address + 16);
  if (version === undefined || !/^[\x20-\x7e]{3,200}$/.test(version)) return undefined;
  const ok = framed !== undefined && framed.length >= 33 && framed[framed.length - 17] === '\n';
  return parse(version, ok ? Buffer.from(framed.slice(16, -16), 'latin1').toString('utf8') : '');
}

/** Two strings with varint lengths. Module text is framed by 16 raw bytes on each side, so it is cut before it is decoded. */
function inlineStrings(image: Image, address: number): readonly [string | undefined, string | undefined] {
  const version = inlineString(image, address);
  return [version?.text, version === undefined ? undefined : inlineString(image, version.end)?.text];
}

function inlineString(image: Image, address: number): { readonly text: string; readonly end: number } | undefined {
  const head = image.at(address, 10);
  let length = 0;
  for (let index = 0; index < head.length; index++) {
    const byte = head[index] ?? 0;
    length += (byte & 0x7f) * 128 ** index;
    if (byte >= 0x80) continue;
    if (length > maxText) return undefined;
    const end = address + index + 1 + length;
    const bytes = image.at(address + index + 1, length);
    return bytes.length < length ? undefined : { text: bytes.toString('latin1'), end };
  }
  return undefined;
}

function pointedStrings(image: Image, address: number): readonly [string | undefined, string | undefined] {
  return [goString(image, image.pointerAt(address)), goString(image, image.pointerAt(address + image.words.pointerSize))];
}

/** A Go string header: pointer and length. */
function goString(image: Image, header: number): string | undefined {
  if (header === 0) return undefined;
  const data = image.pointerAt(header);
  const length = image.wordAt(header + image.words.pointerSize);
  return data === 0 || length === 0 || length > maxText ? undefined : image.at(data, length).toString('latin1');
}

function parse(go: string, text: string): BuildInfo {
  const modules: GoModule[] = [];
  const settings: Record<string, string> = {};
  let path: string | undefined;
  let main: GoModule | undefined;
  let mainSum: string | undefined;
  let last: { path: string; version: string; replacedBy?: { path: string; version: string } } | undefined;
  for (const line of text.split('\n')) {
    const [key, first = '', second = '', sum] = line.split('\t');
    if (key === 'path') path = first;
    else if (key === 'mod') {
      main = last = { path: first, version: second };
      mainSum = sum === '' ? undefined : sum;
    } else if (key === 'dep' && modules.length < maxModules) modules.push((last = { path: first, version: second }));
    else if (key === '=>' && last !== undefined) last.replacedBy = { path: first, version: second };
    else if (key === 'build') {
      const equals = /^["`]/.test(first) ? first.indexOf(first[0] ?? '', 1) + 1 : first.indexOf('=');
      if (equals > 0) settings[unquoted(first.slice(0, equals))] = unquoted(first.slice(equals + 1));
    }
  }
  return { go, path, main, mainSum, modules, settings };
}

function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Before Go 1.13 the version is only in the variable `runtime.buildVersion`. */
function versionBySymbol(image: Image): string | undefined {
  const address = findSymbols(image, ['runtime.buildVersion']).get('runtime.buildVersion');
  const version = address === undefined ? undefined : goString(image, address);
  return version !== undefined && /^(?:go1|devel)[\x20-\x7e]{0,100}$/.test(version) ? version : undefined;
}

/** Last resort for stripped programs without build info: the one release that the data names. Messages name releases too, but seldom a patch of one. */
export function versionInData(image: Image): string | undefined {
  const named = new Set<string>();
  for (const segment of image.layout.segments) {
    for (const address of image.find(Buffer.from('go1.'), segment)) {
      const found = /^go1\.\d{1,2}(?:\.\d{1,2}|rc\d|beta\d)?(?![\d.])/.exec(image.at(address, 16).toString('latin1'));
      if (found !== null && named.size < maxNamed) named.add(found[0]);
    }
  }
  const patches = [...named].filter((one) => /\d(?:\.\d+|rc\d|beta\d)$/.test(one.slice(4)));
  const [only, ...others] = patches.length > 0 ? patches : named;
  return others.length === 0 ? only : undefined;
}

const maxNamed = 100;
