/** `pprof-triage binary FILE [--against DUMP|PROFILE…]`: what a Go binary is, and whether it is the one of a dump or profile. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Against } from '../core/artefacts/binary/evidence.ts';
import type { GoBinary } from '../core/artefacts/binary/open-binary.ts';
import { prove } from '../core/artefacts/binary/verdict.ts';
import type { Evidence, ReportBinary } from '../core/model.ts';
import { openExecutable } from './executable.ts';
import { printable } from '../core/report/escape.ts';

const usage = `pprof-triage binary [options] FILE    says what a Go binary is; FILE may be an archive or folder with the binary in it (an
                  \`ipfs diag profile\` zip), which is then held against the rest of it
  --against FILE  a dump, profile, version file, folder or archive of the same process; may be repeated, or list several:
                  says whether FILE is the binary that made them
  --arch NAME     which slice of a fat Mach-O file: amd64, arm64
  --modules       lists the modules that it was built from
  --json          all of it as JSON
Exit code: 0 it could be read (and is the exact one), 1 it is not proved to be the exact one, 2 it cannot be read.
`;

/** Exit code as the usage says. */
export async function run(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') return complain(options);
  const { values, positionals } = options;
  const [file, ...more] = positionals;
  if (values.help === true || file === undefined) {
    process.stdout.write(usage);
    return values.help === true ? 0 : 2;
  }
  const opened = await openExecutable(file, values.arch);
  if (typeof opened === 'string') return complain(opened);
  const { binary, name, beside } = opened;
  const given = [...(values.against ?? []), ...more];
  const against = given.length > 0 || beside.length > 0 ? await partsOf(given.length > 0 ? await evidenceOf(given) : beside) : undefined;
  const worth = against !== undefined && (given.length > 0 || against.dumps.length > 0 || against.profiles.length > 0);
  const verdict = worth ? prove(binary, against, name).report : undefined;
  if (values.json === true) process.stdout.write(`${JSON.stringify({ ...binary.facts, file: name, verdict })}\n`);
  else process.stdout.write(printable(described(name, binary, verdict, values.modules === true)));
  opened.close();
  return verdict === undefined || verdict.verdict === 'identical' || verdict.verdict === 'matches' ? 0 : 1;
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        against: { type: 'string', multiple: true },
        arch: { type: 'string' },
        modules: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

/** Files as they are named on the command line, unpacked. */
export async function evidenceOf(paths: readonly string[]): Promise<readonly Evidence[]> {
  const { readBundles } = await import('./bundles.ts');
  const { unpack } = await import('../core/unpack/unpack.ts');
  const { bundles, refusals } = await readBundles(paths);
  for (const { path, reason } of refusals) process.stderr.write(`${path}: ${reason}\n`);
  const evidence: Evidence[] = [];
  for (const bundle of bundles) evidence.push(...(await unpack(bundle)).evidence);
  return evidence;
}

/** What there is to hold a binary against; files that are something else are left out. */
export async function partsOf(evidence: readonly Evidence[]): Promise<Against> {
  const { understand } = await import('../core/artefacts/understand.ts');
  const { held } = await import('../core/link/use-binary.ts');
  const { dumps, ...rest } = held(understand(evidence, {}).exhibits);
  return { ...rest, dumps: dumps.map(({ bytes, dump }) => ({ file: dump.file, bytes })) };
}

function described(file: string, { facts }: GoBinary, verdict: ReportBinary | undefined, modules: boolean): string {
  const { main, settings } = facts;
  const { path, CurrentCommit, ...built } = settings;
  const rows = [
    ['file', `${file}, ${facts.format}, ${facts.os}/${facts.arch}, ${facts.bytes} bytes`],
    ['go', facts.go ?? 'unknown'],
    ['main', [path ?? main?.path, main?.version].filter((part) => part !== undefined).join(' ')],
    ['commit', settings['vcs.revision'] ?? CurrentCommit ?? ''],
    [
      'built with',
      Object.entries(built)
        .filter(([name]) => !/^(?:vcs|GOOS$|GOARCH$|-compiler$|DefaultGODEBUG$)/.test(name))
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
    ['build id', facts.buildId ?? ''],
    ['go build id', facts.goBuildId ?? ''],
    ['modules', facts.modules.length === 0 ? '' : String(facts.modules.length)],
    ...facts.notes.map((note) => ['note', note] as const),
    ['verdict', verdict?.verdict ?? ''],
    ...(verdict?.why ?? []).map((why) => ['', why] as const),
  ];
  const text = rows.filter(([, value]) => value !== '').map(([name = '', value = '']) => `${name.padEnd(12)}${value}\n`);
  const list = modules
    ? facts.modules.map(
        ({ path: name, version, replacedBy }) =>
          `${name} ${version}${replacedBy === undefined ? '' : ` => ${replacedBy.path} ${replacedBy.version}`.trimEnd()}\n`,
      )
    : [];
  return [...text, ...list].join('');
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
