/**
 * `npm run hostile [-- name…]`: every hostile file through the sandbox, one after the other; says how long the slowest took and how much memory
 * the whole tree of processes had. The files are made in a temporary folder by a process of its own, so that making them does not count.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { childSeconds } from '../../src/core/limits.ts';
import { guard } from '../../src/desk/guard.ts';
import { diagnoseInSandbox } from '../../src/world/sandbox.ts';
import { renderComment } from '../../src/core/report/markdown.ts';
import { cases } from './cases.ts';
import { given, readPost, wrong } from './check.ts';
import { posts } from './posts.ts';

/** The bars: megabytes of all processes together, seconds over the time that a case may take. */
const mostMegabytes = 900;
const secondsOver = 1;
/** For one post, and for one comment to be written: the server does both itself. */
const mostMilliseconds = 2000;

guard();
const [what, target = '', ...names] = process.argv.slice(2);
if (what === 'make') for (const { name, bytes } of chosen(names)) writeFileSync(join(target, name), bytes());
else process.exitCode = await run(process.argv.slice(2));

function chosen(wanted: readonly string[]): typeof cases {
  return cases.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

async function run(wanted: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  let [failed, done, slowest, largest, rendered] = [0, 0, 0, 0, 0];
  try {
    execFileSync(process.execPath, ['--no-warnings', 'test/hostile/hostile.ts', 'make', folder, ...wanted], { stdio: 'inherit' });
    for (const one of chosen(wanted)) {
      const bytes = readFileSync(join(folder, one.name));
      let most = 0;
      const watch = setInterval(() => (most = Math.max(most, treeMegabytes(process.pid))), 20);
      const begun = performance.now();
      const report = await diagnoseInSandbox(given(bytes));
      const seconds = (performance.now() - begun) / 1000;
      clearInterval(watch);
      const problem =
        wrong(one, report) ??
        (seconds > childSeconds + secondsOver ? `it took ${seconds.toFixed(1)} s` : most > mostMegabytes ? `it took ${most.toFixed(0)} MB` : undefined);
      const [refusal] = report.refusals;
      const rendering = performance.now();
      renderComment(report);
      rendered = Math.max(rendered, performance.now() - rendering);
      say(
        `${problem === undefined ? 'ok  ' : 'FAIL'} ${one.name.padEnd(46)} ${(bytes.length / 1e6).toFixed(1).padStart(5)} MB ${seconds.toFixed(1).padStart(5)} s ${most.toFixed(0).padStart(4)} MB  ${problem ?? refusal?.reason ?? report.headline}`,
      );
      failed += problem === undefined ? 0 : 1;
      done += 1;
      slowest = Math.max(slowest, seconds);
      largest = Math.max(largest, most);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (wanted.length === 0) {
    let longest = 0;
    for (const post of posts) {
      const begun = performance.now();
      readPost(post);
      longest = Math.max(longest, performance.now() - begun);
    }
    say(`${posts.length} posts, the slowest read in ${longest.toFixed(0)} ms; the slowest comment written in ${rendered.toFixed(0)} ms`);
    failed += Math.max(longest, rendered) > mostMilliseconds ? 1 : 0;
  }
  say(`${done} cases, ${failed} failed; slowest ${slowest.toFixed(1)} s of ${childSeconds} s, ${largest.toFixed(0)} MB of ${mostMegabytes} MB at most`);
  return failed > 0 || done === 0 ? 1 : 0;
}

/** Resident memory of a process and of all below it, megabytes; Linux only. */
function treeMegabytes(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== ''),
    );
    return own + children.reduce((sum, child) => sum + treeMegabytes(Number(child)), 0);
  } catch {
    return 0;
  }
}
