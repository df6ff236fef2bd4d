/** The double as a soak uses it: carries out the plan, counts what stood there at the same time, and says what is right at the end. */
import { gzipSync } from 'node:zlib';
import { Octokit } from '@octokit/rest';
import { createHmac } from 'node:crypto';
import { evidenceOf } from '../../src/core/evidence.ts';
import { leads } from '../../src/core/leads.ts';
import { marks } from '../../src/core/marker.ts';
import { readThread } from '../../src/world/github/read-thread.ts';
import { hookSecret } from '../double/app.ts';
import { bot, GitHubDouble, owner, repo, type DoubleComment } from '../double/github.ts';
import type { Change } from './plan.ts';

/** What is wrong with the threads at the end. */
export interface Verdict {
  readonly right: number;
  /** Threads without the comment that they should have, or with an outdated one. */
  readonly lost: readonly string[];
  /** Threads that had two comments of ours at any time, or have one that should have none. */
  readonly doubled: readonly string[];
}

/** A hang in a function that only this revision of this thread names. */
function dumpOf(thread: number, revision: number): string {
  return `goroutine ${10 + revision} [chan receive, ${10 + revision} minutes]:\ngithub.com/ipfs/kubo/core.(*Node).Blocked${thread}r${revision}()\n\t/src/core.go:10 +0x20\ngithub.com/ipfs/kubo/commands.run()\n\t/src/run.go:20 +0x20\n`;
}

export class Town extends GitHubDouble {
  /** Most comments of ours that a thread had at one time. */
  readonly most = new Map<number, number>();
  /** Threads of the plan by the number of their issue. */
  private readonly numbers = new Map<number, number>();
  private readonly latest = new Map<number, string>();

  override add(number: number, body: string, user: string): DoubleComment | undefined {
    const made = super.add(number, body, user);
    if (user === bot) this.most.set(number, Math.max(this.most.get(number) ?? 0, this.own(number).length));
    return made;
  }

  numberOf(thread: number): number | undefined {
    return this.numbers.get(thread);
  }

  /** Done in silence: whether anybody is told is another step of the plan. */
  change(thread: number, change: Change): void {
    const evidence = (how: 'pasted' | 'attached' | 'none', revision: number): string => {
      if (how === 'none') return 'A man page would be nice.';
      this.latest.set(thread, `Blocked${thread}r${revision}`);
      const dump = dumpOf(thread, revision);
      return how === 'pasted' ? `\`\`\`\n${dump}\`\`\`` : this.attach(`stacks-${thread}-${revision}.txt.gz`, gzipSync(dump));
    };
    if (change.is === 'open') {
      const title = change.evidence === 'none' ? 'Please add a man page' : 'ipfs add hangs';
      const issue = this.write({ title, body: evidence(change.evidence, 1) });
      issue.locked = change.locked;
      this.numbers.set(thread, issue.number);
      return;
    }
    const number = this.numbers.get(thread);
    if (number === undefined) return;
    if (change.is === 'evidence') this.add(number, `Here is another one.\n\n${evidence(change.evidence, change.revision)}`, 'reporter');
    else if (change.is === 'chatter') this.add(number, 'Any news?', 'reporter');
    else {
      const issue = this.issues.get(number);
      if (issue === undefined) return;
      issue.body = `${issue.body}\n\n${evidence('pasted', change.revision)}`;
      issue.updated_at = new Date().toISOString();
      issue.edited_at = issue.updated_at;
    }
  }

  /** Threads whose newest evidence no comment names yet. */
  unanswered(): number {
    return [...this.numbers].filter(([thread, number]) => {
      const name = this.latest.get(thread);
      const issue = this.issues.get(number);
      const settled = this.own(number).length === 1 && this.own(number)[0]?.body.includes(name ?? '') === true && issue?.labels.includes('triaged') === true;
      return name !== undefined && issue?.locked === false && !(settled && issue.reactions.length === 0);
    }).length;
  }

  /** By the comments themselves, not by what the App kept of them. */
  async judge(): Promise<Verdict> {
    const client = new Octokit({ auth: 'token', baseUrl: this.origin });
    const signer = (state: string): string => createHmac('sha256', hookSecret).update(state).digest('hex').slice(0, 32);
    const [lost, doubled]: [string[], string[]] = [[], []];
    let right = 0;
    for (const [thread, number] of this.numbers) {
      const own = this.own(number);
      const issue = this.issues.get(number);
      const name = this.latest.get(thread);
      const wanted = name !== undefined && issue?.locked === false;
      if ((this.most.get(number) ?? 0) > 1 || own.length > (wanted ? 1 : 0)) {
        doubled.push(`#${number}: ${own.length} comments, ${this.most.get(number) ?? 0} at one time`);
        continue;
      }
      if (wanted) {
        const read = await readThread(client, { owner, repo, number }, bot);
        const post = read.posts.find((one) => one.own);
        const told = post === undefined ? undefined : marks(post, read, signer);
        const why =
          post === undefined
            ? 'no comment'
            : told === undefined
              ? 'a comment without our mark'
              : told.join(' ') !== evidenceOf(leads(read)).join(' ')
                ? 'its comment is made of older evidence'
                : !post.body.includes(name)
                  ? `its comment does not name ${name}`
                  : !read.labels.includes('triaged')
                    ? 'its label is missing'
                    : issue.reactions.length > 0
                      ? 'the eyes are still there'
                      : undefined;
        if (why !== undefined) {
          lost.push(`#${number}: ${why}`);
          continue;
        }
      }
      right += 1;
    }
    return { right, lost, doubled };
  }
}
