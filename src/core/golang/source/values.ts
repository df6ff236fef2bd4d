/** What an expression stands for while a function is read: its type, the object that it names, and what calling it would do to locks. */
import type { LockPlace } from '../lock-facts.ts';
import type { FunctionDeclaration, GoPackage } from './package.ts';
import type { Operation, State } from './state.ts';
import type { SyntaxNode } from './syntax.ts';
import { lockType } from './lock-types.ts';
import { select, target, underlying, unknown, type GoType, type TypeScope } from './types.ts';

/** A variable, or whatever else an object is reached from. */
export interface Root {
  readonly id: number;
  readonly kind: LockPlace['from'];
  /** The function or literal whose variable it is. */
  readonly owner: object | undefined;
  /** Index of a parameter; printed word of it, when that can be told. */
  readonly parameter?: number;
  readonly word?: number;
}

/** An object, by the way to it. */
export interface Place {
  readonly root: Root;
  /** `conns.lock`; '' for the variable itself. */
  readonly path: string;
  /** How a lock here is called: `Swarm.conns`. */
  readonly name: string;
}

/** A function literal; walked once it is known how it is used. */
export interface Literal {
  readonly node: SyntaxNode;
  readonly scope: Scope;
  /** Locks that it has from the function that started it. */
  entry: State | undefined;
  /** What calling it does; nothing while that is being found out. */
  effect?: readonly Operation[];
}

/** By what a function says that it has the lock. */
export type Success = 'true' | 'no error' | 'not nil';

export interface Value {
  readonly type: GoType;
  readonly place?: Place;
  /** What a call of this value does. */
  readonly bound?: readonly Operation[];
  readonly literal?: Literal;
  readonly method?: { readonly declared: FunctionDeclaration; readonly receiver: Value | undefined };
  /** The result of a function that returned while it held: letting it go does this. */
  readonly releases?: readonly Operation[];
  /** Locks that the state remembers under `text` are held only if this is true, a nil error, or not nil. */
  readonly decides?: { readonly text: string; readonly by: Success };
  /** `x.RLocker()`. */
  readonly reads?: boolean;
}

export const nothing: Value = { type: unknown };

/** Variables of a block; `body` changes at function literals. */
export interface Scope {
  readonly outer: Scope | undefined;
  readonly body: object;
  readonly variables: Map<string, Value>;
  readonly types: TypeScope;
}

export function innerScope(outer: Scope, body: object = outer.body): Scope {
  return { outer, body, variables: new Map(), types: outer.types };
}

export function lookUp(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = at.variables.get(name);
    if (found === undefined) continue;
    // In a literal, what the surrounding function took is let go for that function.
    return at.body === scope.body || found.releases === undefined ? found : { ...found, releases: found.releases.map((one) => ({ ...one, own: false })) };
  }
  return undefined;
}

/** Gives a variable of an outer scope a new meaning. */
export function assign(scope: Scope, name: string, value: Value): void {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (!at.variables.has(name)) continue;
    at.variables.set(name, value);
    return;
  }
}

/** Paths that are longer come from loops over lists. */
const maxPath = 120;

/** A field or method of an object; the way goes through embedded fields. */
export function fieldOf(value: Value, field: string, own: GoPackage): Value | undefined {
  const found = select(value.type, field, own);
  if (found === undefined) return undefined;
  let owner = value.place?.name ?? '';
  let path = value.place?.path ?? '';
  for (const step of found.through) path = joined(path, step);
  if (found.is === 'method') {
    const receiver = { ...value, place: value.place === undefined ? undefined : { ...value.place, path } };
    return { type: unknown, method: { declared: found.declared, receiver } };
  }
  if (found.is === 'foreign') {
    const last = found.through.at(-1) ?? '';
    if (found.owner !== '') owner = last === '' ? found.owner : `${found.owner}.${last}`;
    return { type: found.of, place: value.place === undefined ? undefined : { ...value.place, path, name: owner } };
  }
  path = joined(path, field);
  const name = found.owner !== '' ? `${found.owner}.${field}` : owner === '' ? field : `${owner}.${field}`;
  return { type: found.type, place: value.place === undefined || path.length > maxPath ? undefined : { ...value.place, path, name } };
}

function joined(path: string, step: string): string {
  return path === '' ? step : `${path}.${step}`;
}

/** An element of a list, map or channel: which one is told by the text of its index only. */
export function elementOf(value: Value, index: string | undefined, own: GoPackage): Value {
  const made = underlying(target(value.type), own);
  const type = made.is === 'list' || made.is === 'map' || made.is === 'channel' ? made.of : unknown;
  if (value.place === undefined || index === undefined) return { type };
  const path = `${value.place.path}[${index}]`;
  if (path.length > maxPath) return { type };
  return { type, place: { root: { ...value.place.root, kind: 'elsewhere' }, path, name: `${value.place.name}[]` } };
}

/** Tells objects of one function apart. */
export function keyOf({ root, path }: Place): string {
  return `${root.id}:${path}`;
}

/** The lock that an object is, as the function `body` sees it. */
export function lockAt(place: Place, kind: LockPlace['kind'], body: object): LockPlace {
  const { root, path, name } = place;
  const captured = root.owner !== undefined && root.owner !== body;
  const from = captured && root.kind !== 'local' && root.kind !== 'package' ? 'elsewhere' : root.kind;
  // A lock that is handed over as such has another name where it comes from.
  const handed = root.kind === 'argument' && path === '';
  return { name: handed ? '' : name, kind, from, path, word: from === 'argument' ? root.word : undefined };
}

/** A type that is a lock, or points to one; '' types of unknown origin are not. */
export function lockOf(value: Value, own: GoPackage): ReturnType<typeof lockType> {
  return lockType(target(value.type), own.name) ?? lockType(underlying(target(value.type), own), own.name);
}
