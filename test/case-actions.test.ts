/** Whole threads through the whole walk: leads, files, report, actions; and a second walk finds nothing left to do. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { complaint } from '../src/core/complaint.ts';
import { diagnose } from '../src/core/diagnose.ts';
import type { Bundle, Lead, Refusal, Thread } from '../src/core/model.ts';
import { investigate } from '../src/investigate.ts';
import { defaultPolicy } from '../src/world/policy.ts';
import { shippedLockTable } from '../src/world/lock-table.ts';

const folder = 'fixtures/cases';
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function attachment(name: string, lead: Lead): Bundle | Refusal {
  if (lead.kind === 'paste') return { name: lead.label, bytes: new TextEncoder().encode(lead.text), pasted: true };
  if (lead.kind !== 'link') return { path: lead.label, reason: 'the upload was never finished' };
  const file = join(folder, name, decodeURIComponent(new URL(lead.url).pathname.split('/').at(-1) ?? ''));
  return existsSync(file) ? { name: file.split('/').at(-1) ?? '', bytes: readFileSync(file) } : { path: lead.url, reason: 'it is not there' };
}

test.each(cases)('%s', async (name) => {
  const thread: Thread = JSON.parse(readFileSync(join(folder, name, 'thread.json'), 'utf8'));
  const { actions, comment } = await investigate(thread, {
    bytesOf: async (lead) => attachment(name, lead),
    threadOf: async () => undefined,
    diagnose: async ({ bundles, thread: about, refusals }) =>
      (await diagnose(bundles, { complaint: complaint(about), refusals, lockTable: shippedLockTable })).report,
    now: '2026-11-23T13:00:00Z',
    policy: { ...defaultPolicy, maxAgeHours: 24 * 365 },
    signer: (state) => state.length.toString(16),
  });
  const text = `${JSON.stringify(
    actions.map(({ kind }) => kind),
    undefined,
    2,
  )}\n`;
  const path = join(folder, name, 'actions.json');
  if (process.env['UPDATE'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
  expect(comment === undefined).toBe(actions.length === 0);
});
