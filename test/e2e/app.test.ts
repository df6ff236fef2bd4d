/** The whole App against the double: webhook in, one comment out, nothing lost by a kill, nothing let in. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, until, type RunningApp } from '../double/app.ts';
import { GitHubDouble } from '../double/github.ts';

const bundle = { name: 'ipfs-profile.zip', bytes: readFileSync('fixtures/cases/gc-behind-pin/ipfs-profile.zip') };
const hang = { title: 'ipfs add hangs', body: 'All `ipfs add` commands hang.', attachments: [bundle] };
const data = mkdtempSync(join(tmpdir(), 'e2e-'));
let double: GitHubDouble;
let app: RunningApp;

beforeAll(async () => {
  double = await new GitHubDouble().start();
  app = await startApp(double, data);
}, 600_000);

afterAll(async () => {
  await app.kill('SIGTERM');
  await double.close();
  rmSync(data, { recursive: true, force: true });
});

const idle = async (): Promise<boolean> => {
  const health: unknown = await (await fetch(`${app.origin}/healthz`)).json();
  return JSON.stringify(health).includes('"waiting":0,"active":0');
};

test('an issue with a bundle gets one comment, an edit changes it in place, and the eyes are taken back', async () => {
  const number = await double.openIssue(hang);
  expect(await until(() => double.own(number).length === 1, 180_000), app.log.join('')).toBe(true);
  const [first] = double.own(number);
  expect(first?.body).toContain('`ipfs pin add` waits for content that nobody provides');
  const before = double.requests.length;
  await double.comment(number, 'Any news?');
  expect(
    await until(async () => double.requests.slice(before).some((call) => call.includes('DELETE') && call.includes('reactions')) && (await idle()), 180_000),
  ).toBe(true);
  // Nothing new was said, so nothing is written.
  expect(double.requests.slice(before).filter((call) => /^(?:PATCH|POST .*\/comments)/.test(call))).toEqual([]);
  const body = double.issues.get(number)?.body ?? '';
  await double.edit(number, `${body}\n\n\`\`\`\nKubo version: 0.34.1\nRepo version: 16\nSystem version: amd64/linux\nGolang version: go1.24.9\n\`\`\``);
  expect(await until(() => double.own(number)[0]?.body.includes('9 of 9 files') === true, 180_000)).toBe(true);
  expect(double.own(number)).toHaveLength(1);
  expect(await until(() => double.issues.get(number)?.reactions.length === 0, 60_000)).toBe(true);
}, 600_000);

const metrics = async (): Promise<string> => (await fetch(`${app.origin}/metrics`)).text();
const duplicates = (text: string): number => Number(/pprof_triage_deliveries_duplicate_total (\d+)\n/.exec(text)?.[1]);

test('a delivery counts once, whoever repeats it', async () => {
  const number = await double.openIssue({ title: 'Please add a man page', body: 'It would be nice.' });
  const guid = randomUUID();
  expect(await double.send('issues', 'edited', number, 'reporter', guid)).toBe(202);
  // Deliveries of other tests may have been repeated by the catch-up.
  const before = duplicates(await metrics());
  expect(await double.send('issues', 'edited', number, 'reporter', guid)).toBe(202);
  const after = await metrics();
  expect(duplicates(after)).toBe(before + 1);
  expect(after.endsWith('# EOF\n')).toBe(true);
  expect(await until(idle, 180_000)).toBe(true);
  // Nothing to do with hanging, CPU or memory, and no bundle: no comment.
  expect(double.own(number)).toEqual([]);
}, 600_000);

test('forged, large and foreign requests are turned away', async () => {
  const number = await double.openIssue({ title: 'nothing', body: 'nothing' });
  expect(await double.send('issues', 'opened', number, 'mallory', randomUUID(), 'development')).toBe(401);
  expect(await double.send('push', 'created', number)).toBe(202);
  const large = await fetch(`${app.origin}/api/github/webhooks`, {
    method: 'POST',
    body: 'x'.repeat(25_000_001),
    headers: { 'x-hub-signature-256': 'sha256=00' },
  }).catch(() => undefined);
  expect([413, undefined]).toContain(large?.status);
  expect((await fetch(`${app.origin}/ping`)).status).toBe(200);
  expect((await fetch(`${app.origin}/etc/passwd`)).status).toBe(404);
});

test('a failing GitHub is asked again later and nothing is doubled', async () => {
  double.fail(/^POST .*\/issues\/\d+\/comments$/, 502, 1);
  const number = await double.openIssue(hang);
  expect(await until(() => double.own(number).length === 1, 180_000), app.log.join('')).toBe(true);
  expect(await until(idle, 180_000)).toBe(true);
  expect(double.own(number)).toHaveLength(1);
}, 600_000);

test('a second server on the same data folder does not start', async () => {
  const other = await new GitHubDouble().start();
  await expect(startApp(other, data)).rejects.toThrow(/another process .* uses this data folder/);
  await other.close();
}, 600_000);

test('kill -9 between the 202 and the comment loses nothing', async () => {
  // The reader is held up before it can answer.
  double.fail(/^GET .*\/issues\/\d+$/, 502, 1);
  const number = await double.openIssue(hang);
  await app.kill('SIGKILL');
  expect(double.own(number)).toEqual([]);
  app = await startApp(double, data);
  expect(await until(() => double.own(number).length === 1, 180_000), app.log.join('')).toBe(true);
  expect(await until(idle, 180_000)).toBe(true);
  expect(double.own(number)).toHaveLength(1);
}, 600_000);
