/** The App against a GitHub that others wrote: the double is not its own judge. No attachments, reactions, GraphQL or deliveries there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Octokit } from '@octokit/rest';
import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, hookSecret, privateKey, startApp, until, type RunningApp } from '../double/app.ts';

const place = { owner: 'ipfs', repo: 'kubo' };
const data = mkdtempSync(join(tmpdir(), 'e2e-emulate-'));
let github: Emulator;
let app: RunningApp;
let reporter: Octokit;

beforeAll(async () => {
  const [port, own] = [await freePort(), await freePort()];
  github = await createEmulator({
    service: 'github',
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      tokens: { 'reporter-token': { login: 'reporter', scopes: ['repo'] } },
      github: {
        users: [{ login: 'reporter' }],
        orgs: [{ login: place.owner, members: [{ login: 'reporter', role: 'admin' }] }],
        repos: [{ owner: place.owner, name: place.repo, auto_init: true }],
        apps: [
          {
            app_id: 1,
            slug: 'pprof-triage',
            name: 'pprof-triage',
            private_key: privateKey,
            permissions: { issues: 'write', contents: 'read', metadata: 'read' },
            events: ['issues', 'issue_comment'],
            webhook_url: `http://127.0.0.1:${own}/api/github/webhooks`,
            webhook_secret: hookSecret,
            installations: [{ installation_id: 100, account: place.owner, repository_selection: 'all' }],
          },
        ],
      },
    },
  });
  reporter = new Octokit({ baseUrl: github.url, auth: 'reporter-token' });
  app = await startApp({ origin: github.url }, data, { PORT: String(own) });
}, 600_000);

afterAll(async () => {
  await app.kill('SIGTERM');
  await github.close();
  rmSync(data, { recursive: true, force: true });
});

async function ours(issue: number): Promise<readonly { readonly id: number; readonly body: string }[]> {
  const { data: all } = await reporter.issues.listComments({ ...place, issue_number: issue });
  return all.filter(({ user }) => user?.login === 'pprof-triage[bot]').map(({ id, body }) => ({ id, body: body ?? '' }));
}

/** Goroutines of a real hang, as much as fits into an issue. */
function pasted(): string {
  const dump = gunzipSync(readFileSync('fixtures/goroutines/gc-behind-pin.stacks.gz')).toString('utf8');
  const hung = dump.split('\n\n').filter((one) => /^goroutine \d+ \[(?:sync|semacquire|select)[^\]]*\]/.test(one) && /pin|gc\.GC|AddAllAndPin/.test(one));
  return hung.join('\n\n').slice(0, 50_000);
}

test('a pasted dump gets one comment, and what comes later changes it in place', async () => {
  const { data: issue } = await reporter.issues.create({ ...place, title: 'ipfs add hangs', body: `It hangs.\n\n\`\`\`\n${pasted()}\n\`\`\`` });
  expect(await until(async () => (await ours(issue.number)).length === 1, 180_000), app.log.join('')).toBe(true);
  const [first] = await ours(issue.number);
  expect(first?.body).toContain('lock');
  const version = 'Kubo version: 0.34.1\nRepo version: 16\nSystem version: amd64/linux\nGolang version: go1.24.9';
  await reporter.issues.createComment({ ...place, issue_number: issue.number, body: `\`\`\`\n${version}\n\`\`\`` });
  expect(await until(async () => (await ours(issue.number))[0]?.body !== first?.body, 180_000), app.log.join('')).toBe(true);
  const after = await ours(issue.number);
  expect(after.map(({ id }) => id)).toEqual([first?.id]);
}, 600_000);

test('a thread about something else is left alone', async () => {
  const { data: issue } = await reporter.issues.create({ ...place, title: 'Please add a man page', body: 'It would be nice.' });
  const jobs = async (): Promise<number> => Number(/jobs_done_total (\d+)/.exec(await (await fetch(`${app.origin}/metrics`)).text())?.[1]);
  const before = await jobs();
  await reporter.issues.createComment({ ...place, issue_number: issue.number, body: 'Thanks!' });
  expect(await until(async () => (await jobs()) > before, 180_000), app.log.join('')).toBe(true);
  expect(await ours(issue.number)).toEqual([]);
}, 600_000);
