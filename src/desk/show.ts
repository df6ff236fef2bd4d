/** Any station of the walk as JSON: what `--show` prints. */
import type { Diagnosis } from '../core/diagnose.ts';

export const stations = ['leads', 'evidence', 'artefacts', 'captures', 'findings', 'actions'] as const;
export type Station = (typeof stations)[number];

/** `leads` and `actions` need a thread: for files there are none. */
export function shown(
  station: Station,
  diagnosis: Diagnosis,
  thread: { readonly leads: unknown; readonly actions: unknown } = { leads: [], actions: [] },
): string {
  return JSON.stringify(value(station, diagnosis, thread), undefined, 2);
}

function value(station: Station, diagnosis: Diagnosis, thread: { readonly leads: unknown; readonly actions: unknown }): unknown {
  switch (station) {
    case 'leads':
      return thread.leads;
    case 'evidence':
      return diagnosis.evidence.map(({ path, bytes, at, pasted }) => ({ path, bytes: bytes.length, at, pasted }));
    case 'artefacts':
      return diagnosis.exhibits.map(({ artefact }) => artefact);
    case 'captures':
      return diagnosis.captures.map(({ files, at, program, disagreements, verdict }) => ({ files, at, program, disagreements, verdict }));
    case 'findings':
      return diagnosis.report.findings;
    case 'actions':
      return thread.actions;
  }
}
