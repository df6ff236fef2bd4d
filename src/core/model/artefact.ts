/** What evidence turned out to be. */
import type { BinaryArtefact } from './binary.ts';
import type { GoroutineDump } from './goroutines.ts';
import type { ProfileArtefact } from './profile.ts';

import type { ReadGo } from '../golang/source/syntax.ts';
import type { Evidence } from './thread.ts';
/** `/debug/vars`: memstats in bytes, badger counters, command line. */
export interface VarsArtefact {
  readonly kind: 'vars';
  readonly file: string;
  /** Numbers of runtime.MemStats by their Go names (without arrays). */
  readonly memstats: Readonly<Record<string, number>>;
  readonly cmdline: readonly string[];
  /** badger_* counters, sums of maps. */
  readonly badger: Readonly<Record<string, number>>;
  /** Time of the last collection, ISO 8601, when sane. */
  readonly lastGC?: string;
}

/** `ipfs diag sys`. */
export interface SysinfoArtefact {
  readonly kind: 'sysinfo';
  readonly file: string;
  readonly runtime: {
    readonly os?: string;
    readonly arch?: string;
    readonly version?: string;
    readonly compiler?: string;
    readonly numcpu?: number;
    readonly gomaxprocs?: number;
    readonly numgoroutines?: number;
  };
  readonly memory: { readonly swap?: number; readonly virt?: number };
  readonly disk: { readonly fstype?: string; readonly total?: number; readonly free?: number };
  readonly ipfsVersion?: string;
  readonly ipfsCommit?: string;
  readonly online?: boolean;
}

/** `version.json`, or what `ipfs version --all` prints. */
export interface VersionArtefact {
  readonly kind: 'version';
  readonly file: string;
  readonly version?: string;
  readonly commit?: string;
  readonly repo?: string;
  readonly os?: string;
  readonly arch?: string;
  readonly go?: string;
}

/** `ipfs config show`. Only settings that diagnosis uses are kept; keys, identities and addresses never are. */
export interface ConfigArtefact {
  readonly kind: 'config';
  readonly file: string;
  /** Dotted path → JSON value, for instance `Reprovider.Strategy` → `pinned`. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** `flatfs`, `leveldb`, `badgerds`, `pebbleds`. */
  readonly datastores: readonly string[];
}

/** Daemon output without a dump in it, or the part of it around one. */
export interface LogArtefact {
  readonly kind: 'log';
  readonly file: string;
  readonly lines: number;
  /** Version and system, when the daemon's banner is in it. */
  readonly version?: string;
  readonly system?: string;
  readonly go?: string;
  /** Last lines that matter, masked. */
  readonly notable: readonly string[];
}

/** Recognised and named, not analysed. */
export interface NamedArtefact {
  readonly kind: 'execution trace' | 'image' | 'html page' | 'empty' | 'unknown';
  readonly file: string;
  readonly note?: string;
}

export type Artefact =
  | GoroutineDump
  | ProfileArtefact
  | BinaryArtefact
  | VarsArtefact
  | SysinfoArtefact
  | VersionArtefact
  | ConfigArtefact
  | LogArtefact
  | NamedArtefact;

/** The answer of a kind to a piece of evidence. */
export type Recognised<A> =
  | { readonly is: 'not mine' }
  | { readonly is: 'broken'; readonly reason: string; readonly kind: string }
  /** One file may hold several artefacts: a log with three dumps in it. */
  | { readonly is: 'fine'; readonly artefacts: readonly A[] };

/** What kinds are told beside the bytes. */
export interface ParseHelp {
  /** All Go files of the folder in which a file lies that frames print, when they are at hand (`--source FOLDER`, fetched from GitHub); the same list each time. */
  readonly source?: (file: string) => readonly SourceFile[] | undefined;
  /** Reads them. */
  readonly readGo?: ReadGo;
  /** The lock table that is shipped with the program, stored: of a module, or `index`. */
  readonly lockTable?: (module: string) => Uint8Array | undefined;
  /** Release of the program, when other evidence says it: `0.34.1`. */
  readonly release?: string;
}

/** A folder of a repository whose source would say which lock it is. */
export interface SourceWish {
  readonly owner: string;
  readonly repo: string;
  /** Tag or commit. */
  readonly ref: string;
  /** In the repository, '' for its root. */
  readonly folder: string;
  /** The same folder as frames print it. */
  readonly printed: string;
}

/** Go files of a folder, as they are told to the core. */
export interface SourceFolder {
  readonly printed: string;
  readonly files: readonly SourceFile[];
}

/** A file of a Go package. */
export interface SourceFile {
  /** Base name. */
  readonly name: string;
  readonly text: string;
}

/** A kind of artefact: one file or folder each, listed in core/artefacts/index.ts. */
export interface Kind<A extends Artefact = Artefact> {
  readonly name: string;
  /** Never throws, whatever the bytes. */
  recognise(evidence: Evidence, help: ParseHelp): Recognised<A>;
}
