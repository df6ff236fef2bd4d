/** A goroutine profile in protobuf is a dump too: stacks with how many goroutines have each, as debug=1 prints them. */
import { parkedIn } from '../golang/wait-reasons.ts';
import type { Frame, GoroutineDump, Stack } from '../model.ts';
import { countedScan } from './goroutines/counted.ts';
import { dumpOf } from './goroutines/kind.ts';
import type { Scanned } from './goroutines/scanned.ts';
import type { Profile } from './profile/columns.ts';
import { parseProfile } from './profile/parse.ts';

/** The dump in a file's bytes; undefined when they are no goroutine profile. Never throws. */
export function dumpOfProfile(file: string, bytes: Uint8Array): GoroutineDump | undefined {
  const scanned = scannedProfile(file, bytes);
  return scanned === undefined ? undefined : dumpOf(scanned, {});
}

/** The same before it is grouped. */
export function scannedProfile(file: string, bytes: Uint8Array): Scanned | undefined {
  const parsed = parseProfile(bytes);
  if (parsed.is !== 'fine' || parsed.form !== 'protobuf') return undefined;
  const { profile } = parsed;
  if (!/^goroutine(?:leak)?$/.test(profile.sampleTypes[0]?.type ?? '')) return undefined;
  const stacks: Stack[] = [];
  const counts: number[] = [];
  const labels = new Map<number, string>();
  const known = new Map<string, number>();
  const frames = new Frames(profile);
  for (let sample = 0; sample < profile.samples; sample++) {
    const list = shown(frames.of(sample));
    const label = labelsOf(profile, sample);
    const key = `${label}\n${list.map(({ func, file: path, line }) => `${func} ${path}:${line}`).join('\n')}`;
    const count = profile.values[sample * profile.sampleTypes.length] ?? 0;
    const stack = known.get(key);
    if (stack !== undefined) {
      counts[stack] = (counts[stack] ?? 0) + count;
      continue;
    }
    known.set(key, stacks.length);
    if (label !== '') labels.set(stacks.length, label);
    stacks.push({ frames: list });
    counts.push(count);
  }
  const symbolized = stacks.some((stack) => stack.frames.length > 0);
  return countedScan({
    file,
    dialect: 'protobuf',
    bytes,
    stacks,
    counts,
    labels,
    unread: symbolized ? 0 : counts.reduce((sum, count) => sum + count, 0),
    truncated: false,
    notes: symbolized ? [] : ['its addresses have no functions: the binary that wrote it would name them'],
  });
}

/** Frames inside the runtime are hidden at the leaf, as debug=1 hides them, unless they tell what is waited for. */
function shown(frames: readonly Frame[]): readonly Frame[] {
  const first = frames.findIndex(({ func }) => !func.startsWith('runtime.'));
  const own = first < 0 ? frames : frames.slice(first);
  const leaf = parkedIn(own.map(({ func }) => func)) === undefined ? frames.find(({ func }) => telling.test(func)) : undefined;
  return leaf === undefined || own === frames ? own : [leaf, ...own];
}

/** Of the runtime's frames, those that say which end of a channel it is. */
const telling = /^runtime\.(?:chansend1|chanrecv[12]|selectgo|block)$/;

/** One object for each function and line. */
class Frames {
  private readonly profile: Profile;
  private readonly known = new Map<string, Frame>();

  constructor(profile: Profile) {
    this.profile = profile;
  }

  of(sample: number): readonly Frame[] {
    const { sampleStart, sampleLocations, lineStart, lineFunction, lineNumber } = this.profile;
    const list: Frame[] = [];
    for (let at = sampleStart[sample] ?? 0; at < (sampleStart[sample + 1] ?? 0); at++) {
      const location = sampleLocations[at] ?? 0;
      const [from, to] = [lineStart[location] ?? 0, lineStart[location + 1] ?? 0];
      for (let line = from; line < to; line++) {
        const func = lineFunction[line] ?? -1;
        if (func >= 0) list.push(this.frame(func, lineNumber[line] ?? 0, line < to - 1));
      }
    }
    return list;
  }

  /** All lines of a location but the outermost are inlined calls. */
  private frame(func: number, line: number, inlined: boolean): Frame {
    const key = `${func}:${line}:${inlined}`;
    let frame = this.known.get(key);
    if (frame === undefined) {
      const { strings, functionName, functionFile } = this.profile;
      frame = { func: asPrinted(strings.at(functionName[func] ?? 0)), file: strings.at(functionFile[func] ?? 0), line, ...(inlined ? { inlined } : {}) };
      this.known.set(key, frame);
    }
    return frame;
  }
}

/** Texts print `[...]` for type arguments; profiles spell them out. */
function asPrinted(name: string): string {
  let [text, depth] = ['', 0];
  if (!name.includes('[')) return name;
  for (const c of name) {
    if (c === ']') depth--;
    if (depth === 0) text += c;
    if (c === '[' && depth++ === 0) text += '...';
  }
  return depth === 0 ? text : name;
}

function labelsOf({ labelStart, labelKey, labelText, labelNumber, strings }: Profile, sample: number): string {
  const parts: string[] = [];
  for (let at = labelStart[sample] ?? 0; at < (labelStart[sample + 1] ?? 0); at++) {
    const text = labelText[at] ?? 0;
    parts.push(`${JSON.stringify(strings.at(labelKey[at] ?? 0))}:${text === 0 ? labelNumber[at] : JSON.stringify(strings.at(text))}`);
  }
  return parts.toSorted().join(', ');
}
