/** What the distinct stacks of a dump say without arguments: once for each stack, however many goroutines stand there. */
import type { Frame, Stack } from '../../../model.ts';
import type { Scanned } from '../scanned.ts';

/** One frame of a stack. */
export interface Place {
  readonly frame: Frame;
  /** Bytes of the function's name, and the first of them. */
  readonly length: number;
  readonly first: number;
  /** `pkg.(*T)` of a pointer method and of the function literals in it. */
  readonly type: TypeInfo | undefined;
  /** A function literal, a method value or a wrapper: its words are not the method's. */
  readonly literal: boolean;
  /** Of the runtime or of sync. */
  readonly inner: boolean;
}

export interface TypeInfo {
  readonly name: string;
  /** One name stands for all instances. */
  readonly generic: boolean;
}

export interface Shape {
  /** Innermost first, all that are printed. */
  readonly places: readonly Place[];
  /** Frames without the compiler-made outermost ones. */
  readonly depth: number;
}

export function isSync(func: string): boolean {
  return func.startsWith('sync.') || func.startsWith('internal/sync.');
}

export function isRuntime(func: string): boolean {
  return func.startsWith('runtime.') || func.startsWith('internal/runtime/') || func.startsWith('runtime/internal/');
}

const method = /^(.*?\.\(\*[^()]+\))\.(.*)$/;
const wrapper = /\.gowrap\d+$|·dwrap·\d+$/;

/** Shapes of the stacks, made when asked for. */
export function shapesOf({ stacks }: Scanned): (stack: number) => Shape {
  const shapes: (Shape | undefined)[] = [];
  const places = new Map<Frame, Place>();
  const types = new Map<string, TypeInfo>();
  const encoder = new TextEncoder();
  const placeOf = (frame: Frame): Place => {
    const known = places.get(frame);
    if (known !== undefined) return known;
    const { func } = frame;
    const [, name, rest = ''] = method.exec(func) ?? [];
    const bytes = encoder.encode(func);
    const place = {
      frame,
      length: bytes.length,
      first: bytes[0] ?? 0,
      type: name === undefined ? undefined : typeOf(types, name),
      literal: name === undefined ? /\.func\d/.test(func) : /[.\-·]/.test(rest),
      inner: isSync(func) || isRuntime(func),
    };
    places.set(frame, place);
    return place;
  };
  return (number) => {
    const stack = stacks[number];
    if (stack === undefined) return { places: [], depth: 0 };
    return (shapes[number] ??= { places: stack.frames.map(placeOf), depth: depthOf(stack) });
  };
}

function typeOf(types: Map<string, TypeInfo>, name: string): TypeInfo {
  let type = types.get(name);
  if (type === undefined) {
    type = { name, generic: name.includes('[') };
    types.set(name, type);
  }
  return type;
}

/** The outermost frames that the compiler or the runtime added tell nothing. */
function depthOf({ frames, createdBy }: Stack): number {
  let depth = frames.length;
  while (depth > 1) {
    const last = frames[depth - 1];
    if (last === undefined) break;
    const wraps = createdBy !== undefined && last.file === createdBy.file && last.line === createdBy.line && last.func.startsWith(`${createdBy.func}.`);
    if (last.func !== 'runtime.goexit' && last.func !== 'runtime.main' && !wrapper.test(last.func) && !wraps) break;
    depth--;
  }
  return depth;
}
