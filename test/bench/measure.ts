/** Wall time and peak memory of a whole command. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';

export interface Measured {
  readonly seconds: number;
  /** Largest resident size seen in /proc, MB; undefined where there is no /proc. */
  readonly megabytes?: number;
  readonly stdout: string;
}

/** Best of `runs`; throws with the command's own words when it fails. */
export async function measure(command: readonly string[], runs = 3): Promise<Measured> {
  const [best] = await measureInTurns([command], runs);
  if (best === undefined) throw new Error('measured nothing');
  return best;
}

/** Best of `runs` of each, one after the other in turns: a machine that is slow for a while is slow for all of them. */
export async function measureInTurns(commands: readonly (readonly string[])[], runs: number): Promise<readonly Measured[]> {
  const best: Measured[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const [at, command] of commands.entries()) {
      const one = await once(command);
      const before = best[at];
      const megabytes = Math.max(one.megabytes ?? 0, before?.megabytes ?? 0) || undefined;
      best[at] = { ...(before === undefined || one.seconds < before.seconds ? one : before), megabytes };
    }
  }
  return best;
}

/** This project's desk door. */
export function desk(...args: readonly string[]): readonly string[] {
  return [process.execPath, 'src/cli.ts', ...args];
}

function once([program = '', ...args]: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    // pprof prints local times.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TZ: 'UTC' } });
    let peak: number | undefined;
    const watch = setInterval(() => (peak = Math.max(peak ?? 0, resident(child.pid) ?? 0) || undefined), 5);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0 || code === 2) resolve({ seconds, megabytes: peak, stdout: Buffer.concat(out).toString() });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${Buffer.concat(err).toString().slice(-300)}`));
    });
  });
}

/** VmHWM of /proc/PID/status: the peak so far. */
function resident(pid: number | undefined): number | undefined {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) / 1024;
  } catch {
    return undefined;
  }
}
