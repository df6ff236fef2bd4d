/** `pprof-triage stacks`: goroutine dumps grouped, filtered and compared, for people who used stackparse and panicparse. */
import process from 'node:process';
import { scannedProfile } from '../core/artefacts/goroutine-profile.ts';
import { diffDumps } from '../core/artefacts/goroutines/diff.ts';
import { readDumps } from '../core/artefacts/goroutines/dumps.ts';
import { groupsOf } from '../core/artefacts/goroutines/groups.ts';
import { only } from '../core/artefacts/goroutines/only.ts';
import { Rows } from '../core/artefacts/goroutines/rows.ts';
import type { Scanned } from '../core/artefacts/goroutines/scanned.ts';
import { ReportProblem } from '../core/artefacts/profile/report/options.ts';
import type { Group, GoroutineDump } from '../core/model.ts';
import { unpack } from '../core/unpack/unpack.ts';
import { readBundles } from './bundles.ts';
import { diffText } from './stacks-diff.ts';
import { goroutineText } from './stacks-one.ts';
import { readOptions, usage, type Options } from './stacks-options.ts';
import { dumpText } from './stacks-text.ts';

/** Exit code 0 when a dump was read, 2 when none was or the options are wrong. */
export async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') return complain(options);
  if (options.help || options.files.length === 0) {
    process.stdout.write(usage);
    return options.help ? 0 : 2;
  }
  const dumps = await load(options.files);
  if (dumps.length === 0) return 2;
  try {
    if (options.diff !== undefined) return await compare(dumps, options.diff, options);
    if (options.ids.length > 0) return some(dumps, options);
    return list(dumps, options);
  } catch (problem) {
    // A pattern that takes too long on these names.
    if (problem instanceof ReportProblem) return complain(problem.message);
    throw problem;
  }
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

async function load(files: readonly string[]): Promise<readonly Scanned[]> {
  const { bundles, refusals } = await readBundles(files);
  for (const refusal of refusals) complain(`${refusal.path}: ${refusal.reason}`);
  const dumps: Scanned[] = [];
  for (const bundle of bundles) {
    const unpacked = await unpack(bundle);
    for (const refusal of unpacked.refusals) complain(`${refusal.path}: ${refusal.reason}`);
    const found = unpacked.evidence.flatMap(({ path, bytes }) => dumpsIn(path, bytes));
    if (found.length === 0) complain(`${bundle.name}: there is no goroutine dump in it`);
    dumps.push(...found);
  }
  return dumps;
}

function dumpsIn(path: string, bytes: Uint8Array): readonly Scanned[] {
  const texts = readDumps(path, bytes);
  if (texts.length > 0) return texts;
  const profile = scannedProfile(path, bytes);
  return profile === undefined ? [] : [profile];
}

function list(dumps: readonly Scanned[], options: Options): number {
  const shown = dumps.map((scanned) => {
    const groups = groupsOf(filter(scanned, options), options.level).filter(({ count }) => count > 0);
    return {
      scanned,
      groups: options.sort === 'count' ? groups : groups.toSorted((a, b) => (b.minutes?.[1] ?? -1) - (a.minutes?.[1] ?? -1) || b.count - a.count),
    };
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ schema: 1, level: options.level, dumps: shown.map(({ scanned, groups }) => asData(scanned, groups)) })}\n`
      : shown.map(({ scanned, groups }) => dumpText(scanned, groups, options)).join('\n'),
  );
  return 0;
}

/** Stacks are matched once each, however many goroutines have them. */
function filter(scanned: Scanned, { states, match, notMatch, waitMoreThan }: Options): Scanned {
  const fits = scanned.stacks.map(({ frames, createdBy }) => {
    const texts = frames.flatMap(({ func, file, line }) => [func.slice(0, 1000), `${file.slice(-1000)}:${line}`]);
    if (createdBy !== undefined) texts.push(createdBy.func.slice(0, 1000));
    return match.every((one) => texts.some((text) => one.test(text))) && !notMatch.some((one) => texts.some((text) => one.test(text)));
  });
  const isWanted = (name: string): boolean =>
    states.length === 0 || states.some((state) => name === state || name.startsWith(`${state}.`) || name.startsWith(`${state} `));
  if (scanned.counts !== undefined) return only(scanned, (stack) => fits[stack] === true && waitMoreThan === undefined && isWanted(''));
  const wanted = scanned.stateNames.map(isWanted);
  return only(
    scanned,
    (i) =>
      fits[scanned.stackOf[i] ?? -1] === true &&
      wanted[scanned.states[i] ?? -1] === true &&
      (waitMoreThan === undefined || (scanned.minutes[i] ?? -1) > waitMoreThan),
  );
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

/** The goroutines with these numbers, from whichever dump has them. */
function some(dumps: readonly Scanned[], { ids, json }: Options): number {
  const found = ids.flatMap((id) =>
    dumps.flatMap((scanned) => {
      const index = scanned.ids.indexOf(id);
      return index < 0 ? [] : [{ scanned, index }];
    }),
  );
  const missing = ids.filter((id) => !found.some(({ scanned, index }) => scanned.ids[index] === id));
  for (const id of missing)
    complain(dumps.every(({ count }) => count === 0) ? 'these dumps have no ids: only debug=2 and crashes have them' : `no dump has a goroutine ${id}`);
  if (found.length === 0) return 2;
  const text = json
    ? `${JSON.stringify(
        found.map(({ scanned, index }) => ({
          file: scanned.file,
          id: scanned.ids[index],
          state: scanned.stateNames[scanned.states[index] ?? -1],
          minutes: (scanned.minutes[index] ?? -1) < 0 ? null : scanned.minutes[index],
          ...scanned.stacks[scanned.stackOf[index] ?? -1],
          args: scanned.allArgsOf(index),
        })),
      )}\n`
    : found.map(({ scanned, index }) => goroutineText(scanned, index)).join('\n');
  process.stdout.write(text);
  return 0;
}

async function compare(dumps: readonly Scanned[], other: string, options: Options): Promise<number> {
  const others = await load([other]);
  const [first] = options.diffFirst ? others : dumps;
  const [second] = options.diffFirst ? dumps : others;
  if (first === undefined || second === undefined) return 2;
  const [before, after] = [asDump(filter(first, options)), asDump(filter(second, options))];
  const diff = diffDumps(before, after);
  process.stdout.write(
    options.json ? `${JSON.stringify({ schema: 1, before: before.file, after: after.file, ...diff })}\n` : diffText(before, after, diff, options.full),
  );
  return 0;
}

/** What a comparison needs of a dump; locks are none of its business. */
function asDump(scanned: Scanned): GoroutineDump {
  const { file, dialect, count, counts, unread, truncated, notes, preamble, stacks } = scanned;
  return {
    kind: 'goroutine dump',
    file,
    dialect,
    count: counts?.reduce((sum, n) => sum + n, 0) ?? count,
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
