/** One case beside `go tool pprof`: the same bytes, the same flags, the same words. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { answer } from '../../../../../src/desk/pprof.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Verdict = 'equal' | 'both refuse' | 'varies' | 'we read more' | 'differs';

export interface Compared {
  readonly verdict: Verdict;
  readonly ours: Said;
  readonly theirs: Said;
}

/** Path of the pprof that `go tool pprof` runs; undefined where Go is not. */
export function pprofPath(): string | undefined {
  const go = spawnSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' });
  return go.status === 0 ? go.stdout.trim().split(' ')[0] : undefined;
}

const env = { ...process.env, TZ: 'UTC', PPROF_TMPDIR: tmpdir(), HOME: tmpdir() };

/** What pprof says. */
export function theirs(pprof: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(pprof, ['-symbolize=none', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
  });
}

/** What we say. */
export async function ours(args: readonly string[]): Promise<Said> {
  const { code, out, said } = await answer(['-symbolize=none', ...args]);
  return { code, out: typeof out === 'string' ? out : Buffer.from(out).toString('latin1'), err: said.map((line) => `${line}\n`).join('') };
}

/** pprof prints some things in the order of a map, which differs from run to run: then one of its answers is enough. */
const again = 8;

export async function compare(pprof: string, args: readonly string[]): Promise<Compared> {
  const [own, first] = [await ours(args), await theirs(pprof, args)];
  // Rows without addresses, as threadcreate texts have them.
  if (first.err.includes('malformed profile format') || takenForProgram(args)) return { verdict: 'we read more', ours: own, theirs: first };
  if (first.code !== 0) return { verdict: own.code === first.code ? 'both refuse' : 'differs', ours: own, theirs: first };
  if (own.code === 0 && own.out === first.out) return { verdict: 'equal', ours: own, theirs: first };
  let varies = false;
  for (let n = 0; n < again; n += 1) {
    const next = await theirs(pprof, args);
    if (own.code === 0 && own.out === next.out) return { verdict: 'equal', ours: own, theirs: next };
    varies ||= next.out !== first.out;
  }
  return { verdict: varies ? 'varies' : 'differs', ours: own, theirs: first };
}

/** The first of two files begins with zeros, as binary CPU profiles do: Go's debug/pe takes it for a program of an unknown machine. */
function takenForProgram(args: readonly string[]): boolean {
  const files = args.slice(-2);
  if (files.length < 2 || files.some((file) => file.startsWith('-') || !existsSync(file))) return false;
  return files.slice(0, 1).every((file) => readFileSync(file).readUInt16LE() === 0);
}

/** Digests of what pprof printed, by seed. */
export const storedFile = 'fixtures/profile/random.json';

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
