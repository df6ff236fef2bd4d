/** One job cut off at each of its requests, before or after the effect: the next run leaves exactly one comment, and the one after that does nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer, type Mood } from '../double/faults.ts';
import { bot, type GitHubDouble } from '../double/github.ts';
import { pasted, startWorker, type TestWorker } from '../double/worker.ts';

let worker: TestWorker;
let double: GitHubDouble;

beforeAll(async () => {
  worker = await startWorker();
  ({ double } = worker);
  double.contents.set('.github/pprof-triage.yml', 'set: { triaged: triaged }\n');
}, 120_000);
afterAll(() => worker.close());

/** A thread with a dump and two orders, so that a run writes a comment, a label, two reactions and the eyes. */
function thread(): number {
  const { number } = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
  double.add(number, '/triage explain 7', 'reporter');
  double.add(number, '/triage dance', 'reporter');
  return number;
}

/** Requests of an undisturbed run, in order. */
async function undisturbed(): Promise<readonly string[]> {
  const number = thread();
  const before = double.requests.length;
  await worker.run(number);
  return double.requests.slice(before).map((call) => call.replaceAll(/\d+/g, '*'));
}

const moods: readonly (readonly [string, Mood])[] = [
  ['a server error', answer(502, 'bad gateway')],
  ['a lost answer', { is: 'lost answer' }],
];

test.each(moods)(
  'every request of a run befallen by %s',
  async (_, mood) => {
    const calls = await undisturbed();
    expect(calls.length).toBeGreaterThan(12);
    for (const [at, call] of calls.entries()) {
      const number = thread();
      const first = double.requests.length;
      double.faults.at(first + at, mood);
      const run = (): Promise<unknown> => worker.run(number);
      const failed = await run().then(
        () => false,
        () => true,
      );
      // Reactions beside the work may fail without a word; all else is tried again.
      if (failed) await run();
      const issue = double.issues.get(number);
      expect(double.own(number), `${at}: ${call}`).toHaveLength(1);
      expect(issue?.labels, `${at}: ${call}`).toContain('triaged');
      expect(issue?.comments.filter(({ user }) => user === 'reporter').map(({ reactions }) => reactions.map(({ content }) => content))).toEqual([
        ['+1'],
        ['confused'],
      ]);
      const settled = double.requests.length;
      await run();
      // Reading is all that it takes to see that nothing happened.
      expect(worker.writes(settled), `${at}: ${call}`).toEqual([]);
      expect(issue?.reactions, `${at}: ${call}`).toEqual([]);
    }
  },
  240_000,
);

test('rate limits put the whole installation off, and nothing is tried in between', async () => {
  const number = thread();
  double.fail(/^POST .*\/comments$/, 403, 1, { 'retry-after': '2' });
  const wait = await worker.run(number);
  expect(wait).toBeGreaterThanOrEqual(2);
  const before = double.requests.length;
  expect(await worker.run(thread())).toBeGreaterThan(0);
  expect(double.requests.length).toBe(before);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  expect(await worker.run(number)).toBeUndefined();
  expect(double.own(number)).toHaveLength(1);
}, 60_000);

test('two workers on one thread: one works, the other comes back later', async () => {
  const number = thread();
  const results = await Promise.all([worker.run(number), worker.run(number)]);
  expect(results.filter((result) => result === undefined)).toHaveLength(1);
  expect(results.find((result) => result !== undefined)).toBeGreaterThan(30);
  expect(double.own(number)).toHaveLength(1);
}, 60_000);

test('a second comment of ours, made while an answer was lost, is taken away', async () => {
  const number = thread();
  await worker.run(number);
  const [first] = double.own(number);
  double.add(number, first?.body ?? '', bot);
  double.add(number, first?.body ?? '', 'mallory');
  await worker.run(number);
  expect(double.own(number).map(({ id }) => id)).toEqual([first?.id]);
  expect(double.issues.get(number)?.comments.some(({ user }) => user === 'mallory')).toBe(true);
}, 60_000);

test.each([
  ['locked', (number: number): void => void Object.assign(double.issues.get(number) ?? {}, { locked: true })],
  ['deleted', (number: number): void => void double.issues.delete(number)],
])(
  'a thread that was %s ends quietly',
  async (_, happen) => {
    const number = thread();
    happen(number);
    const before = double.requests.length;
    expect(await worker.run(number)).toBeUndefined();
    expect(worker.writes(before)).toEqual([]);
  },
  60_000,
);
