/** A Go release with a bug of its own that fits the complaint. */
import { type KnownBug, knownBugs } from '../golang/known-bad.ts';
import { defineRule } from './rule.ts';

interface Facts extends KnownBug {
  readonly go: string;
}

export const goRelease = defineRule({
  id: 'go-release',
  about: 'bundle',
  needs: ['capture'],
  see: ({ capture: { program, binary, verdict }, complaint }): readonly Facts[] => {
    const exact = verdict?.verdict === 'identical' || verdict?.verdict === 'matches';
    const bugs = knownBugs(program.go, program.os, exact ? binary?.settings['DefaultGODEBUG'] : undefined);
    // Nobody who has none of it needs to hear of it.
    return bugs.filter(({ about }) => complaint?.[about] === true).map((bug) => ({ ...bug, go: program.go ?? '' }));
  },
  say: ({ go, what, url, fixedIn }, { capture }) => ({
    title: `It was built with ${go}, of which is known: ${what}`,
    because: `${url} says so; whether it is what happened here these files do not show.`,
    certainty: 'hint',
    weight: 4,
    witnesses: capture.files.slice(0, 1).map((file) => ({ file })),
    next: [`Update kubo: newer releases are built with ${fixedIn} or newer, which does not have it.`],
  }),
});
