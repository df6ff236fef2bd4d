/** What a repository's policy adds to diagnosis: places that may wait long, and its own known problems. */
import { normalFunction, shortFunction } from './golang/names.ts';
import type { Capture, GoroutineDump, Group, Known, Policy } from './model.ts';
import type { Judged } from './account.ts';

/** Groups in an idle shape rest; locks and cycles that only such goroutines are in are no trouble. */
export function rested(captures: readonly Capture[], { idleShapes }: Pick<Policy, 'idleShapes'>): readonly Capture[] {
  return idleShapes.length === 0 ? captures : captures.map((capture) => ({ ...capture, dumps: capture.dumps.map((dump) => restedDump(dump, idleShapes)) }));
}

function restedDump(dump: GoroutineDump, shapes: readonly string[]): GoroutineDump {
  const groups = dump.groups.map((group): Group => {
    const rests = functionsOf(dump, group).some((func) => shapes.some((shape) => names(shape, func)));
    return rests ? { ...group, hung: false, idle: true, rest: 'the policy of this repository says so' } : group;
  });
  const resting = new Set(groups.filter((group, at) => group !== dump.groups[at]).flatMap(({ goroutines }) => goroutines));
  if (resting.size === 0) return dump;
  const allRest = (ids: readonly number[]): boolean => ids.every((id) => resting.has(id));
  return { ...dump, groups, locks: dump.locks.filter(({ waiters }) => !allRest(waiters)), cycles: dump.cycles.filter((cycle) => !allRest(cycle)) };
}

/** Findings with the repository's own problems: told beside the finding that blames the same goroutines, or as a finding. */
export function recognised(judged: Judged, captures: readonly Capture[], { signatures }: Pick<Policy, 'signatures'>): Judged {
  let all = judged.findings;
  for (const signature of signatures) {
    const known: Known | undefined =
      signature.url === undefined ? undefined : { id: 'policy', title: signature.title, url: signature.url, verdict: 'it is in the list of this repository' };
    for (const [at, capture] of captures.entries()) {
      const found = capture.dumps.flatMap((dump) =>
        dump.groups.filter((group) => !group.idle && shows(dump, group, signature.functions)).map((group) => ({ dump, group })),
      );
      const [first] = found;
      if (first === undefined) continue;
      const ids = found.flatMap(({ group }) => group.goroutines);
      const mine = all.find(
        (finding) => finding.capture === at && finding.known === undefined && finding.certainty !== 'hint' && finding.goroutines.some((id) => ids.includes(id)),
      );
      if (mine !== undefined && known !== undefined) all = all.map((finding) => (finding === mine ? { ...finding, known } : finding));
      else
        all = [
          ...all,
          {
            rule: 'known-problem',
            page: 'docs/findings/known-problem.md',
            certainty: 'likely',
            about: 'hang',
            title: signature.title,
            because: 'The functions of a stack are those that the policy of this repository lists.',
            capture: at,
            goroutines: ids.slice(0, 1000),
            functions: functionsOf(first.dump, first.group).filter((func) => signature.functions.some((name) => names(name, func))),
            witnesses: ids.slice(0, 3).map((goroutine) => ({ file: first.dump.file, goroutine })),
            next: [],
            ...(known === undefined ? {} : { known }),
          },
        ];
    }
  }
  const [first] = all.filter(({ certainty }) => certainty !== 'hint');
  const told = judged.findings.some(({ certainty }) => certainty !== 'hint');
  return { ...judged, findings: all, headline: told || first === undefined ? judged.headline : first.title };
}

function shows(dump: GoroutineDump, group: Group, wanted: readonly string[]): boolean {
  const functions = functionsOf(dump, group);
  return wanted.every((name) => functions.some((func) => names(name, func)));
}

function functionsOf({ stacks }: GoroutineDump, { stack }: Group): readonly string[] {
  return (stacks[stack]?.frames ?? []).map(({ func }) => func);
}

/** A policy names a function whole or short: `github.com/ipfs/boxo/mfs.(*Directory).Child`, `mfs.(*Directory).Child`. */
function names(name: string, func: string): boolean {
  return name === func || name === shortFunction(func) || name === normalFunction(func);
}
