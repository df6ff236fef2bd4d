/** Sends signed deliveries at a fixed rate, whatever the answers take, and tells its parent how long each took from when it was due. */
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import process from 'node:process';
import type { Sending, Sent } from './ingest.ts';

const { url, secret, perSecond, seconds, threads }: Sending = JSON.parse(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true });
const times: number[] = [];
let bad = 0;

/** About as large as GitHub's own. */
const padding = 'x'.repeat(8000);

function send(nth: number, due: number): Promise<void> {
  const number = 1 + (nth % threads);
  const body = JSON.stringify({
    action: 'edited',
    issue: { number, title: 'ipfs add hangs', body: padding },
    repository: { name: 'kubo', owner: { login: 'ipfs' } },
    installation: { id: 1 },
    sender: { login: 'reporter', type: 'User' },
  });
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  return new Promise((resolve) => {
    const failed = (): void => {
      bad += 1;
      resolve();
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        times.push(performance.now() - due);
        if (response.statusCode !== 202) bad += 1;
        resolve();
      });
      response.on('error', failed);
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

const begun = performance.now();
const all: Promise<void>[] = [];
for (let nth = 0; nth < perSecond * seconds; nth += 1) {
  const due = begun + (nth * 1000) / perSecond;
  const wait = due - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  // A timer of Node's is a millisecond late: what counts is when it was really sent, unless we are behind.
  all.push(send(nth, Math.max(due, performance.now() - 2)));
}
await Promise.all(all);
const answer: Sent = { times: times.toSorted((a, b) => a - b), bad };
process.send?.(answer, () => process.exit(0));
