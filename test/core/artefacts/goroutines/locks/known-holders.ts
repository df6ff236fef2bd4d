/** Dumps of programs that hang, each with the goroutines that really hold and wait, and how the search does on them. */
import { readdirSync, readFileSync } from 'node:fs';
import { readDumps } from '../../../../../src/core/artefacts/goroutines/dumps.ts';
import { findLocks } from '../../../../../src/core/artefacts/goroutines/locks/index.ts';
import type { ParseHelp } from '../../../../../src/core/model.ts';
import { fixture } from '../expected.ts';

const folder = 'fixtures/goroutines/locks/';

/** As the programs write it: goroutine ids by the name of a lock. */
export interface Truth {
  readonly go: string;
  readonly name: string;
  readonly holders: Readonly<Record<string, readonly number[]>>;
  readonly waiters: Readonly<Record<string, readonly number[]>>;
  readonly cycle?: readonly number[];
}

/** One line of the table. Counts of locks with a holder, and of rings. */
export interface Tally {
  locks: number;
  /** The first holder named is a true one. */
  right: number;
  /** Nobody is named, or somebody who only may hold it. */
  open: number;
  /** Somebody is named without "may" who does not hold it. */
  wrong: number;
  rings: number;
  /** Told with exactly its goroutines. */
  rightRings: number;
  /** Told in a program that has none. */
  falseRings: number;
  /** Locks with a named holder in programs where nobody holds any. */
  inventedHolders: number;
}

/** A WaitGroup closes the ring of `drain`: told or not, both are right. */
const eitherWay = new Set(['drain']);

/** No frame prints the object there (a generic method prints its dictionary, a mutex is shared by pointer): nobody is the right answer. */
const untold = new Set(['shards', 'shared']);

/** By release; `notes` has a line for everything that is not right. */
export function tallies(help: ParseHelp): { readonly byRelease: ReadonlyMap<string, Tally>; readonly notes: readonly string[] } {
  const byRelease = new Map<string, Tally>();
  const notes: string[] = [];
  for (const release of readdirSync(folder)
    .filter((name) => name.startsWith('go'))
    .toSorted()) {
    const tally: Tally = { locks: 0, right: 0, open: 0, wrong: 0, rings: 0, rightRings: 0, falseRings: 0, inventedHolders: 0 };
    byRelease.set(release, tally);
    for (const file of readdirSync(`${folder}${release}`).filter((name) => name.endsWith('.truth.json'))) {
      const truth: Truth = JSON.parse(readFileSync(`${folder}${release}/${file}`, 'utf8'));
      judge(truth, `${release}/${truth.name}`, help, tally, notes);
    }
  }
  return { byRelease, notes };
}

function judge(truth: Truth, name: string, help: ParseHelp, tally: Tally, notes: string[]): void {
  const found = readDumps(name, fixture(`locks/${name}.stacks.gz`)).map((scanned) => findLocks(scanned, help));
  const locks = found.flatMap((one) => one.locks);
  for (const [lock, waiters] of Object.entries(truth.waiters)) {
    const holders = truth.holders[lock] ?? [];
    const told = locks.find((one) => one.waiters.some((id) => waiters.includes(id)))?.holders ?? [];
    const wrong = told.filter(({ certainty, goroutine }) => certainty !== 'may hold' && !holders.includes(goroutine));
    if (wrong.length > 0)
      notes.push(`${name}: ${lock} is held by ${holders.join(', ') || 'nobody'}, not by ${wrong.map(({ goroutine }) => goroutine).join(', ')}`);
    tally.wrong += wrong.length > 0 ? 1 : 0;
    if (holders.length === 0) continue;
    tally.locks += 1;
    if (holders.includes(told[0]?.goroutine ?? -1) || (untold.has(truth.name) && told.length === 0)) tally.right += 1;
    else {
      tally.open += wrong.length > 0 ? 0 : 1;
      notes.push(
        `${name}: ${lock} is held by ${holders.join(', ')}; told: ${told.map(({ goroutine, certainty }) => `${goroutine} ${certainty}`).join(', ') || 'nobody'}`,
      );
    }
  }
  const rings = found.flatMap(({ cycles }) => cycles.map((ring) => ring.toSorted((a, b) => a - b).join(' ')));
  if (truth.cycle !== undefined) {
    tally.rings += 1;
    const wanted = truth.cycle.toSorted((a, b) => a - b).join(' ');
    if (rings.includes(wanted)) tally.rightRings += 1;
    else notes.push(`${name}: the ring is ${wanted}; told: ${rings.join('; ') || 'none'}`);
  } else if (rings.length > 0 && !eitherWay.has(truth.name)) {
    tally.falseRings += 1;
    notes.push(`${name}: no ring; told: ${rings.join('; ')}`);
  }
  if (Object.keys(truth.holders).length === 0) {
    const invented = locks.filter(({ kind, holders }) => kind !== 'channel' && holders.some(({ certainty }) => certainty !== 'may hold'));
    tally.inventedHolders += invented.length;
    if (invented.length > 0) notes.push(`${name}: nobody holds a lock; told: ${invented.map(({ kind }) => kind).join(', ')}`);
  }
}
