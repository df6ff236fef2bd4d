/** `pprof-triage binary FILE [--against DUMP|PROFILE…]`: what a Go binary is, and whether it is the one of a dump or profile. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type GoBinary, openBinary } from '../core/artefacts/binary/open-binary.ts';
import type { Against } from '../core/artefacts/binary/evidence.ts';
import { prove } from '../core/artefacts/binary/verdict.ts';
import type { Evidence, ReportBinary } from '../core/model.ts';
import { openFileSource } from './file-source.ts';
import { printable } from './stacks-text.ts';

const usage = `pprof-triage binary [options] FILE    says what a Go binary is
  --against FILE  a dump, profile, version file, folder or archive of the same process; may be repeated, or list several:
                  says whether FILE is the binary that made them
  --arch NAME     which slice of a fat Mach-O file: amd64, arm64
  --modules       lists the modules that it was built from
  --json          all of it as JSON
`;

/** Exit code 0 when it could look, 1 when --against shows that it is not the exact binary, 2 when it cannot be read. */
export async function run(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') return complain(options);
  const { values, positionals } = options;
  const [file, ...more] = positionals;
  if (values.help === true || file === undefined) {
    process.stdout.write(usage);
    return values.help === true ? 0 : 2;
  }
  const against = [...(values.against ?? []), ...more];
  try {
    const source = openFileSource(file);
    const binary = openBinary(source, file, values.arch);
    if (!('facts' in binary)) return complain(`${file}: ${binary.reason}`);
    const verdict = against.length === 0 ? undefined : prove(binary, await parts(against), file).report;
    if (values.json === true) process.stdout.write(`${JSON.stringify({ ...binary.facts, file, verdict })}\n`);
    else process.stdout.write(printable(described(file, binary, verdict, values.modules === true)));
    source.close();
    return verdict === undefined || verdict.verdict === 'identical' || verdict.verdict === 'matches' ? 0 : 1;
  } catch (problem) {
    if (!(problem instanceof Error && 'code' in problem)) throw problem;
    return complain(`${file} cannot be opened (${String(problem.code)})`);
  }
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

/** What there is to hold a binary against; files that are something else are left out. */
async function parts(paths: readonly string[]): Promise<Against> {
  const { readBundles } = await import('./bundles.ts');
  const { unpack } = await import('../core/unpack/unpack.ts');
  const { understand } = await import('../core/artefacts/understand.ts');
  const { bundles, refusals } = await readBundles(paths);
  for (const { path, reason } of refusals) process.stderr.write(`${path}: ${reason}\n`);
  const evidence: Evidence[] = [];
  for (const bundle of bundles) evidence.push(...(await unpack(bundle)).evidence);
  const { exhibits } = understand(evidence, {});
  return {
    dumps: exhibits.flatMap(({ evidence: { path, bytes }, artefact }) => (artefact.kind === 'goroutine dump' ? [{ file: path, bytes }] : [])),
    profiles: exhibits.flatMap(({ artefact }) => ('sampleType' in artefact ? [artefact] : [])),
    version: exhibits.flatMap(({ artefact }) => (artefact.kind === 'version' ? [artefact] : []))[0],
  };
}

function described(file: string, { facts }: GoBinary, verdict: ReportBinary | undefined, modules: boolean): string {
  const { main, settings } = facts;
  const rows = [
    ['file', `${file}, ${facts.format}, ${facts.os}/${facts.arch}, ${facts.bytes} bytes`],
    ['go', facts.go ?? 'unknown'],
    ['main', [settings['path'] ?? main?.path, main?.version].filter((part) => part !== undefined).join(' ')],
    ['commit', settings['vcs.revision'] ?? settings['CurrentCommit'] ?? ''],
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
        ({ path, version, replacedBy }) => `${path} ${version}${replacedBy === undefined ? '' : ` => ${replacedBy.path} ${replacedBy.version}`.trimEnd()}\n`,
      )
    : [];
  return [...text, ...list].join('');
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
