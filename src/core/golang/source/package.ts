/** The declarations of one Go package: its types, functions, variables and imports, from all of its files together. */
import { child, childOf, childrenIn, everyNode, listed, type SyntaxNode } from './syntax.ts';

export interface GoFile {
  /** Name within the package's folder. */
  readonly name: string;
  readonly root: SyntaxNode;
  /** Local name → import path. */
  readonly imports: ReadonlyMap<string, string>;
}

export interface TypeDeclaration {
  readonly name: string;
  readonly file: GoFile;
  readonly type: SyntaxNode;
  /** Names of type parameters. */
  readonly parameters: readonly string[];
}

export interface Parameter {
  /** '' where it has none. */
  readonly name: string;
  readonly type: SyntaxNode | undefined;
  readonly variadic: boolean;
}

export interface FunctionDeclaration {
  /** `F`, or `T.M` of a method. */
  readonly key: string;
  /** As a traceback prints it without import path and type arguments: `F`, `(*T).M`, `T.M`. */
  readonly printed: string;
  readonly file: GoFile;
  readonly node: SyntaxNode;
  readonly receiver: Parameter | undefined;
  /** Type of the receiver, '' for plain functions. */
  readonly of: string;
  readonly parameters: readonly Parameter[];
  readonly results: readonly Parameter[];
  readonly typeParameters: readonly string[];
  readonly body: SyntaxNode | undefined;
}

export interface VariableDeclaration {
  readonly name: string;
  readonly file: GoFile;
  readonly type: SyntaxNode | undefined;
  readonly value: SyntaxNode | undefined;
}

export interface GoPackage {
  /** As its files say. */
  readonly name: string;
  readonly files: readonly GoFile[];
  /** A name may stand in several files, one for each operating system. */
  readonly types: ReadonlyMap<string, readonly TypeDeclaration[]>;
  /** By key, likewise. */
  readonly functions: ReadonlyMap<string, readonly FunctionDeclaration[]>;
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
}

/** The type of a name as a file means it: its own, when other files declare it for other systems. */
export function typeNamed(own: GoPackage, name: string, file: GoFile): TypeDeclaration | undefined {
  const all = own.types.get(name);
  return all?.find((one) => one.file === file) ?? all?.[0];
}

/** Files as trees, all of one folder; external tests and other packages among them are left out. */
export function packageOf(files: readonly { readonly name: string; readonly root: SyntaxNode }[]): GoPackage {
  const names = new Map<string, number>();
  const named = files.map(({ name, root }) => {
    const clause = childOf(childOf(root, 'package_clause'), 'package_identifier')?.text ?? '';
    names.set(clause, (names.get(clause) ?? 0) + 1);
    return { clause, file: { name, root, imports: importsOf(root) } };
  });
  const [name = ''] = [...names].toSorted((a, b) => b[1] - a[1]).map(([clause]) => clause);
  const own = named.filter(({ clause }) => clause === name).map(({ file }) => file);
  const types = new Map<string, TypeDeclaration[]>();
  const functions = new Map<string, FunctionDeclaration[]>();
  const variables = new Map<string, VariableDeclaration>();
  for (const file of own)
    for (const node of file.root.children) {
      if (node.type === 'type_declaration') for (const one of typesOf(node, file)) types.set(one.name, [...(types.get(one.name) ?? []), one]);
      else if (node.type === 'var_declaration') for (const one of variablesOf(node, file)) variables.set(one.name, one);
      else if (node.type === 'function_declaration' || node.type === 'method_declaration') {
        const made = functionOf(node, file);
        functions.set(made.key, [...(functions.get(made.key) ?? []), made]);
      }
    }
  return { name, files: own, types, functions, variables };
}

function importsOf(root: SyntaxNode): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  for (const declaration of root.children) {
    if (declaration.type !== 'import_declaration') continue;
    for (const node of everyNode(declaration)) {
      if (node.type !== 'import_spec') continue;
      const path = textOf(child(node, 'path')).replaceAll(/^["`]|["`]$/g, '');
      const alias = child(node, 'name');
      imports.set(alias?.type === 'package_identifier' ? alias.text : packageName(path), path);
    }
  }
  return imports;
}

/** What a package is called when the import does not say: `mfs` of `…/go-mfs`, `cid` of `…/go-cid`, `v2` and `.v1` endings left out. */
function packageName(path: string): string {
  const parts = path.split('/');
  let last = parts.pop() ?? '';
  if (/^v\d+$/.test(last)) last = parts.pop() ?? last;
  return last
    .replace(/\.v\d+$/, '')
    .replace(/^go-(?:ipfs-|libp2p-)?/, '')
    .replaceAll('-', '');
}

function textOf(node: SyntaxNode | undefined): string {
  if (node === undefined) return '';
  return node.children.length === 0 ? node.text : node.children.map(textOf).join('');
}

/** Type declarations of one statement, in a file or a function. */
export function typesOf(node: SyntaxNode, file: GoFile): readonly TypeDeclaration[] {
  return node.children.flatMap((spec): TypeDeclaration[] => {
    const type = child(spec, 'type');
    const name = child(spec, 'name')?.text;
    return name === undefined || type === undefined ? [] : [{ name, file, type, parameters: typeParametersOf(child(spec, 'type_parameters')) }];
  });
}

function typeParametersOf(list: SyntaxNode | undefined): readonly string[] {
  return (list?.children ?? []).flatMap((one) => childrenIn(one, 'name').map(({ text }) => text));
}

function variablesOf(node: SyntaxNode, file: GoFile): readonly VariableDeclaration[] {
  return [...everyNode(node, ({ type }) => type === 'func_literal')].flatMap((spec): VariableDeclaration[] => {
    if (spec.type !== 'var_spec') return [];
    const values = listed(child(spec, 'value'));
    return childrenIn(spec, 'name').map(({ text: name }, at) => ({ name, file, type: child(spec, 'type'), value: values[at] }));
  });
}

/** Parameters or results of a signature, one for each name. */
export function parametersOf(list: SyntaxNode | undefined): readonly Parameter[] {
  if (list === undefined) return [];
  if (list.type !== 'parameter_list') return [{ name: '', type: list, variadic: false }];
  return list.children.flatMap((one): Parameter[] => {
    const variadic = one.type === 'variadic_parameter_declaration';
    if (!variadic && one.type !== 'parameter_declaration') return [];
    const type = child(one, 'type');
    const names = childrenIn(one, 'name').map(({ text }) => text);
    return (names.length === 0 ? [''] : names).map((name) => ({ name, type, variadic }));
  });
}

function functionOf(node: SyntaxNode, file: GoFile): FunctionDeclaration {
  const [receiver] = parametersOf(child(node, 'receiver'));
  const { of, pointer, typeParameters } = receiverType(receiver?.type);
  const name = child(node, 'name')?.text ?? '';
  return {
    key: of === '' ? name : `${of}.${name}`,
    printed: of === '' ? name : pointer ? `(*${of}).${name}` : `${of}.${name}`,
    file,
    node,
    receiver,
    of,
    parameters: parametersOf(child(node, 'parameters')),
    results: parametersOf(child(node, 'result')),
    typeParameters: [...typeParameters, ...typeParametersOf(child(node, 'type_parameters'))],
    body: child(node, 'body'),
  };
}

function receiverType(type: SyntaxNode | undefined): { readonly of: string; readonly pointer: boolean; readonly typeParameters: readonly string[] } {
  let at = type;
  let pointer = false;
  let typeParameters: readonly string[] = [];
  while (at !== undefined && at.type !== 'type_identifier') {
    if (at.type === 'pointer_type') pointer = true;
    if (at.type === 'generic_type')
      typeParameters = [...everyNode(childOf(at, 'type_arguments') ?? at)].filter(({ type: leaf }) => leaf === 'type_identifier').map(({ text }) => text);
    at = at.type === 'generic_type' ? child(at, 'type') : at.children.find(({ type: inner }) => inner !== 'comment');
  }
  return { of: at?.text ?? '', pointer, typeParameters };
}
