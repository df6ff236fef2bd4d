/** A legacy profile while it is put together: samples with addresses, before mappings and columns. */
import type { ValueType } from '../columns.ts';
import type { NewLabel } from '../build.ts';

/** A `#` line below a row of Go's text profiles: which function an address is in. */
export interface SymbolLine {
  readonly address: bigint;
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

export interface DraftSample {
  readonly values: readonly number[];
  /** Addresses of calls, innermost first. */
  stack: readonly bigint[];
  /** Symbol of each address of the stack, where the text names it. */
  symbols?: readonly (SymbolLine | undefined)[];
  readonly labels: readonly NewLabel[];
}

export interface Draft {
  readonly sampleTypes: readonly ValueType[];
  readonly periodType: ValueType;
  readonly period: number;
  readonly durationNanos?: number;
  readonly samples: DraftSample[];
  /** Lines after the samples: the memory map of the process, if it has one. */
  readonly map: readonly string[];
  /** The innermost frame may be there twice, once less one: from the signal and from unwinding. */
  readonly doubleLeaves?: true;
  readonly notes: readonly string[];
  /** What the text says that it is, where sample types do not tell. */
  readonly contention?: 'mutex' | 'block';
}

/** A draft, or why it cannot be read. */
export type Drafted = Draft | string;

/** How texts are read: `plainly` gives what pprof itself makes of them, without symbols of `#` lines and without mending. */
export interface Reading {
  readonly plainly: boolean;
  readonly go?: string | undefined;
  /** Addresses only, for a program to name. */
  readonly bare: boolean;
}

/** Longest line that is looked at: a stack of 128 addresses has about 2,500 characters. */
export const maxLine = 16_384;

/** Addresses in hexadecimal; undefined when one does not fit into 64 bits. */
export function addressesOf(text: string): bigint[] | undefined {
  const found = text.match(/0x[0-9a-f]+/g) ?? [];
  if (found.some((hex) => hex.length > 18)) return undefined;
  return found.map((hex) => BigInt(hex));
}

/** A return address as the call before it. */
export function call(address: bigint): bigint {
  return BigInt.asUintN(64, address - 1n);
}

export function blankOrComment(line: string): boolean {
  const bare = line.trim();
  return bare === '' || bare.startsWith('#');
}

/** Where the memory map begins. */
export function beginsMap(line: string): boolean {
  return line.includes('--- Memory map: ---') || line.includes('MAPPED_LIBRARIES:');
}

/** Lines after the first one that announces the memory map. */
export function mapAfter(lines: readonly string[], from: number): readonly string[] {
  for (let at = from; at < lines.length; at += 1) if (beginsMap(lines[at] ?? '')) return lines.slice(at + 1);
  return [];
}
