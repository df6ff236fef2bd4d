/** A profile as rules and reports read it: sums by function, heaviest stacks, costs. The columns stay inside the kind. */
import type { Program, ReportProfile } from './report.ts';

export type ProfileKind =
  | 'cpu profile'
  | 'heap profile'
  | 'allocs profile'
  | 'mutex profile'
  | 'block profile'
  | 'goroutine profile'
  | 'threadcreate profile'
  | 'unknown';

/** Sums of one function over the shown sample type. Units: `ProfileArtefact.unit`. */
export interface FunctionCost {
  readonly func: string;
  readonly file: string;
  readonly line: number;
  readonly flat: number;
  readonly cum: number;
}

/** One of the heaviest distinct stacks, innermost function first, inlined ones included. */
export interface HeavyStack {
  readonly value: number;
  /** Of the total, 0..1. */
  readonly share: number;
  readonly funcs: readonly string[];
}

/** One profile file. */
export interface ProfileArtefact {
  readonly kind: ProfileKind;
  readonly file: string;
  /** Shown sample type: `cpu`, `inuse_space`, `alloc_space`, `delay`, … as `go tool pprof` would choose. */
  readonly sampleType: string;
  readonly unit: string;
  /** Length of a profile over time; undefined for snapshots. */
  readonly seconds?: number;
  /** ISO 8601, when it was taken, if the file says so. */
  readonly at?: string;
  readonly total: number;
  /** What one sample stands for, in `unit`: the error of a sum of v is about √(v × this). Undefined where the file does not say it. */
  readonly perSample?: number;
  /** Totals of every sample type of the file. */
  readonly totals: readonly { readonly type: string; readonly unit: string; readonly total: number }[];
  /** False when its addresses have no functions: a binary is needed. */
  readonly symbolized: boolean;
  /** All functions, largest flat first. */
  readonly functions: readonly FunctionCost[];
  /** At most 300, largest first. */
  readonly stacks: readonly HeavyStack[];
  /** Cost kind × owner, shares of the total, largest first. */
  readonly costs: readonly { readonly kind: string; readonly owner: string; readonly share: number }[];
  readonly buildId?: string;
  readonly program?: Program;
  /** What the report shows of it: top rows, pprof's own text, call graph. */
  readonly shown: ReportProfile;
  readonly notes: readonly string[];
  /** Addresses that a binary can symbolize or vouch for: at most 4096 distinct, with the symbol if the profile has one. */
  readonly addresses?: readonly { readonly address: string; readonly func?: string; readonly line?: number }[];
  /** First mapping of the profile, for the bias of its addresses. */
  readonly mapping?: { readonly start: string; readonly limit: string; readonly offset: string; readonly file: string; readonly buildId: string };
}
