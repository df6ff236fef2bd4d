/** The line that opens a goroutine, in every form since Go 1.4 (runtime/traceback.go, goroutineheader). */

export interface Header {
  readonly id: number;
  /** Between the brackets up to the first comma: reason with its suffixes. */
  readonly state: string;
  /** -1 when none are printed. */
  readonly minutes: number;
  readonly locked: boolean;
  /** As printed, without the outer braces. */
  readonly labels?: string;
  /** `gp=` or `m=` are printed: a crash or signal, Go 1.22 and later. */
  readonly machine: boolean;
}

/** Longest header that is read: labels are the only long part, and the runtime does not print endless ones. */
export const maxHeader = 16_384;

const form = /^goroutine (\d{1,16})((?: (?:gp|mp|m)=(?:0x[0-9a-f]+|nil|\d+))*) \[([^[\]{}\n]*(?: labels:\{[^\n]*\})?)\](?: \{([^\n]*)\})?:?[ \t\r]*$/;

/** The header in a whole line, or undefined when the line is none. */
export function readHeader(line: string): Header | undefined {
  if (line.length > maxHeader) return undefined;
  const hit = form.exec(line);
  if (hit === null) return undefined;
  const [, id = '', machine = '', inside = '', outside] = hit;
  const at = inside.indexOf(' labels:{');
  const plain = at < 0 ? inside : inside.slice(0, at);
  const labels = at < 0 ? outside : inside.slice(at + 9, -1);
  const [state = '', ...rest] = plain.split(', ');
  const minutes = rest.map((part) => /^(\d{1,9}) minutes?$/.exec(part)?.[1]).find((part) => part !== undefined);
  return {
    id: Number(id),
    state,
    minutes: minutes === undefined ? -1 : Number(minutes),
    locked: rest.includes('locked to thread'),
    labels,
    machine: machine !== '',
  };
}

/** Suffixes that say more about a state than what is waited for: garbage collector, synctest, leak profile. */
const suffix = / \((?:scan|durable|leaked|synctest)\)$/;

/** State without its suffixes; `leaked` when the leak profile says that nothing can ever wake it. */
export function plainState(raw: string): { readonly state: string; readonly leaked: boolean } {
  let state = raw.trim();
  let leaked = false;
  for (let hit = suffix.exec(state); hit !== null; hit = suffix.exec(state)) {
    if (hit[0] === ' (leaked)') leaked = true;
    state = state.slice(0, hit.index);
  }
  return { state, leaked: leaked || state === 'leaked' };
}
