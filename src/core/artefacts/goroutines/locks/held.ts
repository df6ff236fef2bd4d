/** What the source says: is a lock held at a line of a function. */
import type { Frame, ParseHelp } from '../../../model.ts';
import { lockCallAt, heldAtLine } from '../../../golang/source/regions.ts';
import type { Found } from './identify.ts';
import { liftedFrame } from './identify.ts';

export interface HeldAt {
  /** True when source is at hand, so that goroutines without the object are worth a look. */
  readonly everywhere: boolean;
  at(lock: Found, frame: Frame): 'held' | 'free' | undefined;
}

/** Without source nothing is said about any line. */
export function heldBySource(help: ParseHelp): HeldAt {
  const { source } = help;
  if (source === undefined) return { everywhere: false, at: () => undefined };
  const wanted = new Map<Found, readonly string[]>();
  return {
    everywhere: true,
    at(lock, frame) {
      let fields = wanted.get(lock);
      if (fields === undefined) {
        fields = fieldsOf(lock, source);
        wanted.set(lock, fields);
      }
      const text = fields.length === 0 || frame.file === '' ? undefined : source(frame.file);
      if (text === undefined) return undefined;
      const held = heldAtLine(text, frame.line);
      if (held === undefined) return undefined;
      return held.some((expression) => fields.some((field) => sameField(field, expression))) ? 'held' : 'free';
    },
  };
}

/** The expressions that the waiters lock, from the lines on which they wait. */
function fieldsOf(lock: Found, source: (file: string) => string | undefined): readonly string[] {
  const fields = new Set<string>();
  for (const [at, view] of lock.waiters.entries()) {
    const wait = lock.waits[at];
    if (wait === undefined || fields.size >= 4) break;
    for (const frame of [view.at(wait.caller), view.at(liftedFrame(view, wait))]) {
      const text = frame === undefined || frame.frame.file === '' ? undefined : source(frame.frame.file);
      const expression = text === undefined || frame === undefined ? undefined : lockCallAt(text, frame.frame.line);
      if (expression !== undefined) fields.add(expression);
    }
  }
  return [...fields];
}

/** `a.mu` and `b.mu` are one field; a bare `mu` is only itself. */
function sameField(a: string, b: string): boolean {
  const field = (expression: string): string => (expression.includes('.') ? expression.split('.').slice(1).join('.') : expression);
  return field(a) === field(b);
}
