/**
 * Which Go release printed a dump, told by paths of its standard library or by the lines at which its locks block.
 * Source of the lines: golang/go src/sync and src/internal/sync at the first tag of each minor release.
 */
import type { Frame } from '../model.ts';

type Row = readonly [release: string, mutex: number, readLock: number, writeLock: number, waitGroup: number, cond: number];

const lines: readonly Row[] = [
  ['1.4', 66, 36, 87, 132, 62],
  ['1.5', 82, 36, 87, 126, 62],
  ['1.6', 83, 37, 88, 127, 63],
  ['1.7', 85, 43, 91, 131, 57],
  ['1.8', 87, 43, 91, 131, 57],
  ['1.9', 134, 50, 98, 131, 56],
  ['1.10', 134, 50, 98, 129, 56],
  ['1.11', 134, 50, 98, 130, 56],
  ['1.12', 134, 50, 98, 130, 56],
  ['1.13', 138, 50, 103, 130, 56],
  ['1.14', 138, 50, 103, 130, 56],
  ['1.15', 138, 50, 103, 130, 56],
  ['1.16', 138, 63, 116, 130, 56],
  ['1.17', 138, 63, 116, 130, 56],
  ['1.18', 162, 63, 144, 136, 56],
  ['1.19', 171, 71, 152, 139, 70],
  ['1.20', 171, 71, 152, 116, 70],
  ['1.21', 171, 71, 152, 116, 70],
  ['1.22', 171, 70, 151, 116, 70],
  ['1.23', 173, 72, 153, 118, 71],
  ['1.24', 149, 74, 155, 118, 71],
  ['1.25', 149, 74, 155, 206, 71],
  ['1.26', 149, 74, 155, 206, 71],
  ['1.27', 149, 74, 155, 206, 71],
];

/** Column of the table for a function that parks. */
const columns: readonly (readonly [RegExp, 1 | 2 | 3 | 4 | 5])[] = [
  [/^(?:internal\/)?sync\.\(\*Mutex\)\.(?:lockSlow|Lock)$/, 1],
  [/^sync\.\(\*RWMutex\)\.RLock$/, 2],
  [/^sync\.\(\*RWMutex\)\.Lock$/, 3],
  [/^sync\.\(\*WaitGroup\)\.Wait$/, 4],
  [/^sync\.\(\*Cond\)\.Wait$/, 5],
];

/** A toolchain's folder: `/usr/lib/go-1.24/src`, `/sdk/go1.22.1/src`, `toolchain@v0.0.1-go1.24.9.linux-amd64/src`, `/go/1.19.3/x64/src`. */
const folder = /(?:[/\\-]go-?|[/\\]go[/\\])(1\.\d{1,2}(?:\.\d{1,2})?)(?:[.\w-]*[/\\](?:[^/\\]+[/\\]){0,2}?)src[/\\](?:runtime|sync|net|internal|os|time)[/\\]/;

/** `go1.24.9` or `go1.24` of the program whose stacks these are; undefined where several releases fit. */
export function goReleaseOf(stacks: Iterable<readonly Frame[]>): string | undefined {
  let fitting = lines;
  const named = new Set<string>();
  let seen = 0;
  for (const frames of stacks) {
    if (++seen > 2_000) break;
    for (const [index, frame] of frames.entries()) {
      const path = named.size < 2 ? folder.exec(frame.file)?.[1] : undefined;
      if (path !== undefined) named.add(path);
      const parks = index > 0 && /runtime_(?:Sem|notifyList|Syncsem)/.test(frames[index - 1]?.func ?? '');
      const column = parks ? columns.find(([name]) => name.test(frame.func))?.[1] : undefined;
      if (column === undefined || frame.line === 0) continue;
      fitting = fitting.filter((row) => row[column] === frame.line);
    }
  }
  const [only] = named;
  if (named.size === 1 && only !== undefined) return `go${only}`;
  return fitting.length === 1 && fitting !== lines ? `go${fitting[0]?.[0]}` : undefined;
}
