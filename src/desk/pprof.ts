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
  -tagfocus=T -tagignore=T -tagshow=RE -taghide=RE -tagroot=KEYS -tagleaf=KEYS
  -unit=U -divide_by=N -mean -relative_percentages -compact_labels -trim_path=P -output=FILE
`;

/** What a call prints, and how it ends. */
export interface Answer {
  /** 0, or 2 when the flags or files cannot be used (as pprof does). */
  readonly code: 0 | 2;
  readonly out: string | Uint8Array;
  /** Lines for standard error. */
  readonly said: readonly string[];
  /** File to write instead of standard output; '' for none. */
  readonly into: string;
}

/** Prints or writes the answer; returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { code, out, said, into } = await answer(args);
  for (const line of said) process.stderr.write(`${line}\n`);
  if (code !== 0) return code;
  if (into !== '') {
    writeFileSync(into, out);
    return 0;
  }
  await written(out);
  return 0;
}

/** Reads the files and makes the report; nothing is written. */
export async function answer(args: readonly string[]): Promise<Answer> {
  const said: string[] = [];
  try {
    const asked = readFlags(args);
    said.push(...asked.said);
    if (asked.help) return { code: 0, out: usage, said, into: '' };
    if (asked.files.length === 0) throw new ReportProblem('no profile source specified');
    const out = await made(asked, said);
    return { code: 0, out, said: asked.into === '' ? said : [...said, `Generating report in ${asked.into}`], into: asked.into };
  } catch (problem) {
    if (!(problem instanceof ReportProblem)) throw problem;
    return { code: 2, out: '', said: [...said, problem.message], into: '' };
  }
}

async function made(asked: Asked, said: string[]): Promise<string | Uint8Array> {
  const profile = await combined(asked, said);
  if (asked.output === 'svg') {
    const { dotToSvg } = await import('../world/graphviz.ts');
    const { text } = makeReport(profile, asked.options, said);
    return dotToSvg(text).catch((problem: unknown) => {
      throw new ReportProblem(problem instanceof Error ? problem.message : String(problem));
    });
  }
  const title = asked.files.map((file) => basename(file)).join(', ');
  if (asked.output === 'proto') return (await import('../core/artefacts/profile/encode.ts')).encodeProfile(filtered(profile, asked.options, said));
  if (asked.output === 'flame')
    return (await import('../core/artefacts/profile/flame.ts')).flameHtml(filtered(profile, asked.options, said), title, asked.options.sampleIndex);
  if (asked.output === 'speedscope')
    return (await import('../core/artefacts/profile/speedscope.ts')).speedscopeJson(filtered(profile, asked.options, said), title);
  const options = asked.output === 'peek' ? { ...asked.options, symbol: pattern('peek', asked.symbol) } : asked.options;
  return makeReport(profile, options, said).text;
}

/** The files added up, less the base; one file alone is not touched. */
async function combined(asked: Asked, said: string[]): Promise<Profile> {
  const sources = await all(asked.files, 'source', asked, said);
  const [first] = sources;
  if (first === undefined) throw new ReportProblem('failed to fetch any source profiles');
  const names = new Set(first.sampleTypes.map(({ type }) => type));
  if (sources.length === 1 && asked.base.length === 0 && asked.comment === '' && names.size === first.sampleTypes.length) return first;
  const { combine } = await import('../core/artefacts/profile/merge.ts');
  const bases = await all(asked.base, 'base', asked, said);
  if (asked.base.length > 0 && bases.length === 0) throw new ReportProblem('failed to fetch any base profiles');
  return combine(sources, bases, { diffBase: asked.diffBase, normalize: asked.normalize, comment: asked.comment });
}

/** What can be read of them; the others are named, as pprof does. */
async function all(files: readonly string[], what: string, { plainly, buildId }: Asked, said: string[]): Promise<readonly Profile[]> {
  const profiles: Profile[] = [];
  for (const file of files) {
    const found = await read(file, plainly, said);
    if (typeof found === 'string') said.push(`${file}: ${found}`);
    else profiles.push(withMapping(found, buildId));
  }
  if (profiles.length > 0 && profiles.length < files.length) said.push(`Fetched ${profiles.length} ${what} profiles out of ${files.length}`);
  return profiles;
}

/** pprof gives profiles without mappings one of everything, and names the first where it has no build ID. */
function withMapping(profile: Profile, buildId: string): Profile {
  const [first, ...others] = profile.mappings;
  if (first !== undefined) return buildId === '' || first.buildId !== '' ? profile : { ...profile, mappings: [{ ...first, buildId }, ...others] };
  const whole = {
    id: 1,
    start: 0n,
    limit: 0n,
    offset: 0n,
    file: '',
    buildId,
    hasFunctions: false,
    hasFilenames: false,
    hasLineNumbers: false,
    hasInlineFrames: false,
  };
  return { ...profile, mappings: [whole], locationMapping: new Int32Array(profile.locationMapping.length) };
}

async function read(file: string, plainly: boolean, said: string[]): Promise<Profile | string> {
  let bytes: Uint8Array;
  try {
    // In one piece: reading in turns takes twice as long for large files.
    bytes = readFileSync(file);
  } catch (problem) {
    return problem instanceof Error && 'code' in problem && problem.code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
  }
  const parsed = parseProfile(bytes, { plainly });
  if (parsed.is === 'fine') {
    for (const note of parsed.notes) said.push(`${file}: ${note}`);
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
