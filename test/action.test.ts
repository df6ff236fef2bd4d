/** The Action door against the double: one comment, a summary, no workflow commands of strangers, red when it fails. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GitHubDouble } from './double/github.ts';

let double: GitHubDouble;
beforeAll(async () => {
  double = await new GitHubDouble().start();
});
afterAll(() => double.close());

async function run(
  number: number,
  extra: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly summary: string }> {
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
    ...extra,
  };
  const child = spawn(process.execPath, ['--no-warnings', join(process.cwd(), 'src/action.ts')], { env, cwd: folder });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, summary: readFileSync(summary, 'utf8') };
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
