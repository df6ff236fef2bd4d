/** Files of a tar; links and devices are named and not followed. */
import { extract } from 'tar-stream';
import { admit, refuse, spend, type Budget } from './budget.ts';
import { nameOf, type Member } from './zip.ts';

/** Members in file order; a cut archive keeps the files before the cut. */
export async function untar(path: string, bytes: Uint8Array, budget: Budget): Promise<readonly Member[]> {
  const members: Member[] = [];
  const reader = extract();
  reader.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    for await (const entry of reader) {
      const { header } = entry;
      const name = nameOf(new TextEncoder().encode(header.name));
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      if (header.type === 'directory') continue;
      if (!admit(budget, path)) break;
      if (header.type !== 'file' && header.type !== 'contiguous-file') {
        refuse(budget, `${path}/${name}`, `it is a ${header.type ?? 'special file'} and was not followed`);
        continue;
      }
      const whole = Buffer.concat(chunks);
      if (whole.length > budget.bytes) {
        refuse(budget, `${path}/${name}`, 'the archive holds more than is unpacked: send this file alone');
        continue;
      }
      spend(budget, whole.length);
      members.push({ name, bytes: whole });
    }
  } catch {
    refuse(
      budget,
      path,
      members.length === 0 ? 'it looks like a tar archive, but cannot be read' : `the tar archive is cut: ${members.length} of its files were read`,
    );
  }
  return members;
}
