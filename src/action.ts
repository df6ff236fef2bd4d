/** Door 2, the GitHub Action: one thread, now, with GITHUB_TOKEN only; fails red when it fails. */
import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Octokit } from '@octokit/rest';
import { logLine } from './core/report/escape.ts';
import { maskedData } from './core/report/mask.ts';
import { guard } from './desk/guard.ts';
import { investigate } from './investigate.ts';
import type { Policy, Thread, ThreadRef } from './core/model.ts';
import { boundedFetch } from './world/client.ts';
import { downloader } from './world/download.ts';
import { ThreadGone } from './world/github/errors.ts';
import { perform, readFileOf } from './world/github/perform.ts';
import { readThread } from './world/github/read-thread.ts';
import { withSource } from './world/github-source.ts';
import { helped } from './world/official-binary.ts';
import { defaultPolicy, parsePolicy, policyFile } from './world/policy.ts';
import { diagnoseInSandbox } from './world/sandbox.ts';

guard();
/** Comments of GITHUB_TOKEN are all written by this account; the marker tells ours from those of other workflows. */
const self = 'github-actions[bot]';
// Whatever a stranger's file makes us print, the runner must not take it for a command: not even what we print when we crash.
process.stdout.write(`::stop-commands::${randomBytes(16).toString('hex')}\n`);
const say = (text: string): void => void process.stdout.write(`${logLine(text)}\n`);
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (problem: unknown) => {
    say(problem instanceof Error ? problem.message : String(problem));
    process.exit(1);
  });
try {
  await main();
} catch (problem) {
  if (problem instanceof ThreadGone) say(`Nothing to do: ${problem.message}`);
  else {
    say(problem instanceof Error ? problem.message : String(problem));
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const token = process.env['GITHUB_TOKEN'] ?? process.env['INPUT_TOKEN'];
  if (token === undefined || token === '') throw new Error('GITHUB_TOKEN is missing: give the job `permissions: issues: write` and pass the token');
  const ref = threadOf();
  if (ref === undefined) return say('This event is about no issue: nothing to do.');
  const octokit = new Octokit({ auth: token, baseUrl: process.env['GITHUB_API_URL'] ?? 'https://api.github.com', request: { fetch: boundedFetch } });
  const policy = await policyOf(octokit, ref);
  const found = await investigate(await readThread(octokit, ref, self), {
    bytesOf: downloader(policy, { attachmentOrigin: process.env['ATTACHMENT_ORIGIN'] }),
    threadOf: (number) => other(octokit, { ...ref, number }),
    diagnose: helped(withSource((given) => diagnoseInSandbox(given), octokit)),
    now: new Date().toISOString(),
    policy,
    // Without a secret of our own the mark says who made it, and the author's account is the proof.
    signer: (state) => createHmac('sha256', `${ref.owner}/${ref.repo}`).update(state).digest('hex').slice(0, 32),
  });
  // Artifacts of public repositories are public.
  if (found.report !== undefined)
    writeFileSync(join(process.env['RUNNER_TEMP'] ?? '.', 'pprof-triage-report.json'), `${JSON.stringify(maskedData(found.report))}\n`);
  summarise(found.comment ?? (found.welcome.is === 'no' ? `Nothing was read: ${found.welcome.why}.` : 'Nothing to say about this thread.'), policy);
  if (policy.shadow) return say(`Shadow mode: ${found.actions.map(({ kind }) => kind).join(', ') || 'nothing'} would be done.`);
  for (const action of found.actions) {
    await perform(octokit, ref, action, self);
    say(`Done: ${action.kind}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function policyOf(octokit: Octokit, ref: ThreadRef): Promise<Policy> {
  const text = await readFileOf(octokit, ref, policyFile);
  return text === undefined ? defaultPolicy : parsePolicy(text);
}

async function other(octokit: Octokit, ref: ThreadRef): Promise<Thread | undefined> {
  try {
    return await readThread(octokit, ref, self);
  } catch (problem) {
    if (problem instanceof ThreadGone) return undefined;
    throw problem;
  }
}

/** The job's page: what was said, and here, in one place, what is wrong with the policy. */
function summarise(text: string, policy: Policy): void {
  const errors = policy.errors.length === 0 ? '' : `\n\n**\`${policyFile}\` has errors**\n\n${policy.errors.map((error) => `- ${logLine(error)}`).join('\n')}`;
  for (const error of policy.errors) say(`${policyFile}: ${error}`);
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined) appendFileSync(summary, `${text}${errors}\n`);
}

/** The issue that a person gave to workflow_dispatch, or the one of the event; nothing for pull requests. */
function threadOf(): ThreadRef | undefined {
  const [owner = '', repo = ''] = (process.env['GITHUB_REPOSITORY'] ?? '').split('/');
  const asked = process.env['INPUT_ISSUE'] ?? '';
  if (asked !== '') {
    if (!/^\d{1,9}$/.test(asked)) throw new Error('the input `issue` should be the number of an issue');
    return { owner, repo, number: Number(asked) };
  }
  const path = process.env['GITHUB_EVENT_PATH'];
  const event: unknown = path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'));
  const issue = field(event, 'issue');
  const number = field(issue, 'number');
  return typeof number !== 'number' || field(issue, 'pull_request') !== undefined ? undefined : { owner, repo, number };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
