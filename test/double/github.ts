/** A small GitHub on loopback: issues, comments, labels, reactions, roles, tokens, attachments, signed webhooks, and faults on demand. */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, Faults } from './faults.ts';
import { route } from './routes.ts';

export interface DoubleReaction {
  readonly id: number;
  readonly user: string;
  readonly content: string;
}

export interface DoubleComment {
  readonly id: number;
  readonly user: string;
  body: string;
  readonly created_at: string;
  updated_at: string;
  minimized: boolean;
  readonly reactions: DoubleReaction[];
}

export interface DoubleEvent {
  readonly event: 'labeled' | 'unlabeled';
  readonly actor: { readonly login: string };
  readonly label: { readonly name: string };
}

export interface DoubleIssue {
  readonly number: number;
  title: string;
  readonly user: string;
  body: string;
  state: 'open' | 'closed';
  locked: boolean;
  labels: string[];
  readonly comments: DoubleComment[];
  readonly events: DoubleEvent[];
  readonly reactions: DoubleReaction[];
  /** Comments that somebody deleted. */
  readonly deleted: { readonly author: string; readonly actor: string; readonly at: string }[];
  readonly created_at: string;
  updated_at: string;
  edited_at?: string;
}

/** An attempt to deliver a webhook, as the deliveries API lists it. */
export interface DoubleDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string;
  readonly number: number;
  readonly sender: string;
  readonly delivered_at: string;
  /** 0 when nobody listened. */
  status_code: number;
}

export const bot = 'pprof-triage[bot]';
export const owner = 'ipfs';
export const repo = 'kubo';

export class GitHubDouble {
  readonly issues = new Map<number, DoubleIssue>();
  readonly files = new Map<number, { readonly name: string; readonly bytes: Uint8Array }>();
  readonly contents = new Map<string, string>();
  /** Roles of people; others have none. */
  readonly roles = new Map<string, string>();
  readonly deliveries: DoubleDelivery[] = [];
  readonly faults = new Faults();
  /** `METHOD path` of every request, for tests that count. */
  readonly requests: string[] = [];
  hook: { readonly url: string; readonly secret: string } | undefined;
  origin = '';
  /** Who writes with the token of the Action instead of the App's. */
  writer: string = bot;
  private nextId = 1000;
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.writeHead(500).end());
  });

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = this.server.address();
    this.origin = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
    return this;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  id(): number {
    return this.nextId++;
  }

  /** The next `times` requests whose `METHOD path` matches are answered with this status. */
  fail(pattern: RegExp, status: number, times = 1, headers: Readonly<Record<string, string>> = {}): void {
    this.faults.plan(pattern, answer(status, headers['retry-after'] === undefined ? 'it failed' : 'secondary rate limit', headers), times);
  }

  /** A link to an attachment, as GitHub's editor writes it. */
  attach(name: string, bytes: Uint8Array): string {
    const id = this.id();
    this.files.set(id, { name, bytes });
    return `[${name}](https://github.com/${owner}/${repo}/files/${id}/${encodeURIComponent(name)})`;
  }

  /** Puts an issue there without telling anybody. */
  write(about: {
    readonly title: string;
    readonly body: string;
    readonly user?: string;
    readonly attachments?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  }): DoubleIssue {
    const links = (about.attachments ?? []).map(({ name, bytes }) => this.attach(name, bytes));
    const now = new Date().toISOString();
    const issue: DoubleIssue = {
      number: this.issues.size + 1,
      title: about.title,
      user: about.user ?? 'reporter',
      body: [about.body, ...links].join('\n\n'),
      state: 'open',
      locked: false,
      labels: ['kind/bug', 'need/triage'],
      comments: [],
      events: [],
      reactions: [],
      deleted: [],
      created_at: now,
      updated_at: now,
    };
    this.issues.set(issue.number, issue);
    return issue;
  }

  /** Files an issue; its number. */
  async openIssue(about: Parameters<GitHubDouble['write']>[0]): Promise<number> {
    const { number } = this.write(about);
    await this.send('issues', 'opened', number);
    return number;
  }

  async edit(number: number, body: string): Promise<void> {
    const issue = this.issues.get(number);
    if (issue === undefined) return;
    issue.body = body;
    issue.updated_at = new Date().toISOString();
    issue.edited_at = issue.updated_at;
    await this.send('issues', 'edited', number);
  }

  /** A comment of somebody; its id. */
  async comment(number: number, body: string, user = 'reporter'): Promise<number> {
    const made = this.add(number, body, user);
    await this.send('issue_comment', 'created', number, user);
    return made?.id ?? 0;
  }

  add(number: number, body: string, user: string): DoubleComment | undefined {
    const now = new Date().toISOString();
    const made: DoubleComment = { id: this.id(), user, body, created_at: now, updated_at: now, minimized: false, reactions: [] };
    const issue = this.issues.get(number);
    issue?.comments.push(made);
    if (issue !== undefined) issue.updated_at = now;
    return made;
  }

  /** Somebody takes a comment away. */
  remove(number: number, id: number, actor = 'maintainer'): void {
    const issue = this.issues.get(number);
    const at = issue?.comments.findIndex((comment) => comment.id === id) ?? -1;
    const [gone] = at < 0 ? [] : (issue?.comments.splice(at, 1) ?? []);
    if (gone !== undefined) issue?.deleted.push({ author: gone.user, actor, at: new Date().toISOString() });
  }

  label(number: number, name: string, on: boolean, actor: string): void {
    const issue = this.issues.get(number);
    if (issue === undefined || issue.labels.includes(name) === on) return;
    issue.labels = on ? [...issue.labels, name] : issue.labels.filter((one) => one !== name);
    issue.events.push({ event: on ? 'labeled' : 'unlabeled', actor: { login: actor }, label: { name } });
    issue.updated_at = new Date().toISOString();
  }

  /** Delivers a webhook; the status of the answer, undefined when nobody listens. */
  async send(event: string, action: string, number: number, sender = 'reporter', guid: string = randomUUID(), secret?: string): Promise<number | undefined> {
    const issue = this.issues.get(number);
    if (this.hook === undefined || issue === undefined) return undefined;
    const about: DoubleDelivery = { id: this.id(), guid, event, action, number, sender, delivered_at: new Date().toISOString(), status_code: 0 };
    this.deliveries.push(about);
    const body = JSON.stringify({
      action,
      issue: { number, title: issue.title, body: issue.body, state: issue.state, user: { login: issue.user } },
      repository: { name: repo, full_name: `${owner}/${repo}`, owner: { login: owner } },
      installation: { id: 1 },
      sender: { login: sender, type: sender.endsWith('[bot]') ? 'Bot' : 'User' },
    });
    const signature = `sha256=${createHmac('sha256', secret ?? this.hook.secret)
      .update(body)
      .digest('hex')}`;
    try {
      const response = await fetch(this.hook.url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': guid, 'x-hub-signature-256': signature },
      });
      await response.arrayBuffer();
      about.status_code = response.status;
      return response.status;
    } catch {
      return undefined;
    }
  }

  /** Comments that the App wrote on an issue. */
  own(number: number): readonly DoubleComment[] {
    return this.issues.get(number)?.comments.filter(({ user }) => user === this.writer) ?? [];
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const call = `${request.method ?? 'GET'} ${url.pathname.replace(/^\/api\/v3/, '')}`;
    const index = this.requests.push(call) - 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const mood = this.faults.next(call, index);
    if (mood?.is === 'hang') return;
    const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      if (mood?.is === 'lost answer') response.destroy();
      else if (status === 204) response.writeHead(204, headers).end();
      else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    };
    if (mood?.is === 'answer') return json(mood.status, { message: mood.message }, mood.headers);
    const file = /^GET \/[^/]+\/[^/]+\/files\/(\d+)\//.exec(call);
    if (file !== null) return void response.writeHead(302, { location: `/blob/${file[1]}` }).end();
    const blob = this.files.get(Number(/^GET \/blob\/(\d+)$/.exec(call)?.[1]));
    if (blob !== undefined) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(blob.bytes);
    const sent: unknown = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
    route(this, call, url.searchParams, new Map<string, unknown>(Object.entries(typeof sent === 'object' && sent !== null ? sent : {})), json);
  }
}
