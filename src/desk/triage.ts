/** `pprof-triage FILES…`: the whole core on files of your desk, or a dry run of the bot on an issue's address. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Diagnosis } from '../core/diagnose.ts';
import type { ParseHelp, Refusal, Report } from '../core/model.ts';
import { readBundles } from './bundles.ts';
import { ledTo } from './posts.ts';
import { progress } from './progress.ts';
import { shown, stations, type Station } from './show.ts';

const usage = `pprof-triage [options] FILE|FOLDER|ARCHIVE|ISSUE-URL…    reads profiling data and says what is wrong
  -                       standard input (a pasted dump)
  --format text|markdown|json   text is the default; --json is --format json
  --html FILE             also writes the report as a page
  --out DIR               also writes report.json, comment.md and report.html
  --show STATION          prints one station: ${stations.join(', ')}
  --source FOLDER         source of the program (a checkout or a module cache), to settle who holds a lock the shipped table does not know;
                          --source github fetches what is needed from there
  --official              fetches the official kubo archive (45 MB) when only the exact binary can tell more
Other commands: stacks, pprof, binary, addr2line, backfill, redrive; each with --help.
`;

/** Exit code 0 when it could look, 2 when nothing could be read. */
export async function run(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`);
    return 2;
  }
  if (options.help || options.inputs.length === 0) {
    process.stdout.write(usage);
    return options.help ? 0 : 2;
  }
  const [first = ''] = options.inputs;
  if (/^https?:\/\//.test(first)) {
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(first, options);
  }
  // The disk and the loader work side by side.
  const [{ bundles, refusals: unopened }] = await Promise.all([readBundles(options.inputs), import('../core/diagnose.ts')]);
  const refusals = [...unopened, ...ledTo(bundles)];
  if (bundles.length === 0) {
    for (const refusal of refusals) process.stderr.write(`${refusal.path}: ${refusal.reason}\n`);
    return 2;
  }
  return print(await investigateFiles(bundles, refusals, options), options);
}

export interface Options {
  readonly inputs: readonly string[];
  readonly format: 'text' | 'markdown' | 'json';
  readonly html?: string;
  readonly out?: string;
  readonly show?: Station;
  readonly source?: string;
  readonly official: boolean;
  readonly help: boolean;
}

function read(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        json: { type: 'boolean' },
        html: { type: 'string' },
        out: { type: 'string' },
        show: { type: 'string' },
        source: { type: 'string' },
        official: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const format = values.json === true ? 'json' : values.format;
    if (format !== 'text' && format !== 'markdown' && format !== 'json') return `--format is text, markdown or json, not ${format}`;
    const show = stations.find((station) => station === values.show);
    if (values.show !== undefined && show === undefined) return `--show is one of ${stations.join(', ')}, not ${values.show}`;
    return {
      inputs: positionals,
      format,
      html: values.html,
      out: values.out,
      show,
      source: values.source,
      official: values.official === true,
      help: values.help === true,
    };
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

async function investigateFiles(
  bundles: Parameters<typeof import('../core/diagnose.ts').diagnose>[0],
  refusals: readonly Refusal[],
  options: Options,
): Promise<Diagnosis> {
  const { diagnose } = await import('../core/diagnose.ts');
  const { shippedLockTable } = await import('../world/lock-table.ts');
  const folder = options.source === undefined || options.source === 'github' ? {} : await sourceHelp(options.source);
  const bar = progress();
  let diagnosis = await diagnose(bundles, { ...folder, lockTable: shippedLockTable, refusals, onFile: bar.step });
  bar.end();
  if (options.source === 'github') {
    const fetched = await githubHelp(diagnosis.report);
    if (fetched !== undefined) diagnosis = await diagnose(bundles, { ...fetched, lockTable: shippedLockTable, refusals });
  }
  if (!options.official) return diagnosis;
  const { withOfficialBinary } = await import('../world/official-binary.ts');
  const complain = ({ path, reason }: Refusal): void => void process.stderr.write(`${path}: ${reason}\n`);
  return withOfficialBinary(diagnosis, (extra) => diagnose([...bundles, extra], { ...folder, lockTable: shippedLockTable, refusals }), {}, complain);
}

/** A folder of Go source, and the grammar to read it. */
async function sourceHelp(folder: string): Promise<ParseHelp> {
  const [{ sourceFolder }, { goGrammar }] = await Promise.all([import('../world/source.ts'), import('../world/go-grammar.ts')]);
  return { source: sourceFolder(folder), readGo: await goGrammar() };
}

/** Source of the locks that have no name yet, from GitHub; undefined when there is none to be had. GITHUB_TOKEN is used when set. */
async function githubHelp(report: Report): Promise<ParseHelp | undefined> {
  const [{ sourceWishes }, { fetchSource }, { sourceFrom }, { goGrammar }, { Octokit }] = await Promise.all([
    import('../core/source-wishes.ts'),
    import('../world/github-source.ts'),
    import('../world/source.ts'),
    import('../world/go-grammar.ts'),
    import('@octokit/rest'),
  ]);
  const folders = await fetchSource(sourceWishes(report), new Octokit({ auth: process.env['GITHUB_TOKEN'] }));
  return folders.length === 0 ? undefined : { source: sourceFrom(folders), readGo: await goGrammar() };
}

/** Prints what was asked for and writes the files; exit code as of `run`. */
export async function print(diagnosis: Diagnosis, options: Options): Promise<number> {
  const { report } = diagnosis;
  if (options.show !== undefined) {
    process.stdout.write(`${shown(options.show, diagnosis)}\n`);
  } else if (options.format === 'json') {
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else if (options.format === 'markdown') {
    const { renderComment } = await import('../core/report/markdown.ts');
    process.stdout.write(`${renderComment(report) ?? 'Nothing to say: the bot would stay silent.'}\n`);
  } else {
    const { renderText } = await import('../core/report/text.ts');
    process.stdout.write(renderText(report));
  }
  if (options.html !== undefined || options.out !== undefined) await writePages(diagnosis, options);
  const read = report.inventory.filter(
    (item) =>
      item.kind !== 'unknown' && item.kind !== 'empty' && !report.refusals.some((refusal) => refusal.path === item.path && refusal.reason === item.note),
  );
  for (const refusal of report.refusals) process.stderr.write(`${refusal.path}: ${refusal.reason}\n`);
  return read.length > 0 ? 0 : 2;
}

async function writePages({ report }: Diagnosis, { html, out }: Options): Promise<void> {
  const { renderPage } = await import('../core/report/html/page.ts');
  if (html !== undefined) await writeFile(html, renderPage(report));
  if (out === undefined) return;
  const { renderComment } = await import('../core/report/markdown.ts');
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(join(out, 'comment.md'), `${renderComment(report) ?? ''}\n`);
  await writeFile(join(out, 'report.html'), renderPage(report));
}
