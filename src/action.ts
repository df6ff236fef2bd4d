/** Door 2, the GitHub Action: one thread, now, with GITHUB_TOKEN only; fails red when it fails. */
import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { Octokit } from '@octokit/rest';
import { logLine } from './core/report/escape.ts';
import { guard } from './desk/guard.ts';
import { investigate } from './investigate.ts';
import type { ThreadRef } from './core/model.ts';
import { download } from './world/download.ts';
import { perform, readFileOf, readThread } from './world/github.ts';
import { defaultPolicy, parsePolicy } from './world/policy.ts';
import { diagnoseInSandbox } from './world/sandbox.ts';

guard();
// Whatever a stranger's file makes us print, the runner must not take it for a command.
const silence = randomBytes(16).toString('hex');
process.stdout.write(`::stop-commands::${silence}\n`);
try {
  await main();
} catch (problem) {
  process.stdout.write(`${logLine(problem instanceof Error ? problem.message : String(problem))}\n`);
  process.exitCode = 1;
} finally {
  process.stdout.write(`::${silence}::\n`);
}

async function main(): Promise<void> {
  const token = process.env['GITHUB_TOKEN'] ?? process.env['INPUT_TOKEN'];
  if (token === undefined || token === '') throw new Error('GITHUB_TOKEN is missing: give the job `permissions: issues: write` and pass the token');
  const ref = threadOf();
  if (ref === undefined) {
    process.stdout.write('This event is about no issue: nothing to do.\n');
    return;
  }
  const octokit = new Octokit({ auth: token, baseUrl: process.env['GITHUB_API_URL'] ?? 'https://api.github.com' });
  const text = await readFileOf(octokit, ref, '.github/pprof-triage.yml');
  const policy = text === undefined ? defaultPolicy : parsePolicy(text);
  // Comments of GITHUB_TOKEN are all written by this account; the signature tells ours from those of other workflows.
  const thread = await readThread(octokit, ref, 'github-actions[bot]');
  const investigation = await investigate(thread, {
    fetch: (lead) => download(lead, policy),
    diagnose: (bundles, about, refusals) => diagnoseInSandbox(bundles, about, refusals),
    now: new Date().toISOString(),
    policy,
    // Without a secret of our own the mark says who made it, and the author's account is the proof.
    signer: (state) => createHmac('sha256', `${ref.owner}/${ref.repo}`).update(state).digest('hex').slice(0, 32),
  });
  writeFileSync('pprof-triage-report.json', `${JSON.stringify(investigation.report)}\n`);
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined) appendFileSync(summary, `${investigation.comment ?? 'Nothing to say about this thread.'}\n`);
  for (const line of policy.errors) process.stdout.write(`${logLine(line)}\n`);
  if (policy.shadow) process.stdout.write(`Shadow mode: ${investigation.actions.map(({ kind }) => kind).join(', ') || 'nothing'} would be done.\n`);
  else for (const action of investigation.actions) await perform(octokit, ref, action, 'github-actions[bot]');
}

/** The issue of the event, or the one that a person gave to workflow_dispatch. */
function threadOf(): ThreadRef | undefined {
  const [owner = '', repo = ''] = (process.env['GITHUB_REPOSITORY'] ?? '').split('/');
  const asked = Number(process.env['INPUT_ISSUE'] ?? '');
  if (Number.isInteger(asked) && asked > 0) return { owner, repo, number: asked };
  const path = process.env['GITHUB_EVENT_PATH'];
  if (path === undefined) return undefined;
  const found = /"issue":\s*\{[\s\S]*?"number":\s*(\d+)/.exec(JSON.stringify(pick(JSON.parse(readFileSync(path, 'utf8')))));
  return found === null ? undefined : { owner, repo, number: Number(found[1]) };
}

/** Only the issue's number, and nothing for pull requests. */
function pick(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('issue' in event)) return {};
  const { issue } = event;
  if (typeof issue !== 'object' || issue === null || 'pull_request' in issue || !('number' in issue)) return {};
  return { issue: { number: issue.number } };
}
