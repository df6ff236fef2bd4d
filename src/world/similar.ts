/** Other threads of the same repository with the same stack, from the store; each is looked up before it is named. */
import type { Report, Similar, ThreadRef } from '../core/model.ts';
import { culpritsOf, likeness } from '../core/similar.ts';
import { statusOf } from './github/errors.ts';
import type { Client } from './github/read-thread.ts';
import type { Store } from './store.ts';

/** Named in a comment. */
const maxSimilar = 3;

/** Never of another repository: what is private stays there. */
export async function similarTo(report: Report, ref: ThreadRef, { store, client }: { readonly store: Store; readonly client: Client }): Promise<Report> {
  const culprits = culpritsOf(report);
  if (culprits.length === 0) return report;
  const repo = `${ref.owner}/${ref.repo}`.toLowerCase();
  const rows = await store.query(`select ref, frames, fixed_in from triage.stack where repo = $1 and frames[1] = any($2) limit 3000`, [
    repo,
    culprits.map(({ functions }) => functions[0]),
  ]);
  const best = new Map<number, { readonly like: number; readonly fixedIn?: string; readonly functions: readonly string[] }>();
  for (const row of rows) {
    const number = Number(/#(\d+)$/.exec(String(row['ref']))?.[1]);
    const frames = Array.isArray(row['frames']) ? row['frames'].map(String) : [];
    if (!Number.isInteger(number) || number === ref.number) continue;
    const like = Math.max(...culprits.map(({ functions }) => likeness(functions, frames)));
    if (like > (best.get(number)?.like ?? 0))
      best.set(number, { like, fixedIn: typeof row['fixed_in'] === 'string' ? row['fixed_in'] : undefined, functions: frames });
  }
  const likest = [...best].toSorted(([a, one], [b, other]) => other.like - one.like || b - a).slice(0, maxSimilar);
  const similar: Similar[] = [];
  for (const [number, { fixedIn, functions }] of likest) {
    const state = await stateOf(client, ref, number);
    if (state === undefined) continue;
    similar.push({
      number,
      state,
      ...(fixedIn === undefined ? {} : { fixedIn }),
      url: `https://github.com/${ref.owner}/${ref.repo}/issues/${number}`,
      functions,
    });
  }
  return similar.length === 0 ? report : { ...report, similar };
}

/** Undefined when there is no such issue any more. */
async function stateOf(client: Client, { owner, repo }: ThreadRef, number: number): Promise<'open' | 'closed' | undefined> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}', { owner, repo, issue_number: number });
    return data.number !== number ? undefined : data.state === 'closed' ? 'closed' : 'open';
  } catch (problem) {
    const status = statusOf(problem);
    if (status === 404 || status === 410 || status === 301) return undefined;
    throw problem;
  }
}
