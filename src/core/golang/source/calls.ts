/** Calls: what is called, what that does to locks, and what its result stands for. */
import type { LockPlace } from '../lock-facts.ts';
import { evaluate, isImport, typeHere } from './expressions.ts';
import { lettingGo } from './lock-types.ts';
import { effectsAt, lockMethodOf, undone, type LockUse } from './operations.ts';
import { resultsOfFunction } from './signatures.ts';
import { rootFor, type Body } from './reading.ts';
import { channelName } from './semaphores.ts';
import { apply, type Operation, type State } from './state.ts';
import { bare, callLine, calleeName, child, pathText, type SyntaxNode } from './syntax.ts';
import { select, target, unknown } from './types.ts';
import { fieldOf, lookUp, nothing, type Literal, type Success, type Value } from './values.ts';

/** A call whose function and arguments have been evaluated. */
export interface Prepared {
  readonly callee: string;
  readonly line: number;
  readonly operations: readonly Operation[];
  readonly value: Value;
  /** It does not return. */
  readonly ends: boolean;
  /** The literal that is called. */
  readonly literal?: Literal;
  /** Literals among the arguments. */
  readonly handed: readonly Literal[];
  /** What is held while it runs, where that differs from before: `Cond.Wait`, `Once.Do`. */
  readonly during?: State;
}

/** A call that is made now. */
export function callNow(node: SyntaxNode, body: Body): Value {
  const made = prepare(node, body);
  if (body.state === undefined) return nothing;
  body.recorder?.point(made.line, made.callee, made.during ?? body.state);
  hand(made, body);
  if (body.state !== undefined) body.state = made.ends ? undefined : apply(body.state, made.operations);
  return made.value;
}

/** Functions that start what they are given as a goroutine. */
const starters = /^(?:Go|TryGo|AfterFunc|Submit|Async)$/;

/** Literals that are handed over may be called at once, later or never; those that give a lock back take it with them. */
function hand({ handed, callee }: Prepared, body: Body): void {
  for (const literal of handed) {
    const gives = body.reading.literalEffect(literal, body).filter(({ does }) => does === 'release');
    if (gives.length > 0) transfer(literal, gives, starters.test(callee), body);
  }
}

/** `go func() { defer mu.Unlock() … }()`: the new goroutine has the lock from here on. */
export function transfer(literal: Literal, gives: readonly Operation[], sure: boolean, body: Body): void {
  if (body.state === undefined) return;
  const held = new Map(literal.entry?.held);
  for (const { key } of gives) {
    const known = body.state.held.get(key);
    if (known === undefined) continue;
    const lock: LockPlace = known.lock.from === 'package' || known.lock.from === 'local' ? known.lock : { ...known.lock, from: 'elsewhere', word: undefined };
    held.set(key, { lock, mode: known.mode, must: known.must && sure });
  }
  literal.entry = { held, freed: new Map(), deferred: [] };
  body.state = apply(
    body.state,
    gives.filter(({ key }) => body.state?.held.has(key) === true).map((one) => ({ ...one, must: sure })),
  );
}

const ending = /^(?:Exit|Fatal|Fatalf|Fatalln|Panic|Panicf|Panicln|Goexit|FailNow)$/;

/** Evaluates what is called and its arguments, but does not call. */
export function prepare(node: SyntaxNode, body: Body): Prepared {
  const called = child(node, 'function');
  const args = (child(node, 'arguments')?.children ?? []).filter(({ type }) => type !== 'comment');
  const about = { callee: calleeName(node), line: callLine(node), ends: false, handed: [], operations: [] };
  if (called === undefined) return { ...about, value: nothing };
  if (called.type === 'identifier' && lookUp(body.scope, called.text) === undefined) {
    const made = builtin(called.text, args, body);
    if (made !== undefined) return { ...about, ...made };
  }
  if (called.type === 'selector_expression') {
    const operand = child(called, 'operand');
    const name = child(called, 'field')?.text ?? '';
    if (operand !== undefined && isImport(operand, body)) return imported(operand.text, name, args, about, body);
    if (operand !== undefined) return method(node, operand, name, args, about, body);
  }
  const cast = called.type === 'parenthesized_expression' ? bare(called) : undefined;
  if (cast?.type === 'identifier' && body.reading.own.types.has(cast.text) && lookUp(body.scope, cast.text) === undefined)
    return { ...about, value: converted(cast.text, args[0], body) };
  const value = evaluate(called, body);
  const given = args.map((one) => evaluate(one, body));
  // A function of a file that is not at hand, or one of Go's own.
  if (called.type === 'identifier' && value === nothing) return { ...about, handed: literalsOf(given), value };
  return calledValue(node, value, given, about, body);
}

type About = Pick<Prepared, 'callee' | 'line' | 'ends' | 'handed' | 'operations'>;

const literalsOf = (given: readonly Value[]): readonly Literal[] => given.flatMap(({ literal }) => literal ?? []);

function builtin(name: string, args: readonly SyntaxNode[], body: Body): { readonly value: Value; readonly ends: boolean } | undefined {
  const [first, ...rest] = args;
  if (name === 'make' || name === 'new') {
    for (const one of rest) evaluate(one, body);
    const type = typeHere(first, body);
    return { value: { type: name === 'new' ? { is: 'pointer', to: type } : type }, ends: false };
  }
  if (name === 'append') {
    const [list = nothing] = args.map((one) => evaluate(one, body));
    return { value: { type: list.type }, ends: false };
  }
  if (name === 'panic') {
    for (const one of args) evaluate(one, body);
    return { value: nothing, ends: true };
  }
  if (body.reading.own.types.has(name) || body.scope.types.local.has(name)) {
    return { value: converted(name, first, body), ends: false };
  }
  return undefined;
}

/** `T(x)` and `(*T)(x)`: the same object by another type. */
function converted(name: string, from: SyntaxNode | undefined, body: Body): Value {
  const value = evaluate(from, body);
  const type = typeHere({ type: 'type_identifier', field: '', text: name, line: 0, end: 0, children: [] }, body);
  return { type, place: value.place === undefined ? undefined : { ...value.place, name } };
}

/** A function of another package. */
function imported(alias: string, name: string, args: readonly SyntaxNode[], about: About, body: Body): Prepared {
  const path = body.file.imports.get(alias) ?? '';
  const given = args.map((one) => evaluate(one, body));
  const [first] = given;
  const ends = (path === 'os' && name === 'Exit') || (path === 'runtime' && name === 'Goexit') || (/(?:^|\/)(?:log|testing)$/.test(path) && ending.test(name));
  if (path === 'sync' && /^OnceFunc$|^OnceValues?$/.test(name) && first !== undefined) return { ...about, value: first };
  if (path === 'sync' && name === 'NewCond') return { ...about, value: { type: { is: 'pointer', to: { is: 'named', path, name: 'Cond', given: [] } } } };
  if (path.endsWith('/semaphore') && name === 'NewWeighted')
    return { ...about, value: { type: { is: 'pointer', to: { is: 'named', path, name: 'Weighted', given: [] } } } };
  return { ...about, ends, handed: literalsOf(given), value: nothing };
}

function method(node: SyntaxNode, operand: SyntaxNode, name: string, args: readonly SyntaxNode[], about: About, body: Body): Prepared {
  const value = evaluate(operand, body);
  const given = args.map((one) => evaluate(one, body));
  const lock = lockMethodOf(value, name, body, node);
  if (lock !== undefined) return lockCall(node, operand, lock, value, given, about, body);
  const found = fieldOf(value, name, body.reading.own);
  if (found?.method !== undefined) return declaredCall(node, found.method, given, about, body);
  if (value.releases !== undefined && lettingGo.test(name)) return { ...about, operations: value.releases, handed: literalsOf(given), value: nothing };
  if (found !== undefined && select(value.type, name, body.reading.own)?.is === 'field')
    return calledValue(node, found, given, { ...about, callee: '*' }, body);
  if (body.reading.foreign.has(name)) return foreignHelper(name, about);
  const only = found === undefined && target(value.type).is === 'unknown' ? onlyMethod(name, body) : undefined;
  if (only !== undefined) return declaredCall(node, { declared: only, receiver: value }, given, about, body);
  return { ...about, ends: ending.test(name) && /^(?:log|logger|l|t|b)$/i.test(channelName(operand)), handed: literalsOf(given), value: nothing };
}

/** The one function of the package by this name that changes locks: meant when the type of the object is not known. */
function onlyMethod(name: string, body: Body): Parameters<typeof effectsAt>[1] | undefined {
  const { own, summaries } = body.reading;
  const keys = [...summaries.keys()].filter((key) => key.endsWith(`.${name}`));
  const [key] = keys;
  return keys.length === 1 && key !== undefined ? own.functions.get(key)?.[0] : undefined;
}

/** `PinLock` of another package: it returns while it holds, and its result is unlocked here. */
function foreignHelper(name: string, about: About): Prepared {
  const lock: LockPlace = { name: '', kind: 'rwmutex', from: 'elsewhere', path: '', by: name };
  const operations: readonly Operation[] = [{ does: 'take', key: `by ${name}`, lock, mode: 'either', must: true }];
  return { ...about, operations, value: { type: unknown, releases: undone(operations) } };
}

function lockCall(
  node: SyntaxNode,
  operand: SyntaxNode,
  { method: does, lock, key, operations }: LockUse,
  value: Value,
  given: readonly Value[],
  about: About,
  body: Body,
): Prepared {
  const { recorder, state } = body;
  if (does.does === 'reader') return { ...about, value: { ...value, type: { is: 'named', path: 'sync', name: 'Locker', given: [] }, reads: true } };
  if (does.does === 'wait') return { ...about, value: nothing, during: state === undefined ? undefined : withoutLocker(state, operand, value, body) };
  const waits = does.does === 'once' || (does.does === 'take' && does.waits);
  const mode = value.reads === true ? 'read' : does.does === 'take' ? does.mode : 'write';
  if (waits) {
    recorder?.site(about.line, lock, mode);
    recorder?.count(lock.name === '' ? (pathText(operand) ?? 'an expression') : undefined);
  }
  if (does.does === 'once') {
    const during = state === undefined ? undefined : { ...state, held: new Map(state.held).set(key, { lock, mode: 'write' as const, must: true }) };
    return { ...about, value: nothing, during, handed: literalsOf(given) };
  }
  if (does.does !== 'take' || does.succeeds === undefined) return { ...about, operations, value: nothing };
  const text = `#${rootFor(body, node, 'elsewhere').id}`;
  const by: Success = does.succeeds;
  return {
    ...about,
    operations: operations.map((one) => ({ ...one, must: false, when: { text, is: true } })),
    value: { type: unknown, decides: { text, by } },
  };
}

/** While a Cond waits, its lock is free; when it cannot be told which that is, none is sure. */
function withoutLocker(state: State, operand: SyntaxNode, value: Value, body: Body): State {
  const locker = body.reading.lockers.get(channelName(operand));
  const path = value.place?.path ?? '';
  const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : '';
  const held = new Map(state.held);
  for (const [key, one] of state.held) {
    const isIt =
      locker === undefined
        ? state.held.size === 1
        : one.lock.path === `${parent}${locker}` || one.lock.path.endsWith(`.${locker}`) || one.lock.name.endsWith(`.${locker}`);
    if (isIt) held.delete(key);
    else if (locker === undefined) held.set(key, { ...one, must: false });
  }
  return { ...state, held };
}

function declaredCall(node: SyntaxNode, called: NonNullable<Value['method']>, given: readonly Value[], about: About, body: Body): Prepared {
  const { declared, receiver } = called;
  const type = resultsOfFunction(declared, receiver, body);
  const text = callText(node);
  const place = { root: rootFor(body, text === undefined ? node : `call ${text}`, 'elsewhere'), path: '', name: `${declared.key}()` };
  const summary = body.reading.summaries.get(declared.key) ?? [];
  const { operations, decides } = effectsAt(summary, declared, receiver, given, place, node, body);
  const taken = operations.filter(({ does }) => does === 'take');
  for (const { lock, mode } of taken) body.recorder?.site(about.line, lock, mode === 'read' ? 'read' : 'write', true);
  return { ...about, operations, handed: literalsOf(given), value: { type, place, decides, releases: taken.length > 0 ? undone(operations) : undefined } };
}

/** The same text means the same object: `s.get(id)`. */
function callText(node: SyntaxNode): string | undefined {
  const called = pathText(child(node, 'function'));
  const args = (child(node, 'arguments')?.children ?? []).map((one) => pathText(one) ?? (one.children.length === 0 ? one.text : undefined));
  return called === undefined || args.includes(undefined) ? undefined : `${called}(${args.join(', ')})`;
}

/** What a value does when it is called: a literal, a method value, what a helper returned. */
function calledValue(node: SyntaxNode, value: Value, given: readonly Value[], about: About, body: Body): Prepared {
  const handed = literalsOf(given);
  if (value.method !== undefined) return declaredCall(node, value.method, given, about, body);
  const { literal } = value;
  if (literal !== undefined) {
    return { ...about, callee: '()', literal, operations: body.reading.literalEffect(literal, body), handed, value: { type: unknown } };
  }
  return { ...about, callee: '*', operations: value.bound ?? value.releases ?? [], handed, value: nothing };
}
