/** A Go file as a tree of plain nodes, in the words of the tree-sitter grammar for Go (node-types.json of tree-sitter-go 0.25). */

export interface SyntaxNode {
  /** `call_expression`, `identifier`, …; `ERROR` where the file is not Go, or nested too deep. */
  readonly type: string;
  /** What it is to its parent: `name`, `operand`, `body`, …; '' for none. */
  readonly field: string;
  /** Of leaves; '' for nodes with children. */
  readonly text: string;
  /** First and last line, from 1. */
  readonly line: number;
  readonly end: number;
  readonly children: readonly SyntaxNode[];
}

/** Text of a file → its tree; undefined where it is too large or too odd to be read in bounded time. Never throws. */
export type ReadGo = (text: string) => SyntaxNode | undefined;

/** The first child in a role. */
export function child(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  return node?.children.find((one) => one.field === field);
}

export function childrenIn(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  return node.children.filter((one) => one.field === field);
}

export function childOf(node: SyntaxNode | undefined, type: string): SyntaxNode | undefined {
  return node?.children.find((one) => one.type === type);
}

/** Every node below and the node itself, in the order of the file; not into those that `skip` names. */
export function* everyNode(node: SyntaxNode, skip?: (node: SyntaxNode) => boolean): Generator<SyntaxNode> {
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    yield at;
    for (let last = at.children.length - 1; last >= 0; last -= 1) {
      const one = at.children[last];
      if (one !== undefined && skip?.(one) !== true) open.push(one);
    }
  }
}

/** The statements of a block, a case or a function body. */
export function statementsOf(block: SyntaxNode | undefined): readonly SyntaxNode[] {
  return childOf(block, 'statement_list')?.children ?? [];
}

/** Expressions of a list, or the one expression itself. */
export function listed(node: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (node === undefined) return [];
  return node.type === 'expression_list' ? node.children.filter(({ type }) => type !== 'comment') : [node];
}

/** Parentheses, `&` and `*` around an expression do not change which object it names. */
export function bare(node: SyntaxNode): SyntaxNode {
  let at = node;
  for (;;) {
    const inner =
      at.type === 'parenthesized_expression'
        ? at.children.find(({ type }) => type !== 'comment')
        : at.type === 'unary_expression' && /^[&*]$/.test(child(at, 'operator')?.text ?? '')
          ? child(at, 'operand')
          : undefined;
    if (inner === undefined) return at;
    at = inner;
  }
}

/** Identifiers and selectors as text: `s.conns`; undefined for all that may differ from one evaluation to the next. */
export function pathText(node: SyntaxNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  const at = bare(node);
  if (at.type === 'identifier') return at.text;
  if (at.type !== 'selector_expression') return undefined;
  const operand = pathText(child(at, 'operand'));
  return operand === undefined ? undefined : `${operand}.${child(at, 'field')?.text ?? ''}`;
}

/** Name of the function that a call calls, as the callee's frame ends with it; `*` for a value, `()` for a literal. */
export function calleeName(call: SyntaxNode): string {
  let at = child(call, 'function');
  while (at !== undefined) {
    if (at.type === 'identifier') return at.text;
    if (at.type === 'selector_expression') return child(at, 'field')?.text ?? '*';
    if (at.type === 'func_literal') return '()';
    if (at.type === 'parenthesized_expression') at = at.children[0];
    else if (at.type === 'index_expression') at = child(at, 'operand');
    else if (at.type === 'type_instantiation_expression') at = at.children[0];
    else return '*';
  }
  return '*';
}

/** Line that a traceback prints for a call: that of the called name (checked on Go 1.19 to 1.26). */
export function callLine(call: SyntaxNode): number {
  const called = child(call, 'function');
  if (called === undefined) return call.line;
  if (called.type === 'selector_expression') return child(called, 'field')?.line ?? called.end;
  return called.type === 'func_literal' ? called.end : called.line;
}
