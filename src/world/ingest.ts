/** The webhook route: capped, checked, stored with its job, answered at once. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxWebhookBytes } from '../core/limits.ts';
import type { Arrived } from './deliveries.ts';
import type { Job } from './queue.ts';

const wanted: ReadonlyMap<string, readonly string[]> = new Map([
  ['issues', ['opened', 'edited', 'reopened']],
  ['issue_comment', ['created', 'edited']],
]);

/** Whether a delivery of this kind is one that we act on. */
export function isWanted(event: string, action: unknown): boolean {
  return typeof action === 'string' && wanted.get(event)?.includes(action) === true;
}

export interface IngestTools {
  /** Stores a delivery with its job; false for one that is there already. */
  readonly accept: (one: Arrived) => Promise<boolean>;
  readonly secret: string;
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
    const { action, ...about } = job;
    const fresh = await tools.accept({ guid, event, action, job: about });
    tools.count(fresh ? 'accepted' : 'duplicate');
    answer(202, fresh ? 'queued' : 'already here');
  } catch (problem) {
    answer(503, 'the queue is not available');
    throw problem;
  }
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
  if (!isName(owner) || !isName(repo) || !Number.isSafeInteger(number) || typeof number !== 'number' || typeof installation !== 'number') return undefined;
  return { owner, repo, number, installation, action };
}

/** As GitHub names accounts and repositories: what is none would fail the whole batch in the database. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,100}$/.test(value);
}
