/** The child process in which strangers' bytes are read: no token, no environment, no files but our own code, no network code. */
import process from 'node:process';
import { complaint } from '../core/complaint.ts';
import { diagnose } from '../core/diagnose.ts';
import type { Bundle, Refusal, Thread } from '../core/model.ts';

/** First line of the input; the bytes of the bundles follow in order. */
export interface SandboxHeader {
  readonly bundles: readonly (Omit<Bundle, 'bytes'> & { readonly size: number })[];
  readonly thread: Thread;
  readonly refusals: readonly Refusal[];
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
const input = Buffer.concat(chunks);
const end = input.indexOf(0x0a);
const header: SandboxHeader = JSON.parse(input.subarray(0, end).toString('utf8'));
let at = end + 1;
const bundles = header.bundles.map(({ size, ...about }): Bundle => {
  const bytes = new Uint8Array(input.subarray(at, at + size));
  at += size;
  return { ...about, bytes };
});
const { report } = await diagnose(bundles, { complaint: complaint(header.thread), refusals: header.refusals });
process.stdout.write(JSON.stringify(report));
