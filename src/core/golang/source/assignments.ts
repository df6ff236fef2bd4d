/** Assignments and declarations: which variable stands for which object from here on. */
import { evaluate, evaluateList, typeHere } from './expressions.ts';
import { rootFor, type Body } from './reading.ts';
import { forget, rename } from './state.ts';
import { child, childrenIn, listed, type SyntaxNode } from './syntax.ts';
import { lockOf, lookUp, assign, type Value } from './values.ts';
import { target, type GoType } from './types.ts';

/** `a, b := …` and `a.b, c = …`. */
export function assignTo(node: SyntaxNode, body: Body): void {
  const left = listed(child(node, 'left'));
  const values = evaluateList(child(node, 'right'), left.length, body);
  const fresh = node.type === 'short_var_declaration';
  const single = left.length > 1 && listed(child(node, 'right')).length === 1;
  for (const [at, to] of left.entries()) {
    const value = shareOf(values[at], at, left.length, single);
    if (to.type === 'identifier') {
      note(to.text, value, body);
      if (fresh && !body.scope.variables.has(to.text)) declare(to, value, body);
      else if (to.text !== '_') reassign(to.text, value, body);
    } else if (to.type === 'selector_expression') keep(to, value, body);
    else if (to.type !== '_') evaluate(to, body);
  }
}

/** Of several results of one call, the first lets the lock go and the last says whether it was taken. */
function shareOf(value: Value | undefined, at: number, count: number, single: boolean): Value {
  if (value === undefined) return { type: { is: 'unknown' } };
  if (!single) return value;
  const decides = value.decides !== undefined && (value.decides.by === 'not nil' ? at === 0 : at === count - 1) ? value.decides : undefined;
  return { ...value, decides, releases: at === count - 1 ? undefined : value.releases, bound: undefined };
}

/** The outcome of taking a lock gets a name. */
function note(name: string, value: Value, body: Body): void {
  if (body.state === undefined) return;
  body.state = forget(body.state, name);
  if (value.decides !== undefined) body.state = rename(body.state, value.decides.text, value.decides.by === 'true' ? name : `${name}==nil`);
}

/** A new variable: another name of the object that it points to, or an object of its own. */
export function declare(name: SyntaxNode, value: Value, body: Body): void {
  if (name.type !== 'identifier' || name.text === '_') return;
  const alias = value.place !== undefined && !body.reassigned.has(name.text);
  const of = target(value.type);
  const called = lockOf(value, body.reading.own) !== undefined || of.is !== 'named' ? name.text : of.name;
  const place = alias
    ? value.place.root.kind === 'local' && value.place.path === ''
      ? { ...value.place, name: called }
      : value.place
    : { root: rootFor(body, name, 'elsewhere'), path: '', name: called };
  body.scope.variables.set(name.text, { ...value, place, decides: undefined });
}

function reassign(name: string, value: Value, body: Body): void {
  const known = lookUp(body.scope, name);
  if (known === undefined) return;
  const releases = [...(known.releases ?? []), ...(value.releases ?? [])];
  assign(body.scope, name, {
    ...value,
    type: known.type.is === 'unknown' ? value.type : known.type,
    place: known.place,
    releases: releases.length === 0 ? undefined : releases.slice(-8),
    literal: value.literal ?? known.literal,
    bound: value.bound ?? known.bound,
    decides: undefined,
  });
}

/** `adder.unlocker = locker.PinLock(ctx)`: the field lets the lock go from now on, in every function of the package. */
function keep(to: SyntaxNode, value: Value, body: Body): void {
  const { place } = evaluate(to, body);
  if (place === undefined || place.name === '' || value.releases === undefined) return;
  const shared = value.releases.filter(({ lock }) => lock.by !== undefined || lock.from === 'package').map((one) => ({ ...one, own: false }));
  if (shared.length > 0) body.reading.keepers.set(place.name, shared);
}

/** `var mu sync.Mutex`, `var a, b = …`. */
export function declareVariables(node: SyntaxNode, body: Body): void {
  for (const spec of specs(node)) {
    const written = child(spec, 'type');
    const names = childrenIn(spec, 'name');
    const values = evaluateList(child(spec, 'value'), names.length, body);
    const type: GoType | undefined = written === undefined ? undefined : typeHere(written, body);
    for (const [at, name] of names.entries()) {
      const value = values[at];
      if (type === undefined || (value?.place !== undefined && type.is === 'pointer')) {
        declare(name, value ?? { type: type ?? { is: 'unknown' } }, body);
        continue;
      }
      const own = type.is === 'pointer' || type.is === 'interface' || type.is === 'unknown' ? 'elsewhere' : 'local';
      const called = target(type);
      const isLock = lockOf({ type }, body.reading.own) !== undefined;
      body.scope.variables.set(name.text, {
        ...value,
        type,
        place: { root: rootFor(body, name, own), path: '', name: isLock || called.is !== 'named' ? name.text : called.name },
      });
    }
  }
}

function specs(node: SyntaxNode): readonly SyntaxNode[] {
  return node.children.flatMap((one) => (one.type === 'var_spec' ? [one] : one.type === 'var_spec_list' ? specs(one) : []));
}
