/** Source files at hand asked for the frames of one dump: packages are read when a frame of theirs is asked for. */
import type { Frame, SourceFile } from '../../model.ts';
import type { PackageLocks } from '../lock-facts.ts';
import { fits, keepersIn, locksOn, nothingHere } from '../line-locks.ts';
import type { Asked, LocksAt } from '../lock-table/lookup.ts';
import { importPathOf } from '../modules.ts';
import { readPackage } from './functions.ts';
import type { ReadGo } from './syntax.ts';

/** Source that is read for one dump, in characters; more is a folder that nobody meant. */
const maxText = 12_000_000;

export interface FolderSource {
  readonly at: LocksAt;
  /** Whether a goroutine that is parked at a channel in this frame may wait for a channel that is used as a lock. */
  readonly mayTakeChannel: (frame: Frame) => boolean;
}

/** `source`: all Go files of the folder in which a printed file lies. A file that does not have the dump's functions at their lines is not believed. */
export function sourceLookup(all: Iterable<Asked>, source: (file: string) => readonly SourceFile[] | undefined, readGo: ReadGo): FolderSource {
  const frames = new Map<string, Asked[]>();
  for (const asked of all) {
    const { file } = asked.frame;
    const list = frames.get(file);
    if (list === undefined) frames.set(file, [asked]);
    else list.push(asked);
  }
  const packages = new Map<readonly SourceFile[], PackageLocks>();
  const believed = new Map<string, boolean>();
  let left = maxText;
  const packageFor = (files: readonly SourceFile[]): PackageLocks | undefined => {
    const known = packages.get(files);
    if (known !== undefined) return known;
    left -= files.reduce((sum, { text }) => sum + text.length, 0);
    if (left < 0) return undefined;
    const made = readPackage(
      files.flatMap(({ name, text }) => {
        const root = readGo(text);
        return root === undefined ? [] : [{ name, root }];
      }),
    );
    packages.set(files, made);
    return made;
  };
  const at: LocksAt = (frame, only) => {
    const files = frame.file === '' ? undefined : source(frame.file);
    const path = importPathOf(frame.func);
    // Reading a package takes milliseconds: only those that can have to do with it.
    if (files !== undefined && only !== undefined && !packages.has(files) && !only.paths.has(path) && !mentions(files, only.helpers))
      return { ...nothingHere, path, package: '', keepers: [], sure: true };
    const found = files === undefined ? undefined : packageFor(files);
    const base = frame.file.replaceAll('\\', '/').split('/').at(-1) ?? '';
    const file = found?.files.find((one) => one.file === base);
    if (found === undefined || file === undefined) return undefined;
    let fitting = believed.get(frame.file);
    if (fitting === undefined) {
      fitting = (frames.get(frame.file) ?? []).every((asked) => fits(file, asked.frame, asked.asks));
      believed.set(frame.file, fitting);
    }
    const locks = fitting ? locksOn(file, frame) : undefined;
    return locks === undefined
      ? undefined
      : { ...locks, path, package: found.name, keepers: found.files.flatMap(({ functions }) => keepersIn(functions)), sure: true };
  };
  const mayTakeChannel = ({ file }: Frame): boolean => file !== '' && source(file)?.some(({ text }) => /make\(chan \S+, /.test(text)) === true;
  return { at, mayTakeChannel };
}

function mentions(files: readonly SourceFile[], names: ReadonlySet<string>): boolean {
  for (const name of names) if (files.some(({ text }) => text.includes(name))) return true;
  return false;
}
