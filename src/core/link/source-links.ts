/** Links to source lines for the frames that a report shows. */
import type { Capture, Frame } from '../model.ts';

/** Key of a frame in `Capture.links`. */
export function frameKey(frame: Frame): string {
  return `${frame.func}\0${frame.file}\0${frame.line}`;
}

export function linksOf(_capture: Capture): Capture['links'] {
  return {};
}
