/** Runs the core on strangers' bytes in a child process with capped memory and time, and checks what comes back. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Bundle, Refusal, Report, Thread } from '../core/model.ts';
import type { SandboxHeader } from './sandbox-child.ts';

/** A bundle at the limits takes about 10 s here; GitHub's runners are half as fast. */
const maxSeconds = 60;
const maxHeapMegabytes = 1500;
/** Buffers are outside the heap: watched from outside. */
const maxResidentMegabytes = 2500;
const maxResultBytes = 20_000_000;

const own = fileURLToPath(import.meta.url);
const root = join(dirname(own), '..', '..');
const child = own.endsWith('.ts') ? own.replace(/sandbox\.ts$/, 'sandbox-child.ts') : own.replace(/sandbox\.js$/, 'sandbox-child.js');

/** Never rejects: whatever goes wrong becomes a report that says so. */
export async function diagnoseInSandbox(
  bundles: readonly Bundle[],
  thread: Thread,
  refusals: readonly Refusal[],
  seconds: number = maxSeconds,
): Promise<Report> {
  const header: SandboxHeader = { bundles: bundles.map(({ bytes, ...about }) => ({ ...about, size: bytes.length })), thread, refusals };
  try {
    const text = await run(
      [Buffer.from(`${JSON.stringify(header)}\n`), ...bundles.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))],
      seconds,
    );
    const report: unknown = JSON.parse(text);
    if (!isReport(report)) throw new Failed('what came out is no report');
    return report;
  } catch (problem) {
    const reason = problem instanceof Failed ? problem.message : 'reading them failed';
    return {
      schema: 1,
      headline: 'These files could not be read',
      captures: [],
      findings: [],
      gaps: [],
      inventory: [],
      refusals: [
        ...refusals,
        {
          path: bundles
            .map(({ name }) => name)
            .slice(0, 5)
            .join(', '),
          reason,
        },
      ],
      quiet: [],
    };
  }
}

class Failed extends Error {}

function run(input: readonly Buffer[], seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const flags = [
      '--permission',
      `--allow-fs-read=${join(root, 'src')}`,
      `--allow-fs-read=${join(root, 'dist')}`,
      `--allow-fs-read=${join(root, 'node_modules')}`,
      `--allow-fs-read=${join(root, 'package.json')}`,
      `--max-old-space-size=${maxHeapMegabytes}`,
      '--no-warnings',
    ];
    const reader = spawn(process.execPath, [...flags, child], { env: {}, cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let size = 0;
    let why: string | undefined;
    const kill = (reason: string): void => {
      why ??= reason;
      reader.kill('SIGKILL');
    };
    const clock = setTimeout(() => kill(`reading them took longer than ${seconds} s`), seconds * 1000);
    const watch = setInterval(() => {
      if (residentMegabytes(reader.pid) > maxResidentMegabytes) kill('reading them took too much memory');
    }, 250);
    reader.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxResultBytes) kill('they hold more than a report can');
      else out.push(chunk);
    });
    reader.stderr.resume();
    reader.on('error', () => kill('the reader could not be started'));
    reader.on('close', (code) => {
      clearTimeout(clock);
      clearInterval(watch);
      if (code === 0 && why === undefined) resolve(Buffer.concat(out).toString('utf8'));
      else reject(new Failed(why ?? 'reading them failed'));
    });
    // A child that dies early closes its input: the failure is told by its end.
    reader.stdin.on('error', () => {});
    for (const part of input) reader.stdin.write(part);
    reader.stdin.end();
  });
}

/** Linux only; elsewhere the heap limit and the clock stand alone. */
function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function isReport(value: unknown): value is Report {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const lists = ['captures', 'findings', 'gaps', 'inventory', 'refusals', 'quiet'];
  return fields.get('schema') === 1 && typeof fields.get('headline') === 'string' && lists.every((name) => Array.isArray(fields.get(name)));
}
