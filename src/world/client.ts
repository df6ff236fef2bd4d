/** The HTTP client below octokit: every request ends, in an answer or in an error. */

/** GitHub gives up on its own side after 10 s; shorter than a lease (world/lease.ts), see there. */
const requestSeconds = 20;

/** `fetch` with a deadline, for octokit's `request.fetch`. A read that met a connection just closed is made once more; a write never is. */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const deadline = AbortSignal.timeout(requestSeconds * 1000);
  const signal = init?.signal instanceof AbortSignal ? AbortSignal.any([init.signal, deadline]) : deadline;
  try {
    return await fetch(input, { ...init, signal });
  } catch (problem) {
    if (signal.aborted || (init?.method ?? 'GET') !== 'GET') throw problem;
    return fetch(input, { ...init, signal });
  }
}
