/** After a day off: failed deliveries are asked for again, issues that changed meanwhile become jobs, and nothing is done twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchUp } from '../../src/world/catch-up.ts';
import { openQueue, type Queue } from '../../src/world/queue.ts';
import { pasted, startWorker, type TestWorker } from '../double/worker.ts';

let worker: TestWorker;
let queue: Queue;
beforeAll(async () => {
  worker = await startWorker();
  queue = await openQueue(worker.store, () => {});
}, 120_000);
afterAll(async () => {
  await queue.stop();
  await worker.close();
});

const look = async (now = new Date()): Promise<readonly string[]> => {
  const before = worker.double.requests.length;
  const { store, client } = worker;
  await catchUp({ store, queue, app: client, installation: async () => client, now: () => now, log: (line) => void worker.log.push(line), writeGapMs: 0 });
  return worker.double.requests.slice(before);
};

const waiting = async (): Promise<readonly string[]> =>
  (await worker.store.query(`select singleton_key as name from pgboss.job where name = 'triage' and state < 'active' order by singleton_key`)).map((row) =>
    String(row['name']),
  );

test('the first look only sets the mark: history is not ours to answer', async () => {
  worker.double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
  await look();
  expect(await waiting()).toEqual([]);
});

test('a delivery that nobody answered is asked for again, once it is answered no more, and only of the kinds that count', async () => {
  const { double } = worker;
  const received: string[] = [];
  const { number } = double.write({ title: 'x', body: 'x' });
  double.hook = { url: 'http://127.0.0.1:9/', secret: 'x' };
  await double.send('issues', 'opened', number, 'reporter', 'missed');
  await double.send('issues', 'labeled', number, 'reporter', 'not-ours');
  await double.send('issues', 'opened', number, 'reporter', 'old');
  Object.assign(double.deliveries.at(-1) ?? {}, { delivered_at: new Date(Date.now() - 4 * 86_400_000).toISOString() });
  double.send = async (event, action, _, sender, guid) => {
    received.push(String(guid));
    double.deliveries.push({
      id: double.id(),
      guid: String(guid),
      event,
      action,
      number,
      sender: String(sender),
      delivered_at: new Date().toISOString(),
      status_code: 202,
    });
    return 202;
  };
  await look();
  expect(received).toEqual(['missed']);
  await look();
  expect(received).toEqual(['missed']);
  expect(JSON.stringify(worker.log)).not.toContain('"error"');
});

test('issues that changed since the last look become jobs; those that were read since do not', async () => {
  const { double } = worker;
  const missed = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
  const read = double.write({ title: 'ipfs hangs', body: `It hangs.\n\n${pasted()}` });
  // Its comment changed it once more: the run after that has seen it all.
  await worker.run(read.number);
  await worker.run(read.number);
  await look(new Date(Date.now() + 60_000));
  expect(await waiting()).toContain(`ipfs/kubo#${missed.number}`);
  expect(await waiting()).not.toContain(`ipfs/kubo#${read.number}`);
});

test('more issues than a page has', async () => {
  const { double } = worker;
  const numbers = Array.from({ length: 230 }, (_, at) => {
    const issue = double.write({ title: 'x', body: 'x' });
    issue.updated_at = new Date(Date.now() + 120_000 + at).toISOString();
    return issue.number;
  });
  await look(new Date(Date.now() + 240_000));
  const names = new Set(await waiting());
  expect(numbers.filter((number) => !names.has(`ipfs/kubo#${number}`))).toEqual([]);
});

test('a step that fails says so and does not keep the others from happening', async () => {
  worker.double.fail(/^GET \/app\/hook\/deliveries$/, 403, 1);
  const calls = await look();
  expect(calls).toContain('GET /repos/ipfs/kubo/issues');
  expect(worker.log.some(({ event, what }) => event === 'error' && what === 'deliveries')).toBe(true);
});

test('one process at a time looks', async () => {
  const looks = (): number => worker.log.filter(({ what }) => what === 'old rows').length;
  const before = looks();
  const both = await Promise.all([look(), look()]);
  expect(both.flat().filter((call) => call === 'GET /app/hook/deliveries').length).toBeLessThanOrEqual(2);
  expect(looks() - before).toBe(1);
});
