/** An issue's address at the desk: reads the thread, says what the bot would do, and does nothing. */
import process from 'node:process';
import { complaint } from '../core/complaint.ts';
import { diagnose, type Diagnosis } from '../core/diagnose.ts';
import { investigate } from '../investigate.ts';
import { download } from '../world/download.ts';
import { readThread } from '../world/github.ts';
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
  const thread = await readThread(octokit, { owner, repo, number: Number(number) });
  const investigation = await investigate(thread, {
    fetch: (lead) => download(lead, defaultPolicy),
    diagnose: async (bundles, about, refusals) => {
      diagnosis = await diagnose(bundles, { complaint: complaint(about), refusals });
      return diagnosis.report;
    },
    now: new Date().toISOString(),
    policy: defaultPolicy,
    signer: () => 'unsigned',
  });
  if (diagnosis === undefined) return 2;
  if (options.show !== undefined) {
    process.stdout.write(`${shown(options.show, diagnosis, investigation)}\n`);
    return 0;
  }
  return print(diagnosis, options);
}
