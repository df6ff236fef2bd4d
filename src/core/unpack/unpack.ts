/** Bundle → Evidence[]: archives opened by content, within limits of depth, size, ratio and number. */
import { maxDepth } from '../limits.ts';
import type { Bundle, Evidence, Refusal } from '../model.ts';
import { allowance, megabytes, newBudget, refuse, spend, type Budget } from './budget.ts';
import { gunzip, unzstd } from './inflate.ts';
import { containerOf, type Container } from './sniff.ts';

export interface Unpacked {
  /** In the order of the archive. */
  readonly evidence: readonly Evidence[];
  readonly refusals: readonly Refusal[];
  /** Bytes that came out of archives. */
  readonly spent: number;
}

/** Never throws. A plain file, packed or not, is one piece of evidence under the bundle's own name. */
export async function unpack(bundle: Bundle, most?: number): Promise<Unpacked> {
  const budget = newBudget(most);
  const before = budget.bytes;
  await open(bundle.name, bundle.bytes, 0, bundle, budget);
  return { evidence: budget.evidence, refusals: budget.refusals, spent: before - budget.bytes };
}

async function open(path: string, bytes: Uint8Array, depth: number, bundle: Bundle, budget: Budget): Promise<void> {
  const container = bundle.pasted === true ? undefined : containerOf(bytes);
  if (container === undefined) {
    const { at, pasted, post, from } = bundle;
    budget.evidence.push({ path, bytes, at, pasted, post, from });
    return;
  }
  if (depth >= maxDepth) {
    refuse(budget, path, `it lies in more than ${maxDepth} archives: unpack it once and send it again`);
    return;
  }
  switch (container) {
    case 'zip':
    case 'tar': {
      // Most files are plain: the libraries for archives are loaded for archives only.
      const membersOf = container === 'zip' ? (await import('./zip.ts')).unzip : (await import('./tar.ts')).untar;
      const told = budget.refusals.length;
      const members = await membersOf(path, bytes, budget);
      if (members.length === 0 && budget.refusals.length === told) refuse(budget, path, 'there is no file in it');
      for (const member of members) await open(`${path}/${member.name}`, member.bytes, depth + 1, bundle, budget);
      return;
    }
    case 'gzip':
    case 'zstd':
      await openStream(path, bytes, container, depth, bundle, budget);
      return;
    default:
      refuse(budget, path, foreign[container]);
  }
}

const foreign: Readonly<Record<Exclude<Container, 'zip' | 'tar' | 'gzip' | 'zstd'>, string>> = {
  xz: 'it is packed with xz, which is not read here: send it as .zip or .gz',
  bzip2: 'it is packed with bzip2, which is not read here: send it as .zip or .gz',
  '7z': 'it is a 7z archive, which is not read here: send it as .zip or .tar.gz',
  rar: 'it is a RAR archive, which is not read here: send it as .zip or .tar.gz',
};

async function openStream(path: string, bytes: Uint8Array, container: 'gzip' | 'zstd', depth: number, bundle: Bundle, budget: Budget): Promise<void> {
  const most = allowance(budget, bytes.length);
  const out = container === 'gzip' ? gunzip(bytes, most) : unzstd(bytes, most);
  if (out.is === 'too large') return refuse(budget, path, `it unpacks to more than ${megabytes(most)}, which is not opened`);
  if (out.is === 'broken') return refuse(budget, path, `it begins like ${container}, but its bytes are damaged: upload it again`);
  if (out.is === 'cut') refuse(budget, path, `the ${container} file ends early: the part before was read`);
  spend(budget, out.bytes.length);
  return open(path, out.bytes, depth + 1, bundle, budget);
}
