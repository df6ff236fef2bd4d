/** The webhook route: capped, checked, stored with its job in one transaction, answered at once. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxWebhookBytes } from '../core/limits.ts';
import { nameOf, type Job, type Queue } from './queue.ts';
import type { Store } from './store.ts';

const wanted: ReadonlyMap<string, readonly string[]> = new Map([
  ['issues', ['opened', 'edited', 'reopened']],
  ['issue_comment', ['created', 'edited']],
]);

/** Whether a delivery of this kind is one that we act on. */
export function isWanted(event: string, action: unknown): boolean {
  return typeof action === 'string' && wanted.get(event)?.includes(action) === true;
}

export interface IngestTools {
  readonly store: Store;
  readonly queue: Queue;
  readonly secret: string;
  readonly debounceSeconds: number;
  /** Our own login, whose events are ours. */
  readonly self: () => string | undefined;
  readonly count: (what: 'accepted' | 'duplicate' | 'ignored' | 'refused') => void;
}

/** Bodies that are read at the same time, all callers together: nobody who cannot sign may fill our memory. */
const maxBytesInFlight = 4 * maxWebhookBytes;
let bytesInFlight = 0;

/** Answers never repeat anything of the request. */
export async function ingest(request: IncomingMessage, response: ServerResponse, tools: IngestTools): Promise<void> {
  const answer = (status: number, text: string): void => {
    if (response.destroyed || response.headersSent) return;
    response.writeHead(status, { 'content-type': 'text/plain', ...(status === 413 || status === 503 ? { connection: 'close' } : {}) }).end(text);
  };
  const refuse = (status: number, text: string): void => {
    tools.count('refused');
    answer(status, text);
  };
  const body = await readBody(request);
  if (body === 'too large') return refuse(413, 'the body is too large');
  if (body === 'busy') return refuse(503, 'too many requests at once');
  if (!signed(body, header(request, 'x-hub-signature-256'), tools.secret)) return refuse(401, 'the signature is missing or wrong');
  const guid = header(request, 'x-github-delivery');
  const event = header(request, 'x-github-event');
  const job = jobOf(event, body, tools.self());
  if (!/^[\w-]{1,100}$/.test(guid) || job === undefined) {
    tools.count('ignored');
    return answer(202, 'nothing to do');
  }
  try {
    const fresh = await accept(tools, guid, event, job);
    tools.count(fresh ? 'accepted' : 'duplicate');
    answer(202, fresh ? 'queued' : 'already here');
  } catch (problem) {
    answer(503, 'the queue is not available');
    throw problem;
  }
}

/** The delivery's row and the job commit together. A redelivery has the same GUID: it counts again when the first one was neither worked off nor waits to be. */
function accept(
  { store, queue, debounceSeconds }: IngestTools,
  guid: string,
  event: string,
  { action, ...job }: Job & { readonly action: string },
): Promise<boolean> {
  return store.transaction(async (db) => {
    const { rows } = await db.executeSql(
      `insert into triage.delivery as old (guid, event, action, thread) values ($1, $2, $3, $4)
       on conflict (guid) do update set received_at = now()
       where old.state <> 'done' and not exists (select 1 from pgboss.job where name = 'triage' and singleton_key = $4 and state <= 'active') returning guid`,
      [guid, event, action, nameOf(job)],
    );
    if (rows.length === 0) return false;
    await queue.put(job, debounceSeconds, db);
    return true;
  });
}

function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'busy'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (result: Buffer | 'too large' | 'busy'): void => {
      bytesInFlight -= size;
      size = 0;
      request.removeAllListeners('data');
      request.resume();
      resolve(result);
    };
    if (Number(request.headers['content-length'] ?? 0) > maxWebhookBytes) return end('too large');
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      bytesInFlight += chunk.length;
      if (size > maxWebhookBytes) end('too large');
      else if (bytesInFlight > maxBytesInFlight) end('busy');
      else chunks.push(chunk);
    });
    request.on('end', () => end(Buffer.concat(chunks)));
    const lost = (problem: Error): void => {
      bytesInFlight -= size;
      size = 0;
      reject(problem);
    };
    request.on('error', lost);
    request.on('aborted', () => lost(new Error('the caller went away')));
  });
}

/** Constant in time for signatures of the right length. */
export function signed(body: Buffer, signature: string, secret: string): boolean {
  const own = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return own.length === given.length && timingSafeEqual(own, given);
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function jobOf(event: string, body: Buffer, self: string | undefined): (Job & { readonly action: string }) | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const at = (value: unknown, ...path: readonly string[]): unknown =>
    path.reduce<unknown>(
      (inner, name) => (typeof inner === 'object' && inner !== null ? new Map<string, unknown>(Object.entries(inner)).get(name) : undefined),
      value,
    );
  const action = at(payload, 'action');
  const [owner, repo, number, installation] = [
    at(payload, 'repository', 'owner', 'login'),
    at(payload, 'repository', 'name'),
    at(payload, 'issue', 'number'),
    at(payload, 'installation', 'id'),
  ];
  if (typeof action !== 'string' || !isWanted(event, action)) return undefined;
  if (at(payload, 'issue', 'pull_request') !== undefined || at(payload, 'sender', 'login') === self) return undefined;
  if (typeof owner !== 'string' || typeof repo !== 'string' || typeof number !== 'number' || typeof installation !== 'number') return undefined;
  return { owner, repo, number, installation, action };
}
