/** What the world should look like afterwards, and what a repository allows. */

import type { Acknowledgement } from './thread.ts';

export type Action =
  | { readonly kind: 'acknowledge'; readonly post: string; readonly reaction: Acknowledgement }
  /** `besides`: hidden comments of ours, which are not the one that is to be made. */
  | { readonly kind: 'create comment'; readonly body: string; readonly marker: string; readonly besides: readonly string[] }
  | { readonly kind: 'update comment'; readonly id: string; readonly body: string; readonly marker: string }
  /** A second comment of ours, made when an answer of GitHub was lost and its list was behind. */
  | { readonly kind: 'delete comment'; readonly id: string }
  | { readonly kind: 'add labels'; readonly labels: readonly string[] }
  | { readonly kind: 'remove labels'; readonly labels: readonly string[] };

/** Rules of one repository (.github/pprof-triage.yml) joined with the server's own; parsed once in world/policy.ts. */
export interface Policy {
  readonly enabled: boolean;
  /** Log what it would do and do nothing. */
  readonly shadow: boolean;
  /** The file says in so many words that nothing is to be written; its errors are not told either then. */
  readonly silent?: boolean;
  /** Only threads with one of these labels; empty: all. */
  readonly labels: readonly string[];
  /** Only threads whose text has one of these words; empty: all. */
  readonly words: readonly string[];
  /** First comments only on issues at most this many hours old. */
  readonly maxAgeHours: number;
  readonly ignoreBots: boolean;
  readonly asks: boolean;
  /** Labels to set by what was found; empty by default. */
  readonly set: { readonly triaged?: string; readonly needsInput?: string };
  /** Never touched, whatever `set` says. */
  readonly never: readonly string[];
  /** Hosts beyond GitHub's own from which links are fetched. */
  readonly linkHosts: readonly string[];
  /** Fetch the official kubo archive where only the exact binary could tell more (45 MB, from dist.ipfs.tech or GitHub's releases). */
  readonly officialBinary: boolean;
  /** UTC hours `[from, to)` in which nothing is written. */
  readonly quietHours?: readonly [number, number];
  /** Functions whose long wait is fine here. */
  readonly idleShapes: readonly string[];
  /** The repository's own known problems: functions that must all be in one stack, and what to say. */
  readonly signatures: readonly { readonly title: string; readonly functions: readonly string[]; readonly url?: string }[];
  /** What is wrong with the repository's file, a sentence each, told to the maintainers in one place. */
  readonly errors: readonly string[];
}
