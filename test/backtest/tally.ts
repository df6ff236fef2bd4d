/** All rules over a folder of bundles, counted: which rule fired, how sure, on what. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diagnose } from '../../src/core/diagnose.ts';
import type { Bundle, Finding } from '../../src/core/model.ts';
import { shippedLockTable } from '../../src/world/lock-table.ts';

/** Files that are read together: one folder, one archive or one log is one report. */
export interface Group {
  /** Path below the folder that was given. */
  readonly name: string;
  readonly files: readonly string[];
  /** What `truth.json` beside them says; else what the name says. */
  readonly healthy?: boolean;
}

/** One report. */
export interface Tried extends Group {
  readonly findings: readonly Finding[];
  readonly milliseconds: number;
}

const notEvidence = /(?:truth|want|thread|actions|profiles|expected|sums)\.json$|(?:comment|headline)\.md$|\.(?:md|sh|py|go|txt\.golden)$|diag-profile\.txt$/;

export async function bundlesIn(folder: string): Promise<readonly Group[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const groups = new Map<string, string[]>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (notEvidence.test(path)) continue;
    const key = /\.(?:zip|tgz|tar\.gz|log(?:\.gz)?)$/.test(path) ? path : dirname(path);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups]
    .map(([name, files]) => ({ name: name.slice(folder.length + 1) || basename(name), files: files.toSorted(), healthy: healthOf(name) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function healthOf(path: string): boolean | undefined {
  for (const folder of [path, dirname(path), dirname(dirname(path))]) {
    const truth = join(folder, 'truth.json');
    if (!existsSync(truth)) continue;
    const { healthy } = JSON.parse(readFileSync(truth, 'utf8'));
    return healthy === true;
  }
  return /idle|busy|healthy|^servers?\b|caddy|prometheus/.test(path) ? true : undefined;
}

export async function tried(group: Group): Promise<Tried> {
  const bundles: Bundle[] = await Promise.all(group.files.map(async (file) => ({ name: basename(file), bytes: await readFile(file) })));
  const start = performance.now();
  const { report } = await diagnose(bundles, { lockTable: shippedLockTable });
  return { ...group, findings: report.findings, milliseconds: performance.now() - start };
}

/** `lock-held  very likely  3: a, b, c`, by rule and certainty; follow-ups count as `> rule`. */
export function tallied(tries: readonly Tried[]): readonly string[] {
  const counts = new Map<string, string[]>();
  for (const { name, findings } of tries) {
    for (const finding of findings) {
      const known = finding.known === undefined ? '' : `  known ${finding.known.id}`;
      for (const key of [`${finding.rule}  ${finding.certainty}${known}`, ...(finding.follows ?? []).map(({ rule, certainty }) => `> ${rule}  ${certainty}`)]) {
        const of = counts.get(key) ?? [];
        if (!of.includes(name)) of.push(name);
        counts.set(key, of);
      }
    }
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, names]) => `${key}  ${names.length}: ${names.join(', ')}`);
}

/** Healthy ones that are told more than a hint. */
export function loud(tries: readonly Tried[]): readonly string[] {
  return tries.filter(({ healthy, findings }) => healthy === true && findings.some(({ certainty }) => certainty !== 'hint')).map(({ name }) => name);
}
