/** The program of a desk command: a file read in ranges, or one inside of an archive or folder, with what lies beside it. */
import { statSync } from 'node:fs';
import { type GoBinary, openBinary } from '../core/artefacts/binary/open-binary.ts';
import { type ByteSource, memorySource } from '../core/artefacts/binary/source.ts';
import type { Evidence } from '../core/model.ts';
import { openFileSource } from './file-source.ts';

export interface Executable {
  /** Path, or archive and path inside it. */
  readonly name: string;
  readonly binary: GoBinary;
  /** The other files of the archive or folder. */
  readonly beside: readonly Evidence[];
  close(): void;
}

/** The program, or a sentence that says why there is none. `arch` chooses the slice of a fat file. */
export async function openExecutable(path: string, arch?: string): Promise<Executable | string> {
  try {
    if (!statSync(path).isDirectory()) {
      const source = openFileSource(path);
      const binary = openBinary(source, path, arch);
      if ('facts' in binary) return { name: path, binary, beside: [], close: source.close };
      const packed = isPacked(source);
      source.close();
      if (!packed) return `${path}: ${binary.reason}`;
    }
    return await inside(path, arch);
  } catch (problem) {
    if (!(problem instanceof Error && 'code' in problem)) throw problem;
    return `${path} cannot be opened (${String(problem.code)})`;
  }
}

/** zip, gzip, zstd, or a tar by its mark. */
function isPacked(source: ByteSource): boolean {
  const head = source.read(0, 262);
  return /^(?:504b0304|1f8b|28b52ffd)/.test(head.toString('hex', 0, 4)) || head.toString('latin1', 257, 262) === 'ustar';
}

async function inside(path: string, arch: string | undefined): Promise<Executable | string> {
  const { readBundles } = await import('./bundles.ts');
  const { unpack } = await import('../core/unpack/unpack.ts');
  const { bundles } = await readBundles([path]);
  const evidence: Evidence[] = [];
  for (const bundle of bundles) evidence.push(...(await unpack(bundle)).evidence);
  const found = evidence.flatMap((piece) => {
    const binary = openBinary(memorySource(piece.bytes), piece.path, arch);
    return 'facts' in binary ? [{ piece, binary }] : [];
  });
  const chosen = found.find(({ binary }) => binary.lines !== undefined) ?? found[0];
  if (chosen === undefined) return `${path}: there is no ELF, Mach-O or PE executable in it`;
  return { name: chosen.piece.path, binary: chosen.binary, beside: evidence.filter((piece) => piece !== chosen.piece), close: () => {} };
}
