/** The report as data: a promise to people who script against it (docs/report.schema.json). Add fields, rename none. */
import type { Creator, Frame, Hold, LockKind, WaitClass } from './goroutines.ts';
import type { Answer, Similar } from './question.ts';
import type { Refusal } from './thread.ts';

export type Certainty = 'certain' | 'very likely' | 'likely' | 'hint';

/** Kinds of the inventory. */
export type ArtefactKind =
  | 'goroutine dump'
  | 'cpu profile'
  | 'heap profile'
  | 'allocs profile'
  | 'mutex profile'
  | 'block profile'
  | 'goroutine profile'
  | 'threadcreate profile'
  | 'execution trace'
  | 'vars'
  | 'sysinfo'
  | 'version'
  | 'config'
  | 'log'
  | 'binary'
  | 'image'
  | 'html page'
  | 'empty'
  | 'unknown';

export interface Program {
  readonly name?: string;
  readonly version?: string;
  readonly commit?: string;
  readonly go?: string;
  readonly os?: string;
  readonly arch?: string;
}

export interface ReportFrame extends Frame {
  /** Link to the source line, only where sure (or `urlLikely`). */
  readonly url?: string;
  readonly urlLikely?: boolean;
}

export interface ReportGroup {
  readonly fingerprint: string;
  readonly state: string;
  readonly class: WaitClass;
  readonly count: number;
  readonly minutes: readonly [number, number] | null;
  readonly hung: boolean;
  readonly idle: boolean;
  readonly rest?: string;
  readonly frames: readonly ReportFrame[];
  readonly createdBy?: Creator & { readonly url?: string };
  readonly goroutines: readonly number[];
}

export interface ReportLock {
  readonly kind: LockKind;
  readonly name?: string;
  readonly wantedIn: string;
  readonly waiters: readonly number[];
  readonly writers?: readonly number[];
  readonly holders: readonly { readonly goroutine: number; readonly certainty: Hold; readonly why: readonly string[] }[];
  readonly nobody?: string;
  readonly settles?: string;
}

export interface ReportDump {
  readonly file: string;
  readonly dialect: 'debug=2' | 'debug=1' | 'protobuf' | 'crash';
  readonly goroutines: number;
  readonly unread: number;
  readonly truncated: boolean;
  readonly notes?: readonly string[];
  readonly groups: readonly ReportGroup[];
  readonly locks: readonly ReportLock[];
  readonly cycles: readonly (readonly number[])[];
}

export interface ReportProfile {
  readonly file: string;
  readonly kind: 'cpu' | 'heap' | 'allocs' | 'mutex' | 'block' | 'goroutine' | 'threadcreate' | 'other';
  readonly sampleType: string;
  readonly unit: string;
  readonly seconds?: number;
  readonly total: number;
  /** What one sample stands for, in `unit`: the error of a sum of v is about √(v × this). */
  readonly perSample?: number;
  /** What grew since an earlier profile of this kind, beyond what sampling alone would do; largest first, at most five. */
  readonly grew?: {
    readonly since: string;
    readonly before: number;
    readonly rows: readonly { readonly func: string; readonly before: number; readonly after: number; readonly url?: string }[];
  };
  readonly top: readonly { readonly func: string; readonly flat: number; readonly cum: number; readonly url?: string }[];
  /** The lines of `go tool pprof -top -nodecount=10`, as it prints them. */
  readonly text?: readonly string[];
  /** The command that prints the same. */
  readonly command?: string;
  /** Cost kind × owner, shares of the total, largest first. */
  readonly costs?: readonly { readonly kind: string; readonly owner: string; readonly share: number }[];
  /** Mermaid source of the call graph, at most 25 nodes, labels already safe. */
  readonly graph?: string;
  readonly notes?: readonly string[];
}

export interface ReportMemory {
  readonly heapInuse: number;
  readonly heapIdle: number;
  readonly heapReleased: number;
  readonly sys: number;
  readonly gcFraction: number;
  /** Every byte of Sys by what it is for; sums to `sys`. */
  readonly parts?: readonly { readonly name: string; readonly bytes: number }[];
}

export interface ReportBinary {
  readonly file?: string;
  readonly verdict: 'identical' | 'matches' | 'same code, other paths' | 'same program, other build' | 'different' | 'cannot tell';
  readonly why: readonly string[];
  readonly buildId?: string;
}

export interface ReportCapture {
  readonly files: readonly string[];
  readonly at?: string;
  readonly program: Program;
  readonly dumps: readonly ReportDump[];
  readonly profiles: readonly ReportProfile[];
  readonly memory?: ReportMemory;
  readonly binary?: ReportBinary;
}

/** Proof of a claim: where to look. `goroutine` and `frame` for dumps, `row` for tables. */
export interface Witness {
  readonly file: string;
  readonly goroutine?: number;
  readonly frame?: number;
  readonly row?: string;
}

/** A box of the diagram above the footer. */
export interface ChainNode {
  readonly id: string;
  /** Plain words; renderers escape and shorten. */
  readonly text: string;
}

/** A row of the story's table: who, which goroutine(s), since when, where. */
export interface StoryRow {
  readonly role: string;
  /** First id, and how many more are like it. */
  readonly goroutine: number;
  readonly more: number;
  readonly minutes?: readonly [number, number];
  /** Most telling frames, innermost first. */
  readonly frames: readonly ReportFrame[];
}

/** A known problem that this is. */
export interface Known {
  readonly id: string;
  readonly title: string;
  /** Thread or release notes. */
  readonly url: string;
  /** Version with the fix, if there is one: `0.43.0`. */
  readonly fixedIn?: string;
  /** What follows for the version at hand: `fixed in 0.43.0, you run 0.34.1: update`. */
  readonly verdict: string;
}

/** One claim. Words for people; facts for machines. Most important first in a report. */
export interface Finding {
  readonly rule: string;
  readonly page: string;
  readonly certainty: Certainty;
  readonly about: 'hang' | 'cpu' | 'memory' | 'crash' | 'bundle';
  /** The cause in the reporter's words; inline code in backticks is allowed, nothing else of Markdown. */
  readonly title: string;
  /** What it does to the node, second line of the comment. */
  readonly effect?: string;
  /** Why this sure and no surer, and what would raise it. */
  readonly because?: string;
  readonly capture: number;
  /** Whom it blames, root first (not whom it harms). */
  readonly goroutines: readonly number[];
  /** What it blames, likewise. */
  readonly functions: readonly string[];
  readonly witnesses: readonly Witness[];
  /** What to do now, most useful first; may hold commands in backticks. */
  readonly next: readonly string[];
  readonly chain?: { readonly nodes: readonly ChainNode[]; readonly edges: readonly (readonly [string, string])[] };
  readonly rows?: readonly StoryRow[];
  readonly known?: Known;
  /** Findings that follow from this one, folded under it. */
  readonly follows?: readonly Finding[];
  /** Numbers and names that the words were made of; what golden files hold. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Something that a rule needed and nobody sent. */
export interface Gap {
  readonly need: ArtefactKind | 'second dump' | 'text';
  readonly why: string;
  /** Ready to paste, for the reporter's version and system. */
  readonly command: string;
}

export interface InventoryItem {
  readonly path: string;
  readonly kind: ArtefactKind;
  readonly bytes: number;
  readonly note?: string;
}

export interface Report {
  readonly schema: 1;
  /** First sentence of the comment. */
  readonly headline: string;
  readonly captures: readonly ReportCapture[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly inventory: readonly InventoryItem[];
  readonly refusals: readonly Refusal[];
  /** What was looked at and is not the problem, a sentence each. */
  readonly quiet: readonly string[];
  /** Kinds of secrets seen, and in which file; never their value. */
  readonly secrets?: readonly { readonly path: string; readonly kind: string }[];
  /** Threads with the same stack, likest first. */
  readonly similar?: readonly Similar[];
  /** What people asked with `/triage explain`, `compare`, `help`. */
  readonly answers?: readonly Answer[];
}
