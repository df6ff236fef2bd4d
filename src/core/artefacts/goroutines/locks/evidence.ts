/** What one frame says about a lock: does its goroutine work on the lock's object, is it past the place that takes the lock. */
import type { Found } from './identify.ts';
import type { Passed, Sites } from './sites.ts';
import { lexical } from './touches.ts';
import { receiverOf, subjectOf, type View, type ViewFrame } from './view.ts';

export interface Evidence {
  score: number;
  readonly why: string[];
  /** The frame took the lock for reading; undefined when it cannot be told. */
  readonly reads: boolean | undefined;
  /** It is past a place where this lock is taken, or in a function that is known to keep it. */
  readonly past: boolean;
  /** The frame is inside of the object that the lock lies in. */
  readonly inside: boolean;
  /** It carries a pointer that ties it to this very lock, not only to its type or function. */
  readonly tied: boolean;
}

export interface Context {
  /** Objects that have locks, as `type@value`. */
  readonly objects: ReadonlySet<string>;
  readonly sites: Sites;
}

/** How the lock must be held for its waiters to wait: a waiting writer waits for readers, everybody else for a writer. */
export type Need = 'read' | 'write' | 'any';

export function needOf({ waits, writerUntold }: Found): Need {
  if (writerUntold || waits.some(({ kind }) => kind === 'wlock')) return 'read';
  return waits.some(({ kind }) => kind === 'wlock2' || kind === 'rlock') ? 'write' : 'any';
}

interface Grade {
  readonly score: number;
  readonly why: string;
  readonly inside: boolean;
  readonly tied: boolean;
}

export function evidenceOf(lock: Found, view: View, at: number, need: Need, { sites, objects }: Context): Evidence | undefined {
  const one = view.at(at);
  if (one === undefined || isOther(lock, one, objects)) return undefined;
  const grade = gradeOf(lock, one);
  let score = grade?.score ?? 0;
  const why = grade === undefined ? [] : [grade.why];
  let reads: boolean | undefined;
  if (score <= 0) return undefined;
  const passed = sites.passed(lock, one, need);
  if (passed === 'before') score -= 0.25;
  else if (passed !== undefined) {
    reads ??= passed.reads;
    // Who only reads keeps no reader out, and nobody can be inside for writing while a writer waits for readers.
    if (need !== 'any' && (need === 'read') !== passed.reads) score -= 0.35;
    else {
      score += passedScore(passed);
      why.unshift(pastWords(passed, one));
    }
  }
  if (likeName(lock, one.frame.func)) score += 0.1;
  return {
    score,
    why,
    reads,
    past: passed !== undefined && passed !== 'before',
    inside: grade?.inside === true,
    tied: grade?.tied === true,
  };
}

/** Locks that are not deferred are given back within a few lines. */
function passedScore({ distance }: Passed): number {
  return distance <= 20 ? 0.35 : distance <= 60 ? 0.25 : 0.15;
}

function pastWords({ line, elsewhere }: Passed, { frame }: ViewFrame): string {
  const where = `${inCode(frame.func)} (line ${frame.line})`;
  return elsewhere ? `it is past line ${line} in ${where}, where others take this lock of their own object` : `it is past the Lock of line ${line} in ${where}`;
}

/** Another object of the type has another lock. A stale word that is such an object is most likely not stale. */
function isOther({ object, dictionary }: Found, one: ViewFrame, objects: ReadonlySet<string>): boolean {
  if (dictionary !== undefined && one.dictionary !== undefined && one.dictionary !== dictionary) return true;
  if (object === undefined || one.type !== object.type || one.type === '') return false;
  const receiver = receiverOf(one);
  return receiver !== undefined && receiver.value !== object.value && (!receiver.inexact || receiver.mended || objects.has(`${one.type}@${receiver.value}`));
}

function gradeOf(lock: Found, one: ViewFrame): Grade | undefined {
  const { object, address, askers, sites } = lock;
  const name = inCode(one.frame.func);
  const subject = subjectOf(one);
  const sure = subject !== undefined && (!subject.inexact || subject.mended);
  const grade = (score: number, why: string, inside = false): Grade => ({ score, why, inside, tied: true });
  const vague = (score: number, why: string): Grade => ({ score, why, inside: false, tied: false });
  if (object !== undefined) {
    const at = hex(object.value);
    if (subject?.value === object.value) {
      if (one.type === '') return grade(sure ? 0.4 : 0.2, `it works on the same object (${at}) in ${name}`, true);
      if (one.type === object.type) return grade(subject.mended ? 0.38 : sure ? 0.45 : 0.35, `it is inside ${name} of the same object (${at})`, true);
      return grade(sure ? 0.4 : 0.15, `it is inside ${name} at the address of the same object (${at})`, true);
    }
    const handed = one.args.find(({ value }) => value === object.value);
    if (handed !== undefined) return grade(handed.inexact ? 0.1 : 0.2, `it was handed the same object (${at}) in ${name}`);
  }
  if (address !== undefined && one.args.some(({ value, inexact }) => value === address && !inexact))
    return grade(0.3, `it was handed the lock itself (${hex(address)}) in ${name}`);
  const asker = subject === undefined || one.type === '' ? undefined : askers.get(subject.value);
  if (subject !== undefined && asker?.type === one.type)
    return grade(sure ? 0.3 : 0.15, `it is inside ${name} of an object (${hex(subject.value)}) whose methods take this lock`, asker.helped);
  if (object !== undefined && one.type === object.type && one.type !== '') {
    if (subject !== undefined && sure) return undefined;
    if (one.literal) return vague(0.15, `it is in a function literal of ${name}, of which object cannot be read`);
    return one.frame.inlined === true ? vague(0.1, `it is inside ${name}`) : vague(0.18, `it is inside ${name}, of which object cannot be read`);
  }
  if (object !== undefined) return undefined;
  const lines = sites.get(one.frame.func);
  if (lines !== undefined) return lines.has(one.frame.line) ? undefined : vague(0.15, `it is inside ${name}, which takes the lock`);
  const kin = one.literal ? kinship(one.frame.func, sites.keys()) : 0;
  return kin > 0 ? vague(kin, `it runs a function literal (${name}) beside those that ask for the lock`) : undefined;
}

/** Function literals of one function share its variables, a lock among them: those in the same literal more likely than distant ones. */
function kinship(func: string, sites: Iterable<string>): number {
  let most = 0;
  for (const site of sites) {
    if (lexical(site) !== lexical(func)) continue;
    const near = site.startsWith(parent(func)) || func.startsWith(parent(site));
    most = Math.max(most, near && parent(func) !== lexical(func) ? 0.2 : 0.15);
  }
  return most;
}

/** `pkg.F.func2` of `pkg.F.func2.1`, `pkg.F` of `pkg.F.func2`. */
function parent(func: string): string {
  return func.replace(/\.(?:func)?\d+$/, '');
}

/** Get and Set of one word belong together: `addConn` and `Conns`, `AddListen` and `Listeners`. */
function likeName(lock: Found, func: string): boolean {
  const own = stem(func);
  for (const site of lock.sites.keys()) if (site !== func && commonPrefix(stem(site), own) >= 4) return true;
  return false;
}

function stem(func: string): string {
  return func
    .replace(/^.*\./, '')
    .replace(/^(?:Get|Set|Add|Remove|Is|Has|On|Do|New|Try)(?=[A-Z])/i, '')
    .toLowerCase();
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Package and name, as code in a sentence. */
export function inCode(func: string): string {
  return `\`${func.slice(func.lastIndexOf('/', func.includes('[') ? func.indexOf('[') : undefined) + 1).replaceAll('`', "'")}\``;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
