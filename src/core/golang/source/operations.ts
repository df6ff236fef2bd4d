/** What a method of a lock, a channel used as a lock, or a function of the package does to locks here. */
import type { LockPlace } from '../lock-facts.ts';
import { byNameAlone, type LockMethod } from './lock-types.ts';
import type { FunctionDeclaration } from './package.ts';
import { rootFor, type Anchor, type Body, type Effect } from './reading.ts';
import { channelName } from './semaphores.ts';
import type { Operation, When } from './state.ts';
import { child, pathText, type SyntaxNode } from './syntax.ts';
import { select, target, type GoType } from './types.ts';
import { keyOf, lockAt, lockOf, type Place, type Success, type Value } from './values.ts';

export interface LockUse {
  readonly method: LockMethod;
  readonly lock: LockPlace;
  readonly key: string;
  /** Of calling it; those of a lock that is taken only if it succeeds have no test yet. */
  readonly operations: readonly Operation[];
}

const noWhere: LockPlace = { name: '', kind: 'mutex', from: 'elsewhere', path: '' };

/** `Lock` of `x.mu`: a method of a lock, of one that is embedded, or of a value of unknown type that is called as locks are. */
export function lockMethodOf(value: Value, name: string, body: Body, call?: SyntaxNode): LockUse | undefined {
  const { own } = body.reading;
  const type = lockOf(value, own);
  const direct = type !== undefined && Object.hasOwn(type.methods, name) ? type.methods[name] : undefined;
  if (type !== undefined && direct !== undefined) return useOf(direct, type.kind === 'cond' ? 'mutex' : type.kind, value, body, call);
  if (type !== undefined) return undefined;
  const found = select(value.type, name, own);
  if (found?.is === 'foreign') {
    const place = embeddedPlace(value, found);
    const inner: Value = { type: found.of, place };
    const foreign = lockOf(inner, own);
    const method = foreign !== undefined && Object.hasOwn(foreign.methods, name) ? foreign.methods[name] : undefined;
    return foreign === undefined || method === undefined ? undefined : useOf(method, foreign.kind === 'cond' ? 'mutex' : foreign.kind, inner, body, call);
  }
  if (found !== undefined || call === undefined || (child(call, 'arguments')?.children.length ?? 0) > 0) return undefined;
  const guessed = isOpen(value.type) ? byNameAlone(name) : undefined;
  return guessed === undefined ? undefined : useOf(guessed, /R/.test(name) ? 'rwmutex' : 'mutex', value, body, call);
}

/** Types that may have any method. */
function isOpen(type: GoType): boolean {
  const of = target(type);
  return of.is === 'unknown' || of.is === 'interface' || of.is === 'named';
}

function embeddedPlace(value: Value, found: { readonly owner: string; readonly through: readonly string[] }): Place | undefined {
  const { place } = value;
  if (place === undefined) return undefined;
  const through = found.through.join('.');
  const last = found.through.at(-1) ?? '';
  // A struct without a name is called by the field that it is: `Swarm.conns` rather than `Swarm.conns.RWMutex`.
  const name = found.owner === '' ? place.name : last === '' ? found.owner : `${found.owner}.${last}`;
  return { root: place.root, path: place.path === '' ? through : through === '' ? place.path : `${place.path}.${through}`, name };
}

function useOf(method: LockMethod, kind: LockPlace['kind'], value: Value, body: Body, call: SyntaxNode | undefined): LockUse {
  const side =
    call !== undefined && body.reading.own.name === 'poll' && child(child(call, 'function'), 'field')?.text.startsWith('rw') === true ? sideOf(call) : '';
  const place =
    value.place === undefined
      ? undefined
      : side === ''
        ? value.place
        : { ...value.place, path: `${value.place.path}.${side}`, name: `${value.place.name}.${side}` };
  const named = place === undefined ? { ...noWhere, kind } : lockAt(place, kind, body.id);
  const lock = named.from === 'local' && named.path === '' && named.name !== '' ? { ...named, name: `${body.name}.${named.name}` } : named;
  const key = place === undefined ? `?${pathText(call) ?? ''}` : keyOf(place);
  const mode = method.does === 'take' || method.does === 'release' ? (value.reads === true ? 'read' : method.mode) : 'write';
  const operations: readonly Operation[] =
    method.does === 'take'
      ? [{ does: 'take', key, lock, mode, must: method.succeeds === undefined }]
      : method.does === 'release'
        ? [{ does: 'release', key, lock, mode, must: true }]
        : [];
  return { method, lock, key, operations };
}

/** `fd.fdmu.rwlock(true)` locks for reading bytes, `false` for writing them: two locks of one descriptor. */
function sideOf(call: SyntaxNode): string {
  const [argument] = child(call, 'arguments')?.children ?? [];
  return argument?.type === 'true' ? 'read' : argument?.type === 'false' ? 'write' : '';
}

/** A send or receive that takes or gives back a channel used as a lock; notes where it waits. */
export function channelOperation(
  channel: SyntaxNode | undefined,
  value: Value,
  does: 'send' | 'receive',
  line: number | undefined,
  body: Body,
): Operation | undefined {
  const used = body.reading.channels.get(channelName(channel));
  if (used === undefined || value.place === undefined) return undefined;
  const found = lockAt(value.place, 'semaphore', body.id);
  const lock = found.from === 'local' && found.path === '' ? { ...found, name: `${body.name}.${found.name}` } : found;
  const key = keyOf(value.place);
  if (used.takenBy !== does) return { does: 'release', key, lock, mode: 'write', must: true };
  if (line !== undefined) {
    body.recorder?.site(line, lock, 'write');
    body.recorder?.count(lock.name === '' ? pathText(channel) : undefined);
  }
  return { does: 'take', key, lock, mode: 'write', must: true };
}

export interface Made {
  readonly operations: readonly Operation[];
  readonly decides: { readonly text: string; readonly by: Success } | undefined;
}

/** A function of the package is called: its effects, with the caller's objects in place of its own. */
export function effectsAt(
  effects: readonly Effect[],
  declared: FunctionDeclaration,
  receiver: Value | undefined,
  args: readonly Value[],
  result: Place | undefined,
  call: SyntaxNode,
  body: Body,
): Made {
  const operations: Operation[] = [];
  let decides: Made['decides'];
  for (const effect of effects) {
    const base = placeOf(effect.anchor, receiver, args, result);
    const place =
      base === undefined ? undefined : { ...base, path: base.path === '' ? effect.path : effect.path === '' ? base.path : `${base.path}.${effect.path}` };
    const key = place === undefined ? `?${declared.key}:${effect.lock.name}${effect.anchor.is === 'elsewhere' ? effect.anchor.key : ''}` : keyOf(place);
    const lock: LockPlace =
      place === undefined
        ? { ...effect.lock, from: 'elsewhere', word: undefined }
        : {
            ...lockAt({ ...place, name: effect.path === '' && effect.anchor.is !== 'package' ? place.name : effect.lock.name }, effect.lock.kind, body.id),
            by: effect.lock.by,
          };
    let when: When | undefined;
    if (effect.succeeds !== undefined) {
      const text = decides?.text ?? `#${rootFor(body, call, 'elsewhere').id}`;
      decides = { text, by: effect.succeeds };
      when = { text, is: effect.succeeds !== 'not nil' };
    }
    operations.push({ does: effect.does, key, lock, mode: effect.mode, must: effect.must && when === undefined, when });
  }
  return { operations, decides };
}

function placeOf(anchor: Anchor, receiver: Value | undefined, args: readonly Value[], result: Place | undefined): Place | undefined {
  switch (anchor.is) {
    case 'receiver':
      return receiver?.place;
    case 'argument':
      return args[anchor.index]?.place;
    case 'package':
      return anchor.place;
    case 'result':
      return result;
    case 'elsewhere':
      return undefined;
  }
}

/** What undoes it: the same locks, let go. */
export function undone(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(({ does }) => does === 'take').map(({ key, lock, mode }) => ({ does: 'release', key, lock, mode, must: true, own: true }));
}
