/** The binary of a capture proved against its dumps and profiles, and used only when it is the exact one. */
import type { Exhibit } from '../artefacts/understand.ts';
import type { Artefact, ReportBinary } from '../model.ts';

export interface WithBinary {
  readonly artefacts: readonly Artefact[];
  readonly verdict?: ReportBinary;
}

export function withBinary(exhibits: readonly Exhibit[]): WithBinary {
  return { artefacts: exhibits.map(({ artefact }) => artefact) };
}
