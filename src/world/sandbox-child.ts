/** The child process in which strangers' bytes are read: no token, no environment, no files but our own code, no network code. */
import process from 'node:process';
import { complaint } from '../core/complaint.ts';
import { diagnose } from '../core/diagnose.ts';
import { maxThreadUnpackedBytes } from '../core/limits.ts';
import type { Bundle, Policy, Refusal, SourceFolder, Thread } from '../core/model.ts';
import { goGrammar } from './go-grammar.ts';
import { shippedLockTable } from './lock-table.ts';
import { sourceFrom } from './source.ts';

type Sized = Omit<Bundle, 'bytes'> & { readonly size: number };

/** First line of the input; the bytes of the bundles follow in order, those to compare with last. */
export interface SandboxHeader {
  readonly thread: Thread;
  readonly policy: Policy;
  readonly sources?: readonly SourceFolder[];
  readonly refusals: readonly Refusal[];
  readonly bundles: readonly Sized[];
  readonly questions: {
    readonly explain: readonly number[];
    readonly help: boolean;
    readonly compare: readonly { readonly asked: string; readonly bundles: readonly Sized[] }[];
  };
}

const source = process.stdin[Symbol.asyncIterator]();
/** What was read beyond the last piece that was asked for. */
let rest: Buffer = Buffer.alloc(0);

async function more(): Promise<boolean> {
  const { value, done } = await source.next();
  if (done === true) return false;
  rest = rest.length === 0 ? Buffer.from(value) : Buffer.concat([rest, Buffer.from(value)]);
  return true;
}

async function line(): Promise<string> {
  while (!rest.includes(0x0a)) if (!(await more())) break;
  const end = rest.indexOf(0x0a);
  const text = rest.subarray(0, end).toString('utf8');
  rest = rest.subarray(end + 1);
  return text;
}

/** Filled in place: a second copy of a large bundle would count against our own limit. */
async function take({ size, ...about }: Sized): Promise<Bundle> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    if (rest.length === 0 && !(await more())) break;
    const part = rest.subarray(0, size - at);
    bytes.set(part, at);
    at += part.length;
    rest = rest.subarray(part.length);
  }
  return { ...about, bytes };
}

async function takeAll(sized: readonly Sized[]): Promise<readonly Bundle[]> {
  const bundles: Bundle[] = [];
  for (const one of sized) bundles.push(await take(one));
  return bundles;
}

const header: SandboxHeader = JSON.parse(await line());
const bundles = await takeAll(header.bundles);
const compare: { asked: string; bundles: readonly Bundle[] }[] = [];
for (const { asked, bundles: sized } of header.questions.compare) compare.push({ asked, bundles: await takeAll(sized) });
const { report } = await diagnose(bundles, {
  complaint: complaint(header.thread),
  refusals: header.refusals,
  policy: header.policy,
  posts: header.thread.posts,
  questions: { ...header.questions, compare },
  mostUnpacked: maxThreadUnpackedBytes,
  lockTable: shippedLockTable,
  ...(header.sources === undefined ? {} : { source: sourceFrom(header.sources), readGo: await goGrammar() }),
});
process.stdout.write(JSON.stringify(report));
