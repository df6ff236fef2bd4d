/** Links to source lines for the frames that a report shows. */
import { sourceLink } from '../golang/links.ts';
import type { Capture, Frame } from '../model.ts';

/** Key of a frame in `Capture.links`. */
export function frameKey(frame: Frame): string {
  return `${frame.func}\0${frame.file}\0${frame.line}`;
}

/** Frames linked for one capture; a dump of any size has fewer distinct ones than this, but for hostile ones. */
const maxLinks = 20_000;

/** Links of all frames of all groups, and of the hottest functions (by name). */
export function linksOf(capture: Omit<Capture, 'links'>): Capture['links'] {
  const known = { go: capture.program.go, modules: capture.binary?.modules, program: capture.program };
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
