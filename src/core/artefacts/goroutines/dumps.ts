/** Evidence → the dumps in it: damage mended where there is some, several dumps taken apart. */
import { countedScan, readCounted } from './counted.ts';
import { asUtf8, withoutCarriageReturns } from './encodings.ts';
import { preambleKind } from './lines.ts';
import { mend } from './mend.ts';
import { raceAsDump } from './race.ts';
import { Pass } from './scan.ts';
import { unreadBit, type Scanned } from './scanned.ts';
import { stacksOf } from './stacks.ts';
import { BlockReader } from './text-of.ts';

/** Dumps read from one file; a log of a daemon that crashes all day has more, and the rest says nothing new. */
const maxDumps = 64;
/** Texts up to this size are mended for a single line that is odd; larger ones only when a fiftieth of their goroutines is. */
const smallText = 8_000_000;
/** Size at which the debug=2 endpoint of Go stops writing (net/http/pprof, runtime/pprof/pprof.go `64<<20`). */
const endpointLimit = 64 << 20;

/** All dumps of a file in its order; empty when it holds none. Never throws. */
export function readDumps(file: string, evidence: Uint8Array): readonly Scanned[] {
  const text = asUtf8(evidence);
  if (text === undefined) return [];
  const notes: string[] = text.was === undefined ? [] : [`it was ${text.was} text`];
  let pass = new Pass(text.bytes);
  if (pass.carriage) pass = new Pass(withoutCarriageReturns(text.bytes));
  if (wantsMending(pass)) {
    const mended = mend(pass.text.bytes);
    const second = new Pass(mended.bytes);
    if (isBetter(second, pass, mended.doubles)) {
      pass = second;
      notes.push(...mended.notes);
    }
  }
  if (pass.columns.count === 0 && pass.outside.preambles.length > 0) {
    const race = raceAsDump(pass.string(0, Math.min(pass.text.end, 4_000_000)));
    if (race !== undefined) pass = new Pass(new TextEncoder().encode(race));
  }
  const pieces = piecesOf(pass);
  if (pieces.length > maxDumps) notes.push(`${pieces.length} dumps are in this file, of which the first ${maxDumps} were read`);
  return pieces.slice(0, maxDumps).map(({ from, to, counted }) => {
    const bytes = pass.text.bytes.subarray(from, to);
    if (counted) return countedDump(file, bytes, notes);
    return scannedDump(file, pieces.length === 1 ? pass : new Pass(bytes), notes);
  });
}

/** Terminal colours begin with it; coloured output is coloured from the start. */
const escape = 27;

function wantsMending(pass: Pass): boolean {
  const { columns, text, outside } = pass;
  const { source, bytes, end } = text;
  if (outside.shifted > 0) return true;
  // grep colours the very word by which headers are known.
  if (columns.count === 0) return outside.strange > 0 || source.includes('goroutine\x1b', 0, 'latin1');
  if (bytes.subarray(columns.starts[0], columns.starts[0]! + 65_536).includes(escape)) return true;
  if (end <= smallText) return oddities(pass) > 0;
  return pass.strange + pass.hollow > columns.count / 50 || outside.orphans > columns.count / 10;
}

/** Signs that the text is not as Go printed it. */
function oddities({ strange, hollow, nicer, outside }: Pass): number {
  return strange + hollow + nicer + outside.strange + outside.orphans + outside.shifted;
}

function isBetter(a: Pass, b: Pass, doubles: number): boolean {
  if (a.columns.count < b.columns.count - doubles) return false;
  if (a.columns.count > b.columns.count) return true;
  return oddities(a) <= oddities(b);
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly counted: boolean;
}

/** Where one dump ends and the next begins: at a debug=1 head, at a new reason to dump, at an id that was there before. */
function piecesOf(pass: Pass): readonly Piece[] {
  const { columns, text } = pass;
  const { preambles, repeats, profiles } = pass.outside;
  if (profiles.length === 0 && columns.count === 0) return [];
  const again = idsTwice(columns.ids, columns.count);
  if (profiles.length === 0 && again.size === 0 && (preambles.length < 2 || columns.count === 0)) return [{ from: 0, to: text.end, counted: false }];
  const pieces: Piece[] = [];
  let begin = 0;
  let counted = false;
  let members = 0;
  let seen = new Set<number>();
  let repeated = false;
  const cut = (at: number, again = false): void => {
    const last = pieces.at(-1);
    // A second thread that crashes prints its own goroutine once more: that is no dump of its own.
    if (repeated && members === 1 && last !== undefined && !last.counted) pieces[pieces.length - 1] = { ...last, to: at };
    else if (counted || members > 0) pieces.push({ from: begin, to: at, counted });
    begin = at;
    members = 0;
    seen = new Set();
    counted = false;
    repeated = again;
  };
  let p = 0;
  let r = 0;
  let f = 0;
  let repeating = false;
  for (let index = 0; index <= columns.count; index++) {
    const start = index < columns.count ? columns.starts[index]! : text.end;
    for (;;) {
      const next = Math.min(preambles[p] ?? Infinity, repeats[r] ?? Infinity, profiles[f] ?? Infinity);
      if (next >= start) break;
      if (next === repeats[r]) {
        r++;
        repeating = members > 0;
      } else if (next === profiles[f]) {
        f++;
        cut(next);
        counted = true;
      } else {
        p++;
        if (counted || (members > 0 && !repeating)) cut(next);
      }
    }
    if (index === columns.count) break;
    if (counted) cut(start);
    const id = columns.ids[index]!;
    if (id !== 0 && again.has(id)) {
      if (seen.has(id) && !repeating) cut(start, true);
      seen.add(id);
    }
    members++;
  }
  cut(text.end);
  return pieces;
}

/** Ids that stand twice, in n log n and without a set of all. */
function idsTwice(ids: Float64Array, count: number): ReadonlySet<number> {
  const sorted = ids.slice(0, count).sort();
  const twice = new Set<number>();
  for (let i = 1; i < count; i++) if (sorted[i] === sorted[i - 1] && sorted[i] !== 0) twice.add(sorted[i]!);
  return twice;
}

function scannedDump(file: string, pass: Pass, before: readonly string[]): Scanned {
  const { columns, text } = pass;
  const { count } = columns;
  const { stacks, stackOf, dropped } = stacksOf(pass);
  const flags = columns.flags.subarray(0, count);
  let unread = dropped;
  for (const bits of flags) if ((bits & unreadBit) !== 0) unread++;
  const headless = pass.outside.headless(columns.starts[0] ?? text.end);
  const truncated = pass.cut || headless || text.end === endpointLimit;
  const notes = [...before];
  if (headless) notes.push('its beginning is missing: the first stack has no header');
  if (text.end === endpointLimit) notes.push('it stops at 64 MiB, where the debug=2 endpoint of Go stops: the other goroutines are missing');
  else if (pass.cut) notes.push('it ends in the middle of a goroutine: the rest is missing');
  const unavailable = pass.unavailable.size;
  if (unavailable > 0)
    notes.push(
      `${unavailable} ${unavailable === 1 ? 'goroutine was' : 'goroutines were'} running, so Go could not print ${unavailable === 1 ? 'its stack' : 'their stacks'}`,
    );
  const odd = pass.strange - (pass.cut ? 1 : 0);
  if (odd > 0) notes.push(`${odd} ${odd === 1 ? 'line was' : 'lines were'} not understood`);
  if (dropped > 0) notes.push('it has too many different stacks: some goroutines were counted only');
  const starts = columns.starts.subarray(0, count);
  const reader = new BlockReader({ bytes: text.bytes, count, starts, stackOf, stacks });
  const preamble = preambleOf(pass);
  return {
    file,
    dialect: pass.machine || pass.outside.machine || preamble !== undefined ? 'crash' : 'debug=2',
    bytes: text.bytes,
    stacks,
    count,
    ids: columns.ids.subarray(0, count),
    states: columns.states.subarray(0, count),
    stateNames: pass.stateNames,
    minutes: columns.minutes.subarray(0, count),
    stackOf,
    creators: columns.creators.subarray(0, count),
    flags,
    starts,
    labels: pass.labels,
    unread,
    truncated,
    notes,
    preamble,
    argsOf: (goroutine, frame) => reader.argsOf(goroutine, frame),
    allArgsOf: (goroutine) => reader.allArgsOf(goroutine),
  };
}

function preambleOf(pass: Pass): Scanned['preamble'] {
  const { columns, text } = pass;
  const [at] = pass.outside.preambles;
  if (at === undefined || (columns.count > 0 && at > columns.starts[0]!)) return undefined;
  const [line = '', second = ''] = pass.string(at, Math.min(text.end, at + 2_000)).split('\n');
  const plain = line.replace(/^\^\\/, '').trimEnd();
  return { what: preambleKind(plain), text: (second.startsWith('[signal ') ? `${plain} ${second.trimEnd()}` : plain).slice(0, 600) };
}

function countedDump(file: string, bytes: Uint8Array, before: readonly string[]): Scanned {
  const { stacks, counts, labels, unread, short } = readCounted(new TextDecoder().decode(bytes).replaceAll('\r\n', '\n'));
  const notes = short ? [...before, 'its numbers do not add up to its total: a part is missing'] : before;
  return countedScan({ file, dialect: 'debug=1', bytes, stacks, counts, labels, unread, truncated: short, notes });
}
