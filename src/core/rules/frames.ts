/** Names of functions as patterns: historical names side by side, `…` for anything, package paths from any root. */

export type Pattern = string;

interface Compiled {
  /** What the name must end with: told before anything else, since nearly all names end otherwise. */
  readonly end: string;
  /** Undefined where the end is the whole pattern. */
  readonly regex?: RegExp;
}

const compiled = new Map<Pattern, Compiled>();

function compile(pattern: Pattern): Compiled {
  const parts = pattern.split('…');
  const end = parts.at(-1) ?? '';
  if (parts.length === 1) return { end };
  const body = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return { end, regex: new RegExp(`(?:^|/)${body}$`) };
}

/** `go-mfs.(*Directory).Child` fits `github.com/ipfs/go-mfs.(*Directory).Child` and the gx name; `…` stands for any text. */
function fits(func: string, pattern: Pattern): boolean {
  let one = compiled.get(pattern);
  if (one === undefined) compiled.set(pattern, (one = compile(pattern)));
  if (!func.endsWith(one.end)) return false;
  return one.regex?.test(func) ?? (func.length === one.end.length || func[func.length - one.end.length - 1] === '/');
}

/** Does one of the names stand in the stack? */
export function has(funcs: readonly string[], names: readonly Pattern[]): boolean {
  return funcs.some((func) => names.some((name) => fits(func, name)));
}

/** Do all of the needed frames stand in the stack, in this order from the innermost outwards? Each is a list of its historical names. */
export function inOrder(funcs: readonly string[], needed: readonly (readonly Pattern[])[]): boolean {
  let from = 0;
  for (const names of needed) {
    const at = funcs.findIndex((func, index) => index >= from && names.some((name) => fits(func, name)));
    if (at < 0) return false;
    from = at + 1;
  }
  return needed.length > 0;
}
