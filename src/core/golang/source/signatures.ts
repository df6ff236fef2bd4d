/** Signatures: the variables that a function starts with, where its arguments are printed, and what it returns. */
import type { FunctionDeclaration, Parameter } from './package.ts';
import { parametersOf } from './package.ts';
import { rootFor, type Body } from './reading.ts';
import { child, type SyntaxNode } from './syntax.ts';
import { noScope, target, typeFrom, unknown, type GoType, type TypeScope } from './types.ts';
import type { Scope, Value } from './values.ts';

/** Type parameters stand for nothing that is known. */
export function typeScopeOf(declared: FunctionDeclaration): TypeScope {
  return { parameters: new Map(declared.typeParameters.map((name) => [name, unknown])), local: noScope.local };
}

/** Receiver and parameters as variables of the body's scope. */
export function declareParameters(declared: FunctionDeclaration, body: Body): void {
  const { receiver } = declared;
  let word: number | undefined = 0;
  if (receiver !== undefined) {
    const type = typeHere(receiver.type, body);
    if (receiver.name !== '' && receiver.name !== '_') {
      const exact = type.is === 'pointer' && !body.reassigned.has(receiver.name);
      const root = rootFor(body, 'receiver', exact ? 'receiver' : 'elsewhere');
      body.scope.variables.set(receiver.name, { type, place: { root, path: '', name: nameOf(type) } });
    }
    word = type.is === 'pointer' ? 1 : undefined;
  }
  declareList(declared.parameters, word, body);
  declareResults(declared.results, body);
}

/** Parameters of a literal. */
export function declareLiteral(node: SyntaxNode, body: Body): void {
  declareList(parametersOf(child(node, 'parameters')), undefined, body);
  declareResults(parametersOf(child(node, 'result')), body);
}

function declareList(parameters: readonly Parameter[], first: number | undefined, body: Body): void {
  let word = first;
  for (const [index, parameter] of parameters.entries()) {
    const type = parameter.variadic ? ({ is: 'list', of: typeHere(parameter.type, body) } as const) : typeHere(parameter.type, body);
    if (parameter.name !== '' && parameter.name !== '_') {
      const exact = type.is === 'pointer' && !body.reassigned.has(parameter.name);
      const root = rootFor(body, `parameter ${index}`, exact ? 'argument' : 'elsewhere', { parameter: index, word });
      body.scope.variables.set(parameter.name, { type, place: { root, path: '', name: nameOf(type) === '' ? parameter.name : nameOf(type) } });
    }
    const words = wordsOf(parameter, type);
    word = word === undefined || words === undefined ? undefined : word + words;
  }
}

function declareResults(results: readonly Parameter[], body: Body): void {
  for (const { name, type } of results) {
    if (name === '' || name === '_') continue;
    const of = typeHere(type, body);
    body.scope.variables.set(name, { type: of, place: { root: rootFor(body, `result ${name}`, 'elsewhere'), path: '', name } });
  }
}

function typeHere(node: SyntaxNode | undefined, body: Body): GoType {
  return typeFrom(node, body.file, body.reading.own, body.scope.types);
}

function nameOf(type: GoType): string {
  const of = target(type);
  return of.is === 'named' ? of.name : '';
}

/** Machine words that an argument takes in a traceback; undefined for structs and types of other packages. */
function wordsOf({ type: written, variadic }: Parameter, type: GoType): number | undefined {
  if (variadic || type.is === 'list') return written?.type === 'array_type' ? undefined : 3;
  if (type.is === 'pointer' || type.is === 'map' || type.is === 'channel' || type.is === 'function') return 1;
  if (type.is === 'interface') return 2;
  if (written?.type === 'type_identifier' && /^(?:bool|byte|rune|u?int(?:8|16|32|64|ptr)?|float(?:32|64))$/.test(written.text)) return 1;
  if (written?.text === 'string') return 2;
  return type.is === 'named' && type.path === 'context' && type.name === 'Context' ? 2 : undefined;
}

/** Result type of a call, with the type arguments of its receiver in place. */
export function resultsOfFunction(declared: FunctionDeclaration, receiver: Value | undefined, body: Body): GoType {
  const of = receiver === undefined ? unknown : target(receiver.type);
  const given = of.is === 'named' ? of.given : [];
  const scope: TypeScope = { parameters: new Map(declared.typeParameters.map((name, at) => [name, given[at] ?? unknown])), local: noScope.local };
  const types = declared.results.map(({ type }) => typeFrom(type, declared.file, body.reading.own, scope));
  const [first] = types;
  return types.length === 1 && first !== undefined ? first : { is: 'results', of: types };
}

/** A scope of the package itself: of a function that stands in no other. */
export function outermost(types: TypeScope, body: object): Scope {
  return { outer: undefined, body, variables: new Map(), types };
}
