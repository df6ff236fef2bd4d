/** Makes the shipped lock table: `npm run lock-table -- WORK-FOLDER`. Stops and goes on; the same sources give the same bytes. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { StoredIndex } from '../../src/core/golang/lock-table/format.ts';
import { goGrammar } from '../../src/world/go-grammar.ts';
import { tableName } from '../../src/world/lock-table.ts';
import { analysed } from './analysed.ts';
import { buildList, compareVersions, type Built } from './build-list.ts';
import { encodeTable, packed, type VersionFacts } from './encode.ts';
import { isWanted, isWantedGo, releases } from './modules.ts';
import { proxyAddress, versionsOf, type ModuleVersion } from './proxy.ts';
import { moduleSources, standardSources, type GoSource } from './sources.ts';

const [work] = process.argv.slice(2);
if (work === undefined) {
  process.stderr.write('npm run lock-table -- WORK-FOLDER    keeps archives and half-done work there (some gigabytes)\n');
  process.exit(2);
}
const out = join(import.meta.dirname, '..', '..', 'data', 'locks');

/** A version of a module: how it is called in paths, and where its source is. */
interface Wanted {
  readonly label: string;
  readonly from: ModuleVersion;
}

const go = await goGrammar();
const reader = await readerPrint();
const { wanted, built, missing } = await wantedVersions(work);
const { std } = await standardVersions(work);
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const report: string[] = [];
const versions = new Map<string, readonly string[]>();
const helpers = new Map<string, Set<string>>();
const channels = new Set<string>();
for (const [module, list] of [...wanted].toSorted((a, b) => (a[0] < b[0] ? -1 : 1))) await makeTable(module, list);
await makeTable('std', std);
await writeIndex();
await writeSources();

/** Changes when the code that reads Go does. */
async function readerPrint(): Promise<string> {
  const folder = join(import.meta.dirname, '..', '..', 'src', 'core', 'golang', 'source');
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).toSorted()) hash.update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

async function wantedVersions(folder: string): Promise<{
  readonly wanted: ReadonlyMap<string, readonly Wanted[]>;
  readonly built: readonly (readonly [ModuleVersion, ReadonlyMap<string, Built>])[];
  readonly missing: readonly string[];
}> {
  const found = new Map<string, Map<string, Wanted>>();
  const lists: (readonly [ModuleVersion, ReadonlyMap<string, Built>])[] = [];
  const gone: string[] = [];
  const add = (module: string, one: Wanted): void => {
    const known = found.get(module) ?? new Map<string, Wanted>();
    found.set(module, known.set(one.label, one));
  };
  for (const release of releases) {
    const list = await buildList(folder, release);
    if (list === undefined) {
      gone.push(`${release.module}@${release.version}`);
      continue;
    }
    lists.push([release, list]);
    add(release.module, { label: release.version, from: release });
    for (const [module, { version, replacedBy }] of list)
      if (isWanted(module)) add(module, { label: labelOf({ version, replacedBy }), from: replacedBy ?? { module, version } });
  }
  const sorted = [...found].map(
    ([module, list]) => [module, [...list.values()].toSorted((a, b) => compareVersions(a.label, b.label) || (a.label < b.label ? -1 : 1))] as const,
  );
  return { wanted: new Map(sorted), built: lists, missing: gone };
}

function labelOf({ version, replacedBy }: Built): string {
  return replacedBy === undefined ? version : `${version} => ${replacedBy.module}@${replacedBy.version}`;
}

async function standardVersions(folder: string): Promise<{ readonly std: readonly Wanted[] }> {
  const listed = await versionsOf(folder, 'golang.org/toolchain');
  const names = listed.flatMap((version) => /^v0\.0\.1-(go[\d.]+)\.linux-amd64$/.exec(version)?.[1] ?? []).filter(isWantedGo);
  return { std: names.toSorted(compareVersions).map((label) => ({ label, from: { module: 'std', version: label } })) };
}

async function makeTable(module: string, list: readonly Wanted[]): Promise<void> {
  const facts: VersionFacts[] = [];
  let calls = 0;
  const unresolved: string[] = [];
  for (const { label, from } of list) {
    const sources: readonly GoSource[] | undefined = module === 'std' ? await standardSources(work ?? '', label) : await moduleSources(work ?? '', from);
    if (sources === undefined) {
      report.push(`- not to be had: ${from.module}@${from.version}`);
      continue;
    }
    const packages = await analysed(sources, go, work ?? '', reader);
    for (const [name, { calls: own, unresolved: lost }] of packages) {
      calls += own;
      noteNames(module, packages);
      unresolved.push(...lost.map((text) => `${label} ${name} ${text}`));
    }
    facts.push({ version: label, packages });
  }
  const stored = encodeTable(module, facts);
  if (stored.files.length === 0) return;
  const bytes = packed(stored);
  await writeFile(join(out, tableName(module)), bytes);
  versions.set(module, stored.versions);
  report.push(`- ${module}: ${stored.versions.length} versions, ${calls} calls that lock, ${unresolved.length} of them not told, ${bytes.length} bytes`);
  process.stderr.write(`${report.at(-1)}\n`);
  await writeFile(join(work ?? '', `unresolved-${tableName(module)}.txt`), unresolved.join('\n'));
}

/** Names that the index needs: helpers of other modules, and functions that wait for channels used as locks. */
function noteNames(module: string, packages: VersionFacts['packages']): void {
  const names = helpers.get(module) ?? new Set<string>();
  helpers.set(module, names);
  for (const [folder, { files }] of packages)
    for (const { functions } of files)
      for (const { name, sites, ranges } of functions) {
        for (const { lock } of ranges) if (lock.by !== undefined) names.add(lock.by);
        const path = module === 'std' ? folder : folder === '' ? module : `${module}/${folder}`;
        if (sites.some(({ lock, through }) => lock.kind === 'semaphore' && through !== true)) channels.add(`${path}.${name}`);
      }
}

async function writeIndex(): Promise<void> {
  const modules = [...versions.keys()];
  const index: StoredIndex = {
    format: 1,
    modules,
    helpers: modules.map((module) => [...(helpers.get(module) ?? [])].toSorted()),
    releases: built.map(([{ module, version }]) => `${module}@${version}`),
    built: modules.map((module) =>
      built.map(([release, list]) => {
        const one = release.module === module ? release.version : list.get(module);
        const label = typeof one === 'string' ? one : one === undefined ? '' : labelOf(one);
        return (versions.get(module)?.indexOf(label) ?? -1) + 1;
      }),
    ),
  };
  await writeFile(join(out, tableName('index')), packed(index));
  await writeFile(join(out, tableName('channels')), packed([...channels].toSorted()));
}

async function writeSources(): Promise<void> {
  const lines = [
    '# The lock table',
    '',
    `Made by \`npm run lock-table\` from the archives of ${new URL(proxyAddress()).host}: for each module the versions that a release of go-ipfs or kubo is built with.`,
    `Releases: ${built.map(([{ module, version }]) => `${module.replace(/^.*\//, '')} ${version.slice(1)}`).join(', ')}.`,
    missing.length === 0 ? '' : `Not to be had from the proxy, and found by their lines instead: ${missing.join(', ')}.`,
    `Standard library: ${std.map(({ label }) => label).join(', ')}, from golang.org/toolchain.`,
    '',
    ...report,
    '',
  ];
  await writeFile(join(out, 'README.md'), lines.join('\n'));
}
