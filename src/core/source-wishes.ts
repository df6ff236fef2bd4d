/** Which folders of which repositories would settle who holds a lock: of the functions that wait for a lock which nothing at hand could name. */
import type { Report, ReportDump, ReportFrame, SourceWish } from './model.ts';

/** Folders asked for in one thread. */
const maxWishes = 3;

/** Largest queues first. Empty when every lock has its name, or when no frame says where its source is. */
export function sourceWishes({ captures }: Report): readonly SourceWish[] {
  const wishes = new Map<string, SourceWish>();
  const locks = captures
    .flatMap(({ dumps }) => dumps.flatMap((dump) => dump.locks.map((lock) => ({ dump, lock }))))
    .filter(({ lock }) => lock.name === undefined && /^(?:mutex|rwmutex|once)$/.test(lock.kind))
    .toSorted((a, b) => b.lock.waiters.length - a.lock.waiters.length);
  for (const { dump, lock } of locks) {
    const wish = wishOf(askingFrame(dump, lock.wantedIn, lock.waiters[0]));
    if (wish !== undefined && wishes.size < maxWishes) wishes.set(wish.printed, wish);
  }
  return [...wishes.values()];
}

function askingFrame({ groups }: ReportDump, wantedIn: string, waiter: number | undefined): ReportFrame | undefined {
  for (const { frames, goroutines } of groups) {
    const frame = frames.find(({ func }) => func === wantedIn);
    if (frame !== undefined && waiter !== undefined && goroutines.includes(waiter)) return frame;
  }
  return undefined;
}

/** `https://github.com/o/r/blob/REF/folder/file.go#L1`: tags of nested modules have a folder before the version. */
const address =
  /^https:\/\/github\.com\/([\w.-]+)\/([\w.-]+)\/blob\/((?:[^/#]+\/)*?(?:v\d+\.\d+[^/#]*|go1[^/#]*|[0-9a-f]{7,40}))\/((?:[^#]+\/)?)[^/#]+\.go#L\d+$/;

function wishOf(frame: ReportFrame | undefined): SourceWish | undefined {
  const found = address.exec(frame?.url ?? '');
  if (frame === undefined || found === null) return undefined;
  const [, owner = '', repo = '', ref = '', folder = ''] = found;
  return { owner, repo, ref, folder: decodeURIComponent(folder).replace(/\/$/, ''), printed: folderOf(frame.file) };
}

/** What stands before the last slash of a printed path. */
export function folderOf(file: string): string {
  const path = file.replaceAll('\\', '/');
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
