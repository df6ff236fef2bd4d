/** `pprof-triage pprof [flags] FILE…`: pprof's reports under pprof's own flags, without Go. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import type { Profile } from '../core/artefacts/profile/columns.ts';
import { parseProfile } from '../core/artefacts/profile/parse.ts';
import { readFlags, type Asked } from '../core/artefacts/profile/report/flags.ts';
import { pattern, ReportProblem } from '../core/artefacts/profile/report/options.ts';
import { filtered, makeReport } from '../core/artefacts/profile/report/report.ts';

const usage = `pprof-triage pprof [flags] FILE…   prints what go tool pprof prints; several files are added up
  -top -tree -peek=RE -dot -tags -traces -raw -comments   reports; -top is the default
  -svg -flame -proto -speedscope                 drawing, page, cleaned profile, speedscope's JSON
  -base FILE, -diff_base FILE                    subtracts a profile; -normalize scales it first
  -sample_index=TYPE -cum -lines -files -filefunctions -addresses -noinlines -showcolumns
  -nodecount=N -nodefraction=F -edgefraction=F -trim=false -call_tree -drop_negative
  -focus=RE -ignore=RE -hide=RE -show=RE -show_from=RE -prune_from=RE
  -tagfocus=T -tagignore=T -tagshow=RE -taghide=RE
  -unit=U -divide_by=N -mean -relative_percentages -compact_labels -trim_path=P -output=FILE
`;

/** Exit code 0, or 2 when the flags or files cannot be used (as pprof does). */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const asked = readFlags(args);
    if (asked.help) {
      process.stdout.write(usage);
      return 0;
    }
    if (asked.files.length === 0) throw new ReportProblem('no profile source specified');
    const result = await made(asked);
    if (asked.into === '') await written(result);
    else writeFileSync(asked.into, result);
    return 0;
  } catch (problem) {
    if (!(problem instanceof ReportProblem)) throw problem;
    process.stderr.write(`pprof: ${problem.message}\n`);
    return 2;
  }
}

async function made(asked: Asked): Promise<string | Uint8Array> {
  const profile = await combined(asked);
  if (asked.output === 'svg') {
    const { dotToSvg } = await import('../world/graphviz.ts');
    const { text } = shown(makeReport(profile, asked.options));
    return dotToSvg(text).catch((problem: unknown) => {
      throw new ReportProblem(problem instanceof Error ? problem.message : String(problem));
    });
  }
  const title = asked.files.map((file) => basename(file)).join(', ');
  if (asked.output === 'proto') return (await import('../core/artefacts/profile/encode.ts')).encodeProfile(shown(filtered(profile, asked.options)).profile);
  if (asked.output === 'flame')
    return (await import('../core/artefacts/profile/flame.ts')).flameHtml(shown(filtered(profile, asked.options)).profile, title, asked.options.sampleIndex);
  if (asked.output === 'speedscope')
    return (await import('../core/artefacts/profile/speedscope.ts')).speedscopeJson(shown(filtered(profile, asked.options)).profile, title);
  const options = asked.output === 'peek' ? { ...asked.options, symbol: pattern('peek', asked.symbol) } : asked.options;
  return shown(makeReport(profile, options)).text;
}

/** Says which filters matched nothing, as pprof does. */
function shown<T extends { readonly missed: readonly string[] }>(result: T): T {
  for (const option of result.missed) process.stderr.write(`${option} expression matched no samples\n`);
  return result;
}

/** The files added up, less the base; one file alone is not touched. */
async function combined(asked: Asked): Promise<Profile> {
  const sources = await all(asked.files, 'source', asked.plainly);
  const [first] = sources;
  if (first === undefined) throw new ReportProblem('failed to fetch any source profiles');
  if (sources.length === 1 && asked.base.length === 0 && asked.comment === '') return first;
  const { combine } = await import('../core/artefacts/profile/merge.ts');
  const bases = await all(asked.base, 'base', asked.plainly);
  if (asked.base.length > 0 && bases.length === 0) throw new ReportProblem('failed to fetch any base profiles');
  return combine(sources, bases, { diffBase: asked.diffBase, normalize: asked.normalize, comment: asked.comment });
}

/** What can be read of them; the others are named, as pprof does. */
async function all(files: readonly string[], what: string, plainly: boolean): Promise<readonly Profile[]> {
  const profiles: Profile[] = [];
  for (const file of files) {
    const found = await read(file, plainly);
    if (typeof found === 'string') process.stderr.write(`${file}: ${found}\n`);
    else profiles.push(found);
  }
  if (profiles.length > 0 && profiles.length < files.length) process.stderr.write(`Fetched ${profiles.length} ${what} profiles out of ${files.length}\n`);
  return profiles;
}

async function read(file: string, plainly: boolean): Promise<Profile | string> {
  let bytes: Uint8Array;
  try {
    // In one piece: reading in turns takes twice as long for large files.
    bytes = readFileSync(file);
  } catch (problem) {
    return problem instanceof Error && 'code' in problem && problem.code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
  }
  const parsed = parseProfile(bytes, { plainly });
  if (parsed.is === 'fine') {
    for (const note of parsed.notes) process.stderr.write(`${file}: ${note}\n`);
    return parsed.profile;
  }
  return parsed.is === 'broken' ? parsed.reason : 'it is not a profile';
}

/** A pipe takes what it can: wait until all of it is gone. */
function written(result: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => resolve());
    process.stdout.write(result, () => resolve());
  });
}
