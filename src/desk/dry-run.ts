/** An issue's address at the desk: reads the thread, says what the bot would do, and does nothing. */
import process from 'node:process';
import { complaint } from '../core/complaint.ts';
import { diagnose, type Diagnosis } from '../core/diagnose.ts';
import type { Thread } from '../core/model.ts';
import { investigate } from '../investigate.ts';
import { downloader } from '../world/download.ts';
import { ThreadGone } from '../world/github/errors.ts';
import { readThread } from '../world/github/read-thread.ts';
import { shippedLockTable } from '../world/lock-table.ts';
import { defaultPolicy } from '../world/policy.ts';
import { shown } from './show.ts';
import { print, type Options } from './triage.ts';

/** `https://github.com/o/r/issues/1`; GITHUB_TOKEN is used when set, and only for the API. */
export async function dryRun(address: string, options: Options): Promise<number> {
  const found = /^https:\/\/(?:www\.)?github\.com\/([\w.-]+)\/([\w.-]+)\/(?:issues|pull)\/(\d+)/.exec(address);
  if (found === null) {
    process.stderr.write(`${address}: only addresses of GitHub issues can be read; download the file and give its path\n`);
    return 2;
  }
  const [, owner = '', repo = '', number = ''] = found;
  const { Octokit } = await import('@octokit/rest');
  const octokit = new Octokit({ auth: process.env['GITHUB_TOKEN'] });
  let diagnosis: Diagnosis | undefined;
  const read = (issue: number): Promise<Thread> => readThread(octokit, { owner, repo, number: issue });
  // At the desk every thread may be looked at, however old and whoever opened it.
  const policy = { ...defaultPolicy, maxAgeHours: Infinity, ignoreBots: false };
  const thread = await read(Number(number));
  const investigation = await investigate(
    { ...thread, locked: false },
    {
      bytesOf: downloader(policy),
      threadOf: (issue) => read(issue).catch((problem: unknown) => (problem instanceof ThreadGone ? undefined : Promise.reject(problem))),
      diagnose: async ({ bundles, thread: about, refusals, questions }) => {
        diagnosis = await diagnose(bundles, { complaint: complaint(about), refusals, questions, posts: about.posts, lockTable: shippedLockTable });
        return diagnosis.report;
      },
      now: new Date().toISOString(),
      policy,
      signer: () => 'unsigned',
    },
  );
  if (diagnosis === undefined) {
    process.stderr.write(`${address}: ${investigation.welcome.is === 'no' ? investigation.welcome.why : 'it was not read'}\n`);
    return 2;
  }
  if (options.show !== undefined) {
    process.stdout.write(`${shown(options.show, diagnosis, investigation)}\n`);
    return 0;
  }
  return print(diagnosis, options);
}
