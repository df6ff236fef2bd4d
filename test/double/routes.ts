/** The routes of GitHub's API that the App and the Action use, in the shapes of docs.github.com/rest. */
import { bot, owner, repo, type DoubleComment, type DoubleDelivery, type DoubleIssue, type DoubleReaction, type GitHubDouble } from './github.ts';

type Answer = (status: number, value: unknown, headers?: Readonly<Record<string, string>>) => void;

interface Call {
  readonly double: GitHubDouble;
  /** What the pattern caught. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly fields: ReadonlyMap<string, unknown>;
  readonly json: Answer;
}

const repository = '/repos/[^/]+/[^/]+';

/** First match wins. */
const routes: readonly (readonly [RegExp, (call: Call) => void])[] = [
  [/^GET \/app$/, ({ json }) => json(200, { slug: 'pprof-triage', id: 1 })],
  [/^GET \/app\/installations$/, ({ json }) => json(200, [{ id: 1, account: { login: owner }, suspended_at: null }])],
  [
    /^POST \/app\/installations\/\d+\/access_tokens$/,
    ({ json }) =>
      json(201, {
        token: 'ghs_double',
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: { issues: 'write' },
        repository_selection: 'all',
      }),
  ],
  [/^GET \/app\/hook\/deliveries$/, deliveries],
  [/^POST \/app\/hook\/deliveries\/(\d+)\/attempts$/, redeliver],
  [
    /^GET \/installation\/repositories$/,
    ({ json }) => json(200, { total_count: 1, repositories: [{ name: repo, full_name: `${owner}/${repo}`, owner: { login: owner }, archived: false }] }),
  ],
  [/^POST \/graphql$/, graphql],
  [/^GET \/rate_limit$/, ({ json }) => json(200, { resources: { core: { remaining: 4000, reset: 0 } } })],
  [new RegExp(`^GET ${repository}$`), ({ json }) => json(200, { full_name: `${owner}/${repo}` })],
  [new RegExp(`^GET ${repository}/contents/(.+)$`), contents],
  [new RegExp(`^GET ${repository}/collaborators/([^/]+)/permission$`), role],
  [new RegExp(`^GET ${repository}/issues$`), list],
  [new RegExp(`^GET ${repository}/issues/comments$`), allComments],
  [
    new RegExp(`^POST ${repository}/issues$`),
    ({ double, fields, json }) =>
      json(201, issueJson(double.write({ title: String(fields.get('title')), body: String(fields.get('body')), user: double.writer }))),
  ],
  [new RegExp(`^([A-Z]+) ${repository}/issues/comments/(\\d+)$`), oneComment],
  [new RegExp(`^([A-Z]+) ${repository}/issues/comments/(\\d+)/reactions$`), commentReactions],
  [new RegExp(`^([A-Z]+) ${repository}/issues/(\\d+)(?:/(\\w+)(?:/(.+))?)?$`), inIssue],
];

export function route(double: GitHubDouble, call: string, query: URLSearchParams, fields: ReadonlyMap<string, unknown>, json: Answer): void {
  for (const [pattern, answer] of routes) {
    const found = pattern.exec(call);
    if (found !== null) return answer({ double, parts: found.slice(1).map((part) => decodeURIComponent(part ?? '')), query, fields, json });
  }
  json(404, { message: 'Not Found' });
}

const notFound = { message: 'Not Found' };

function pageOf<T>(all: readonly T[], query: URLSearchParams): readonly T[] {
  const size = Number(query.get('per_page') ?? 30);
  const page = Number(query.get('page') ?? 1);
  return all.slice((page - 1) * size, page * size);
}

function userJson(login: string): unknown {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
}

function issueJson(issue: DoubleIssue): unknown {
  const { number, title, body, state, locked, labels, created_at, updated_at } = issue;
  return {
    number,
    title,
    body,
    state,
    locked,
    created_at,
    updated_at,
    repository_url: `https://api.github.com/repos/${owner}/${repo}`,
    user: userJson(issue.user),
    author_association: 'NONE',
    labels: labels.map((name) => ({ name })),
    comments: issue.comments.length,
  };
}

function commentJson({ id, body, user, created_at, updated_at }: DoubleComment, number: number): unknown {
  return {
    id,
    body,
    created_at,
    updated_at,
    node_id: `IC_${id}`,
    issue_url: `https://api.github.com/repos/${owner}/${repo}/issues/${number}`,
    user: userJson(user),
    author_association: 'NONE',
  };
}

function reactionJson({ id, user, content }: DoubleReaction): unknown {
  return { id, content, user: userJson(user) };
}

/** Newest first, as GitHub lists them; the cursor is the id after which a page begins. */
function deliveries({ double, query, json }: Call): void {
  const all = double.deliveries.toReversed();
  const cursor = query.get('cursor');
  const from = cursor === null ? 0 : all.findIndex(({ id }) => String(id) === cursor);
  const page = all.slice(from, from + Number(query.get('per_page') ?? 30));
  const next = all[from + page.length];
  const link: Readonly<Record<string, string>> =
    next === undefined ? {} : { link: `<${double.origin}/app/hook/deliveries?per_page=100&cursor=${next.id}>; rel="next"` };
  const shown = ({ id, guid, event, action, delivered_at, status_code }: DoubleDelivery): unknown => ({
    id,
    guid,
    event,
    action,
    delivered_at,
    status_code,
    status: status_code === 202 ? 'OK' : 'failed',
  });
  json(200, page.map(shown), link);
}

function redeliver({ double, parts, json }: Call): void {
  const found = double.deliveries.find(({ id }) => id === Number(parts[0]));
  if (found === undefined) return json(404, notFound);
  json(202, {});
  void double.send(found.event, found.action, found.number, found.sender, found.guid);
}

function contents({ double, parts, json }: Call): void {
  const text = double.contents.get(parts[0] ?? '');
  json(text === undefined ? 404 : 200, text === undefined ? notFound : { content: Buffer.from(text).toString('base64'), encoding: 'base64' });
}

function role({ double, parts, json }: Call): void {
  const name = double.roles.get(parts[0] ?? '') ?? 'read';
  json(200, { permission: name === 'triage' ? 'read' : name, role_name: name, user: { login: parts[0], permissions: { triage: name !== 'read' } } });
}

function list({ double, query, json }: Call): void {
  const since = query.get('since') ?? '';
  const creator = query.get('creator');
  const state = query.get('state') ?? 'open';
  const found = [...double.issues.values()]
    .filter((issue) => issue.updated_at >= since && (creator === null || issue.user === creator) && (state === 'all' || issue.state === state))
    .toSorted((a, b) => (a.updated_at < b.updated_at ? -1 : 1));
  json(200, pageOf(found, query).map(issueJson));
}

function allComments({ double, query, json }: Call): void {
  const since = query.get('since') ?? '';
  const found = [...double.issues.values()].flatMap((issue) =>
    issue.comments.filter((comment) => comment.updated_at >= since).map((comment) => ({ comment, number: issue.number })),
  );
  json(
    200,
    pageOf(
      found.toSorted((a, b) => (a.comment.updated_at < b.comment.updated_at ? -1 : 1)),
      query,
    ).map(({ comment, number }) => commentJson(comment, number)),
  );
}

/** Only the one query that is asked: what is hidden, what was deleted. */
function graphql({ double, fields, json }: Call): void {
  const given = fields.get('variables');
  const variables = new Map<string, unknown>(typeof given === 'object' && given !== null ? Object.entries(given) : []);
  const ids = variables.get('ids');
  const issue = double.issues.get(Number(variables.get('number')));
  const comments = new Map((issue?.comments ?? []).map((comment) => [`IC_${comment.id}`, comment]));
  json(200, {
    data: {
      nodes: (Array.isArray(ids) ? ids : []).map((id: unknown) => ({ id, isMinimized: comments.get(String(id))?.minimized ?? false })),
      repository: {
        issue: {
          lastEditedAt: issue?.edited_at ?? null,
          timelineItems: {
            nodes: (issue?.deleted ?? []).map(({ author, actor, at }) => ({
              createdAt: at,
              actor: { login: actor.replace('[bot]', '') },
              deletedCommentAuthor: { login: author.replace('[bot]', '') },
            })),
          },
        },
      },
    },
  });
}

function oneComment({ double, parts: [method, id], fields, json }: Call): void {
  const issue = [...double.issues.values()].find(({ comments }) => comments.some((comment) => comment.id === Number(id)));
  const comment = issue?.comments.find((one) => one.id === Number(id));
  if (issue === undefined || comment === undefined) return json(404, notFound);
  if (method === 'DELETE') {
    double.remove(issue.number, comment.id, double.writer);
    return json(204, {});
  }
  if (method === 'PATCH') {
    comment.body = String(fields.get('body'));
    comment.updated_at = new Date().toISOString();
    issue.updated_at = comment.updated_at;
  }
  json(200, commentJson(comment, issue.number));
}

function commentReactions({ double, parts: [method, id], fields, json }: Call): void {
  const comment = [...double.issues.values()].flatMap(({ comments }) => comments).find((one) => one.id === Number(id));
  if (comment === undefined) return json(404, notFound);
  if (method === 'GET') return json(200, comment.reactions.map(reactionJson));
  react(double, comment.reactions, String(fields.get('content')), json);
}

/** The same reaction of the same person twice is one. */
function react(double: GitHubDouble, reactions: DoubleReaction[], content: string, json: Answer): void {
  const there = reactions.find((one) => one.content === content && one.user === double.writer);
  if (there !== undefined) return json(200, reactionJson(there));
  const made = { id: double.id(), user: double.writer, content };
  reactions.push(made);
  json(201, reactionJson(made));
}

function inIssue(call: Call): void {
  const { double, parts, query, fields, json } = call;
  const [method, number, part = '', item] = parts;
  const issue = double.issues.get(Number(number));
  if (issue === undefined) return json(404, notFound);
  switch (part) {
    case '':
      if (method === 'PATCH') {
        if (fields.has('body')) issue.body = String(fields.get('body'));
        if (fields.get('state') === 'closed') issue.state = 'closed';
      }
      return json(200, issueJson(issue));
    case 'events':
      return json(200, pageOf(issue.events, query));
    case 'comments': {
      if (method === 'GET')
        return json(
          200,
          pageOf(issue.comments, query).map((comment) => commentJson(comment, issue.number)),
        );
      if (issue.locked) return json(403, { message: 'Unable to create comment because issue is locked.' });
      const made = double.add(issue.number, String(fields.get('body')), double.writer);
      return json(201, made === undefined ? {} : commentJson(made, issue.number));
    }
    case 'reactions': {
      if (method === 'GET') return json(200, issue.reactions.map(reactionJson));
      if (method === 'POST') return react(double, issue.reactions, String(fields.get('content')), json);
      const at = issue.reactions.findIndex(({ id }) => id === Number(item));
      if (at >= 0) issue.reactions.splice(at, 1);
      return json(204, {});
    }
    case 'labels': {
      const labels = fields.get('labels');
      if (method === 'POST' && Array.isArray(labels)) for (const name of labels) double.label(issue.number, String(name), true, bot);
      if (method === 'DELETE') double.label(issue.number, item ?? '', false, bot);
      return json(
        200,
        issue.labels.map((name) => ({ name })),
      );
    }
    default:
      return json(404, notFound);
  }
}
