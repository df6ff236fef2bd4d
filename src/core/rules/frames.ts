/** Names of functions as patterns: historical names side by side, `…` for anything, package paths from any root. */

export type Pattern = string;

const compiled = new Map<Pattern, RegExp>();

/** `go-mfs.(*Directory).Child` fits `github.com/ipfs/go-mfs.(*Directory).Child` and the gx name; `…` stands for any text. */
function fits(func: string, pattern: Pattern): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    const body = pattern
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*');
    regex = new RegExp(`(?:^|/)${body}$`);
    compiled.set(pattern, regex);
  }
  return regex.test(func);
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
