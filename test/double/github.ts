/** A small GitHub on loopback: issues, comments, labels, reactions, tokens, attachments, signed webhooks, and faults on demand. */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DoubleComment {
  readonly id: number;
  readonly user: string;
  body: string;
  readonly created_at: string;
  updated_at: string;
}

export interface DoubleIssue {
  readonly number: number;
  readonly title: string;
  readonly user: string;
  body: string;
  state: 'open' | 'closed';
  locked: boolean;
  labels: string[];
  readonly comments: DoubleComment[];
  readonly reactions: { readonly id: number; readonly content: string }[];
  readonly created_at: string;
  updated_at: string;
}

interface Fault {
  readonly pattern: RegExp;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  times: number;
}

export const bot = 'pprof-triage[bot]';
const owner = 'ipfs';
const repo = 'kubo';

export class GitHubDouble {
  readonly issues = new Map<number, DoubleIssue>();
  readonly files = new Map<number, { readonly name: string; readonly bytes: Uint8Array }>();
  readonly contents = new Map<string, string>();
  /** `METHOD path` of every request, for tests that count. */
  readonly requests: string[] = [];
  hook: { readonly url: string; readonly secret: string } | undefined;
  origin = '';
  private readonly faults: Fault[] = [];
  private nextId = 1000;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.writeHead(500).end());
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = this.server.address();
    this.origin = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
    return this;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** The next `times` requests whose `METHOD path` matches are answered with this status. */
  fail(pattern: RegExp, status: number, times = 1, headers: Readonly<Record<string, string>> = {}): void {
    this.faults.push({ pattern, status, times, headers });
  }

  /** Files an issue; attachments are linked as GitHub does. */
  async openIssue(about: {
    readonly title: string;
    readonly body: string;
    readonly user?: string;
    readonly attachments?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  }): Promise<number> {
    const links = (about.attachments ?? []).map(({ name, bytes }) => {
      const id = this.nextId++;
      this.files.set(id, { name, bytes });
      return `[${name}](https://github.com/${owner}/${repo}/files/${id}/${encodeURIComponent(name)})`;
    });
    const now = new Date().toISOString();
    const number = this.issues.size + 1;
    this.issues.set(number, {
      number,
      title: about.title,
      user: about.user ?? 'reporter',
      body: [about.body, ...links].join('\n\n'),
      state: 'open',
      locked: false,
      labels: ['kind/bug', 'need/triage'],
      comments: [],
      reactions: [],
      created_at: now,
      updated_at: now,
    });
    await this.send('issues', 'opened', number);
    return number;
  }

  async edit(number: number, body: string): Promise<void> {
    const issue = this.issues.get(number);
    if (issue === undefined) return;
    issue.body = body;
    issue.updated_at = new Date().toISOString();
    await this.send('issues', 'edited', number);
  }

  async comment(number: number, body: string, user = 'reporter'): Promise<void> {
    this.add(number, body, user);
    await this.send('issue_comment', 'created', number, user);
  }

  /** Delivers a webhook; the status of the answer, undefined when nobody listens. */
  async send(event: string, action: string, number: number, sender = 'reporter', guid: string = randomUUID(), secret?: string): Promise<number | undefined> {
    const issue = this.issues.get(number);
    if (this.hook === undefined || issue === undefined) return undefined;
    const body = JSON.stringify({
      action,
      issue: this.issueJson(issue),
      repository: { name: repo, full_name: `${owner}/${repo}`, owner: { login: owner } },
      installation: { id: 1 },
      sender: { login: sender, type: 'User' },
    });
    const signature = `sha256=${createHmac('sha256', secret ?? this.hook.secret)
      .update(body)
      .digest('hex')}`;
    try {
      const answer = await fetch(this.hook.url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': guid, 'x-hub-signature-256': signature },
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined;
    }
  }

  /** Comments that the App wrote on an issue. */
  own(number: number): readonly DoubleComment[] {
    return this.issues.get(number)?.comments.filter(({ user }) => user === bot) ?? [];
  }

  private add(number: number, body: string, user: string): DoubleComment | undefined {
    const now = new Date().toISOString();
    const made = { id: this.nextId++, user, body, created_at: now, updated_at: now };
    this.issues.get(number)?.comments.push(made);
    return made;
  }

  private userJson(login: string): unknown {
    return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
  }

  private issueJson(issue: DoubleIssue): unknown {
    return {
      number: issue.number,
      title: issue.title,
      body: issue.body,
      state: issue.state,
      locked: issue.locked,
      user: this.userJson(issue.user),
      author_association: 'NONE',
      labels: issue.labels.map((name) => ({ name })),
      created_at: issue.created_at,
      updated_at: issue.updated_at,
    };
  }

  private commentJson(comment: DoubleComment): unknown {
    return {
      id: comment.id,
      body: comment.body,
      user: this.userJson(comment.user),
      author_association: 'NONE',
      created_at: comment.created_at,
      updated_at: comment.updated_at,
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const path = url.pathname.replace(/^\/api\/v3/, '');
    const call = `${request.method ?? 'GET'} ${path}`;
    this.requests.push(call);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    const fault = this.faults.find(({ pattern, times }) => times > 0 && pattern.test(call));
    if (fault !== undefined) {
      fault.times -= 1;
      return json(fault.status, { message: fault.headers['retry-after'] === undefined ? 'it failed' : 'secondary rate limit' }, fault.headers);
    }
    const sent: unknown = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const fields = new Map<string, unknown>(Object.entries(typeof sent === 'object' && sent !== null ? sent : {}));
    const file = /^GET \/[^/]+\/[^/]+\/files\/(\d+)\//.exec(call);
    if (file !== null) return void response.writeHead(302, { location: `/blob/${file[1]}` }).end();
    const blob = this.files.get(Number(/^GET \/blob\/(\d+)$/.exec(call)?.[1]));
    if (blob !== undefined) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(blob.bytes);
    if (/^POST \/app\/installations\/\d+\/access_tokens$/.test(call))
      return json(201, {
        token: 'ghs_double',
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: { issues: 'write' },
        repository_selection: 'all',
      });
    if (call === 'GET /app') return json(200, { slug: 'pprof-triage', id: 1 });
    return this.issueRoutes(call, url, fields, json);
  }

  private issueRoutes(call: string, url: URL, fields: ReadonlyMap<string, unknown>, json: (status: number, value: unknown) => void): void {
    const content = /^GET \/repos\/[^/]+\/[^/]+\/contents\/(.+)$/.exec(call);
    if (content !== null) {
      const text = this.contents.get(decodeURIComponent(content[1] ?? ''));
      return text === undefined ? json(404, { message: 'Not Found' }) : json(200, { content: Buffer.from(text).toString('base64'), encoding: 'base64' });
    }
    const edit = /^PATCH \/repos\/[^/]+\/[^/]+\/issues\/comments\/(\d+)$/.exec(call);
    if (edit !== null) {
      const comment = [...this.issues.values()].flatMap(({ comments }) => comments).find(({ id }) => id === Number(edit[1]));
      if (comment === undefined) return json(404, { message: 'Not Found' });
      comment.body = String(fields.get('body'));
      comment.updated_at = new Date().toISOString();
      return json(200, this.commentJson(comment));
    }
    const found = /^([A-Z]+) \/repos\/[^/]+\/[^/]+\/issues\/(\d+)(?:\/(\w+)(?:\/(.+))?)?$/.exec(call);
    const issue = this.issues.get(Number(found?.[2]));
    if (found === null || issue === undefined) return json(404, { message: 'Not Found' });
    const [, method, , part, item] = found;
    if (part === undefined) return json(200, this.issueJson(issue));
    if (part === 'events') return json(200, []);
    if (part === 'comments' && method === 'GET') {
      const size = Number(url.searchParams.get('per_page') ?? 30);
      const page = Number(url.searchParams.get('page') ?? 1);
      return json(
        200,
        issue.comments.slice((page - 1) * size, page * size).map((comment) => this.commentJson(comment)),
      );
    }
    if (part === 'comments') {
      if (issue.locked) return json(403, { message: 'locked' });
      const made = this.add(issue.number, String(fields.get('body')), bot);
      return json(201, made === undefined ? {} : this.commentJson(made));
    }
    if (part === 'reactions' && method === 'POST') {
      const made = { id: this.nextId++, content: String(fields.get('content')) };
      issue.reactions.push(made);
      return json(201, made);
    }
    if (part === 'reactions') {
      const at = issue.reactions.findIndex(({ id }) => id === Number(item));
      if (at >= 0) issue.reactions.splice(at, 1);
      return json(204, {});
    }
    if (part === 'labels' && method === 'POST') {
      const labels = fields.get('labels');
      issue.labels = [...new Set([...issue.labels, ...(Array.isArray(labels) ? labels.map(String) : [])])];
      return json(
        200,
        issue.labels.map((name) => ({ name })),
      );
    }
    if (part === 'labels') {
      issue.labels = issue.labels.filter((name) => name !== decodeURIComponent(item ?? ''));
      return json(200, []);
    }
    return json(404, { message: 'Not Found' });
  }
}
