/** What people do in a thread, and what the bot does then: orders, deleted and hidden comments, labels, policy, similar issues. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GitHubDouble } from '../double/github.ts';
import { pasted, startWorker, type TestWorker } from '../double/worker.ts';

let worker: TestWorker;
let double: GitHubDouble;
beforeAll(async () => {
  worker = await startWorker();
  ({ double } = worker);
}, 120_000);
afterAll(() => worker.close());

const policy = '.github/pprof-triage.yml';

/** A thread with one dump, answered. */
async function answered(body = `It hangs.\n\n${pasted()}`): Promise<number> {
  const { number } = double.write({ title: 'ipfs hangs', body });
  await worker.run(number);
  expect(double.own(number)).toHaveLength(1);
  return number;
}

const text = (number: number): string => double.own(number)[0]?.body ?? '';
const reactions = (number: number): readonly string[] =>
  double.issues.get(number)?.comments.flatMap((comment) => comment.reactions.map(({ content }) => content)) ?? [];

describe('orders', () => {
  test('explain: state, stack and who is meant; asked for a goroutine that is not there', async () => {
    const number = await answered();
    double.add(number, '/triage explain goroutine 7\nThank you!', 'reporter');
    double.add(number, '/triage explain 99', 'reporter');
    await worker.run(number);
    expect(text(number)).toContain('<summary>Asked: explain 7, explain 99</summary>');
    expect(text(number)).toContain('`chan receive` for 12 min');
    expect(text(number)).toContain('No goroutine 99 is in the dump');
    expect(reactions(number)).toEqual(['+1', '+1']);
  });

  test('only the author and people with the triage role give orders; others are not even answered', async () => {
    const number = await answered();
    double.roles.set('triager', 'triage');
    double.add(number, '/triage help', 'stranger');
    double.add(number, 'I would say /triage help', 'reporter');
    double.add(number, '/triage help', 'some-app[bot]');
    const before = double.requests.length;
    await worker.run(number);
    expect(worker.writes(before).filter((call) => !/issues\/\d+\/reactions/.test(call))).toEqual([]);
    double.add(number, '/triage help', 'triager');
    await worker.run(number);
    expect(reactions(number)).toEqual(['+1']);
    expect(text(number)).toContain('Asked: help');
  });

  test('stop ends it, also for what comes later; again lifts it', async () => {
    const number = await answered();
    const before = text(number);
    double.add(number, '/triage stop', 'reporter');
    double.add(number, `More:\n${pasted(8, 'Other')}`, 'reporter');
    await worker.run(number);
    expect(text(number)).toBe(before);
    double.add(number, '/triage again', 'reporter');
    await worker.run(number);
    expect(text(number)).not.toBe(before);
    expect(reactions(number)).toEqual(['+1', '+1']);
  });

  test('what is not understood gets a confused face, and nothing else', async () => {
    const number = await answered();
    const before = text(number);
    double.add(number, '/triage explian 7', 'reporter');
    double.add(number, '/triage compare', 'reporter');
    double.add(number, '/triagefoo', 'reporter');
    await worker.run(number);
    expect(reactions(number)).toEqual(['confused', 'confused']);
    expect(text(number)).toBe(before);
  });

  test('compare with another issue and with a file; the file is no evidence of this thread', async () => {
    const other = await answered(`It hangs.\n\n${pasted(9)}`);
    const number = await answered();
    const link = double.attach('theirs.txt', new TextEncoder().encode(pasted(70, 'Elsewhere').replaceAll('```', '')));
    double.add(number, `/triage compare #${other}`, 'reporter');
    double.add(number, `/triage compare ${link}`, 'reporter');
    await worker.run(number);
    expect(text(number)).toContain(`**compare \`#${other}\`**`);
    expect(text(number)).toMatch(/1 of 1 kinds of stacks that hang here hang there as well/);
    expect(text(number)).toMatch(/They hang in different places/);
    expect(text(number)).not.toContain('`theirs.txt` (goroutine dump');
  });

  test('an old issue is left alone until somebody asks', async () => {
    const issue = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
    const later = { now: () => new Date(Date.now() + 72 * 3_600_000) };
    await worker.run(issue.number, later);
    expect(double.own(issue.number)).toHaveLength(0);
    double.add(issue.number, '/triage again', 'reporter');
    await worker.run(issue.number, later);
    expect(double.own(issue.number)).toHaveLength(1);
  });
});

describe('a comment that a human took away', () => {
  const take: readonly (readonly [string, (number: number) => void])[] = [
    ['deleted', (number) => double.remove(number, double.own(number)[0]?.id ?? 0)],
    ['hidden', (number) => void Object.assign(double.own(number)[0] ?? {}, { minimized: true })],
  ];
  test.each(take)('%s: stays away until new evidence comes', async (how, away) => {
    const shown = (number: number): number => double.own(number).filter(({ minimized }) => !minimized).length;
    const number = await answered();
    away(number);
    double.add(number, 'I do not like bots.', 'reporter');
    await worker.run(number);
    expect(shown(number)).toBe(0);
    // The same files in fewer or other words are nothing new.
    await double.edit(number, `It hangs, still.\n\n${pasted()}`);
    await worker.run(number);
    expect(shown(number)).toBe(0);
    double.add(number, `Another one:\n\n${pasted(12, 'Later')}`, 'reporter');
    await worker.run(number);
    expect(shown(number)).toBe(1);
    away(number);
    if (how === 'hidden') for (const comment of double.own(number)) comment.minimized = true;
    await worker.run(number);
    expect(shown(number)).toBe(0);
    double.add(number, '/triage again', 'reporter');
    await worker.run(number);
    expect(shown(number)).toBe(1);
    // The order was carried out: taking the comment away once more is the last word.
    for (const comment of double.own(number).filter(({ minimized }) => !minimized)) {
      if (how === 'hidden') comment.minimized = true;
      else double.remove(number, comment.id);
    }
    double.add(number, 'No.', 'reporter');
    await worker.run(number);
    expect(shown(number)).toBe(0);
  });
});

describe('labels', () => {
  test('one that a human removed is never put back; only our own are taken off', async () => {
    double.contents.set(policy, 'set: { triaged: seen, needsInput: ask }\n');
    const { number } = double.write({ title: 'ipfs daemon hangs', body: 'My kubo node hangs.' });
    await worker.run(number);
    const labels = (): readonly string[] => double.issues.get(number)?.labels ?? [];
    expect(labels()).toContain('ask');
    double.add(number, `Here:\n${pasted()}`, 'reporter');
    await worker.run(number);
    expect(labels()).toContain('seen');
    expect(labels()).not.toContain('ask');
    double.label(number, 'seen', false, 'maintainer');
    double.label(number, 'ask', true, 'maintainer');
    double.add(number, `More:\n${pasted(20, 'More')}`, 'reporter');
    await worker.run(number);
    expect(labels()).not.toContain('seen');
    expect(labels()).toContain('ask');
    double.contents.delete(policy);
  });

  test('need/author-input is not set even where the policy asks for it, unless `never` says otherwise', async () => {
    double.contents.set(policy, 'set: { needsInput: need/author-input }\n');
    const first = double.write({ title: 'ipfs daemon hangs', body: 'My kubo node hangs.' }).number;
    await worker.run(first);
    expect(double.issues.get(first)?.labels).not.toContain('need/author-input');
    double.contents.set(policy, 'set: { needsInput: need/author-input }\nnever: []\n');
    const second = double.write({ title: 'ipfs daemon hangs', body: 'My kubo node hangs.' }).number;
    await worker.run(second);
    expect(double.issues.get(second)?.labels).toContain('need/author-input');
    double.contents.delete(policy);
  });
});

describe('policy', () => {
  const silent: readonly (readonly [string, string])[] = [
    ['enabled: false', 'disabled'],
    ['shadow: true', 'shadow'],
    ['labels: [kind/perf]', 'labels'],
    ['words: [frobnicate]', 'words'],
    ['ignoreBots: true', 'bots'],
  ];
  test.each(silent)('%s keeps it silent', async (file, why) => {
    double.contents.set(policy, file);
    const { number } = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}`, ...(why === 'bots' ? { user: 'monitor[bot]' } : {}) });
    const before = double.requests.length;
    await worker.run(number);
    expect(worker.writes(before)).toEqual([]);
    double.contents.delete(policy);
  });

  test('quiet hours put a first comment off until they end', async () => {
    double.contents.set(policy, 'quietHours: [22, 6]');
    const { number } = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
    const midnight = new Date();
    midnight.setUTCHours(24, 30, 0, 0);
    expect(await worker.run(number, { now: () => midnight })).toBe(5.5 * 3600);
    expect(double.own(number)).toHaveLength(0);
    const morning = new Date(midnight.getTime() + 6 * 3_600_000);
    expect(await worker.run(number, { now: () => morning })).toBeUndefined();
    expect(double.own(number)).toHaveLength(1);
    double.contents.delete(policy);
  });

  test('errors are told in one issue, which is kept up to date and closed; nothing is written in threads meanwhile', async () => {
    const notices = () => [...double.issues.values()].filter(({ title }) => title === 'pprof-triage cannot read its policy');
    double.contents.set(policy, 'labels: kind/bug\n');
    const { number } = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
    await worker.run(number);
    await worker.run(number);
    expect(notices()).toHaveLength(1);
    expect(notices()[0]?.body).toContain('`labels` should be a list of labels');
    expect(double.own(number)).toHaveLength(0);
    double.contents.set(policy, 'labels: [unclosed\n');
    await worker.run(number);
    expect(notices()).toHaveLength(1);
    expect(notices()[0]?.body).toContain('it is not YAML');
    // The notice itself is no thread to triage.
    await worker.run(notices()[0]?.number ?? 0);
    expect(double.own(notices()[0]?.number ?? 0)).toHaveLength(0);
    double.contents.set(policy, 'labels: [kind/bug]\ncolour: blue\n');
    await worker.run(number);
    expect(notices()[0]?.body).toContain('`colour` is no setting');
    expect(double.own(number)).toHaveLength(1);
    double.contents.set(policy, 'labels: [kind/bug]\n');
    await worker.run(number);
    expect(notices().map(({ state }) => state)).toEqual(['closed']);
    double.contents.delete(policy);
  });

  test('a broken file that asks for silence is not even complained about', async () => {
    double.contents.set(policy, 'shadow: true\nlabels: [oops\n');
    const { number } = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
    const before = double.requests.length;
    await worker.run(number);
    expect(worker.writes(before)).toEqual([]);
    double.contents.delete(policy);
  });

  test('own signatures are named, own idle shapes are left in peace', async () => {
    double.contents.set(
      policy,
      'signatures:\n  - title: Node.Waited waits for the old indexer\n    functions: [core.(*Node).Waited]\n    url: https://github.com/ipfs/kubo/wiki/indexer\nidleShapes: [core.(*Node).Rests]\n',
    );
    const number = await answered(`It hangs.\n\n${pasted(7, 'Waited')}`);
    expect(text(number)).toContain('Node.Waited waits for the old indexer');
    expect(text(number)).toContain('(https://github.com/ipfs/kubo/wiki/indexer)');
    const idle = await answered(`It hangs.\n\n${pasted(7, 'Rests')}`);
    expect(text(idle)).toContain('none hangs');
    double.contents.delete(policy);
  });
});

describe('beside the story', () => {
  test('the same stack in another issue is named with its state, once that issue is still there', async () => {
    const bundle = (name: string) => ({ name: 'ipfs-profile.zip', bytes: readFileSync(`fixtures/cases/${name}/ipfs-profile.zip`) });
    const file = async (name: string): Promise<number> => {
      const { number } = double.write({ title: 'ipfs hangs', body: 'It hangs.', attachments: [bundle(name)] });
      await worker.run(number);
      return number;
    };
    const first = await file('gc-behind-pin');
    const second = await file('gc-behind-pin');
    expect(text(second)).toContain(`The same stack was seen in [issue ${first}](https://redirect.github.com/ipfs/kubo/issues/${first}) (open).`);
    Object.assign(double.issues.get(first) ?? {}, { state: 'closed' });
    double.issues.delete(second);
    const third = await file('gc-behind-pin');
    expect(text(third)).toContain(`The same stack was seen in [issue ${first}](https://redirect.github.com/ipfs/kubo/issues/${first}) (closed).`);
    expect(text(await file('files-hang'))).not.toContain('The same stack');
  }, 120_000);

  test('a leaked key is named by kind and place, never by value', async () => {
    const key = `CAESQ${'k3yM4t3r14l'.repeat(8)}==`;
    const number = await answered(`It hangs.\n\n\`\`\`json\n{ "Identity": { "PrivKey": "${key}" } }\n\`\`\`\n\n${pasted()}`);
    expect(text(number)).toMatch(/^> \*\*This thread shows a node's private key in the text of the issue/);
    expect(text(number)).not.toContain('k3yM4t3r14l');
    expect(JSON.stringify(worker.log)).not.toContain('k3yM4t3r14l');
  });

  test('a server that does not answer is asked again, and told only in the end', async () => {
    const { number } = double.write({
      title: 'ipfs hangs',
      body: `It hangs.`,
      attachments: [{ name: 'dump.txt', bytes: new TextEncoder().encode(pasted().replaceAll('```', '')) }],
    });
    double.fail(/^GET \/blob/, 503, 9);
    await expect(worker.run(number)).rejects.toThrow(/could not be fetched now/);
    await expect(worker.run(number, { attempt: 1 })).rejects.toThrow(/could not be fetched now/);
    expect(double.own(number)).toHaveLength(0);
    expect(await worker.run(number, { attempt: 2 })).toBe(3600);
    expect(text(number)).toContain('its server answered 503');
    expect(await worker.run(number)).toBeUndefined();
    expect(text(number)).not.toContain('503');
    expect(double.own(number)).toHaveLength(1);
  });
});
