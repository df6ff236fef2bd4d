/** Names of functions in drawings: short, and safe inside of DOT's quotes. */

/** Package paths, module versions and argument lists taken off (graph.ShortenFunctionName). */
export function shorten(name: string): string {
  const bare = name.replace(/^\(anonymous namespace\)::/, '').replace(/^(.*?)\/v(?:[2-9]|[1-9][0-9]+)([./].*)$/, '$1$2');
  const rules = [
    /^(?:[\w\-.]+\/)+([^.]+\..+)/,
    /^(?:[a-z]\w*\.)*([A-Z][\w$]*\.(?:<init>|[a-z][\w$]*(?:\$\d+)?))(?:(?:\()|$)/,
    /^(?:[_a-zA-Z]\w*::)+(_*[A-Z]\w*::~?[_a-zA-Z]\w*(?:<.*>)?)/,
  ];
  for (const rule of rules) {
    const found = rule.exec(bare)?.[1];
    if (found !== undefined) return found;
  }
  return bare;
}

/** Text inside of quotes of the DOT language. */
export function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\l');
}
