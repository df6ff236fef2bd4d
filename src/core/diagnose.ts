/** Bundle[] → Report: the whole core in one function. */
import { account } from './account.ts';
import { kinds } from './artefacts/index.ts';
import { understand, type Understood } from './artefacts/understand.ts';
import { link } from './link.ts';
import type { Bundle, Capture, Complaint, Evidence, ParseHelp, Refusal, Report } from './model.ts';
import { judge } from './rules/judge.ts';
import { unpack } from './unpack/unpack.ts';

export interface DiagnoseOptions extends ParseHelp {
  /** What the thread complains about, if there is a thread. */
  readonly complaint?: Complaint;
  /** Refusals from before: links that could not be fetched. */
  readonly refusals?: readonly Refusal[];
  /** Told the name of each file before it is read. */
  readonly onFile?: (path: string) => void;
}

/** Every station of the core, so that any can be printed. */
export interface Diagnosis extends Understood {
  readonly evidence: readonly Evidence[];
  readonly captures: readonly Capture[];
  readonly report: Report;
}

/** Never throws on any bytes. The order of bundles does not matter. */
export async function diagnose(bundles: readonly Bundle[], options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const evidence: Evidence[] = [];
  const refusals: Refusal[] = [...(options.refusals ?? [])];
  for (const bundle of bundles.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const unpacked = await unpack(bundle);
    evidence.push(...unpacked.evidence);
    refusals.push(...unpacked.refusals);
  }
  const understood = understand(evidence, { source: options.source }, options.onFile);
  const captures = link(understood.exhibits);
  const judged = judge(captures, options.complaint);
  const report = account({ captures, judged, inventory: understood.inventory, refusals: [...refusals, ...understood.refusals] });
  return { ...understood, evidence, captures, report };
}

/** Names of the kinds that are read, for help texts. */
export const readKinds: readonly string[] = kinds.map((kind) => kind.name);
