/** What is shared while the functions of one package are read, and while one body is. */
import type { LockMode, LockPlace } from '../lock-facts.ts';
import type { FunctionDeclaration, GoFile, GoPackage } from './package.ts';
import type { ChannelLock } from './semaphores.ts';
import type { Operation, State } from './state.ts';
import type { SyntaxNode } from './syntax.ts';
import type { Literal, Place, Root, Scope, Success, Value } from './values.ts';

/** Where a caller finds a lock that a function of its package takes or lets go. */
export type Anchor =
  | { readonly is: 'receiver' }
  | { readonly is: 'argument'; readonly index: number }
  | { readonly is: 'package'; readonly place: Place }
  | { readonly is: 'result' }
  /** Not to be told. */
  | { readonly is: 'elsewhere'; readonly key: string };

export interface Effect {
  readonly does: 'take' | 'release';
  readonly anchor: Anchor;
  readonly path: string;
  readonly lock: LockPlace;
  readonly mode: LockMode | 'either';
  readonly must: boolean;
  /** Held only when the last result says so. */
  readonly succeeds?: Success;
}

/** What a call of a function leaves changed. */
export type Summary = readonly Effect[];

export interface Reading {
  readonly own: GoPackage;
  readonly channels: ReadonlyMap<string, ChannelLock>;
  /** Last name of a Cond → last name of its lock. */
  readonly lockers: ReadonlyMap<string, string>;
  /** Functions of other packages whose result is unlocked here: `PinLock`. */
  readonly foreign: ReadonlySet<string>;
  /** By key of the function; only those that change something. */
  readonly summaries: Map<string, Summary>;
  /** Fields that keep the result of such a function: `Adder.unlocker`. */
  readonly keepers: Map<string, readonly Operation[]>;
  /** What a literal does to locks of its surroundings when it is called. */
  readonly literalEffect: (literal: Literal, body: Body) => readonly Operation[];
  readonly globals: Map<string, Root>;
  roots: number;
}

export interface Recorder {
  point(line: number, callee: string, state: State): void;
  /** Lines of a statement, for those on which nothing is called. */
  cover(from: number, to: number, state: State): void;
  /** `through`: a function that is called there takes it. */
  site(line: number, lock: LockPlace, mode: LockMode, through?: boolean): void;
  /** A call that takes a lock; `text` when the lock could not be told. */
  count(text: string | undefined): void;
}

/** How a body is left. */
export interface Exit {
  readonly state: State;
  /** Expressions of the return statement, as values. */
  readonly results: readonly { readonly node: SyntaxNode; readonly value: Value }[];
}

/** One function or literal while it is walked. */
export interface Body {
  readonly reading: Reading;
  readonly id: object;
  readonly file: GoFile;
  /** `T.M` or `F`: locks in its variables are called after it. */
  readonly name: string;
  /** Names that are assigned more than once: they stand for no object of their own. */
  readonly reassigned: ReadonlySet<string>;
  /** One object for each place of the source, however often it is walked. */
  readonly roots: Map<string | SyntaxNode, Root>;
  readonly recorder: Recorder | undefined;
  readonly literals: Literal[];
  readonly exits: Exit[];
  readonly jumps: Jump[];
  readonly labels: Map<string, State>;
  readonly declared: FunctionDeclaration | undefined;
  scope: Scope;
  state: State | undefined;
  /** Statements left to walk; hostile source ends here. */
  budget: { left: number };
}

/** A statement that `break` or `continue` can leave. */
export interface Jump {
  readonly label: string;
  readonly loop: boolean;
  breaks: State | undefined;
  continues: State | undefined;
}

export function rootFor(body: Body, at: string | SyntaxNode, kind: Root['kind'], more: Pick<Root, 'parameter' | 'word'> = {}): Root {
  const known = body.roots.get(at);
  if (known !== undefined) return known;
  body.reading.roots += 1;
  const made: Root = { id: body.reading.roots, kind, owner: body.id, ...more };
  body.roots.set(at, made);
  return made;
}

export function point(body: Body, line: number, callee: string): void {
  if (body.state !== undefined) body.recorder?.point(line, callee, body.state);
}
