/** Go types as far as locks need them: which type an expression has inside its own package, and which field or method a selector means. */
import type { FunctionDeclaration, GoFile, GoPackage, TypeDeclaration } from './package.ts';
import { parametersOf, typeNamed } from './package.ts';
import { child, childOf, childrenIn, type SyntaxNode } from './syntax.ts';

export type GoType =
  /** `path` is '' for the own package. */
  | { readonly is: 'named'; readonly path: string; readonly name: string; readonly declared?: TypeDeclaration; readonly given: readonly GoType[] }
  | { readonly is: 'pointer'; readonly to: GoType }
  | { readonly is: 'list' | 'channel'; readonly of: GoType }
  | { readonly is: 'map'; readonly of: GoType; readonly by: GoType }
  | { readonly is: 'function'; readonly node: SyntaxNode; readonly file: GoFile; readonly scope: TypeScope }
  /** `owner`: how locks in it are called when it has no name of its own. */
  | { readonly is: 'struct'; readonly node: SyntaxNode; readonly file: GoFile; readonly scope: TypeScope }
  | { readonly is: 'interface' }
  | { readonly is: 'results'; readonly of: readonly GoType[] }
  | { readonly is: 'unknown' };

export const unknown: GoType = { is: 'unknown' };

/** Type parameters with what they stand for, and types declared in functions. */
export interface TypeScope {
  readonly parameters: ReadonlyMap<string, GoType>;
  readonly local: ReadonlyMap<string, TypeDeclaration>;
}

export const noScope: TypeScope = { parameters: new Map(), local: new Map() };

/** Names of types that stand for a single word or are no struct: they have no fields and no locks. */
const plain = /^(?:bool|string|u?int(?:8|16|32|64|ptr)?|float(?:32|64)|complex(?:64|128)|byte|rune|error|any|comparable)$/;

/** The type that a type expression names. */
export function typeFrom(node: SyntaxNode | undefined, file: GoFile, own: GoPackage, scope: TypeScope): GoType {
  if (node === undefined) return unknown;
  const inner = (at: SyntaxNode | undefined): GoType => typeFrom(at, file, own, scope);
  switch (node.type) {
    case 'type_identifier':
    case 'identifier': {
      const parameter = scope.parameters.get(node.text);
      if (parameter !== undefined) return parameter;
      const declared = scope.local.get(node.text) ?? typeNamed(own, node.text, file);
      if (declared === undefined && plain.test(node.text)) return node.text === 'error' || node.text === 'any' ? { is: 'interface' } : unknown;
      return { is: 'named', path: '', name: node.text, declared, given: [] };
    }
    case 'qualified_type':
    case 'selector_expression': {
      const from = (child(node, 'package') ?? child(node, 'operand'))?.text ?? '';
      return { is: 'named', path: file.imports.get(from) ?? from, name: (child(node, 'name') ?? child(node, 'field'))?.text ?? '', given: [] };
    }
    case 'generic_type': {
      const base = inner(child(node, 'type'));
      const given = (childOf(node, 'type_arguments')?.children ?? []).map((one) => inner(one.type === 'type_elem' ? one.children[0] : one));
      return base.is === 'named' ? { ...base, given } : base;
    }
    case 'pointer_type':
      return { is: 'pointer', to: inner(node.children.find(({ type }) => type !== 'comment')) };
    case 'parenthesized_type':
      return inner(node.children[0]);
    case 'slice_type':
    case 'array_type':
    case 'implicit_length_array_type':
      return { is: 'list', of: inner(child(node, 'element')) };
    case 'map_type':
      return { is: 'map', of: inner(child(node, 'value')), by: inner(child(node, 'key')) };
    case 'channel_type':
      return { is: 'channel', of: inner(child(node, 'value')) };
    case 'function_type':
      return { is: 'function', node, file, scope };
    case 'struct_type':
      return { is: 'struct', node, file, scope };
    case 'interface_type':
      return { is: 'interface' };
    default:
      return unknown;
  }
}

/** What a pointer points to; the type itself otherwise. */
export function target(type: GoType): GoType {
  return type.is === 'pointer' ? type.to : type;
}

/** How many declared types stand behind one another at most. */
const maxChain = 12;

/** What a declared type is made of. */
export function underlying(type: GoType, own: GoPackage): GoType {
  let at = type;
  for (let step = 0; at.is === 'named' && at.declared !== undefined && step < maxChain; step += 1) {
    const { declared, given } = at;
    const parameters = new Map(declared.parameters.map((name, index) => [name, given[index] ?? unknown]));
    at = typeFrom(declared.type, declared.file, own, { parameters, local: noScope.local });
  }
  return at;
}

/** What a selector means. `through`: the embedded fields on the way; `owner`: the declared type that has the field, '' for a struct without a name. */
export type Selected =
  | { readonly is: 'field'; readonly type: GoType; readonly owner: string; readonly through: readonly string[] }
  | { readonly is: 'method'; readonly declared: FunctionDeclaration; readonly through: readonly string[] }
  /** A method of an embedded type of another package: `Lock` of an embedded `sync.Mutex`. */
  | { readonly is: 'foreign'; readonly of: GoType; readonly owner: string; readonly through: readonly string[] };

interface Embedded {
  readonly type: GoType;
  readonly owner: string;
  readonly through: readonly string[];
}

/** Breadth first through embedded fields, as Go does; undefined where the type is not known well enough. */
export function select(type: GoType, name: string, own: GoPackage): Selected | undefined {
  let level: Embedded[] = [{ type: target(type), owner: '', through: [] }];
  const seen = new Set<string>();
  for (let depth = 0; depth < 8 && level.length > 0; depth += 1) {
    const next: Embedded[] = [];
    for (const { type: at, owner, through } of level) {
      if (at.is === 'named') {
        if (at.declared === undefined) {
          if (through.length > 0) return { is: 'foreign', of: at, owner, through };
          continue;
        }
        if (seen.has(at.name)) continue;
        seen.add(at.name);
        const [method] = own.functions.get(`${at.name}.${name}`) ?? [];
        if (method !== undefined) return { is: 'method', declared: method, through };
      }
      const made = underlying(at, own);
      const ownerName = at.is === 'named' ? at.name : '';
      if (made.is === 'named' && made.path !== '') return { is: 'foreign', of: made, owner: ownerName, through };
      if (made.is !== 'struct') continue;
      for (const field of fieldsOf(made)) {
        if (field.name === name) return { is: 'field', type: typeFrom(field.type, made.file, own, made.scope), owner: ownerName, through };
        if (field.embedded) next.push({ type: target(typeFrom(field.type, made.file, own, made.scope)), owner: ownerName, through: [...through, field.name] });
      }
    }
    // A foreign type that is embedded may have any method: only if it is the one of its level is it meant for sure.
    level = next.toSorted((a, b) => Number(isForeign(a.type)) - Number(isForeign(b.type)));
    if (level.filter(({ type: one }) => isForeign(one)).length > 1) level = level.filter(({ type: one }) => !isForeign(one) || mayHave(one, name));
  }
  return undefined;
}

function isForeign(type: GoType): boolean {
  return type.is === 'named' && type.declared === undefined;
}

/** Lock methods belong to locks; other types of sync have none of them. */
function mayHave(type: GoType, method: string): boolean {
  return type.is === 'named' && (/^(?:Try)?R?(?:Lock|Unlock)$|^RLocker$/.test(method) ? /Mutex|Lock/.test(type.name) : !type.name.endsWith('Mutex'));
}

export interface Field {
  readonly name: string;
  readonly type: SyntaxNode;
  readonly embedded: boolean;
}

export function fieldsOf(made: Extract<GoType, { is: 'struct' }>): readonly Field[] {
  return (childOf(made.node, 'field_declaration_list')?.children ?? []).flatMap((one): Field[] => {
    const type = child(one, 'type');
    if (one.type !== 'field_declaration' || type === undefined) return [];
    const names = childrenIn(one, 'name');
    if (names.length > 0) return names.map(({ text }) => ({ name: text, type, embedded: false }));
    return [{ name: lastName(type), type, embedded: true }];
  });
}

/** `Mutex` of `*sync.Mutex`: how an embedded field is called. */
function lastName(type: SyntaxNode): string {
  if (type.type === 'type_identifier') return type.text;
  const inner = child(type, 'name') ?? child(type, 'type') ?? type.children.find(({ type: leaf }) => leaf !== 'comment');
  return inner === undefined ? '' : lastName(inner);
}

/** Result types of a signature. */
export function resultsOf(result: SyntaxNode | undefined, file: GoFile, own: GoPackage, scope: TypeScope): GoType {
  const types = parametersOf(result).map(({ type }) => typeFrom(type, file, own, scope));
  const [first] = types;
  return types.length === 1 && first !== undefined ? first : { is: 'results', of: types };
}
