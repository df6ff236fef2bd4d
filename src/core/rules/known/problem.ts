/** What an entry of the register of known problems says. */
import type { Certainty, Finding, WaitClass } from '../../model.ts';
import type { Pattern } from '../frames.ts';
import type { Version } from './version.ts';

/** Goroutines with these frames, innermost first; each frame as the list of its names through history. */
export interface DumpSign {
  readonly in: 'dump';
  readonly frames: readonly (readonly Pattern[])[];
  readonly classes?: readonly WaitClass[];
  /** As the dump prints it, where the class says too little. */
  readonly state?: string;
  /** Longest wait of them, at least. */
  readonly minutes: number;
  /** So many of them, at least. */
  readonly count: number;
  /** And these as well. */
  readonly beside?: { readonly frames: readonly (readonly Pattern[])[]; readonly classes?: readonly WaitClass[]; readonly count: number };
}

/** A share of a profile under these frames, innermost first. */
export interface ProfileSign {
  readonly in: 'cpu' | 'heap';
  readonly frames: readonly (readonly Pattern[])[];
  /** Of the total, 0..1. */
  readonly share: number;
  /** Bytes (heap) or cores (CPU) from which it matters. */
  readonly least: number;
}

/** A diagnosis of ours that is this problem when its facts fit. */
interface RuleSign {
  readonly in: 'rule';
  readonly rule: string;
  /** Facts that must be as said. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** One of the functions that the finding blames. */
  readonly functions?: readonly Pattern[];
}

export interface KnownProblem {
  readonly id: string;
  readonly title: string;
  readonly about: Finding['about'];
  /** Thread, pull request or release notes. */
  readonly url: string;
  /** First version that has it, if known. */
  readonly from?: Version;
  /** Last version in which it was reported, where nobody knows which one fixed it: newer ones do not match. */
  readonly lastSeen?: Version;
  /** First version without it, if a thread or release notes say so. */
  readonly fixedIn?: Version;
  /** How sure a match is by itself. */
  readonly sure: Certainty;
  readonly sign: DumpSign | ProfileSign | RuleSign;
  /** What to do besides updating. */
  readonly next?: readonly string[];
}

/** An issue of ipfs/kubo (numbers of go-ipfs are the same). */
export const kubo = (issue: number): string => `https://github.com/ipfs/kubo/issues/${issue}`;
/** An issue or pull request elsewhere. */
export const thread = (repository: string, number: number): string => `https://github.com/${repository}/issues/${number}`;
