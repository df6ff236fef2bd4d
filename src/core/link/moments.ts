/** Exhibit[] → piles: what was taken of one process at one time, told by post, folder, file name and the profiles' own clocks. */
import type { Exhibit } from '../artefacts/understand.ts';
import type { Artefact } from '../model.ts';

/** What only says which program it is: true for every capture of the process. */
const abouts: ReadonlySet<Artefact['kind']> = new Set(['version', 'config', 'sysinfo', 'log', 'binary']);

/** One set of files is made within minutes; profiles further apart are two times (ms). */
const maxSpread = 30 * 60_000;

/**
 * A second artefact of the same kind starts a pile of its own: two dumps are two times. Which files belong to the
 * second one is told by what their names add (`.2`, `after`, a host), else by their order.
 */
export function moments(exhibits: readonly Exhibit[]): readonly (readonly Exhibit[])[] {
  const piles: Exhibit[][] = [];
  const shared: Exhibit[] = [];
  for (const members of placesOf(exhibits)) {
    const own = members.filter(({ artefact }) => abouts.has(artefact.kind));
    const substance = members.filter(({ artefact }) => !abouts.has(artefact.kind));
    if (substance.some(({ artefact }) => slotOf(artefact) !== artefact.file)) piles.push(...split(substance).map((pile) => [...pile, ...own]));
    else shared.push(...members);
  }
  if (piles.length === 0) return shared.length === 0 ? [] : [shared];
  return piles.map((members, at) => [
    ...members,
    ...shared.filter((extra) => (abouts.has(extra.artefact.kind) ? belongs(members, extra) : at === nearest(piles, extra))),
  ]);
}

/** Files of one folder of one archive; loose files of one post together, whether or not each was packed alone. */
function placesOf(exhibits: readonly Exhibit[]): readonly (readonly Exhibit[])[] {
  return [...Map.groupBy(exhibits, ({ evidence }) => evidence.post)].flatMap(([, ofPost]) => {
    const loose: Exhibit[] = [];
    const folders: Exhibit[][] = [];
    for (const [folder, members] of Map.groupBy(ofPost, ({ evidence }) => folderOf(evidence.path))) {
      const alone = new Set(members.map(({ evidence }) => evidence.path)).size === 1;
      if (folder === '' || alone) loose.push(...members);
      else folders.push(members);
    }
    // `ipfs diag profile` packs neither vars nor sysinfo: beside one archive they are of the same time.
    const [only, ...others] = folders;
    if (only !== undefined && others.length === 0 && complete(only, loose)) return [[...only, ...loose]];
    return [...folders, loose].filter((members) => members.length > 0);
  });
}

/** Whether loose files are only such as the archive has none of, by its clock. */
function complete(archive: readonly Exhibit[], loose: readonly Exhibit[]): boolean {
  const slots = new Set(archive.map(({ artefact }) => slotOf(artefact)));
  const clock = clockOf([...archive, ...loose]);
  return loose.every((member) => !slots.has(slotOf(member.artefact)) && !isCrash(member) && clock(member) === 0);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** An `about` of elsewhere joins only where nothing of its kind is, where it names no other version, and where the same person sent it. */
function belongs(members: readonly Exhibit[], { artefact, evidence }: Exhibit): boolean {
  if (members.some((member) => member.artefact.kind === artefact.kind)) return false;
  if (members.some((member) => member.evidence.from !== evidence.from)) return false;
  const theirs = members.map((member) => versionOf(member.artefact)).find((version) => version !== undefined);
  const its = versionOf(artefact);
  return theirs === undefined || its === undefined || theirs === its;
}

/** Pictures and the like go where the person's first files are. */
function nearest(piles: readonly (readonly Exhibit[])[], { evidence }: Exhibit): number {
  return Math.max(
    0,
    piles.findIndex((members) => members.some((member) => member.evidence.from === evidence.from)),
  );
}

function versionOf(artefact: Artefact): string | undefined {
  if (artefact.kind === 'version' || artefact.kind === 'log') return artefact.version;
  return artefact.kind === 'sysinfo' ? artefact.ipfsVersion : undefined;
}

/** One pile while it grows. */
interface Pile {
  readonly members: Exhibit[];
  readonly slots: Set<string>;
  /** A crash is the process's end: nothing else was taken then. */
  readonly closed: boolean;
}

function split(members: readonly Exhibit[]): readonly (readonly Exhibit[])[] {
  const clock = clockOf(members);
  const sorted = members.toSorted((a, b) => Number(isCrash(a)) - Number(isCrash(b)) || byText(a.evidence.path, b.evidence.path));
  const named = Map.groupBy(sorted, (member) => `${clock(member)}\0${mark(member.evidence.path)}`);
  const piles: Pile[] = [];
  for (const [, group] of [...named].toSorted(([a], [b]) => byText(a, b))) {
    // Slots that this group fills more than once: the nth of a slot is of the nth time.
    const filled = new Map<string, number>();
    const rounds: Exhibit[][] = [];
    for (const member of group) {
      const slot = slotOf(member.artefact);
      const nth = filled.get(slot) ?? 0;
      filled.set(slot, nth + 1);
      (rounds[nth] ??= []).push(member);
    }
    const time = group[0] === undefined ? 0 : clock(group[0]);
    for (const round of rounds) place(piles, round, time === 0);
  }
  return piles.map((pile) => pile.members);
}

/** Into the first pile that has none of these kinds yet; times that profiles tell apart never share a pile. */
function place(piles: Pile[], round: readonly Exhibit[], mayJoin: boolean): void {
  const slots = round.map(({ artefact }) => slotOf(artefact));
  const free = mayJoin ? piles.find((pile) => !pile.closed && !slots.some((slot) => pile.slots.has(slot))) : undefined;
  const pile = free ?? { members: [], slots: new Set(), closed: piles.length > 0 && round.every(isCrash) };
  pile.members.push(...round);
  for (const slot of slots) pile.slots.add(slot);
  if (free === undefined) piles.push(pile);
}

function isCrash({ artefact }: Exhibit): boolean {
  return artefact.kind === 'goroutine dump' && artefact.dialect === 'crash';
}

/** debug=1, protobuf and debug=2 of one time live side by side; what is only named never crowds out anything. */
function slotOf(artefact: Artefact): string {
  if (artefact.kind === 'goroutine dump') return artefact.dialect === 'debug=1' || artefact.dialect === 'protobuf' ? artefact.dialect : 'dump';
  if (['image', 'html page', 'empty', 'unknown', 'execution trace'].includes(artefact.kind)) return artefact.file;
  return artefact.kind;
}

/** Number of the time that a profile's own clock puts a file into, 0 for the first and for files without a clock. */
function clockOf(members: readonly Exhibit[]): (member: Exhibit) => number {
  const atOf = ({ artefact }: Exhibit): number => ('sampleType' in artefact && artefact.at !== undefined ? Date.parse(artefact.at) : Number.NaN);
  const times = members
    .map(atOf)
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  const starts = times.filter((time, at) => at === 0 || time - (times[at - 1] ?? time) > maxSpread);
  return (member) => {
    const at = atOf(member);
    return Number.isNaN(at)
      ? 0
      : Math.max(
          0,
          starts.findLastIndex((start) => start <= at),
        );
  };
}

/** Words that say what a file is, not which time or node it is of. */
const kindWords =
  /^(?:go|ipfs|kubo|goroutines?|stacks?|stacktraces?|threads?|dumps?|full|heap|mem|memory|cpu|cpuprof|prof|profiles?|pprof|proto|raw|allocs?|inuse|alloc|objects|space|samples|mutex|block|contention|vars|sysinfo|diag|sys|debug|info|logs?|out|output|err|stderr|txt|text|json|pb|gz|zip|tar|tgz|bin|version|versions|config|daemon|pasted|in|the|issue|comment|trace|threadcreate)$/;

/** What a name adds to its kind: `2` of `ipfs.stacks.2`, `gateway` of `gateway-heap.pprof`, '' of `ipfs.heap`. Numbers sort as numbers. */
function mark(path: string): string {
  return path
    .toLowerCase()
    .split(/[^a-z0-9]+|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])/)
    .filter((word) => word !== '' && !kindWords.test(word))
    .map((word) => (/^\d+$/.test(word) ? word.padStart(16, '0') : word))
    .join(' ');
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
