/** Whole threads: issue and attachments in, facts and comment out. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { complaint } from '../src/core/complaint.ts';
import { diagnose } from '../src/core/diagnose.ts';
import type { Bundle, Thread } from '../src/core/model.ts';
import { renderComment } from '../src/core/report/markdown.ts';
import { shippedLockTable } from '../src/world/lock-table.ts';

const folder = 'fixtures/cases';
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const update = process.env['UPDATE'] === '1';

interface WantedFinding {
  readonly rule: string;
  readonly certainty: readonly string[];
  readonly goroutine?: number;
  readonly known?: string;
  /** Anything else is a fact of the finding. */
  readonly [fact: string]: unknown;
}

interface Wanted {
  readonly story: string;
  readonly comment: boolean;
  /** Those above a hint, in order. */
  readonly findings: readonly WantedFinding[];
  readonly headline?: string;
  readonly gaps?: readonly string[];
  readonly command?: string;
}

/** Files of the case that a post links to. */
function attachments(name: string, thread: Thread): readonly Bundle[] {
  const links = thread.posts.flatMap(({ body }) =>
    [...body.matchAll(/\]\((https:\/\/github\.com\/(?:[\w-]+\/){2}files\/[^)]+|https:\/\/github\.com\/user-attachments\/files\/[^)]+)\)/g)].map((hit) =>
      decodeURIComponent(new URL(hit[1] ?? '').pathname.split('/').at(-1) ?? ''),
    ),
  );
  return links
    .map((file) => join(folder, name, file))
    .filter((path) => existsSync(path))
    .map((path) => ({ name: path.split('/').at(-1) ?? '', bytes: readFileSync(path) }));
}

test('there are enough cases', () => expect(cases.length).toBeGreaterThanOrEqual(8));

describe.each(cases)('%s', (name) => {
  const thread: Thread = JSON.parse(readFileSync(join(folder, name, 'thread.json'), 'utf8'));
  const wanted: Wanted = JSON.parse(readFileSync(join(folder, name, 'want.json'), 'utf8'));

  test('says what it should', async () => {
    const { report } = await diagnose(attachments(name, thread), { complaint: complaint(thread), lockTable: shippedLockTable });
    const comment = renderComment(report);
    const sure = report.findings.filter(({ certainty }) => certainty !== 'hint');
    expect(sure.map(({ rule }) => rule)).toEqual(wanted.findings.map(({ rule }) => rule));
    for (const [at, { rule, certainty, goroutine, known, ...facts }] of wanted.findings.entries()) {
      const finding = sure[at];
      expect(finding?.rule).toBe(rule);
      expect(certainty).toContain(finding?.certainty);
      if (goroutine !== undefined) expect(finding?.goroutines[0]).toBe(goroutine);
      if (known !== undefined) expect(finding?.known?.id).toBe(known);
      expect(finding?.facts).toMatchObject(facts);
      expect(finding?.next.length).toBeGreaterThan(0);
      expect(existsSync(finding?.page ?? '')).toBe(true);
    }
    if (wanted.headline !== undefined) expect(report.headline).toBe(wanted.headline);
    if (wanted.gaps !== undefined) expect(report.gaps.map(({ need }) => need)).toEqual(wanted.gaps);
    if (wanted.command !== undefined) expect(report.gaps[0]?.command).toContain(wanted.command);
    expect(comment !== undefined).toBe(wanted.comment);
    golden(join(folder, name, 'comment.md'), comment === undefined ? undefined : `${comment}\n`);
  });
});

function golden(path: string, text: string | undefined): void {
  if (update && text !== undefined) writeFileSync(path, text);
  else expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : undefined);
}
