/** The Action door against the double: one comment, a summary, no workflow commands of strangers, red when it fails. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bundle } from '../release/bundle.ts';
import { GitHubDouble } from './double/github.ts';

let double: GitHubDouble;
/** The bundle of a release, where no package of ours can be found. */
const bundled = join(mkdtempSync(join(tmpdir(), 'action-bundle-')), 'action');
beforeAll(async () => {
  double = await new GitHubDouble().start();
  await bundle(bundled);
}, 120_000);
afterAll(async () => {
  await double.close();
  rmSync(bundled, { recursive: true, force: true });
});

async function run(
  number: number,
  extra: Readonly<Record<string, string>> = {},
  door = join(process.cwd(), 'src/action.ts'),
): Promise<{ readonly code: number | null; readonly out: string; readonly summary: string; readonly report: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'action-'));
  const event = join(folder, 'event.json');
  const summary = join(folder, 'summary.md');
  writeFileSync(event, JSON.stringify({ action: 'opened', issue: { number } }));
  writeFileSync(summary, '');
  const env = {
    PATH: process.env['PATH'],
    GITHUB_TOKEN: 'token',
    GITHUB_API_URL: double.origin,
    GITHUB_REPOSITORY: 'ipfs/kubo',
    GITHUB_EVENT_PATH: event,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: folder,
    ATTACHMENT_ORIGIN: double.origin,
    ...extra,
  };
  const child = spawn(process.execPath, ['--no-warnings', door], { env, cwd: folder });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const report = join(folder, 'pprof-triage-report.json');
  return { code, out, summary: readFileSync(summary, 'utf8'), report: existsSync(report) ? readFileSync(report, 'utf8') : undefined };
}

const dump = 'goroutine 1 [chan receive, 12 minutes]:\nmain.main()\n\t/src/main.go:10 +0x20\n';

test('a pasted dump gets a comment, once, and a summary', async () => {
  const number = await double.openIssue({ title: 'ipfs hangs', body: `It hangs.\n\n\`\`\`\n${dump}\`\`\`\n::set-output name=a::b` });
  const first = await run(number);
  expect(first.code, first.out).toBe(0);
  expect(first.out).toMatch(/^::stop-commands::[0-9a-f]{32}\n/);
  expect(double.own(number).length + (double.issues.get(number)?.comments.length ?? 0)).toBeGreaterThan(0);
  expect(first.summary).not.toBe('');
}, 300_000);

test('without a token, and when GitHub fails, it is red', async () => {
  const number = await double.openIssue({ title: 'ipfs hangs', body: 'It hangs.' });
  expect((await run(number, { GITHUB_TOKEN: '' })).code).toBe(1);
  double.fail(/^GET .*\/issues\/\d+$/, 500, 1);
  expect((await run(number)).code).toBe(1);
}, 300_000);

test('the bundle of a release does the same with nothing beside it, attachments too', async () => {
  double.writer = 'github-actions[bot]';
  const attachments = [{ name: 'ipfs-profile.zip', bytes: readFileSync('fixtures/cases/gc-behind-pin/ipfs-profile.zip') }];
  const number = await double.openIssue({ title: 'ipfs add hangs', body: 'All `ipfs add` commands hang.', attachments });
  const first = await run(number, {}, join(bundled, 'action.mjs'));
  expect(first.code, first.out).toBe(0);
  expect(double.own(number)).toHaveLength(1);
  expect(double.own(number)[0]?.body).toContain('`ipfs pin add` waits for content that nobody provides');
  expect(first.summary).toContain('`ipfs pin add` waits for content that nobody provides');
  expect(first.report).toContain('"schema":1');
  const again = await run(number, {}, join(bundled, 'action.mjs'));
  expect(again.out).not.toContain('Done:');
  expect(double.own(number)).toHaveLength(1);
  // By hand, for one issue.
  const byHand = await run(0, { INPUT_ISSUE: String(number) }, join(bundled, 'action.mjs'));
  expect(byHand.code, byHand.out).toBe(0);
}, 300_000);

test('what a stranger wrote is no command for the runner', async () => {
  const evil = '::set-output name=x::y\r\n::add-mask::z\n%0A::error::w\n##[error]v';
  const number = await double.openIssue({
    title: evil,
    body: `It hangs.\n\n\`\`\`\n${dump.replace('main.main()', `main.${evil.replaceAll(/\s/g, '')}()`)}\`\`\``,
  });
  double.contents.set('.github/pprof-triage.yml', `"${evil.replaceAll(/[\r\n]/g, ' ')}": true\nmaxAgeHours: "::warning::u"\n`);
  const { out, code } = await run(number);
  double.contents.delete('.github/pprof-triage.yml');
  expect(code, out).toBe(0);
  const lines = out.split(/\r\n|[\r\n\u2028\u2029]/);
  expect(lines.filter((line) => /^\s*(?:::|##\[)/.test(line))).toEqual([lines[0]]);
  expect(lines[0]).toMatch(/^::stop-commands::[0-9a-f]{32}$/);
  expect(lines.length).toBeGreaterThan(1);
}, 300_000);

test('action.yml uploads the file that is written, and runs the bundle where a release has it', () => {
  const manifest: unknown = parse(readFileSync('action.yml', 'utf8'));
  const text = JSON.stringify(manifest);
  expect(text).toContain('${{ runner.temp }}/pprof-triage-report.json');
  expect(text).toContain('node action/action.mjs');
  // No input of a stranger is put into a shell line.
  for (const [, line = ''] of readFileSync('action.yml', 'utf8').matchAll(/\brun: (.*)/g)) expect(line).not.toContain('${{');
});
