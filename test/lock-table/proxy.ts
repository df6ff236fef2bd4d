/** The Go module proxy: go.mod files and archives of module versions, kept in a folder so that a stopped run goes on where it was. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** First proxy of GOPROXY; `off` and `direct` are no proxies. */
export function proxyAddress(): string {
  const [first] = (process.env['GOPROXY'] ?? '').split(/[,|]/).filter((one) => /^https?:/.test(one));
  return (first ?? 'https://proxy.golang.org').replace(/\/$/, '');
}

/** Upper case letters are written as `!` and the small one (golang.org/x/mod/module.EscapePath). */
export function escaped(path: string): string {
  return path.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

export interface ModuleVersion {
  readonly module: string;
  readonly version: string;
}

/** Bytes of a file of the proxy, from the folder when it is there; undefined when the proxy does not have it. */
async function file(folder: string, path: string): Promise<Buffer | undefined> {
  const local = join(folder, path);
  const known = await readFile(local).catch(() => undefined);
  if (known !== undefined) return known.length === 0 ? undefined : known;
  for (let attempt = 0; ; attempt += 1) {
    const bytes = await fetched(`${proxyAddress()}/${path}`).catch((problem: unknown) => {
      if (attempt >= 4) throw problem;
      return 'again' as const;
    });
    if (bytes === 'again') {
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
      continue;
    }
    await keep(local, bytes ?? new Uint8Array(0));
    return bytes;
  }
}

/** Written under another name first, so that a stopped run leaves no half of a file. */
export async function keep(local: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(local), { recursive: true });
  await writeFile(`${local}.part`, bytes);
  await rename(`${local}.part`, local);
}

async function fetched(address: string): Promise<Buffer | undefined> {
  const answer = await fetch(address);
  if (answer.ok) return Buffer.from(await answer.arrayBuffer());
  await answer.body?.cancel();
  // 403 and 410: the proxy says that it will never have it.
  if (answer.status === 404 || answer.status === 410 || answer.status === 403) return undefined;
  throw new Error(`${address}: ${answer.status}`);
}

/** The go.mod file of a module version. */
export async function goMod(folder: string, { module, version }: ModuleVersion): Promise<string | undefined> {
  const bytes = await file(folder, `${escaped(module)}/@v/${escaped(version)}.mod`);
  return bytes?.toString('utf8');
}

/** The archive of a module version. */
export function archive(folder: string, { module, version }: ModuleVersion): Promise<Buffer | undefined> {
  return file(folder, `${escaped(module)}/@v/${escaped(version)}.zip`);
}

/** Versions of a module that the proxy lists. */
export async function versionsOf(folder: string, module: string): Promise<readonly string[]> {
  const bytes = await file(folder, `${escaped(module)}/@v/list`);
  return (bytes?.toString('utf8') ?? '').split('\n').filter((line) => line !== '');
}

/** Some bytes of a large archive: `from` negative counts from its end. */
export async function archiveRange(
  { module, version }: ModuleVersion,
  from: number,
  to: number | undefined,
): Promise<{ readonly bytes: Buffer; readonly total: number }> {
  const address = `${proxyAddress()}/${escaped(module)}/@v/${escaped(version)}.zip`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch(address, { headers: { range: from < 0 ? `bytes=${from}` : `bytes=${from}-${(to ?? 0) - 1}` } });
      if (answer.status !== 206) throw new Error(`${address}: ${answer.status}`);
      const total = Number(/\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1]);
      return { bytes: Buffer.from(await answer.arrayBuffer()), total };
    } catch (problem) {
      if (attempt >= 4) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
    }
  }
}
