/** Bundle[] → Report: the whole core in one function. */
import { account } from './account.ts';
import { answers, type Other } from './answers.ts';
import { kinds } from './artefacts/index.ts';
import { understand, type Understood } from './artefacts/understand.ts';
import { link } from './link.ts';
import { recognised, rested } from './local.ts';
import type { Bundle, Capture, Complaint, Evidence, ParseHelp, Policy, Post, Questions, Refusal, Report } from './model.ts';
import { judge } from './rules/judge.ts';
import { secretsIn } from './secrets.ts';
import { unpack } from './unpack/unpack.ts';

export interface DiagnoseOptions extends ParseHelp {
  /** What the thread complains about, if there is a thread. */
  readonly complaint?: Complaint;
  /** Refusals from before: links that could not be fetched. */
  readonly refusals?: readonly Refusal[];
  /** Idle shapes and own signatures of the repository. */
  readonly policy?: Pick<Policy, 'idleShapes' | 'signatures'>;
  /** What people asked with `/triage`. */
  readonly questions?: Questions;
  /** Posts of the thread, which may hold secrets as files do. */
  readonly posts?: readonly Pick<Post, 'id' | 'body' | 'own'>[];
  /** Bytes that all bundles together may unpack to; without it each bundle has its own allowance. */
  readonly mostUnpacked?: number;
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
  const official: Evidence[] = [];
  const refusals: Refusal[] = [...(options.refusals ?? [])];
  let left = options.mostUnpacked;
  for (const bundle of bundles.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    if (bundle.official === true) {
      official.push(...(await unpack(bundle)).evidence.filter(({ path }) => /\/ipfs(?:\.exe)?$/.test(path)));
      continue;
    }
    const unpacked = await unpack(bundle, left);
    if (left !== undefined) left -= unpacked.spent;
    evidence.push(...unpacked.evidence);
    refusals.push(...unpacked.refusals);
  }
  const others: Other[] = [];
  for (const { asked, bundles: theirs } of options.questions?.compare ?? []) {
    const files: Evidence[] = [];
    for (const bundle of theirs) {
      const unpacked = await unpack(bundle, left);
      if (left !== undefined) left -= unpacked.spent;
      files.push(...unpacked.evidence);
    }
    // The captures of a thread or file that this one is compared with.
    others.push({ asked, captures: link(understand(files, helpOf(options)).exhibits) });
  }
  const understood = understand(evidence, helpOf(options), options.onFile);
  const { policy = { idleShapes: [], signatures: [] }, questions } = options;
  const captures = rested(link(understood.exhibits, official), policy);
  const judged = recognised(judge(captures, options.complaint), captures, policy);
  const report: Report = {
    ...account({ captures, judged, inventory: understood.inventory, refusals: [...refusals, ...understood.refusals] }),
    ...only('secrets', secretsIn(evidence, options.posts ?? [])),
    ...only('answers', questions === undefined ? [] : answers(captures, questions, others)),
  };
  return { ...understood, evidence, captures, report };
}

function helpOf({ source, readGo, lockTable, release }: DiagnoseOptions): ParseHelp {
  return { source, readGo, lockTable, release };
}

/** A list that is left out when it is empty. */
function only<K extends string, T>(name: K, list: readonly T[]): { readonly [name in K]?: readonly T[] } {
  return list.length === 0 ? {} : ({ [name]: list } as { readonly [name in K]?: readonly T[] });
}

/** Names of the kinds that are read, for help texts. */
export const readKinds: readonly string[] = kinds.map((kind) => kind.name);
