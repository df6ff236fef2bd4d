/** A Go binary as far as triage needs it. The reader itself stays inside the kind. */

export interface GoModule {
  readonly path: string;
  readonly version: string;
  readonly replacedBy?: { readonly path: string; readonly version: string };
}

export interface BinaryArtefact {
  readonly kind: 'binary';
  readonly file: string;
  readonly bytes: number;
  readonly format: 'elf' | 'mach-o' | 'pe' | 'mach-o fat';
  readonly os: string;
  readonly arch: string;
  /** `go1.24.9`, when it is a Go program that says so. */
  readonly go?: string;
  readonly goBuildId?: string;
  /** GNU build id or Mach-O UUID in hex: what profiles call Build ID. */
  readonly buildId?: string;
  readonly main?: { readonly path: string; readonly version?: string };
  readonly modules: readonly GoModule[];
  /** `-trimpath`, `vcs.revision`, `vcs.modified`, … */
  readonly settings: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}
