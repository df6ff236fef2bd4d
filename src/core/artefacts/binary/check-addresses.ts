/** Do the addresses of profiles fall on the functions and lines that they name? And how far from its link address was the program loaded? */
import type { Frame } from '../../model.ts';
import type { PrintedAddress } from './dump-text.ts';
import { findFunctions, foldedName } from './function-index.ts';
import type { CodeFrame, LineTable, NamedFrame } from './line-table.ts';

/** First mapping of a profile: where the program's text was. */
export interface Mapping {
  readonly start: number;
  readonly limit: number;
  readonly offset: number;
}

export interface AddressCheck {
  /** Addresses with names that were compared. */
  readonly count: number;
  readonly same: number;
  /** What was subtracted from addresses. */
  readonly bias: number;
  readonly wrong: readonly string[];
}

const maxWrong = 3;
/** Load addresses are multiples of a page. */
const page = 0x1000;

/** undefined when nothing says where the program was loaded. `told` is the bias that another file of the same process had. */
export function checkAddresses(lines: LineTable, addresses: readonly PrintedAddress[], mapping: Mapping | undefined, told?: number): AddressCheck | undefined {
  const named = addresses.filter(({ frames }) => frames.length > 0);
  const first = biasOf(lines, mapping) ?? told;
  const check = first === undefined ? undefined : compare(lines, named, first);
  if (check !== undefined && (check.same * 2 > check.count || !lines.image.layout.pie)) return check;
  const voted = voteBias(lines, named);
  const again = voted === undefined || voted === first ? undefined : compare(lines, named, voted);
  return (again?.same ?? 0) > (check?.same ?? -1) ? again : check;
}

/** Load bias by format and mapping; undefined where only a vote can tell (macOS, Windows, no mapping). */
export function biasOf(lines: LineTable, mapping: Mapping | undefined): number | undefined {
  const { layout } = lines.image;
  if (!layout.pie) return 0;
  if (layout.format !== 'elf' || mapping === undefined || mapping.start === 0) return undefined;
  const text = layout.segments.find(({ executable }) => executable);
  return text === undefined ? undefined : mapping.start - (text.address - text.offset + mapping.offset);
}

/** Every address of a function with one instance allows the page-aligned distances that put it inside; most votes win. */
export function voteBias(lines: LineTable, addresses: readonly PrintedAddress[]): number | undefined {
  const wanted = new Map<string, number[]>();
  for (const { address, frames } of addresses) {
    const name = foldedName(frames.at(-1)?.func ?? '');
    if (name !== '') wanted.set(name, [...(wanted.get(name) ?? []), address]);
  }
  const functions = findFunctions(lines, new Set(wanted.keys()));
  const votes = new Map<number, number>();
  for (const [name, places] of wanted) {
    const [func, ...others] = functions.get(name) ?? [];
    if (func === undefined || others.length > 0 || func.end - func.entry > 1 << 20) continue;
    for (const address of places.slice(0, 64)) {
      for (let bias = Math.ceil((address - func.end + 1) / page) * page; bias <= address - func.entry; bias += page)
        votes.set(bias, (votes.get(bias) ?? 0) + 1);
    }
  }
  let [best, most] = [undefined as number | undefined, 0];
  for (const [bias, count] of votes) if (count > most) [best, most] = [bias, count];
  return best;
}

function compare(lines: LineTable, addresses: readonly PrintedAddress[], bias: number): AddressCheck {
  const wrong: string[] = [];
  let same = 0;
  for (const { address, frames } of addresses) {
    const code = lines.frames(address - bias);
    const here = profiledFrames(code, lines.minor);
    const isAt = (one: Frame | undefined, { func, line }: { readonly func: string; readonly line: number }): boolean =>
      one !== undefined && foldedName(one.func) === foldedName(func) && (line === 0 || one.line === line);
    // A single name may be that of any call of the chain: texts print each on its own line.
    const agrees =
      frames.length === 1 ? code.some((one) => frames.every((frame) => isAt(one, frame))) : frames.every((frame, index) => isAt(here[index], frame));
    if (agrees) same += 1;
    else if (wrong.length < maxWrong)
      wrong.push(
        `0x${address.toString(16)} is \`${frames[0]?.func ?? ''}\`:${frames[0]?.line ?? 0} there and ${here[0] === undefined ? 'no code' : `\`${here[0].func}\`:${here[0].line}`} here`,
      );
  }
  return { count: addresses.length, same, bias, wrong };
}

/** As stacks show them: wrappers that the compiler made stay hidden behind what they call. */
export function shownFrames(frames: readonly CodeFrame[]): readonly NamedFrame[] {
  const shown = frames.length > 1 ? frames.filter(({ wrapper }, index) => wrapper !== true || index === 0) : frames;
  return shown.map(({ func, file, line, inlined, startLine }) => ({ func, file, line, inlined, startLine }));
}

/** As profiles of that release have them: type arguments folded up to Go 1.20; in Go 1.12 and 1.13 every inlined call had an address of its own. */
export function profiledFrames(frames: readonly CodeFrame[], minor: number): readonly NamedFrame[] {
  const shown = shownFrames(frames);
  const own = minor === 12 || minor === 13 ? shown.slice(0, 1) : shown;
  return minor >= firstWithTypeArguments ? own : own.map((frame) => ({ ...frame, func: foldedName(frame.func) }));
}

/** runtime/pprof writes complete names since this release (runtime_FrameSymbolName). */
const firstWithTypeArguments = 21;
