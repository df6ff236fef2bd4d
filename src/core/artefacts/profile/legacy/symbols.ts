/** Rows `… @ 0xPC …` of text profiles and the `#` lines below them that name the functions. */
import type { ProfileBuilder } from '../build.ts';

/** A `#` line: address of the call (return address minus one), function, file, line. */
export interface SymbolLine {
  readonly address: bigint;
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

/** `#\t0x4a5b\tmain.f+0x2a\t/src/main.go:12`, columns padded by tabs; undefined for other comments. */
export function symbolLine(line: string): SymbolLine | undefined {
  const found = /^#\s+(0x[0-9a-f]+)\s+(.+?)\+0x[0-9a-f]+\s+(.+):(\d+)\s*$/.exec(line);
  if (found === null) return undefined;
  return { address: BigInt(found[1] ?? '0'), func: found[2] ?? '', file: found[3] ?? '', line: Number(found[4]) };
}

/** Addresses after `@`. */
export function addressesOf(text: string): bigint[] {
  return [...text.matchAll(/0x[0-9a-f]+/g)].map((found) => BigInt(found[0]));
}

/**
 * Locations of a row. The `#` list names the same frames in the same order, but hides runtime frames at the top and
 * goexit at the bottom, so both lists are walked together and matched by address (pc, or pc minus one).
 */
export function locationsOf(builder: ProfileBuilder, pcs: readonly bigint[], symbols: readonly SymbolLine[], leafExact: boolean): number[] {
  let next = 0;
  return pcs.map((pc, at) => {
    const address = leafExact && at === 0 ? pc : pc === 0n ? 0n : pc - 1n;
    const lines = [];
    const symbol = symbols[next];
    if (symbol !== undefined && (symbol.address === pc || symbol.address === pc - 1n)) {
      next += 1;
      lines.push({ func: builder.func({ name: symbol.func, systemName: symbol.func, file: symbol.file, startLine: 0 }), line: symbol.line, column: 0 });
    }
    return builder.location(address, builder.mappings.length === 0 ? -1 : 0, lines);
  });
}

/** One mapping of everything: texts of Go have no memory map. */
export function wholeMapping(builder: ProfileBuilder, symbolized: boolean): void {
  builder.mappings.push({ id: 1, start: 0n, limit: 0xffffffffffffffffn, offset: 0n, file: '', buildId: '', hasFunctions: symbolized, hasFilenames: symbolized, hasLineNumbers: symbolized, hasInlineFrames: false });
}

/** A row and the symbol lines that follow it. */
export interface Row {
  readonly text: string;
  readonly symbols: readonly SymbolLine[];
  readonly comments: readonly string[];
}

/** Rows are lines with `@`; `#` lines belong to the row before them. */
export function rowsOf(lines: readonly string[]): readonly Row[] {
  const rows: { text: string; symbols: SymbolLine[]; comments: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('#')) {
      const symbol = symbolLine(line);
      if (symbol !== undefined) rows.at(-1)?.symbols.push(symbol);
      else rows.at(-1)?.comments.push(line);
    } else if (/@/.test(line)) rows.push({ text: line, symbols: [], comments: [] });
  }
  return rows;
}
