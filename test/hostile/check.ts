/** Whether a hostile file was answered as it should be. */
import { complaint } from '../../src/core/complaint.ts';
import { leads } from '../../src/core/leads.ts';
import { ordersOf } from '../../src/core/orders.ts';
import type { Policy, Report, Thread } from '../../src/core/model.ts';
import { renderComment } from '../../src/core/report/markdown.ts';
import type { Case } from '../../src/investigate.ts';
import { defaultPolicy, parsePolicy } from '../../src/world/policy.ts';
import type { HostileCase } from './case.ts';

/** GitHub's limit of a comment, in characters. */
const longestComment = 65_536;

const policy: Policy = defaultPolicy;

const thread: Thread = {
  ref: { owner: 'ipfs', repo: 'kubo', number: 1 },
  title: 'ipfs hangs',
  author: 'mallory',
  state: 'open',
  locked: false,
  labels: [],
  removedLabels: [],
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  posts: [
    {
      id: 'issue',
      author: 'mallory',
      authorIsBot: false,
      association: 'NONE',
      body: 'It hangs.',
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
      own: false,
    },
  ],
};

/** The file as the only attachment of an issue. */
export function given(bytes: Uint8Array): Case {
  return { thread, policy, bundles: [{ name: 'hostile.bin', bytes }], refusals: [], questions: { explain: [], compare: [], help: false } };
}

/** What is wrong with the answer; undefined when nothing is. */
export function wrong({ says }: Pick<HostileCase, 'says'>, report: Report): string | undefined {
  const told = JSON.stringify(report);
  if (!says.test(told)) return `it says ${told.slice(0, 500)}`;
  if (report.refusals.some(({ reason }) => reason === 'reading them failed')) return 'reading them failed';
  if (/\.\.[/\\]|[\u202a-\u202e\u2066-\u2069]/.test(told)) return 'a name is told as it was written';
  const length = renderComment(report)?.length ?? 0;
  return length > longestComment ? `the comment has ${length} characters` : undefined;
}

/** All that is done with a post, and with a policy that is written like one. */
export function readPost(body: string): void {
  const [opening] = thread.posts;
  const about: Thread = { ...thread, posts: opening === undefined ? [] : [opening, { ...opening, id: '1', body }] };
  leads(about);
  ordersOf(about);
  complaint(about);
  parsePolicy(body);
}
