/** `npm run demo [-- --once]`: the real App on loopback; files an issue with a real kubo bundle and shows the comment. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { guard } from '../../src/desk/guard.ts';
import { startApp, until } from '../double/app.ts';
import { GitHubDouble } from '../double/github.ts';
import { servePage } from './page.ts';

guard();
const once = process.argv.includes('--once');
const bundle = 'fixtures/cases/gc-behind-pin/ipfs-profile.zip';
const data = mkdtempSync(join(tmpdir(), 'pprof-triage-demo-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say('Starting a GitHub double and the App …');
const double = await new GitHubDouble().start();
const app = await startApp(double, data, { DEBOUNCE_SECONDS: '1' });
say(`The App listens on ${app.origin}. Filing an issue with ${bundle} …`);
const number = await double.openIssue({
  title: 'ipfs add hangs since this morning',
  body: '### Version\n\n0.34.1\n\n### Description\n\nAll `ipfs add` commands hang, `ipfs id` still answers. The profile is attached.',
  attachments: [{ name: 'ipfs-profile.zip', bytes: readFileSync(bundle) }],
});
const answered = await until(() => double.own(number).length > 0, 90_000);
if (answered) say(`\n${double.own(number)[0]?.body ?? ''}\n`);
else say(`No comment came within 90 seconds. The App said:\n${app.log.join('').slice(-3000)}`);

if (once || !answered) {
  await app.kill('SIGTERM');
  await double.close();
  rmSync(data, { recursive: true, force: true });
  process.exit(answered ? 0 : 1);
}
say(`Read it as GitHub would show it, and drop a bundle of your own: ${await servePage(double)}\nCtrl-C ends the demo.`);
process.once('SIGINT', () => {
  void app.kill('SIGTERM').then(() => {
    rmSync(data, { recursive: true, force: true });
    process.exit(0);
  });
});
