/** Source from GitHub at the tag or commit that a dump names: the folders that would settle a lock, within a budget, kept for the next time. */
import { sourceWishes } from '../core/source-wishes.ts';
import type { Report, SourceFile, SourceFolder, SourceWish } from '../core/model.ts';
import type { Case } from '../investigate.ts';
import type { Client } from './github/read-thread.ts';

/** A package of kubo or libp2p has up to 40 files; these are more than enough for three. */
const maxFiles = 100;
const maxBytes = 3_000_000;
const maxFileBytes = 500_000;
/** All requests together. */
const milliseconds = 20_000;
/** Folders kept in memory. A tag does not change. */
const maxKept = 50;

const kept = new Map<string, readonly SourceFile[]>();

/** Folders that could be read whole; never throws: without source the dump stands alone. */
export async function fetchSource(wishes: readonly SourceWish[], client: Pick<Client, 'request'>): Promise<readonly SourceFolder[]> {
  const budget: Budget = { files: maxFiles, bytes: maxBytes, signal: AbortSignal.timeout(milliseconds) };
  const folders: SourceFolder[] = [];
  for (const wish of wishes) {
    const key = `${wish.owner}/${wish.repo}@${wish.ref}/${wish.folder}`;
    const files = kept.get(key) ?? (await filesOf(wish, client, budget).catch(() => undefined));
    if (files === undefined || files.length === 0) continue;
    kept.delete(key);
    kept.set(key, files);
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    folders.push({ printed: wish.printed, files });
  }
  return folders;
}

interface Budget {
  files: number;
  bytes: number;
  readonly signal: AbortSignal;
}

/** Undefined when the folder is too large for what is left: half a package names locks wrongly. */
async function filesOf({ owner, repo, ref, folder }: SourceWish, client: Pick<Client, 'request'>, budget: Budget): Promise<readonly SourceFile[] | undefined> {
  const { signal } = budget;
  const { data } = await client.request('GET /repos/{owner}/{repo}/contents/{path}', { owner, repo, path: folder, ref, request: { signal } });
  if (!Array.isArray(data)) return undefined;
  const wanted = data.filter(({ type, name, size }) => type === 'file' && name.endsWith('.go') && !name.endsWith('_test.go') && size <= maxFileBytes);
  const size = wanted.reduce((sum, one) => sum + one.size, 0);
  if (wanted.length > budget.files || size > budget.bytes) return undefined;
  budget.files -= wanted.length;
  budget.bytes -= size;
  const files: SourceFile[] = [];
  for (const { name, sha } of wanted) {
    const blob = await client.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { owner, repo, file_sha: sha, request: { signal } });
    files.push({ name, text: Buffer.from(blob.data.content, 'base64').toString('utf8') });
  }
  return files;
}

/** A diagnosis that is made once more where source from GitHub can name a lock that nothing else does. */
export function withSource(diagnose: (given: Case) => Promise<Report>, client: Pick<Client, 'request'>): (given: Case) => Promise<Report> {
  return async (given) => {
    const first = await diagnose(given);
    const wishes = sourceWishes(first);
    const sources = wishes.length === 0 ? [] : await fetchSource(wishes, client);
    return sources.length === 0 ? first : diagnose({ ...given, sources });
  };
}
