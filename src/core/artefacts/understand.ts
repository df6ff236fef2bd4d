/** Evidence[] → artefacts, inventory and refusals: each file is asked of every kind, by content, until one says "mine". */
import type { Artefact, ArtefactKind, Evidence, InventoryItem, ParseHelp, Refusal } from '../model.ts';
import { dumpOfProfile } from './goroutine-profile.ts';
import { kinds } from './index.ts';
import { logKind } from './log.ts';
import { versionKind } from './version.ts';

/** An artefact with the evidence that it came from. */
export interface Exhibit {
  readonly evidence: Evidence;
  readonly artefact: Artefact;
}

export interface Understood {
  readonly exhibits: readonly Exhibit[];
  readonly inventory: readonly InventoryItem[];
  readonly refusals: readonly Refusal[];
}

/** Never throws: a kind that fails on some bytes refuses them. */
export function understand(evidence: readonly Evidence[], help: ParseHelp, onFile: (path: string) => void = () => {}): Understood {
  const exhibits: Exhibit[] = [];
  const inventory: InventoryItem[] = [];
  const refusals: Refusal[] = [];
  const release = help.release ?? releaseIn(evidence);
  for (const piece of evidence) {
    onFile(piece.path);
    const { artefacts, item, refusal } = look(piece, { ...help, release });
    for (const artefact of artefacts) exhibits.push({ evidence: piece, artefact });
    inventory.push(item);
    if (refusal !== undefined) refusals.push(refusal);
  }
  return { exhibits, inventory, refusals };
}

/** What a version file beside the dumps says; undefined when several say different things. */
function releaseIn(evidence: readonly Evidence[]): string | undefined {
  const said = new Set<string>();
  for (const piece of evidence) {
    const answer = versionKind.recognise(piece, {});
    if (answer.is === 'fine') for (const { version } of answer.artefacts) if (version !== undefined) said.add(version);
  }
  const [only] = said;
  return said.size === 1 ? only : undefined;
}

interface Look {
  readonly artefacts: readonly Artefact[];
  readonly item: InventoryItem;
  readonly refusal?: Refusal;
}

function look(piece: Evidence, help: ParseHelp): Look {
  const about = { path: piece.path, bytes: piece.bytes.length };
  for (const kind of kinds) {
    const answer = kind.recognise(piece, help);
    if (answer.is === 'not mine') continue;
    if (answer.is === 'broken') {
      return { artefacts: [], item: { ...about, kind: inventoryKind(answer.kind), note: answer.reason }, refusal: { path: piece.path, reason: answer.reason } };
    }
    const [first] = answer.artefacts;
    if (first === undefined) continue;
    return {
      artefacts: [...answer.artefacts, ...banner(piece, first, help), ...counted(piece, first)],
      item: { ...about, kind: inventoryKind(first.kind), note: noteOf(answer.artefacts) },
    };
  }
  const reason = 'it is nothing that we read: no goroutine dump, profile, vars, sysinfo, version, config or binary';
  return {
    artefacts: [{ kind: 'unknown', file: piece.path }],
    item: { ...about, kind: 'unknown', note: reason },
    refusal: piece.pasted === true ? undefined : { path: piece.path, reason },
  };
}

/** A dump at the end of a log still has the daemon's banner before it, which says version and system. */
function banner(piece: Evidence, first: Artefact, help: ParseHelp): readonly Artefact[] {
  if (first.kind !== 'goroutine dump' || first.dialect !== 'crash') return [];
  const log = logKind.recognise(piece, help);
  return log.is === 'fine' ? log.artefacts : [];
}

/** A goroutine profile is a dump without ids as well. */
function counted(piece: Evidence, first: Artefact): readonly Artefact[] {
  const dump = first.kind === 'goroutine profile' ? dumpOfProfile(piece.path, piece.bytes) : undefined;
  return dump === undefined ? [] : [dump];
}

const inventoryKinds: ReadonlySet<string> = new Set<ArtefactKind>([
  'goroutine dump',
  'cpu profile',
  'heap profile',
  'allocs profile',
  'mutex profile',
  'block profile',
  'goroutine profile',
  'threadcreate profile',
  'execution trace',
  'vars',
  'sysinfo',
  'version',
  'config',
  'log',
  'binary',
  'image',
  'html page',
  'empty',
  'unknown',
]);

function inventoryKind(kind: string): ArtefactKind {
  return isKind(kind) ? kind : 'unknown';
}

function isKind(kind: string): kind is ArtefactKind {
  return inventoryKinds.has(kind);
}

function noteOf(artefacts: readonly Artefact[]): string | undefined {
  const notes = artefacts.flatMap((artefact) => {
    switch (artefact.kind) {
      case 'goroutine dump':
        return [`${artefact.count} goroutines`, ...artefact.notes];
      case 'binary':
        return [[artefact.main?.path, artefact.go, `${artefact.os}/${artefact.arch}`].filter((part) => part !== undefined).join(', '), ...artefact.notes];
      case 'log':
        return artefact.notable;
      case 'execution trace':
      case 'image':
      case 'html page':
      case 'empty':
        return artefact.note === undefined ? [] : [artefact.note];
      case 'unknown':
        return 'note' in artefact && artefact.note !== undefined ? [artefact.note] : [];
      case 'vars':
      case 'sysinfo':
      case 'version':
      case 'config':
        return [];
      default:
        return [...(artefact.seconds === undefined ? [] : [`${Number(artefact.seconds.toFixed(1))} s`]), ...artefact.notes];
    }
  });
  return notes.length === 0 ? undefined : notes.join('; ');
}
