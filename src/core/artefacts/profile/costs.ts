/** Where the cost goes: each sample is of one kind (by its whole stack) and belongs to one owner (see `CostTable`). */
import { goOwner, isGo, isPassedOver, isStart, ownerOf } from '../../golang/subsystems.ts';
import type { ProfileArtefact } from '../../model.ts';
import type { Profile } from './columns.ts';
import { anywhere, byCaller, callsFor, innermost, noStack, otherCalls, ownCode, preemption, runtimeFrame, unclassified } from './cost-kinds.ts';
import { sampleIndex } from './report/values.ts';

/** What one function says about the stacks that it is in. */
interface Traits {
  /** Index in `anywhere`; its length for none. */
  readonly any: number;
  readonly inner: number;
  readonly runtime: boolean;
  readonly preempted: boolean;
  /** Kind of a stack in which it is the first frame outside the runtime. */
  readonly called: string;
  /** What system calls below it are for. */
  readonly calls: string | undefined;
}

function traitsOf(func: string): Traits {
  const index = (rules: readonly (readonly [string, RegExp])[]): number => {
    const found = rules.findIndex(([, pattern]) => pattern.test(func));
    return found < 0 ? rules.length : found;
  };
  return {
    any: index(anywhere),
    inner: index(innermost),
    runtime: runtimeFrame.test(func),
    preempted: preemption.test(func),
    called: byCaller.find(([, pattern]) => pattern.test(func))?.[0] ?? ownCode,
    calls: callsFor.find(([, pattern]) => pattern.test(func))?.[0],
  };
}

/** By the run of runtime frames at the inner end, and what stands above it. */
function kindOfLeaf(stack: readonly Traits[]): string {
  let inner = innermost.length;
  let calls: string | undefined;
  let at = 0;
  let preempted = 0;
  for (; at < stack.length; at += 1) {
    const frame = stack[at];
    if (frame === undefined || !frame.runtime) break;
    if (frame.preempted) preempted += 1;
    else inner = Math.min(inner, frame.inner);
    calls ??= frame.calls;
  }
  const kind = innermost[inner]?.[0];
  if (kind === 'syscalls') {
    for (let above = at; calls === undefined && above < stack.length && above < at + 12; above += 1) calls = stack[above]?.calls;
    return calls ?? otherCalls;
  }
  if (kind !== undefined) return kind;
  const caller = stack[at];
  if (at > preempted) return caller === undefined || caller.called === ownCode ? unclassified : caller.called;
  return caller?.called ?? (stack.length === 0 ? noStack : unclassified);
}

/** Cost kind × owner over the default sample type, as shares of the total; below a thousandth left out. */
export function costsOf(profile: Profile): ProfileArtefact['costs'] {
  if (profile.functionName.length === 0) return [];
  const type = sampleIndex(profile, '');
  const isTime = profile.sampleTypes[type]?.unit === 'nanoseconds' && profile.sampleTypes[type]?.type === 'cpu';
  const width = profile.sampleTypes.length;
  const { values, sampleStart } = profile;
  const table = new CostTable(profile, isTime);
  let sums = new Float64Array(1024);
  let total = 0;
  for (let sample = 0; sample < profile.samples; sample += 1) {
    const value = values[sample * width + type] as number;
    if (value <= 0) continue;
    total += value;
    const key = table.keyOf(sampleStart[sample] as number, sampleStart[sample + 1] as number);
    if (key >= sums.length) sums = larger(sums, key);
    sums[key] = (sums[key] as number) + value;
  }
  return Array.from(sums, (value, key) => ({ ...table.named(key), value }))
    .filter(({ value }) => value >= total / 1000 && value > 0)
    .sort((a, b) => b.value - a.value || (`${a.kind}${a.owner}` < `${b.kind}${b.owner}` ? -1 : 1))
    .map(({ kind, owner, value }) => ({ kind, owner, share: value / total }));
}

function larger(sums: Float64Array<ArrayBuffer>, key: number): Float64Array<ArrayBuffer> {
  const more = new Float64Array(Math.max(key + 1, sums.length * 2));
  more.set(sums);
  return more;
}

/** Owner of the frames that every program begins with, while nothing else is found. */
const start = 'start of the program';

/** Names as small numbers. */
class Names {
  private readonly numbers = new Map<string, number>();
  private readonly list: string[] = [];

  number(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.list.push(name);
    this.numbers.set(name, this.list.length - 1);
    return this.list.length - 1;
  }

  name(number: number): string {
    return this.list[number] ?? '';
  }
}

/** Frames that are looked at from the inner end of a stack for what it does, beyond the runtime's own. */
const maxLeaf = 24;
/** Room for kinds in a key: owner × this + kind. */
const kindRoom = 64;

/**
 * Functions and locations judged once, so that millions of stacks are numbers only. The owner of a stack is its innermost function that is neither
 * Go's nor a general library's, then its innermost library; where all are Go's, whose the outermost one is.
 */
class CostTable {
  private readonly kinds = new Names();
  private readonly owners = new Names();
  private readonly traits: readonly Traits[];
  /** By location: index in `anywhere` or its end; the owner, and the library that would be it if nobody else is; 0 for none. */
  private readonly any: Uint8Array;
  private readonly owned: Uint32Array;
  private readonly library: Uint32Array;
  /** By location: whose the outermost line is; 0 for functions without a package. */
  private readonly root: Uint32Array;
  /** Where every program begins, which says nothing while there is another. */
  private readonly start: number;
  private readonly profile: Profile;
  private readonly isTime: boolean;

  constructor(profile: Profile, isTime: boolean) {
    this.profile = profile;
    this.isTime = isTime;
    for (const [kind] of anywhere) this.kinds.number(kind);
    const none = this.owners.number('native code');
    this.start = this.owners.number(start);
    const names = Array.from(profile.functionName, (name) => profile.strings.at(name));
    this.traits = names.map(traitsOf);
    const passed = names.map(isPassedOver);
    const owner = names.map((name) => (isGo(name) ? none : this.owners.number(ownerOf(name))));
    const { lineStart, lineFunction } = profile;
    const count = lineStart.length - 1;
    this.any = new Uint8Array(count).fill(anywhere.length);
    this.owned = new Uint32Array(count);
    this.library = new Uint32Array(count);
    this.root = new Uint32Array(count);
    const root = names.map((name) => this.owners.number(isStart(name) ? start : goOwner(name)));
    for (let location = 0; location < count; location += 1) {
      for (let line = lineStart[location] ?? 0; line < (lineStart[location + 1] ?? 0); line += 1) {
        const func = lineFunction[line] ?? -1;
        this.any[location] = Math.min(this.any[location] ?? 0, this.traits[func]?.any ?? anywhere.length);
        const column = passed[func] === true ? this.library : this.owned;
        if (column[location] === none) column[location] = owner[func] ?? none;
        if (root[func] !== none) this.root[location] = root[func] ?? none;
      }
    }
  }

  /** A number for kind and owner of the stack in `sampleLocations[from..to)`. */
  keyOf(from: number, to: number): number {
    const { sampleLocations } = this.profile;
    let owner = 0;
    let library = 0;
    let kind = this.isTime ? anywhere.length : 0;
    for (let at = from; at < to; at += 1) {
      const location = sampleLocations[at] as number;
      if (owner === 0) owner = this.owned[location] as number;
      if (library === 0) library = this.library[location] as number;
      const own = this.any[location] as number;
      if (own < kind) kind = own;
    }
    if (kind === anywhere.length) kind = this.kinds.number(kindOfLeaf(this.leaf(from, to)));
    if (owner === 0) owner = library;
    for (let at = to - 1; at >= from && (owner === 0 || owner === this.start); at -= 1) owner = (this.root[sampleLocations[at] as number] as number) || owner;
    return owner * kindRoom + kind;
  }

  named(key: number): { readonly kind: string; readonly owner: string } {
    return { kind: this.isTime ? this.kinds.name(key % kindRoom) : 'all', owner: this.owners.name(Math.floor(key / kindRoom)) };
  }

  private leaf(from: number, to: number): Traits[] {
    const { lineStart, lineFunction, sampleLocations } = this.profile;
    const found: Traits[] = [];
    for (let at = from; at < to; at += 1) {
      const location = sampleLocations[at] as number;
      const last = lineStart[location + 1] as number;
      for (let line = lineStart[location] as number; line < last; line += 1) {
        const own = this.traits[lineFunction[line] as number];
        if (own === undefined) continue;
        found.push(own);
        if (!own.runtime && (found.length > maxLeaf || own.called !== ownCode)) return found;
      }
    }
    return found;
  }
}
