/** What a failed request means: wait, give up on the thread, or try again. */

/** A thread that is not ours to write in: deleted, transferred, converted to a discussion, locked, or closed to us. */
export class ThreadGone extends Error {}

/** HTTP status of a failed request. */
export function statusOf(problem: unknown): number | undefined {
  return problem instanceof Error && 'status' in problem && typeof problem.status === 'number' ? problem.status : undefined;
}

/** Seconds to wait when GitHub says that we are too fast; undefined for other failures. */
export function retryAfter(problem: unknown, now: number = Date.now()): number | undefined {
  const status = statusOf(problem);
  if (status !== 403 && status !== 429) return undefined;
  const headers =
    problem instanceof Error && 'response' in problem && typeof problem.response === 'object' && problem.response !== null && 'headers' in problem.response
      ? new Map(Object.entries(Object(problem.response.headers)))
      : new Map<string, unknown>();
  const wait = Number(headers.get('retry-after'));
  if (Number.isFinite(wait) && wait > 0) return Math.min(wait, 3600);
  const reset = Number(headers.get('x-ratelimit-reset'));
  if (headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) return Math.min(3600, Math.max(1, reset - now / 1000));
  return status === 429 || (problem instanceof Error && /rate limit|abuse/i.test(problem.message)) ? 60 : undefined;
}

/** GitHub, or the way to it, failed: octokit gives lost connections and ended deadlines the status 500. */
export function githubAway(problem: unknown): boolean {
  return (statusOf(problem) ?? 0) >= 500;
}

/** For writes and the first read of a thread: turns the answers that no second try would change into ThreadGone. */
export function gone(problem: unknown): never {
  const status = statusOf(problem);
  const final = status === 404 || status === 410 || status === 301 || status === 422 || (status === 403 && retryAfter(problem) === undefined);
  if (final) throw new ThreadGone(`GitHub answered ${status}: locked, gone, moved, or not for this App`, { cause: problem });
  throw problem;
}

/** No token is given any more: the App was taken off the account, or suspended. */
export function installationGone(problem: unknown): boolean {
  const status = statusOf(problem);
  const request: unknown = problem instanceof Error && 'request' in problem ? problem.request : undefined;
  const url: unknown = typeof request === 'object' && request !== null ? Reflect.get(request, 'url') : undefined;
  return typeof url === 'string' && url.endsWith('/access_tokens') && (status === 404 || (status === 403 && retryAfter(problem) === undefined));
}
