/** The `#` lines of Go's text profiles: names that pprof itself passes over. */
import type { NewLabel } from '../build.ts';
import type { SymbolLine } from './draft.ts';

/** `#\t0x4a5b\tmain.f+0x2a\t/src/main.go:12`, columns padded by tabs or, when pasted, by spaces; undefined for other comments. */
export function symbolLine(line: string): SymbolLine | undefined {
  const found = /^#\s+(0x[0-9a-f]{1,16})\s+(\S.*)$/.exec(line);
  if (found === null) return undefined;
  const [, address = '0', rest = ''] = found;
  const plus = rest.indexOf('+0x');
  if (plus <= 0) return undefined;
  const after = /^\+0x[0-9a-f]+\s+(\S.*)$/.exec(rest.slice(plus));
  const place = after?.[1]?.trimEnd() ?? '';
  const colon = place.lastIndexOf(':');
  const number = place.slice(colon + 1);
  if (colon <= 0 || !/^\d{1,9}$/.test(number)) return undefined;
  return { address: BigInt(address), func: rest.slice(0, plus), file: place.slice(0, colon), line: Number(number) };
}

/**
 * The symbol of each address. The list names the same frames in the same order, but hides runtime frames at the top and
 * goexit at the bottom, so both lists are walked together and matched by address (pc, or pc minus one).
 */
export function aligned(pcs: readonly bigint[], symbols: readonly SymbolLine[]): readonly (SymbolLine | undefined)[] {
  let next = 0;
  return pcs.map((pc) => {
    const symbol = symbols[next];
    if (symbol === undefined || (symbol.address !== pc && symbol.address !== pc - 1n)) return undefined;
    next += 1;
    return symbol;
  });
}

/** `# labels: {"key":"value"}`. */
export function labelLine(line: string): readonly NewLabel[] {
  if (!line.startsWith('# labels: {') || line.length > 4096) return [];
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)":\s*"((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => ({ key, text }));
}
