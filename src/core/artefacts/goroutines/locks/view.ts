/** Goroutines as the search for lock holders sees them: frames with their arguments as numbers, receivers mended. */
import type { Frame } from '../../../model.ts';
import type { Scanned } from '../scanned.ts';
import { Arguments, depthOf, inexactBit, leastPointer, unknownBit } from './arguments.ts';
import { receiversOf, type Receivers } from './receivers.ts';
import { shapesOf, type Shape } from './shapes.ts';

/** One word of a frame's arguments. */
export interface Arg {
  /** undefined for `_`. */
  readonly value: number | undefined;
  /** Printed with `?`: may be stale. */
  readonly inexact: boolean;
  /** Depth of braces: receivers have 0. */
  readonly depth: number;
}

export interface ViewFrame {
  readonly frame: Frame;
  /** `pkg.(*T)` of a pointer method and of the function literals in it, '' for others. */
  readonly type: string;
  /** A function literal, a method value or a wrapper: its words are not the method's. */
  readonly literal: boolean;
  readonly args: readonly Arg[];
  readonly receiver: Receiver | undefined;
  /** Dictionary of a generic method, which Go prints in place of the receiver: methods with different ones are of different types. */
  readonly dictionary: number | undefined;
}

/** What the receiver of a method frame is, if it can be told. */
export interface Receiver {
  readonly value: number;
  /** Stale perhaps: the frame itself does not print it as certain. */
  readonly inexact: boolean;
  /** Taken from a neighbour frame of the same type, or from the only object of the type. */
  readonly mended: boolean;
}

/** One goroutine. Frames are made when asked for, as most are never looked at. */
export class View {
  /** Index in the scanned dump. */
  readonly index: number;
  readonly id: number;
  readonly state: string;
  /** 0 when the dump says none. */
  readonly minutes: number;
  readonly shape: Shape;
  /** Of the first frame in the column of the arguments. */
  readonly base: number;
  private readonly views: Views;
  private made: (ViewFrame | undefined)[] | undefined;

  constructor(views: Views, index: number, base: number) {
    const { scanned } = views;
    this.views = views;
    this.index = index;
    this.base = base;
    this.id = scanned.ids[index] ?? 0;
    this.state = scanned.stateNames[scanned.states[index] ?? 0] ?? '';
    this.minutes = Math.max(0, scanned.minutes[index] ?? -1);
    this.shape = views.shapeOf(index);
  }

  get depth(): number {
    return this.shape.depth;
  }

  /** Innermost frame first. */
  at(frame: number): ViewFrame | undefined {
    if (frame < 0 || frame >= this.shape.depth) return undefined;
    this.made ??= [];
    return (this.made[frame] ??= this.views.frame(this, frame));
  }

  /** The first word of a frame when it is printed as certain; NaN when it is not. */
  certain(frame: number): number {
    return frame < 0 ? Number.NaN : this.views.certain(this, frame);
  }

  get frames(): readonly ViewFrame[] {
    return this.shape.places.slice(0, this.shape.depth).flatMap((_, at) => this.at(at) ?? []);
  }
}

/** The goroutines of a dump whose arguments were read. */
export class Views {
  readonly scanned: Scanned;
  readonly args: Arguments;
  readonly shapeOf: (goroutine: number) => Shape;
  /** By index, after `settle`. */
  list: readonly View[] = [];
  private added: View[] = [];
  private receivers: Receivers = { of: () => undefined, exact: () => Number.NaN, dictionary: () => undefined };

  constructor(scanned: Scanned) {
    const shapes = shapesOf(scanned);
    this.scanned = scanned;
    this.args = new Arguments(scanned);
    this.shapeOf = (goroutine) => shapes(scanned.stackOf[goroutine] ?? -1);
  }

  /** Reads goroutines; those of which `keep` does not want the words, from one index to another, are forgotten. */
  read(indexes: Iterable<number>, keep?: (values: Float64Array, from: number, to: number) => boolean): void {
    const { args } = this;
    for (const index of indexes) {
      const shape = this.shapeOf(index);
      const base = args.read(index, shape);
      const { frames, values } = args;
      if (keep === undefined || keep(values, frames[base] ?? 0, frames[base + shape.places.length] ?? 0)) this.added.push(new View(this, index, base));
      else args.drop(base);
    }
  }

  /** Receivers are mended from all goroutines that were read so far. */
  settle(): void {
    this.list = [...this.list, ...this.added].map(({ index, base }) => new View(this, index, base)).toSorted((a, b) => a.index - b.index);
    this.added = [];
    this.receivers = receiversOf(this.list, this.args);
  }

  /** Register ABI, Go 1.17 and newer: receivers may be stale. */
  get registers(): boolean {
    return this.args.braces || this.args.questions;
  }

  frame(view: View, at: number): ViewFrame {
    const { frame, type, literal } = view.shape.places[at]!;
    const { values, marks, frames } = this.args;
    const args: Arg[] = [];
    for (let word = frames[view.base + at]!; word < frames[view.base + at + 1]!; word++) {
      const mark = marks[word]!;
      args.push({ value: (mark & unknownBit) === 0 ? values[word] : undefined, inexact: (mark & inexactBit) !== 0, depth: depthOf(mark) });
    }
    return { frame, type: type?.name ?? '', literal, args, receiver: this.receivers.of(view, at), dictionary: this.receivers.dictionary(view, at) };
  }

  certain({ shape, base }: View, at: number): number {
    const { values, marks, frames } = this.args;
    const word = frames[base + at]!;
    const none = shape.places[at]?.frame.inlined === true || word >= frames[base + at + 1]! || (marks[word]! & inexactBit) !== 0;
    return none ? Number.NaN : values[word]!;
  }

  receiver(view: View, at: number): Receiver | undefined {
    return this.receivers.of(view, at);
  }

  /** A receiver that the frame itself prints as certain; NaN when it does not. */
  exact(view: View, at: number): number {
    return this.receivers.exact(view, at);
  }
}

export function receiverOf({ receiver }: ViewFrame): Receiver | undefined {
  return receiver;
}

/** What a frame works on: the receiver of a method, the first word of a plain function when that is a pointer. */
export function subjectOf(one: ViewFrame): Receiver | undefined {
  if (one.type !== '') return one.receiver;
  const [first] = one.args;
  if (one.literal || first === undefined || first.depth !== 0 || first.value === undefined || first.value <= leastPointer) return undefined;
  return { value: first.value, inexact: first.inexact, mended: false };
}
