/** The version of a program whose files do not say it, by the modules that its dump names. */
import { minorOf, releaseOf } from '../golang/kubo-releases.ts';
import type { Capture, GoroutineDump, Program } from '../model.ts';

/** What a capture says of its program before versions are told. */
type Told = Pick<Capture, 'program' | 'dumps'>;

/**
 * A capture without a version gets the release of its modules, exact where another capture of that minor release says
 * which patch it is. `all` are the captures of the thread.
 */
export function withRelease(program: Program, dumps: readonly GoroutineDump[], all: readonly Told[]): Program {
  if (program.version !== undefined || program.name === undefined) return program;
  const release = releaseIn(dumps);
  if (release === undefined) return program;
  const said = all.map((one) => one.program.version).find((version) => version !== undefined && minorOf(version) === minorOf(release));
  return { ...program, version: said ?? release };
}

/** `0.34.1` or `0.38` by the modules of a dump of kubo or go-ipfs. */
export function releaseIn(dumps: readonly GoroutineDump[]): string | undefined {
  const files = new Set(dumps.flatMap(({ stacks }) => stacks.flatMap(({ frames }) => frames.map(({ file }) => file))));
  return files.size === 0 ? undefined : releaseOf(files);
}
