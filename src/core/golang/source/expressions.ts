/** Expressions: what each stands for, and what evaluating it does to locks, in Go's order. */
import { callNow } from './calls.ts';
import { channelName } from './semaphores.ts';
import { channelOperation, lockMethodOf } from './operations.ts';
import { point, rootFor, type Body } from './reading.ts';
import { apply, join, refine, type State } from './state.ts';
import { child, listed, pathText, type SyntaxNode } from './syntax.ts';
import { select, target, typeFrom, underlying, unknown, type GoType } from './types.ts';
import { elementOf, fieldOf, lockOf, lookUp, nothing, type Literal, type Place, type Value } from './values.ts';

/** Evaluates in the state of the body and leaves the state after it there. */
export function evaluate(node: SyntaxNode | undefined, body: Body): Value {
  if (node === undefined || body.state === undefined) return nothing;
  switch (node.type) {
    case 'identifier':
      return variable(node, body);
    case 'selector_expression':
      return selected(node, body);
    case 'call_expression':
      return callNow(node, body);
    case 'parenthesized_expression':
      return evaluate(node.children[0], body);
    case 'unary_expression':
      return unary(node, body);
    case 'binary_expression': {
      const operator = child(node, 'operator')?.text;
      if (operator === '&&' || operator === '||') {
        const { yes, no } = condition(node, body);
        body.state = join(yes, no);
      } else {
        evaluate(child(node, 'left'), body);
        evaluate(child(node, 'right'), body);
      }
      return nothing;
    }
    case 'index_expression': {
      const value = evaluate(child(node, 'operand'), body);
      const index = child(node, 'index');
      if (value.method !== undefined) return value;
      evaluate(index, body);
      return elementOf(value, pathText(index) ?? (index?.children.length === 0 ? index.text : undefined), body.reading.own);
    }
    case 'type_instantiation_expression':
      return evaluate(node.children[0], body);
    case 'slice_expression': {
      const [first = nothing] = node.children.map((one) => evaluate(one, body));
      return { type: first.type };
    }
    case 'type_assertion_expression': {
      const value = evaluate(child(node, 'operand'), body);
      return { type: typeHere(child(node, 'type'), body), place: value.place };
    }
    case 'type_conversion_expression':
      evaluate(child(node, 'operand'), body);
      return { type: typeHere(child(node, 'type'), body) };
    case 'composite_literal':
      return composite(node, body);
    case 'func_literal':
      return { type: typeOfLiteral(node, body), literal: literalOf(node, body) };
    default:
      for (const one of node.children) evaluate(one, body);
      return nothing;
  }
}

/** A type as written at this place of the body. */
export function typeHere(node: SyntaxNode | undefined, body: Body): GoType {
  return typeFrom(node, body.file, body.reading.own, body.scope.types);
}

function typeOfLiteral(node: SyntaxNode, body: Body): GoType {
  return { is: 'function', node, file: body.file, scope: body.scope.types };
}

function literalOf(node: SyntaxNode, body: Body): Literal {
  const known = body.literals.find((one) => one.node === node);
  if (known !== undefined) return known;
  const made: Literal = { node, scope: body.scope, entry: undefined };
  body.literals.push(made);
  return made;
}

function variable(node: SyntaxNode, body: Body): Value {
  const { own, globals } = body.reading;
  const local = lookUp(body.scope, node.text);
  if (local !== undefined) return local;
  const declared = own.variables.get(node.text);
  if (declared !== undefined) {
    let root = globals.get(node.text);
    if (root === undefined) {
      body.reading.roots += 1;
      root = { id: body.reading.roots, kind: 'package', owner: undefined };
      globals.set(node.text, root);
    }
    const type = declared.type === undefined ? typeOfValue(declared.value, body) : typeFrom(declared.type, declared.file, own, body.scope.types);
    return { type, place: { root, path: '', name: node.text } };
  }
  const [method] = own.functions.get(node.text) ?? [];
  return method === undefined ? nothing : { type: unknown, method: { declared: method, receiver: undefined } };
}

/** Type of a package variable that has none written: by the literal, `new` or function of the package that makes it. */
function typeOfValue(value: SyntaxNode | undefined, body: Body): GoType {
  if (value === undefined) return unknown;
  const { own } = body.reading;
  if (value.type === 'unary_expression' && child(value, 'operator')?.text === '&') return { is: 'pointer', to: typeOfValue(child(value, 'operand'), body) };
  if (value.type === 'composite_literal') return typeHere(child(value, 'type'), body);
  if (value.type !== 'call_expression') return unknown;
  const called = child(value, 'function');
  const [first] = child(value, 'arguments')?.children ?? [];
  if (called?.text === 'make') return typeHere(first, body);
  if (called?.text === 'new') return { is: 'pointer', to: typeHere(first, body) };
  const [made] = own.functions.get(called?.text ?? '') ?? [];
  return made === undefined ? unknown : typeFrom(made.results[0]?.type, made.file, own, body.scope.types);
}

function selected(node: SyntaxNode, body: Body): Value {
  const operand = child(node, 'operand');
  const name = child(node, 'field')?.text ?? '';
  if (operand === undefined || isImport(operand, body)) return nothing;
  const value = evaluate(operand, body);
  const { own, lockers } = body.reading;
  if (name === 'L') {
    const locker = lockers.get(channelName(operand));
    const parent = operand.type === 'selector_expression' ? evaluate(child(operand, 'operand'), body) : undefined;
    const sibling = locker === undefined || parent === undefined ? undefined : fieldOf(parent, locker, own);
    if (sibling !== undefined) return sibling;
    const type = target(value.type);
    if (type.is === 'named' && type.name === 'Cond' && value.place !== undefined)
      return { type: { is: 'named', path: 'sync', name: 'Locker', given: [] }, place: below(value.place, 'L') };
  }
  const lock = lockMethodOf(value, name, body);
  if (lock !== undefined) return { type: unknown, bound: lock.operations };
  const found = fieldOf(value, name, own);
  if (found === undefined) return value.place === undefined ? nothing : { type: unknown, place: { ...below(value.place, name), name: '' } };
  if (found.method !== undefined) return found;
  if (select(value.type, name, own)?.is === 'foreign') return nothing;
  const kept = found.place === undefined ? undefined : body.reading.keepers.get(found.place.name);
  return kept === undefined ? found : { ...found, releases: kept };
}

function below(place: Place, step: string): Place {
  return { root: place.root, path: place.path === '' ? step : `${place.path}.${step}`, name: place.name === '' ? '' : `${place.name}.${step}` };
}

/** `http` of `http.Get`: a package, unless a variable of that name hides it. */
export function isImport(operand: SyntaxNode, body: Body): boolean {
  return (
    operand.type === 'identifier' &&
    body.file.imports.has(operand.text) &&
    lookUp(body.scope, operand.text) === undefined &&
    !body.reading.own.variables.has(operand.text)
  );
}

function unary(node: SyntaxNode, body: Body): Value {
  const operator = child(node, 'operator')?.text;
  const operand = child(node, 'operand');
  const value = evaluate(operand, body);
  if (operator === '&') return { ...value, type: { is: 'pointer', to: value.type } };
  if (operator === '*') return { ...value, type: target(value.type) };
  if (operator !== '<-') return nothing;
  point(body, node.line, '');
  const operation = channelOperation(operand, value, 'receive', node.line, body);
  if (operation !== undefined && body.state !== undefined) body.state = apply(body.state, [operation]);
  const made = underlying(target(value.type), body.reading.own);
  return { type: made.is === 'channel' ? made.of : unknown };
}

function composite(node: SyntaxNode, body: Body): Value {
  const written = child(node, 'type');
  const type = typeHere(written, body);
  elements(child(node, 'body'), body);
  const name = type.is === 'named' ? type.name : '';
  return { type, place: { root: rootFor(body, node, lockOf({ type }, body.reading.own) === undefined ? 'elsewhere' : 'local'), path: '', name } };
}

function elements(list: SyntaxNode | undefined, body: Body): void {
  for (const one of list?.children ?? []) {
    if (one.type === 'keyed_element') {
      const key = child(one, 'key')?.children[0];
      if (key !== undefined && key.type !== 'identifier' && key.type !== 'literal_value') evaluate(key, body);
    }
    const value = one.type === 'keyed_element' ? child(one, 'value') : one;
    const [inner] = value?.children ?? [];
    if (inner?.type === 'literal_value') elements(inner, body);
    else if (value?.type === 'literal_element') evaluate(inner, body);
  }
}

export interface Branches {
  readonly yes: State | undefined;
  readonly no: State | undefined;
}

/** The states after a test came out true, and false. */
export function condition(node: SyntaxNode | undefined, body: Body): Branches {
  if (node === undefined || body.state === undefined) return { yes: body.state, no: body.state };
  if (node.type === 'parenthesized_expression') return condition(node.children[0], body);
  const operator = node.type === 'binary_expression' || node.type === 'unary_expression' ? child(node, 'operator')?.text : undefined;
  if (operator === '!') {
    const { yes, no } = condition(child(node, 'operand'), body);
    return { yes: no, no: yes };
  }
  if (operator === '&&' || operator === '||') {
    const left = condition(child(node, 'left'), body);
    body.state = operator === '&&' ? left.yes : left.no;
    const right = condition(child(node, 'right'), body);
    return operator === '&&' ? { yes: right.yes, no: join(left.no, right.no) } : { yes: join(left.yes, right.yes), no: right.no };
  }
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  if ((operator === '==' || operator === '!=') && right?.type === 'nil') {
    const value = evaluate(left, body);
    return branches(value.decides?.text ?? `${pathText(left) ?? ''}==nil`, operator === '==', body);
  }
  const value = evaluate(node, body);
  return branches(value.decides?.text ?? pathText(node) ?? '', true, body);
}

/** The text by which a later test of the same thing is recognised; '' for tests that say nothing. */
export function testText(node: SyntaxNode | undefined): string {
  return node?.type === 'identifier' || node?.type === 'selector_expression' ? (pathText(node) ?? '') : '';
}

function branches(text: string, truth: boolean, { state }: Body): Branches {
  if (state === undefined || text === '' || text === '==nil') return { yes: state, no: state };
  return { yes: refine(state, text, truth), no: refine(state, text, !truth) };
}

/** Values of a list; one call may give several. */
export function evaluateList(node: SyntaxNode | undefined, count: number, body: Body): readonly Value[] {
  const nodes = listed(node);
  const values = nodes.map((one) => evaluate(one, body));
  const [first] = values;
  if (values.length !== 1 || count < 2 || first === undefined) return values;
  const types = first.type.is === 'results' ? first.type.of : [first.type];
  return Array.from({ length: count }, (_, at) => ({ ...first, type: types[at] ?? unknown }));
}
