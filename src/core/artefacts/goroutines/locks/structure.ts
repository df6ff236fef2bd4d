/** Holders that the standard library itself shows: who runs a Once, who is inside of a file's read or write. */
import type { Candidate, Dump } from './candidates.ts';
import { hex, inCode } from './evidence.ts';
import type { Found } from './identify.ts';
import { callKey, isSlow, type Run } from './onces.ts';

/** Candidates that need no guess; undefined where the structure says nothing. */
export function structural(lock: Found, dump: Dump): readonly Candidate[] | undefined {
  if (lock.waits.some(({ kind }) => kind === 'once')) return runners(lock, dump);
  if (lock.waits[0]?.kind === 'fd') return callers(lock, dump);
  return undefined;
}

function runners({ waiters }: Found, { onces, waitOf }: Dump): readonly Candidate[] {
  const runs = new Map<Run, boolean>();
  const calls = new Set<string>();
  for (const view of waiters) {
    const asking = view.frames.find(({ frame }) => isSlow(frame.func))?.args[0];
    if (asking?.value !== undefined && !asking.inexact) for (const run of onces.at(asking.value)) runs.set(run, true);
    const call = view.at(waitOf(view).caller);
    if (call === undefined || calls.has(callKey(call))) continue;
    calls.add(callKey(call));
    for (const run of onces.from(call)) if (!runs.has(run)) runs.set(run, false);
  }
  const waiting = new Set(waiters);
  const guesses = [...runs].filter(([run, same]) => !same && run.object === undefined).length;
  return [...runs]
    .map(([{ view, at, call, object, address }, same]): Candidate => {
      const sure = same || object !== undefined;
      const where = `in ${inCode(call)} at the same line`;
      const why = same
        ? `it runs the function of this very Once (${hex(address ?? 0)})`
        : sure
          ? `it runs the function of the Once of the same object (${hex(object ?? 0)}), ${where}`
          : `it runs the function of a Once, ${where}`;
      const belief = sure ? 0.97 : 0.6 / guesses;
      return {
        view,
        score: belief,
        belief,
        why: [why],
        frame: at,
        self: waiting.has(view),
        proof: sure,
        past: false,
        tied: true,
        reads: undefined,
        recent: false,
      };
    })
    .toSorted((a, b) => b.belief - a.belief || a.view.index - b.view.index);
}

const file = 'internal/poll.(*FD).';

/** A call of Write keeps the file's write lock until it returns (internal/poll/fd_unix.go). */
function callers(lock: Found, { touches, waitOf }: Dump): readonly Candidate[] {
  const { address, waits } = lock;
  const side = waits[0]?.side;
  if (address === undefined) return [];
  return touches.of(address, false).flatMap(({ view, at }): Candidate[] => {
    const one = view.at(at);
    if (one === undefined || waitOf(view).kind === 'fd' || !one.frame.func.startsWith(file)) return [];
    const name = one.frame.func.slice(file.length);
    if (!(side === 'write' ? /^(?:Write|Sendfile|SendFile|Splice)/ : /^(?:Read|Accept)/).test(name)) return [];
    const why = [`${inCode(one.frame.func)} keeps the ${side} lock of the file (${hex(address)}) until it returns`];
    return [{ view, score: 1, belief: 0.97, why, frame: at, self: false, proof: true, past: false, tied: true, reads: undefined, recent: false }];
  });
}
