/** The webhook route: capped, checked, stored with its job in one transaction, answered at once. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxWebhookBytes } from '../core/limits.ts';
import type { Job, Queue } from './queue.ts';
import type { Store } from './store.ts';

const wanted: Readonly<Record<string, readonly string[]>> = { issues: ['opened', 'edited', 'reopened'], issue_comment: ['created', 'edited'] };

export interface IngestTools {
  readonly store: Store;
  readonly queue: Queue;
  readonly secret: string;
  readonly debounceSeconds: number;
  /** Our own login, whose events are ours. */
  readonly self: () => string | undefined;
  readonly count: (what: 'accepted' | 'duplicate' | 'ignored' | 'refused') => void;
}

/** Answers never repeat anything of the request. */
export async function ingest(request: IncomingMessage, response: ServerResponse, tools: IngestTools): Promise<void> {
  const answer = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
  };
  const body = await readBody(request);
  if (body === undefined) {
    tools.count('refused');
    response.setHeader('connection', 'close');
    return answer(413, 'the body is too large');
  }
  if (!signed(body, header(request, 'x-hub-signature-256'), tools.secret)) {
    tools.count('refused');
    return answer(401, 'the signature is missing or wrong');
  }
  const guid = header(request, 'x-github-delivery');
  const event = header(request, 'x-github-event');
  const job = jobOf(event, body, tools.self());
  if (guid === '' || job === undefined) {
    tools.count('ignored');
    return answer(202, 'nothing to do');
  }
  try {
    const fresh = await tools.store.transaction(async (db) => {
      // A redelivery has the same GUID: it counts again only when the first one was not worked off.
      const { rows } = await db.executeSql(
        `insert into delivery (guid, event, action, thread) values ($1, $2, $3, $4) on conflict (guid) do update set received_at = now() where delivery.state = 'failed' returning guid`,
        [guid, event, job.action, `${job.owner}/${job.repo}#${job.number}`],
      );
      if (rows.length === 0) return false;
      await tools.queue.put(job, tools.debounceSeconds, db);
      return true;
    });
    tools.count(fresh ? 'accepted' : 'duplicate');
    answer(202, fresh ? 'queued' : 'seen before');
  } catch {
    answer(503, 'the queue is not available: deliver again later');
  }
}

function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxWebhookBytes) {
      request.resume();
      resolve(undefined);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxWebhookBytes) {
        request.removeAllListeners('data');
        request.resume();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
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
  if (typeof action !== 'string' || wanted[event]?.includes(action) !== true) return undefined;
  if (at(payload, 'issue', 'pull_request') !== undefined || at(payload, 'sender', 'login') === self) return undefined;
  if (typeof owner !== 'string' || typeof repo !== 'string' || typeof number !== 'number' || typeof installation !== 'number') return undefined;
  return { owner, repo, number, installation, action };
}
