/** Go packages by name: import paths out of function names, the standard library and its tags. */

/** Import path of a function as printed: up to the first dot after the last slash, `%2e` unescaped, type arguments left out. */
export function importPathOf(func: string): string {
  const bracket = func.indexOf('[');
  const name = bracket < 0 ? func : func.slice(0, bracket);
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  const path = dot < 0 ? name : name.slice(0, dot);
  return path.includes('%') ? path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : path;
}

/** Module cache paths write capitals as `!` and the small letter (golang.org/x/mod/module.EscapePath). */
export function unescapeModulePath(path: string): string {
  return path.replaceAll(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** First path elements of the standard library, Go 1.0 to 1.27. */
const standardRoots: ReadonlySet<string> = new Set(
  `archive arena bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index
   internal io iter log maps math mime net os path plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time
   unicode unique unsafe vendor weak cmd`.split(/\s+/),
);

/** Whether an import path or a path below `src/` belongs to the standard library. */
export function isStandard(path: string): boolean {
  const slash = path.indexOf('/');
  return standardRoots.has(slash < 0 ? path : path.slice(0, slash));
}

/** Tag of golang/go for what `runtime.Version()` printed; `exact` is false where the release was patched, experimental or only guessed. */
export function goTag(version: string | undefined): { readonly tag: string; readonly exact: boolean } | undefined {
  const found = /^(?:go)?(1\.(\d+)(?:\.\d+|rc\d+|beta\d+)?)(.*)$/.exec(version?.trim() ?? '');
  const [, number = '', minor = '', rest = ''] = found ?? [];
  if (number === '') return undefined;
  // From 1.21 on the first release is tagged go1.21.0; `go1.24` alone is never what a release prints.
  const bare = number === `1.${minor}`;
  return { tag: `go${number}${bare && Number(minor) >= 21 ? '.0' : ''}`, exact: rest === '' && !bare };
}
