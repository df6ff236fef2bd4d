/** Names of Go functions: short for people, and normal so that the same code of two releases is the same. */
import { importPathOf, isStandard } from './modules.ts';

/** What `normalFunction` drops is one of these. */
const builds = /\/v\d|\.v\d|\/vendor\/|_workspace\/|^gx\/|%/;

/** Drops what differs between builds of one function: gx hashes, vendor folders, major versions, `%2e`. */
export function normalFunction(func: string): string {
  // Most names have nothing to drop.
  if (!builds.test(func)) return func;
  const printed = importPathOf(func);
  const rest = func.slice(printedLength(func));
  const path = printed
    .replace(/^.*\/(?:vendor|Godeps\/_workspace\/src)\//, '')
    .replace(/^gx\/ipfs\/Qm\w{44}\//, '')
    .replace(/\/v\d+(?=\/|$)/g, '')
    .replace(/\.v\d+(?=\/|$)/, '');
  return path + rest;
}

/** Length of the import path as printed, escapes included. */
export function printedLength(func: string): number {
  const bracket = func.indexOf('[');
  const name = bracket < 0 ? func : func.slice(0, bracket);
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  return dot < 0 ? name.length : dot;
}

/** `mfs.(*Directory).Child` of `github.com/ipfs/boxo/mfs.(*Directory).Child`; `swarm.…` for `…/go-libp2p-swarm/v2.…`. */
export function shortFunction(func: string): string {
  const rest = func.slice(printedLength(func));
  const parts = importPathOf(func).split('/');
  let last = parts.pop() ?? '';
  if (/^v\d+$/.test(last)) last = parts.pop() ?? last;
  return last + rest;
}

/** True for the runtime and the standard library, its vendored copies included. */
export function isStandardFunction(func: string): boolean {
  const path = importPathOf(func);
  return isStandard(path) || path.startsWith('vendor/golang.org/x/');
}

/** Frames that the compiler or runtime puts below the function of a `go` statement. */
export function isWrapper(func: string): boolean {
  return (
    (func.includes('wrap') || func.startsWith('runtime.')) &&
    /\.(?:gowrap|\u00b7dwrap\u00b7)\d+$|\u00b7dwrap\u00b7\d+$|^runtime\.(?:goexit|main|rt0_go|mstart|mcall)$/.test(func)
  );
}
