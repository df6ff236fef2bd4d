/** Artefact[] → Capture[]: what belongs to one process at one time stays together; two times or two nodes never mix. */
import type { Exhibit } from './artefacts/understand.ts';
import { gatherFacts } from './link/facts.ts';
import { withKnownGo } from './link/known-go.ts';
import { moments } from './link/moments.ts';
import { withRelease } from './link/release.ts';
import { linksOf } from './link/source-links.ts';
import { useBinary } from './link/use-binary.ts';
import type { Capture, Evidence } from './model.ts';

/** Captures in the order in which their first file was sent. `official` are programs that nobody sent. */
export function link(exhibits: readonly Exhibit[], official: readonly Evidence[] = []): readonly Capture[] {
  const all = moments(exhibits).map((exhibitsOfOne) => {
    const enriched = useBinary(exhibitsOfOne, official);
    const first = gatherFacts(enriched.artefacts);
    const artefacts = withKnownGo(exhibitsOfOne, enriched.artefacts, first.program.go);
    return { ...(artefacts === enriched.artefacts ? first : gatherFacts(artefacts)), verdict: enriched.verdict };
  });
  return all.map((one) => {
    const capture = { ...one, program: withRelease(one.program, one.dumps, all) };
    return { ...capture, links: linksOf(capture) };
  });
}
