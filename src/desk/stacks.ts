/** `pprof-triage stacks`: goroutine dumps grouped, filtered and compared, for people who used stackparse and panicparse. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { diffDumps } from '../core/artefacts/goroutines/diff.ts';
import { readDumps } from '../core/artefacts/goroutines/dumps.ts';
import { groupsOf, levels, type Level } from '../core/artefacts/goroutines/groups.ts';
import { only } from '../core/artefacts/goroutines/only.ts';
import { Rows } from '../core/artefacts/goroutines/rows.ts';
import type { Scanned } from '../core/artefacts/goroutines/scanned.ts';
import type { Group, GoroutineDump } from '../core/model.ts';
import { unpack } from '../core/unpack/unpack.ts';
import { readBundles } from './bundles.ts';
import { diffText, dumpText, goroutineText, printable } from './stacks-text.ts';

const usage = `pprof-triage stacks [options] FILE…     groups the goroutines of dumps (debug=2, debug=1, SIGQUIT, panic; plain, .gz, .zip)
  --group LEVEL           ${levels.join(', ')}; functions is the default
  --state TEXT            only goroutines whose state is or begins with this: select, sync.RWMutex
  --match PATTERN         only stacks with a function or file:line that fits; a regular expression
  --not-match PATTERN     only stacks without one
  --wait-more-than TIME   only goroutines that wait longer: 5m, 2h, 90 (minutes)
  --sort count|minutes    count is the default
  --id N                  one goroutine with all its frames and arguments
  --diff A B              compares two dumps of one process, the earlier one first; also FILE --diff LATER
  --json                  the same as data
`;

/** Longest pattern; a nested repetition, which can take for ever, is refused. */
const maxPattern = 200;

interface Options {
  readonly files: readonly string[];
  readonly level: Level;
  readonly state?: string;
  readonly match?: RegExp;
  readonly notMatch?: RegExp;
  readonly waitMoreThan?: number;
  readonly sort: 'count' | 'minutes';
  readonly id?: number;
  readonly diff?: string;
  /** `--diff` stood before the file: its own file is the earlier one. */
  readonly diffFirst: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** Exit code 0 when a dump was read, 2 when none was or the options are wrong. */
export async function run(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`);
    return 2;
  }
  if (options.help || options.files.length === 0) {
    process.stdout.write(usage);
    return options.help ? 0 : 2;
  }
  const dumps = await load(options.files);
  if (dumps.length === 0) return 2;
  if (options.diff !== undefined) return compare(dumps, options.diff, options);
  if (options.id !== undefined) return one(dumps, options.id, options.json);
  const shown = dumps.map((scanned) => {
    const filtered = filter(scanned, options);
    return {
      scanned,
      filtered,
      groups: sorted(
        groupsOf(filtered, options.level).filter(({ count }) => count > 0),
        options.sort,
      ),
    };
  });
  const text = options.json
    ? JSON.stringify({ schema: 1, level: options.level, dumps: shown.map(({ scanned, groups }) => asData(scanned, groups)) })
    : shown.map(({ scanned, groups }) => dumpText(scanned, groups)).join('\n');
  process.stdout.write(options.json ? `${text}\n` : printable(`${text}\n`));
  return 0;
}

function read(args: readonly string[]): Options | string {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        group: { type: 'string', default: 'functions' },
        state: { type: 'string' },
        match: { type: 'string' },
        'not-match': { type: 'string' },
        'wait-more-than': { type: 'string' },
        sort: { type: 'string', default: 'count' },
        id: { type: 'string' },
        diff: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const level = levels.find((name) => name === values.group);
    if (level === undefined) return `--group is one of ${levels.join(', ')}, not ${values.group}`;
    const { sort } = values;
    if (sort !== 'count' && sort !== 'minutes') return `--sort is count or minutes, not ${sort}`;
    const waitMoreThan = minutesOf(values['wait-more-than']);
    if (Number.isNaN(waitMoreThan)) return `--wait-more-than is a time such as 5m or 2h, not ${values['wait-more-than']}`;
    const id = values.id === undefined ? undefined : Number(values.id);
    if (id !== undefined && !(Number.isSafeInteger(id) && id >= 0)) return `--id is the number of a goroutine, not ${values.id}`;
    const match = pattern(values.match);
    const notMatch = pattern(values['not-match']);
    if (typeof match === 'string') return `--match: ${match}`;
    if (typeof notMatch === 'string') return `--not-match: ${notMatch}`;
    const diffAt = tokens.findIndex((token) => token.kind === 'option' && token.name === 'diff');
    const diffFirst = diffAt >= 0 && diffAt < tokens.findIndex((token) => token.kind === 'positional');
    return {
      files: positionals,
      level,
      state: values.state,
      match,
      notMatch,
      waitMoreThan,
      sort,
      id,
      diff: values.diff,
      diffFirst,
      json: values.json,
      help: values.help,
    };
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

function minutesOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hit = /^(\d{1,9})(m|min|h|d|s)?$/.exec(text);
  if (hit === null) return Number.NaN;
  const unit = { s: 1 / 60, h: 60, d: 1440 }[hit[2] ?? ''] ?? 1;
  return Number(hit[1]) * unit;
}

/** The pattern, or why it is refused. */
function pattern(text: string | undefined): RegExp | string | undefined {
  if (text === undefined) return undefined;
  if (text.length > maxPattern) return `a pattern has at most ${maxPattern} characters`;
  if (/\([^()]*(?:[+*]|\{\d+,\d*\})[^()]*\)(?:[+*]|\{\d+,\d*\})|\([^()]*\|[^()]*\)(?:[+*]|\{\d+,\d*\})|\\[1-9]/.test(text))
    return 'a repetition inside a repetition, or a back reference, can take for ever';
  try {
    return new RegExp(text, 'u');
  } catch {
    try {
      return new RegExp(text);
    } catch (problem) {
      return problem instanceof Error ? problem.message : String(problem);
    }
  }
}

async function load(files: readonly string[]): Promise<readonly Scanned[]> {
  const { bundles, refusals } = await readBundles(files);
  for (const refusal of refusals) process.stderr.write(`${refusal.path}: ${refusal.reason}\n`);
  const dumps: Scanned[] = [];
  for (const bundle of bundles) {
    const unpacked = await unpack(bundle);
    for (const refusal of unpacked.refusals) process.stderr.write(`${refusal.path}: ${refusal.reason}\n`);
    const found = unpacked.evidence.flatMap(({ path, bytes }) => readDumps(path, bytes));
    if (found.length === 0) process.stderr.write(`${bundle.name}: there is no goroutine dump in it\n`);
    dumps.push(...found);
  }
  return dumps;
}

/** Stacks are matched once each, however many goroutines have them. */
function filter(scanned: Scanned, { state, match, notMatch, waitMoreThan }: Options): Scanned {
  const fits = scanned.stacks.map(({ frames, createdBy }) => {
    const texts = frames.flatMap(({ func, file, line }) => [func.slice(0, 1000), `${file.slice(-1000)}:${line}`]);
    if (createdBy !== undefined) texts.push(createdBy.func.slice(0, 1000));
    return (match === undefined || texts.some((text) => match.test(text))) && (notMatch === undefined || !texts.some((text) => notMatch.test(text)));
  });
  if (scanned.counts !== undefined) return only(scanned, (stack) => fits[stack] === true && waitMoreThan === undefined && state === undefined);
  const states = scanned.stateNames.map((name) => state === undefined || name === state || name.startsWith(`${state}.`) || name.startsWith(`${state} `));
  return only(
    scanned,
    (i) =>
      fits[scanned.stackOf[i] ?? -1] === true &&
      states[scanned.states[i] ?? -1] === true &&
      (waitMoreThan === undefined || (scanned.minutes[i] ?? -1) > waitMoreThan),
  );
}

function sorted(groups: readonly Group[], by: 'count' | 'minutes'): readonly Group[] {
  return by === 'count' ? groups : groups.toSorted((a, b) => (b.minutes?.[1] ?? -1) - (a.minutes?.[1] ?? -1) || b.count - a.count);
}

function asData({ file, dialect, count, counts, unread, truncated, notes, preamble, stacks }: Scanned, groups: readonly Group[]): unknown {
  return {
    file,
    dialect,
    goroutines: counts?.reduce((sum, n) => sum + n, 0) ?? count,
    unread,
    truncated,
    notes,
    preamble,
    groups: groups.map(({ stack, minutes, ...group }) => ({
      ...group,
      minutes: minutes ?? null,
      frames: stacks[stack]?.frames ?? [],
      createdBy: stacks[stack]?.createdBy,
    })),
  };
}

function one(dumps: readonly Scanned[], id: number, json: boolean): number {
  const found = dumps.flatMap((scanned) => {
    const index = scanned.ids.indexOf(id);
    return index < 0 ? [] : [{ scanned, index }];
  });
  if (found.length === 0) {
    process.stderr.write(`no dump has a goroutine ${id}\n`);
    return 2;
  }
  const text = json
    ? JSON.stringify(
        found.map(({ scanned, index }) => ({
          file: scanned.file,
          id,
          state: scanned.stateNames[scanned.states[index] ?? -1],
          minutes: (scanned.minutes[index] ?? -1) < 0 ? null : scanned.minutes[index],
          ...scanned.stacks[scanned.stackOf[index] ?? -1],
          args: scanned.allArgsOf(index),
        })),
      )
    : found.map(({ scanned, index }) => goroutineText(scanned, index)).join('\n');
  process.stdout.write(json ? `${text}\n` : printable(`${text}\n`));
  return 0;
}

async function compare(dumps: readonly Scanned[], other: string, { json, diffFirst }: Options): Promise<number> {
  const others = await load([other]);
  const [first] = diffFirst ? others : dumps;
  const [second] = diffFirst ? dumps : others;
  if (first === undefined || second === undefined) return 2;
  const [before, after] = [asDump(first), asDump(second)];
  const diff = diffDumps(before, after);
  process.stdout.write(json ? `${JSON.stringify({ schema: 1, before: before.file, after: after.file, ...diff })}\n` : printable(diffText(before, after, diff)));
  return 0;
}

/** What a comparison needs of a dump; locks are none of its business. */
function asDump(scanned: Scanned): GoroutineDump {
  const { file, dialect, count, unread, truncated, notes, preamble, stacks } = scanned;
  return {
    kind: 'goroutine dump',
    file,
    dialect,
    count,
    unread,
    truncated,
    notes,
    preamble,
    stacks,
    goroutines: new Rows(scanned),
    groups: groupsOf(scanned),
    locks: [],
    cycles: [],
  };
}
