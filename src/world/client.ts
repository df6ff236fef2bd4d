/** The HTTP client below octokit: every request ends, in an answer or in an error. */

/** GitHub gives up on its own side after 10 s; shorter than a lease (world/lease.ts), see there. */
const requestSeconds = 20;

/** `fetch` with a deadline, for octokit's `request.fetch`. */
export function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const deadline = AbortSignal.timeout(requestSeconds * 1000);
  const signal = init?.signal instanceof AbortSignal ? AbortSignal.any([init.signal, deadline]) : deadline;
  return fetch(input, { ...init, signal });
}
