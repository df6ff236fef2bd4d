/** `pprof-triage pprof [flags] [BINARY] FILE…`: pprof's reports under pprof's own flags, without Go. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { readFlags, type Asked } from '../core/artefacts/profile/report/flags.ts';
import { pattern, ReportProblem } from '../core/artefacts/profile/report/options.ts';
import { filtered, makeReport } from '../core/artefacts/profile/report/report.ts';
import { combined } from './pprof-sources.ts';

const usage = `pprof-triage pprof [flags] [BINARY] FILE…   prints what go tool pprof prints; several files are added up
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
    try {
      writeFileSync(into, out);
    } catch (problem) {
      process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
      return 2;
    }
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
  if (asked.output === 'svg') return drawn(asked, said);
  const profile = await combined(asked, said);
  const title = asked.files.map((file) => basename(file)).join(', ');
  if (asked.output === 'proto') return (await import('../core/artefacts/profile/encode.ts')).encodeProfile(filtered(profile, asked.options, said));
  if (asked.output === 'flame')
    return (await import('../core/artefacts/profile/flame/page.ts')).flameHtml(filtered(profile, asked.options, said), title, asked.options.sampleIndex);
  if (asked.output === 'speedscope')
    return (await import('../core/artefacts/profile/speedscope.ts')).speedscopeJson(filtered(profile, asked.options, said), title);
  const options = asked.output === 'peek' ? { ...asked.options, symbol: pattern('peek', asked.symbol) } : asked.options;
  return makeReport(profile, options, said).text;
}

/** Graphviz loads while the graph is made. */
async function drawn(asked: Asked, said: string[]): Promise<string> {
  const { startDrawing } = await import('../world/graphviz.ts');
  const drawing = startDrawing();
  try {
    const { text } = makeReport(await combined(asked, said), asked.options, said);
    return await drawing.draw(text).catch((problem: unknown) => {
      throw new ReportProblem(problem instanceof Error ? problem.message : String(problem));
    });
  } finally {
    drawing.stop();
  }
}

/** A pipe takes what it can: wait until all of it is gone. */
function written(result: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => resolve());
    process.stdout.write(result, () => resolve());
  });
}
