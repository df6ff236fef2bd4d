/** Where a frame's file is: module, path in it and the version that the printed path names, in every style of build. */
import type { Frame } from '../model.ts';
import { importPathOf, isStandard, unescapeModulePath } from './modules.ts';

export interface SourcePlace {
  /** Module path; `std` for the standard library. */
  readonly module: string;
  /** `mfs/dir.go`. */
  readonly path: string;
  /** As printed: `v0.29.1`, `go1.24.9`; undefined where the path has none. */
  readonly version: string | undefined;
  /** Known by its last name only (gx paths). */
  readonly byName: boolean;
}

/** Undefined where the file is in none of the modules. */
export function sourcePlace({ func, file: printed }: Pick<Frame, 'func' | 'file'>, modules: Modules): SourcePlace | undefined {
  const file = printed.replaceAll('\\', '/');
  if (!file.endsWith('.go') || file.length > 1000 || /_cgo_gotypes\.go$|_testmain\.go$/.test(file)) return undefined;
  return toolchain(file) ?? versioned(file, modules) ?? gx(file, modules) ?? standard(func, file) ?? inTree(func, file, modules);
}

/** Names of modules, as sets to look them up by. */
export interface Modules {
  readonly all: ReadonlySet<string>;
  /** Last element of the path, without `/vN` → modules. */
  readonly byLast: ReadonlyMap<string, readonly string[]>;
}

export function modulesOf(names: readonly string[]): Modules {
  const byLast = new Map<string, string[]>();
  for (const name of names) {
    const last =
      name
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1) ?? '';
    byLast.set(last, [...(byLast.get(last) ?? []), name]);
  }
  return { all: new Set(names), byLast };
}

function toolchain(file: string): SourcePlace | undefined {
  const found = /(?:^|\/)golang\.org\/toolchain@v[\d.]+-(go[\w.]+?)\.[a-z0-9]+-[a-z0-9]+\/src\/(.+)$/.exec(file);
  return found?.[2] === undefined ? undefined : { module: 'std', path: found[2], version: found[1], byName: false };
}

/** `module@version/path`: in a module cache or printed by -trimpath. */
function versioned(file: string, modules: Modules): SourcePlace | undefined {
  const found = /^(.*?)@(v\d+\.\d+\.\d+[^/@]*)\/([^@]+)$/.exec(file);
  if (found === null) return undefined;
  const [, before = '', version = '', path = ''] = found;
  const name = unescapeModulePath(before);
  // The cache may be anywhere: the module is the longest known end of what stands before the version.
  for (let at = 0; at >= 0; at = name.indexOf('/', at) + 1 || -1) {
    const module = name.slice(at);
    if (modules.all.has(module)) return { module, path, version, byName: false };
  }
  return undefined;
}

function gx(file: string, modules: Modules): SourcePlace | undefined {
  const found = /(?:^|\/)gx\/ipfs\/Qm\w{44}\/([^/]+)\/(.+)$/.exec(file);
  const [module, ...others] = modules.byLast.get(found?.[1] ?? '') ?? [];
  return module === undefined || others.length > 0 || found?.[2] === undefined ? undefined : { module, path: found[2], version: undefined, byName: true };
}

function standard(func: string, file: string): SourcePlace | undefined {
  if (!isStandard(importPathOf(func)) && !/\/(?:go|golang|goroot)[\w.-]*\/src\/|\/libexec\/src\//i.test(file)) return undefined;
  const absolute = file.startsWith('/') || /^[A-Za-z]:/.test(file) || /^(?:\.\.|GOROOT|go)\//.test(file);
  const path = absolute ? /^.*?\/src\/(.+)$/.exec(file.replace(/^.*\/src\/(?=[^/]+\/)/, '/src/'))?.[1] : file.replace(/^src\//, '');
  if (path === undefined || !isStandard(path) || !path.includes('/')) return undefined;
  const version = /\/go-?(1\.\d+(?:\.\d+)?)[^/]*\/(?:[^/]+\/)*src\/|\/go\/(1\.\d+\.\d+)\//.exec(file);
  const number = version?.[1] ?? version?.[2];
  return { module: 'std', path, version: number === undefined ? undefined : `go${number}`, byName: false };
}

/** No version in the path: a checkout, GOPATH, a vendor folder, or the main module of a -trimpath build. */
function inTree(func: string, file: string, modules: Modules): SourcePlace | undefined {
  const parts = file.replace(/^.*\/(?:vendor|Godeps\/_workspace\/src)\//, '').split('/');
  for (let from = 0; from < parts.length - 1; from += 1) {
    if (!/^[\w-]+(?:\.[\w-]+)+$/.test(parts[from] ?? '')) continue;
    for (let to = Math.min(parts.length - 1, from + 6); to > from; to -= 1) {
      const module = parts.slice(from, to).join('/');
      const path = parts.slice(to).join('/');
      if (modules.all.has(module)) return { module, path, version: undefined, byName: false };
    }
  }
  const own = importPathOf(func).replace(/^.*\/vendor\//, '');
  const names = own.split('/');
  for (let to = names.length; to > 0; to -= 1) {
    const module = names.slice(0, to).join('/');
    if (!modules.all.has(module)) continue;
    const below = names.slice(to);
    const base = parts.at(-1) ?? '';
    const path = [...below, base].join('/');
    // The folder of a checkout may be called anything, but what is below the module is not.
    return below.length === 0 || `/${file}`.endsWith(`/${path}`) ? { module, path, version: undefined, byName: false } : undefined;
  }
  return undefined;
}
