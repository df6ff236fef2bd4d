/** What a rule may ask for: the register of needs, and how each is taken from a capture. */
import type { Capture, ConfigArtefact, LogArtefact, ProfileArtefact, SysinfoArtefact, VarsArtefact } from '../model.ts';
import { type View, best, viewOf } from './dump-view.ts';

export interface Sources {
  readonly dump: View;
  readonly cpu: ProfileArtefact;
  readonly heap: ProfileArtefact;
  readonly allocs: ProfileArtefact;
  readonly mutex: ProfileArtefact;
  readonly vars: VarsArtefact;
  readonly sysinfo: SysinfoArtefact;
  readonly config: ConfigArtefact;
  readonly logs: readonly LogArtefact[];
  /** The same process, earlier. */
  readonly earlier: Capture;
  /** The capture itself, always there. */
  readonly capture: Capture;
}

export type Need = keyof Sources;

/** Everything of one capture that rules can ask for. */
export function sourcesOf(capture: Capture, earlier: Capture | undefined): Partial<Sources> {
  const of = (kind: ProfileArtefact['kind']): ProfileArtefact | undefined =>
    capture.profiles.filter((profile) => profile.kind === kind).toSorted((a, b) => b.total - a.total)[0];
  const dump = best(capture.dumps);
  const found: Partial<Record<Need, Sources[Need] | undefined>> = {
    dump: dump === undefined ? undefined : viewOf(dump),
    cpu: of('cpu profile'),
    heap: of('heap profile'),
    allocs: of('allocs profile'),
    mutex: of('mutex profile'),
    vars: capture.vars,
    sysinfo: capture.sysinfo,
    config: capture.config,
    logs: capture.logs.length > 0 ? capture.logs : undefined,
    earlier,
    capture,
  };
  // Safe: each key above holds what its name says or undefined, and undefined ones are left out.
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<Sources>;
}
