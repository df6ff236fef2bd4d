/** The artefacts of one process at one time. */
import type { Artefact, ConfigArtefact, LogArtefact, SysinfoArtefact, VarsArtefact, VersionArtefact } from './artefact.ts';
import type { BinaryArtefact } from './binary.ts';
import type { GoroutineDump } from './goroutines.ts';
import type { ProfileArtefact } from './profile.ts';
import type { Program, ReportBinary } from './report.ts';

/** Two nodes or two times are two captures and are never merged; they are compared. */
export interface Capture {
  readonly files: readonly string[];
  readonly artefacts: readonly Artefact[];
  /** ISO 8601, when taken, if anything says so. */
  readonly at?: string;
  readonly program: Program;
  readonly dumps: readonly GoroutineDump[];
  readonly profiles: readonly ProfileArtefact[];
  readonly vars?: VarsArtefact;
  readonly sysinfo?: SysinfoArtefact;
  readonly version?: VersionArtefact;
  readonly config?: ConfigArtefact;
  readonly logs: readonly LogArtefact[];
  readonly binary?: BinaryArtefact;
  readonly verdict?: ReportBinary;
  /** Where artefacts of the capture do not agree with each other, a sentence each. */
  readonly disagreements: readonly string[];
  /** Link to the source line of a frame by `func\0file\0line`, only where sure or marked likely. */
  readonly links: Readonly<Record<string, { readonly url: string; readonly likely: boolean }>>;
}

/** What the thread complains about, read from its words; empty sets when there is no thread. */
export interface Complaint {
  readonly hang: boolean;
  readonly cpu: boolean;
  readonly memory: boolean;
  readonly crash: boolean;
  /** kubo/go-ipfs version the person wrote, `0.34.1`. */
  readonly version?: string;
  readonly os?: 'linux' | 'darwin' | 'windows' | 'freebsd';
  /** The API does not answer, says the person. */
  readonly apiDead?: boolean;
  /** API on a unix socket, says the person or the config. */
  readonly unixSocket?: boolean;
  /** True when the words are about kubo's behaviour at all; false: leave the thread alone unless it has a bundle. */
  readonly onTopic: boolean;
}
