/** Artefact[] → Capture[]: what belongs to one process at one time stays together; two times or two nodes never mix. */
import type { Exhibit } from './artefacts/understand.ts';
import { gatherFacts } from './link/facts.ts';
import { linksOf } from './link/source-links.ts';
import { useBinary } from './link/use-binary.ts';
import type { Artefact, Capture } from './model.ts';

/** Captures in the order in which their first file was sent. */
export function link(exhibits: readonly Exhibit[]): readonly Capture[] {
  const piles = pile(exhibits);
  return piles.map((exhibitsOfOne) => {
    const enriched = useBinary(exhibitsOfOne);
    const facts = gatherFacts(enriched.artefacts);
    const capture = { ...facts, verdict: enriched.verdict };
    return { ...capture, links: linksOf(capture) };
  });
}

/** Things that say which program it is and are true for every capture of the process. */
const abouts: ReadonlySet<Artefact['kind']> = new Set(['version', 'config', 'sysinfo', 'log', 'binary']);

/**
 * A pile is one folder of one archive, or all loose files together. A second artefact of the same kind starts a pile
 * of its own: two dumps are two times. What only says which program it is goes to every pile that has none of its kind.
 */
function pile(exhibits: readonly Exhibit[]): readonly (readonly Exhibit[])[] {
  const containers = new Map<string, Exhibit[]>();
  for (const exhibit of exhibits) {
    const folder = folderOf(exhibit.evidence.path);
    containers.set(folder, [...(containers.get(folder) ?? []), exhibit]);
  }
  const piles: Exhibit[][] = [];
  const shared: Exhibit[] = [];
  for (const members of containers.values()) {
    const substance = members.filter(({ artefact }) => !abouts.has(artefact.kind));
    if (substance.length === 0) shared.push(...members);
    else piles.push(...split(members));
  }
  if (piles.length === 0) return shared.length === 0 ? [] : [shared];
  return piles.map((members) => [...members, ...shared.filter((extra) => belongs(members, extra))]);
}

/** An `about` of elsewhere joins only where nothing of its kind is, and where it names no other version. */
function belongs(members: readonly Exhibit[], { artefact }: Exhibit): boolean {
  if (members.some((member) => member.artefact.kind === artefact.kind)) return false;
  const theirs = members.map((member) => versionOf(member.artefact)).find((version) => version !== undefined);
  const its = versionOf(artefact);
  return theirs === undefined || its === undefined || theirs === its;
}

function versionOf(artefact: Artefact): string | undefined {
  return artefact.kind === 'version'
    ? artefact.version
    : artefact.kind === 'sysinfo'
      ? artefact.ipfsVersion
      : artefact.kind === 'log'
        ? artefact.version
        : undefined;
}

/** Splits one container by time: the nth artefact of a slot goes to the nth pile. */
function split(members: readonly Exhibit[]): Exhibit[][] {
  const piles: Exhibit[][] = [[]];
  const used = new Map<string, number>();
  for (const member of members.toSorted(byPath)) {
    if (abouts.has(member.artefact.kind)) continue;
    const slot = slotOf(member.artefact);
    const nth = used.get(slot) ?? 0;
    used.set(slot, nth + 1);
    (piles[nth] ??= []).push(member);
  }
  const own = members.filter(({ artefact }) => abouts.has(artefact.kind));
  return piles.map((files) => [...files, ...own]);
}

/** debug=1 and debug=2 of one time live side by side; everything else unnamed never crowds out anything. */
function slotOf(artefact: Artefact): string {
  if (artefact.kind === 'goroutine dump') return artefact.dialect === 'debug=1' ? 'debug=1' : 'dump';
  if (['image', 'html page', 'empty', 'unknown', 'execution trace'].includes(artefact.kind)) return artefact.file;
  return artefact.kind;
}

/** `ipfs.stacks` before `ipfs.stacks.2`: shorter names first among those that begin alike, then by name. */
function byPath(a: Exhibit, b: Exhibit): number {
  const [x, y] = [a.evidence.path.replace(/\.gz$/, ''), b.evidence.path.replace(/\.gz$/, '')];
  return x < y ? -1 : x > y ? 1 : 0;
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
