/** From a frame to what the source says of its line: which function it is in, which locks are asked for and held there. */
import type { FileLocks, FunctionLocks, LockKept, LockRange, LockSite } from './lock-facts.ts';
import { printedLength } from './names.ts';
import type { Frame } from '../model.ts';

/** What is known of one frame. Empty lists: its function has nothing to do with locks there. */
export interface LineLocks {
  readonly sites: readonly LockSite[];
  readonly ranges: readonly LockRange[];
}

export const nothingHere: LineLocks = { sites: [], ranges: [] };

/** Functions of a file that return while they hold a lock: name as calls call it (`PinLock`) and what they hold. */
export interface Keeper extends LockKept {
  readonly name: string;
}

export function keepersIn(functions: readonly FunctionLocks[]): readonly Keeper[] {
  return functions.flatMap(({ name, keeps }) => keeps.map((kept) => ({ ...kept, name: name.slice(name.lastIndexOf('.') + 1) })));
}

/** What a function is called in its file: `(*T).M` of `a/b.(*T[...]).M.func1.2`, and whether the frame is of a literal or a wrapper in it. */
export interface PrintedName {
  readonly name: string;
  readonly literal: boolean;
  readonly wrapper: boolean;
}

export function printedName(func: string): PrintedName {
  const plain = func.replaceAll(/\[[^\]]*\]/g, '');
  const rest = plain.slice(printedLength(plain) + 1).replace(/-range\d+$/, '');
  const inner = /^(.*?)(?:\.func\d+|\.gowrap\d+|\.deferwrap\d+|·dwrap·\d+|-range\d+|\.\.func\d+)/.exec(rest);
  const name = (inner?.[1] ?? rest).replace(/^glob\.?$/, 'init');
  return { name, literal: /\.func\d+/.test(rest), wrapper: /(?:\.gowrap|\.deferwrap|·dwrap·)\d+$|-fm$/.test(rest) };
}

/** Whether a file can be the one that a frame stands in: `no` when its function is elsewhere in it. `asks`: the frame waits for a lock itself. */
export function fits(file: FileLocks, frame: Pick<Frame, 'func' | 'line'>, asks: boolean): boolean {
  const { line } = frame;
  if (file.unread.some((one) => one.line <= line && line <= one.end)) return true;
  const { name, literal, wrapper } = printedName(frame.func);
  if (wrapper) return true;
  const there = file.functions.filter((one) => !one.literal && one.line <= line && line <= one.end);
  if (there.some((one) => !isCalled(one.name, name, frame.func))) return false;
  const named = file.functions.filter((one) => !one.literal && one.name === name);
  if (named.length > 0 && !literal && there.length === 0) return false;
  if (!asks) return true;
  return locksOn(file, frame)?.sites.some((site) => site.through !== true) === true;
}

/** Literals inlined elsewhere carry both names: `pkg.Outer.Inner.func1`. */
function isCalled(own: string, printed: string, func: string): boolean {
  return own === printed || (/\.func\d+|-range\d+/.test(func) && func.replaceAll(/\[[^\]]*\]/g, '').includes(`.${own}.`));
}

/** What a file says of a frame; undefined where it cannot be the file of that frame, or could not be read. */
export function locksOn(file: FileLocks, frame: Pick<Frame, 'func' | 'line'>): LineLocks | undefined {
  const { line } = frame;
  if (file.unread.some((one) => one.line <= line && line <= one.end)) return undefined;
  const { name, literal, wrapper } = printedName(frame.func);
  if (wrapper) return nothingHere;
  const there = file.functions.filter((one) => one.line <= line && line <= one.end);
  if (there.some((one) => !one.literal && !isCalled(one.name, name, frame.func))) return undefined;
  const one = literal ? innermost(there) : there.find((at) => !at.literal);
  if (one === undefined || (literal && !one.literal)) return nothingHere;
  return {
    sites: one.sites.filter((site) => site.line === line),
    ranges: one.ranges.filter(({ from, to }) => from <= line && line <= to),
  };
}

function innermost(functions: readonly FunctionLocks[]): FunctionLocks | undefined {
  return functions
    .filter(({ literal }) => literal)
    .reduce<FunctionLocks | undefined>((best, one) => (best === undefined || one.end - one.line <= best.end - best.line ? one : best), undefined);
}

/** The last part of a name, as notes call what is called on a line: `Lock`, `()` for a literal, '' when nothing is called. */
export function calledAs(inner: string | undefined): string {
  if (inner === undefined || /^(?:runtime\.|internal\/runtime\/|runtime\/internal\/)/.test(inner)) return '';
  const plain = inner.replaceAll(/\[[^\]]*\]/g, '');
  if (/\.func\d+(?:\.\d+)*$|-range\d+$/.test(plain)) return '()';
  const last = plain.slice(plain.lastIndexOf('.') + 1).replace(/-fm$/, '');
  return slow[last] ?? last;
}

/** Parts of sync that stand in for what was called. */
const slow: Readonly<Record<string, string>> = { lockSlow: 'Lock', rLockSlow: 'RLock', doSlow: 'Do' };
