/** Lock regions of Go source: which lock expressions are held at a line, read from statements and blocks. */

interface Block {
  readonly start: number;
  end: number;
  readonly from: number;
  to: number;
}

interface Call {
  readonly line: number;
  readonly at: number;
  readonly deferred: boolean;
  /** Variable that got the result: `u := x.PinLock()`. */
  readonly to: string;
  readonly expression: string;
  readonly operation: string;
}

interface Source {
  readonly functions: readonly Block[];
  readonly calls: readonly Call[];
  readonly lines: readonly string[];
}

const known = new Map<string, Source>();

/** Source files are few and asked for often. */
const maxKnown = 200;

function sourceOf(text: string): Source {
  const cached = known.get(text);
  if (cached !== undefined) return cached;
  const plain = blanked(text);
  const lines = plain.split('\n');
  const starts = [0];
  for (let at = plain.indexOf('\n'); at >= 0; at = plain.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const made = { functions: functionsOf(plain, lineAt), calls: callsOf(plain, lineAt), lines };
  if (known.size >= maxKnown) known.clear();
  known.set(text, made);
  return made;
}

/** Comments and literals become spaces; lines stay where they are. */
function blanked(text: string): string {
  return text.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (found) => found.replaceAll(/[^\n]/g, ' '));
}

/** Functions and closures by their braces, innermost first. */
function functionsOf(plain: string, lineAt: (offset: number) => number): readonly Block[] {
  const open: (Block & { readonly func: boolean })[] = [];
  const functions: Block[] = [];
  for (let at = 0; at < plain.length; at += 1) {
    const byte = plain[at];
    if (byte === '{') {
      const head = plain.slice(Math.max(0, plain.lastIndexOf('\n', at - 1), at - 400), at);
      open.push({ start: lineAt(at), end: 0, from: at, to: 0, func: /\bfunc\b[^{}]*$/.test(head) });
    } else if (byte === '}') {
      const block = open.pop();
      if (block === undefined || !block.func) continue;
      functions.push({ start: block.start, end: lineAt(at), from: block.from, to: at });
    }
  }
  return functions.sort((a, b) => a.to - a.from - (b.to - b.from));
}

const callPattern = /(defer\s+)?(?:\b([A-Za-z_]\w*)\s*:?=\s*)?\b([A-Za-z_][\w.]*(?:\[[^\]\n]*\])?)\.((?:[A-Za-z]*[a-z])?R?Lock|R?Unlock|Acquire|Release)\(/g;

function callsOf(plain: string, lineAt: (offset: number) => number): readonly Call[] {
  const calls: Call[] = [];
  for (const found of plain.matchAll(callPattern)) {
    const [whole, deferred, to = '', expression = '', operation = ''] = found;
    // `defer x.PinLock(ctx).Unlock(ctx)` takes now and releases at the end.
    const rest = plain.slice(found.index + whole.length, found.index + whole.length + 80);
    const chained = /^[^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)\s*(?:\.\s*Unlock\s*)?\(/.test(rest);
    if (deferred !== undefined && chained && !operation.endsWith('Unlock')) {
      calls.push({ line: lineAt(found.index + whole.length - 1), at: found.index, deferred: false, to, expression, operation });
      continue;
    }
    calls.push({ line: lineAt(found.index + whole.length - 1), at: found.index, deferred: deferred !== undefined, to, expression, operation });
  }
  return calls;
}

/** The expression that is locked on a line: `d.mu` of `d.mu.Lock()`. */
export function lockCallAt(text: string, line: number): string | undefined {
  const { lines } = sourceOf(text);
  const found = /\b([A-Za-z_][\w.]*(?:\[[^\]\n]*\])?)\.((?:[A-Za-z]*[a-z])?R?Lock|Do|Acquire)\(/.exec(lines[line - 1] ?? '');
  return found?.[1];
}

/** Lock expressions held when the line runs, in its innermost function; undefined when the line is in none. */
export function heldAtLine(text: string, line: number): readonly string[] | undefined {
  const { functions, calls, lines } = sourceOf(text);
  const own = functions.find(({ start, end }) => start <= line && line <= end);
  if (own === undefined) return undefined;
  const held = new Set<string>();
  const aliases = new Map<string, string>();
  const inner = functions.filter((other) => other !== own && other.from > own.from && other.to < own.to && !(other.start <= line && line <= other.end));
  for (const call of calls) {
    if (call.line < own.start || call.line >= line || call.at < own.from || call.at > own.to) continue;
    if (inner.some((other) => call.at > other.from && call.at < other.to)) continue;
    const expression = aliases.get(call.expression) ?? call.expression;
    const releases = call.operation.endsWith('Unlock') || call.operation === 'Release';
    if (!releases) {
      if (call.deferred) continue;
      held.add(expression);
      if (call.to !== '') aliases.set(call.to, expression);
    } else if (!call.deferred && !leaves(lines, call.line, line)) held.delete(expression);
  }
  return [...held];
}

/** An Unlock in a deeper block that then returns does not count for what follows the block. */
function leaves(lines: readonly string[], unlock: number, line: number): boolean {
  const depth = (at: number): number => /^\s*/.exec(lines[at - 1] ?? '')?.[0].length ?? 0;
  if (depth(unlock) <= depth(line)) return false;
  for (let at = unlock; at < Math.min(line, unlock + 6); at += 1) {
    const text = lines[at - 1] ?? '';
    if (/\b(?:return|continue|break|panic|goto)\b/.test(text)) return true;
    if (/^\s*\}/.test(text) && depth(at) < depth(unlock)) return false;
  }
  return false;
}
