/** Links to source lines for the frames that a report shows. */
import { sourceLink, type KnownProgram } from '../golang/links.ts';
import type { Capture, Frame } from '../model.ts';

/** Key of a frame in `Capture.links`. */
export function frameKey(frame: Frame): string {
  return `${frame.func}\0${frame.file}\0${frame.line}`;
}

/** Frames linked for one capture; a dump of any size has fewer distinct ones than this, but for hostile ones. */
const maxLinks = 20_000;

/** Links of all frames of all groups, and of the hottest functions (by name). */
export function linksOf(capture: Omit<Capture, 'links'>): Capture['links'] {
  const known = { go: capture.program.go, program: capture.program, ...binaryFacts(capture) };
  const links: Record<string, { readonly url: string; readonly likely: boolean }> = {};
  let left = maxLinks;
  const add = (key: string, frame: Frame): void => {
    if (left <= 0 || key in links) return;
    const found = sourceLink(frame, known);
    if (found === undefined) return;
    links[key] = found;
    left -= 1;
  };
  for (const dump of capture.dumps) {
    for (const { frames, createdBy } of dump.stacks) {
      for (const frame of frames) add(frameKey(frame), frame);
      if (createdBy !== undefined) add(frameKey(createdBy), createdBy);
    }
  }
  for (const profile of capture.profiles) {
    for (const row of profile.functions.slice(0, 50)) if (row.line > 0) add(row.func, { func: row.func, file: row.file, line: row.line });
  }
  return links;
}

/** Module versions and revision, of the exact binary only. */
function binaryFacts({ binary, verdict }: Omit<Capture, 'links'>): Partial<KnownProgram> {
  if (binary === undefined || (verdict?.verdict !== 'identical' && verdict?.verdict !== 'matches')) return {};
  const { settings, main } = binary;
  const revision = settings['vcs.revision'] ?? settings['CurrentCommit'];
  const modified = settings['vcs.modified'] === 'true' || revision?.endsWith('-dirty') === true;
  return {
    modules: binary.modules,
    main: {
      package: settings['path'],
      module: main === undefined ? undefined : { path: main.path, version: main.version ?? '' },
      revision: revision?.replace(/-dirty$/, ''),
      modified,
    },
  };
}
