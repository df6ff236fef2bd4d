/** Runs the core on strangers' bytes in a child process without rights, with capped memory and time, and checks what comes back. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { childHeapMegabytes, childMegabytes, childSeconds, maxReportBytes } from '../core/limits.ts';
import type { Refusal, Report } from '../core/model.ts';
import type { Case } from '../investigate.ts';
import { isReport } from './report-schema.ts';
import type { SandboxHeader } from './sandbox-child.ts';

const own = fileURLToPath(import.meta.url);
const folder = dirname(own);
/** In the sources and in dist the code is two floors up; in the Action's bundle it is one folder. */
const bundled = existsSync(join(folder, 'sandbox-child.mjs'));
const root = bundled ? folder : join(folder, '..', '..');
const child = bundled ? join(folder, 'sandbox-child.mjs') : own.replace(/sandbox\.([jt]s)$/, 'sandbox-child.$1');
const readable = bundled ? [folder] : ['src', 'dist', 'data', 'node_modules', 'package.json'].map((name) => join(root, name));

/** V8 reserves so much address space before the first line runs; `RLIMIT_DATA` counts it. */
const reservedMegabytes = 700;

/** Behind the webhook's answers, but not behind everything. */
const childNice = 5;

/** The cage around the child where the system has one: a hard limit of memory and CPU (util-linux), and no network at all (user namespaces). */
const cage: readonly string[] = cageOf();

function cageOf(): readonly string[] {
  if (process.platform !== 'linux') return [];
  const works = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { env: {}, stdio: 'ignore', timeout: 5000 }).status === 0;
  const limits = ['/usr/bin/prlimit', `--data=${(childMegabytes + reservedMegabytes) * 1_000_000}`, `--cpu=${childSeconds + 5}`, '--core=0', '--fsize=0'];
  const alone = ['/usr/bin/unshare', '--user', '--net', '--'];
  return [
    ...(works(limits[0] ?? '', [...limits.slice(1), '/bin/true']) ? limits : []),
    ...(works(alone[0] ?? '', [...alone.slice(1), '/bin/true']) ? alone : []),
  ];
}

/** Rejects only when `signal` is aborted: whatever goes wrong inside becomes a report that says so. */
export async function diagnoseInSandbox(given: Case, signal?: AbortSignal, seconds: number = childSeconds): Promise<Report> {
  const { bundles, questions, ...about } = given;
  const size = ({ bytes, ...rest }: Case['bundles'][number]) => ({ ...rest, size: bytes.length });
  const header: SandboxHeader = {
    ...about,
    bundles: bundles.map(size),
    questions: { ...questions, compare: questions.compare.map((one) => ({ asked: one.asked, bundles: one.bundles.map(size) })) },
  };
  const all = [...bundles, ...questions.compare.flatMap((one) => one.bundles)];
  try {
    const text = await run([Buffer.from(`${JSON.stringify(header)}\n`), ...all.map(({ bytes }) => bytes)], seconds, signal);
    const report: unknown = JSON.parse(text);
    if (!isReport(report)) throw new Failed('what came out of reading them is no report');
    return report;
  } catch (problem) {
    signal?.throwIfAborted();
    const reason = problem instanceof Failed ? problem.message : 'reading them failed';
    const names = bundles.map(({ name }) => name);
    return empty([...given.refusals, { path: `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`, reason }]);
  }
}

function empty(refusals: readonly Refusal[]): Report {
  return { schema: 1, headline: 'These files could not be read', captures: [], findings: [], gaps: [], inventory: [], refusals, quiet: [] };
}

class Failed extends Error {}

function run(input: readonly Uint8Array[], seconds: number, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const node = [
      process.execPath,
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      `--max-old-space-size=${childHeapMegabytes}`,
      '--no-warnings',
      '--no-addons',
      child,
    ];
    const [command = '', ...args] = [...cage, ...node];
    const reader = spawn(command, args, { env: {}, cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let size = 0;
    let why: string | undefined;
    const kill = (reason: string): void => {
      why ??= reason;
      reader.kill('SIGKILL');
    };
    const aborted = (): void => kill('nobody waits for them any more');
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted === true) aborted();
    polite(reader);
    const clock = setTimeout(() => kill(`reading them took longer than ${seconds} s`), seconds * 1000);
    const watch = setInterval(() => {
      if (residentMegabytes(reader.pid) > childMegabytes) kill(`reading them took more than ${childMegabytes} MB of memory`);
    }, 20);
    reader.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxReportBytes) kill('they hold more than a report can');
      else out.push(chunk);
    });
    let said = '';
    reader.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('latin1')).slice(-2000)));
    reader.on('error', () => kill('the reader could not be started'));
    reader.on('close', (code) => {
      clearTimeout(clock);
      clearInterval(watch);
      signal?.removeEventListener('abort', aborted);
      if (code === 0 && why === undefined) resolve(Buffer.concat(out).toString('utf8'));
      else
        reject(
          new Failed(
            why ??
              (/out of memory|ERR_MEMORY_ALLOCATION_FAILED/i.test(said) ? `reading them took more than ${childMegabytes} MB of memory` : 'reading them failed'),
          ),
        );
    });
    // A child that dies early closes its input: the failure is told by its end.
    reader.stdin.on('error', () => {});
    for (const part of input) reader.stdin.write(part);
    reader.stdin.end();
  });
}

/** Behind the webhook's answers and behind its neighbours. */
function polite({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, childNice);
  } catch {
    // It has ended, or the system knows no priorities.
  }
}

/** Linux only; elsewhere the heap limit and the clock stand alone. */
function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
