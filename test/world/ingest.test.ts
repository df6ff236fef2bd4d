/** The webhook's route by itself: what it refuses before it looks, what it stores, and that it repeats nothing of a request. */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryIntake } from '../../src/world/deliveries.ts';
import { ingest } from '../../src/world/ingest.ts';
import { openQueue, type Queue } from '../../src/world/queue.ts';
import { startWorker, type TestWorker } from '../double/worker.ts';

const secret = 'a secret of this test';
let worker: TestWorker;
let queue: Queue;
let server: Server;
let url = '';
let accept: ReturnType<typeof deliveryIntake>;
const counts: string[] = [];
const failures: unknown[] = [];

beforeAll(async () => {
  worker = await startWorker();
  queue = await openQueue(worker.store, () => {});
  accept = deliveryIntake(worker.store, queue, 60);
  server = createServer((incoming, response) => {
    ingest(incoming, response, {
      accept,
      secret,
      self: () => 'pprof-triage[bot]',
      count: (what) => counts.push(what),
    }).catch((problem: unknown) => failures.push(problem));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '';
}, 120_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await queue.stop();
  await worker.close();
});

const payload = (number: number, other: object = {}): string =>
  JSON.stringify({
    action: 'opened',
    issue: { number },
    repository: { name: 'kubo', owner: { login: 'ipfs' } },
    installation: { id: 1 },
    sender: { login: 'x' },
    ...other,
  });

async function post(body: string, other: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'x-github-event': 'issues',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      ...other,
    },
  });
  return { status: response.status, text: await response.text() };
}

const jobs = (number: number) => worker.store.query(`select state from pgboss.job where name = 'triage' and singleton_key = $1`, [`ipfs/kubo#${number}`]);

test('many deliveries about one thread are one job', async () => {
  for (let nth = 0; nth < 5; nth += 1) expect((await post(payload(1))).status).toBe(202);
  expect(await jobs(1)).toHaveLength(1);
});

test('a burst is stored in few transactions: each GUID counts once, each thread has one job, and a job that waits is moved', async () => {
  const { transaction } = worker.store;
  let transactions = 0;
  Object.assign(worker.store, {
    transaction: (work: Parameters<typeof transaction>[0]) => {
      transactions += 1;
      return transaction(work);
    },
  });
  const burst = Array.from({ length: 120 }, (_, nth) => {
    const job = { owner: 'ipfs', repo: 'kubo', number: 100 + (nth % 10), installation: 1 };
    return accept({ guid: `burst-${nth % 60}`, event: 'issues', action: 'edited', job });
  });
  const fresh = await Promise.all(burst);
  Object.assign(worker.store, { transaction });
  expect(fresh.filter((one) => one)).toHaveLength(60);
  expect(transactions).toBe(1);
  for (let number = 100; number < 110; number += 1) expect(await jobs(number)).toHaveLength(1);
  const startOf = async (): Promise<number> =>
    Number((await worker.store.query(`select extract(epoch from start_after)::float8 as at from pgboss.job where singleton_key = 'ipfs/kubo#100'`))[0]?.['at']);
  const before = await startOf();
  expect((await post(payload(100))).text).toBe('queued');
  expect(await startOf()).toBeGreaterThan(before);
  // Put off for ten times the debounce: now it runs, whatever still comes.
  await worker.store.query(`update pgboss.job set created_on = now() - interval '1 hour' where singleton_key = 'ipfs/kubo#100'`);
  expect((await post(payload(100))).text).toBe('queued');
  expect(await startOf()).toBeLessThan(Date.now() / 1000 + 5);
});

test('a GUID counts once while its job waits or was done, and again when the job is lost', async () => {
  const guid = { 'x-github-delivery': 'guid-1' };
  expect((await post(payload(2), guid)).text).toBe('queued');
  expect((await post(payload(2), guid)).text).toBe('already here');
  // The job failed for good and was put aside, or was lost with a disk.
  await worker.store.query(`delete from pgboss.job where singleton_key = 'ipfs/kubo#2'`);
  expect((await post(payload(2), guid)).text).toBe('queued');
  expect(await jobs(2)).toHaveLength(1);
  await worker.store.query(`delete from pgboss.job where singleton_key = 'ipfs/kubo#2'`);
  await worker.store.query(`update triage.delivery set state = 'done' where guid = 'guid-1'`);
  expect((await post(payload(2), guid)).text).toBe('already here');
});

test.each([
  ['no signature', { 'x-hub-signature-256': '' }],
  ['the old kind of signature', { 'x-hub-signature-256': 'sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709' }],
  ['a signature of something else', { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update('{}').digest('hex')}` }],
  ['a signature with another secret', { 'x-hub-signature-256': `sha256=${createHmac('sha256', 'development').update(payload(3)).digest('hex')}` }],
  ['a signature that is cut', { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(payload(3)).digest('hex').slice(0, -2)}` }],
])('%s is turned away', async (_, headers) => {
  const { status, text } = await post(payload(3), headers);
  expect(status).toBe(401);
  expect(text).toBe('the signature is missing or wrong');
  expect(await jobs(3)).toEqual([]);
});

test.each([
  ['a pull request', payload(4, { issue: { number: 4, pull_request: {} } })],
  ['our own comment', payload(4, { sender: { login: 'pprof-triage[bot]' } })],
  ['an action that we do not follow', payload(4, { action: 'labeled' })],
  ['no installation', payload(4, { installation: undefined })],
  ['names that are none', payload(4, { repository: { name: 'kubo\u0000', owner: { login: 'ipfs' } } })],
  ['a number that is none', payload(4, { issue: { number: '4' } })],
  ['no JSON', 'payload=%7B%7D'],
  ['JSON of another kind', '[1, 2, 3]'],
])('%s is taken note of and left alone', async (_, body) => {
  expect(await post(body)).toEqual({ status: 202, text: 'nothing to do' });
  expect(await jobs(4)).toEqual([]);
});

test('headers that name parts of objects, and GUIDs of other shapes', async () => {
  for (const event of ['constructor', '__proto__', 'toString']) expect((await post(payload(5), { 'x-github-event': event })).text).toBe('nothing to do');
  expect((await post(payload(5), { 'x-github-delivery': "x'; drop table" })).text).toBe('nothing to do');
  expect((await post(payload(5), { 'x-github-delivery': '' })).text).toBe('nothing to do');
});

test('a body over the cap is turned away before it is checked, whether it says its length or not', async () => {
  const said = await new Promise<number | undefined>((resolve) => {
    const sent = request(url, { method: 'POST', headers: { 'content-length': '26000000' } }, (response) => resolve(response.statusCode));
    sent.on('error', () => resolve(undefined));
    sent.flushHeaders();
  });
  expect(said).toBe(413);
  const unsaid = await new Promise<number | undefined>((resolve) => {
    const sent = request(url, { method: 'POST' }, (response) => resolve(response.statusCode));
    sent.on('error', () => resolve(undefined));
    const part = Buffer.alloc(1_000_000);
    for (let nth = 0; nth < 26; nth += 1) sent.write(part);
    sent.end();
  });
  expect([413, undefined]).toContain(unsaid);
  expect((await post(payload(6))).status).toBe(202);
});

test('callers that go away in the middle leave nothing behind', async () => {
  for (let nth = 0; nth < 5; nth += 1) {
    await new Promise<void>((resolve) => {
      const sent = request(url, { method: 'POST', headers: { 'content-length': '20000000' } });
      sent.on('error', () => resolve());
      sent.write(Buffer.alloc(2_000_000), () => sent.destroy());
      sent.on('close', () => resolve());
    });
  }
  // Were their bytes still counted, the limit of all callers together would be near.
  const part = 'x'.repeat(20_000_000);
  for (let nth = 0; nth < 6; nth += 1) expect((await post(part)).status).toBe(202);
});

test('when the store is away GitHub is told to come again, and no word of why', async () => {
  const { transaction } = worker.store;
  Object.assign(worker.store, { transaction: () => Promise.reject(new Error('connect ECONNREFUSED postgres://user:hunter2@db/x')) });
  expect(await post(payload(7))).toEqual({ status: 503, text: 'the queue is not available' });
  Object.assign(worker.store, { transaction });
  expect(await post(payload(7))).toEqual({ status: 202, text: 'queued' });
});
