/** Notes taken while a function is walked, and the line ranges that they come to. */
import type { FunctionLocks, LockKept, LockMode, LockPlace, LockRange, LockSite } from '../lock-facts.ts';
import type { Recorder } from './reading.ts';
import type { State } from './state.ts';

/** What is held at one line, for each function that is called there. */
type Line = Map<string, Map<string, Seen>>;

interface Seen {
  readonly lock: LockPlace;
  readonly is: LockRange['is'];
  readonly mode: LockRange['mode'];
  readonly must: boolean;
}

/** Counts for the whole package. */
export class Notes {
  calls = 0;
  readonly unresolved: string[] = [];

  begin(file: string, about: Pick<FunctionLocks, 'name' | 'literal' | 'line' | 'end'>): FunctionNotes {
    return new FunctionNotes(this, file, about);
  }
}

/** Notes of one function or literal. */
export class FunctionNotes implements Recorder {
  private readonly points = new Map<number, Line>();
  private readonly covers = new Map<number, Line>();
  private readonly sites = new Map<string, LockSite>();
  private readonly counted = new Set<string>();
  private latest = 0;
  private readonly notes: Notes;
  private readonly file: string;
  private readonly about: Pick<FunctionLocks, 'name' | 'literal' | 'line' | 'end'>;

  constructor(notes: Notes, file: string, about: Pick<FunctionLocks, 'name' | 'literal' | 'line' | 'end'>) {
    this.notes = notes;
    this.file = file;
    this.about = about;
  }

  point(line: number, callee: string, state: State): void {
    note(this.points, line, callee, state);
  }

  cover(from: number, to: number, state: State): void {
    for (let line = from; line <= to && line - from < 400; line += 1) note(this.covers, line, '', state);
  }

  site(line: number, lock: LockPlace, mode: LockMode, through?: boolean): void {
    this.latest = line;
    const key = `${line} ${lock.name} ${lock.path} ${lock.by ?? ''} ${mode}`;
    if (!this.sites.has(key)) this.sites.set(key, { line, lock, mode, through });
  }

  count(text: string | undefined): void {
    const key = `${this.latest}:${text ?? ''}:${this.sites.size}`;
    if (this.counted.has(key)) return;
    this.counted.add(key);
    this.notes.calls += 1;
    if (text !== undefined) this.notes.unresolved.push(`${this.file}:${this.latest} ${text}`);
  }

  facts(keeps: readonly LockKept[]): FunctionLocks {
    for (const [line, cover] of this.covers) if (!this.points.has(line)) this.points.set(line, cover);
    return { ...this.about, sites: [...this.sites.values()].toSorted((a, b) => a.line - b.line), ranges: rangesOf(this.points), keeps };
  }
}

function note(lines: Map<number, Line>, line: number, callee: string, state: State): void {
  const at = lines.get(line) ?? new Map<string, Map<string, Seen>>();
  lines.set(line, at);
  const now = new Map<string, Seen>();
  for (const [key, { lock, mode, must }] of state.held) now.set(`+${key}`, { lock, is: 'held', mode, must });
  for (const [key, { lock, mode, must }] of state.freed) now.set(`-${key}`, { lock, is: 'let go', mode, must });
  const before = at.get(callee);
  at.set(callee, before === undefined ? now : meet(before, now));
}

/** Held for sure only if it is both times. */
function meet(a: ReadonlyMap<string, Seen>, b: ReadonlyMap<string, Seen>): Map<string, Seen> {
  const met = new Map<string, Seen>();
  for (const [key, one] of a) {
    const other = b.get(key);
    met.set(key, other === undefined ? { ...one, must: false } : { ...one, must: one.must && other.must, mode: one.mode === other.mode ? one.mode : 'either' });
  }
  for (const [key, one] of b) if (!a.has(key)) met.set(key, { ...one, must: false });
  return met;
}

interface AtLine {
  readonly seen: Seen;
  readonly unless: readonly string[];
}

/** Neighbouring lines with the same lock become one range. */
function rangesOf(lines: ReadonlyMap<number, Line>): readonly LockRange[] {
  const open = new Map<string, { range: LockRange; print: string }>();
  const ranges: LockRange[] = [];
  const numbers = [...lines.keys()].sort((a, b) => a - b);
  let before = 0;
  for (const line of numbers) {
    const here = locksAt(lines.get(line) ?? new Map());
    for (const [key, { range, print }] of open) {
      const one = here.get(key);
      if (one !== undefined && printed(one) === print) continue;
      ranges.push({ ...range, to: before });
      open.delete(key);
    }
    for (const [key, one] of here) {
      if (open.has(key)) continue;
      const { lock, is, mode, must } = one.seen;
      open.set(key, {
        range: { is, from: line, to: line, lock, mode, sure: must, unless: one.unless.length === 0 ? undefined : one.unless },
        print: printed(one),
      });
    }
    before = line;
  }
  for (const { range } of open.values()) ranges.push({ ...range, to: before });
  return ranges.toSorted((a, b) => a.from - b.from || a.to - b.to);
}

function printed({ seen, unless }: AtLine): string {
  return `${seen.must} ${seen.mode} ${unless.join(',')}`;
}

/** One answer for a line; callees at which it does not hold are named. */
function locksAt(line: Line): ReadonlyMap<string, AtLine> {
  const found = new Map<string, AtLine>();
  const keys = new Set([...line.values()].flatMap((now) => [...now.keys()]));
  for (const key of keys) {
    const all = [...line].map(([callee, now]) => ({ callee, seen: now.get(key) }));
    const sure = all.filter(({ seen }) => seen?.must === true);
    const doubtful = all.filter(({ seen }) => seen?.must !== true).map(({ callee }) => callee);
    // What an unknown function or the statement itself does cannot be told from the rest of the line.
    const told = sure.length > 0 && doubtful.every((callee) => callee !== '' && callee !== '*');
    const seen = (told ? sure : all).flatMap((one) => one.seen ?? []).reduce((a, b) => ({ ...b, must: told, mode: a.mode === b.mode ? b.mode : 'either' }));
    const without = told ? doubtful : all.filter((one) => one.seen === undefined && one.callee !== '' && one.callee !== '*').map(({ callee }) => callee);
    found.set(key, { seen: { ...seen, must: told }, unless: without.sort() });
  }
  return found;
}
