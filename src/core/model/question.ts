/** What people asked of the bot in a thread, and what the core answers. */
import type { ReportFrame } from './report.ts';
import type { Bundle } from './thread.ts';

/** Bytes to compare a thread's own with. */
export interface Comparison {
  /** As shown: `#12`, or the name of a file. */
  readonly asked: string;
  readonly bundles: readonly Bundle[];
}

export interface Questions {
  /** Ids of goroutines. */
  readonly explain: readonly number[];
  readonly compare: readonly Comparison[];
  /** Somebody asked what can be asked. */
  readonly help: boolean;
}

/** The answer to one question. */
export interface Answer {
  /** `explain 585`, `compare #12`, `help`. */
  readonly asked: string;
  /** Sentences; inline code in backticks is allowed, nothing else of Markdown. */
  readonly said: readonly string[];
  /** A stack, innermost frame first. */
  readonly frames?: readonly ReportFrame[];
}

/** Another thread of the same repository in which the same goroutines hung. */
export interface Similar {
  readonly number: number;
  readonly state: 'open' | 'closed';
  /** Version that fixed it, if a known problem was told there. */
  readonly fixedIn?: string;
  readonly url: string;
  /** Functions of the stack that is the same, innermost first. */
  readonly functions: readonly string[];
}
