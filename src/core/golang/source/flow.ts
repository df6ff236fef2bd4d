/** Statements: the paths through a body, and the locks on each of them. */
import { assignTo, declare, declareVariables } from './assignments.ts';
import { prepare, transfer } from './calls.ts';
import { condition, evaluate, evaluateList, testText, typeHere } from './expressions.ts';
import { channelOperation } from './operations.ts';
import { typesOf } from './package.ts';
import { point, type Body, type Jump } from './reading.ts';
import { apply, defer, join, remember, type State } from './state.ts';
import { child, childrenIn, listed, statementsOf, type SyntaxNode } from './syntax.ts';
import { underlying, target } from './types.ts';
import { elementOf, innerScope } from './values.ts';

/** Loops settle after two rounds; the third shows it. */
const rounds = 3;

export function walkBlock(block: SyntaxNode | undefined, body: Body): void {
  const outer = body.scope;
  body.scope = innerScope(outer);
  walkAll(statementsOf(block), body);
  body.scope = outer;
}

function walkAll(statements: readonly SyntaxNode[], body: Body): void {
  for (const one of statements) walk(one, body, '');
}

function walk(node: SyntaxNode, body: Body, label: string): void {
  body.budget.left -= 1;
  if (body.budget.left < 0) return;
  const simple = !/^(?:block|if_statement|for_statement|.*switch_statement|select_statement|labeled_statement|comment)$/.test(node.type);
  if (simple && body.state !== undefined) body.recorder?.cover(node.line, node.end, body.state);
  if (body.state === undefined && node.type !== 'labeled_statement') return;
  switch (node.type) {
    case 'block':
      return walkBlock(node, body);
    case 'short_var_declaration':
    case 'assignment_statement':
      return assignTo(node, body);
    case 'var_declaration':
      return declareVariables(node, body);
    case 'type_declaration':
      return declareTypes(node, body);
    case 'send_statement':
      return send(node, body);
    case 'if_statement':
      return branch(node, body);
    case 'for_statement':
      return loop(node, body, label);
    case 'expression_switch_statement':
    case 'type_switch_statement':
      return choose(node, body, label);
    case 'select_statement':
      return selectOne(node, body, label);
    case 'labeled_statement':
      return labeled(node, body);
    case 'return_statement':
      return leave(node, body);
    case 'break_statement':
    case 'continue_statement':
      return jump(node, body);
    case 'goto_statement': {
      const to = node.children[0]?.text ?? '';
      const joined = join(body.labels.get(to), body.state);
      if (joined !== undefined) body.labels.set(to, joined);
      body.state = undefined;
      return;
    }
    case 'defer_statement':
      return postpone(node, body);
    case 'go_statement':
      return start(node, body);
    case 'const_declaration':
    case 'empty_statement':
    case 'fallthrough_statement':
    case 'comment':
      return;
    default:
      for (const one of node.children) evaluate(one, body);
  }
}

function declareTypes(node: SyntaxNode, body: Body): void {
  const local = new Map(body.scope.types.local);
  for (const one of typesOf(node, body.file)) local.set(one.name, one);
  body.scope = { ...body.scope, types: { ...body.scope.types, local } };
}

function send(node: SyntaxNode, body: Body): void {
  const channel = child(node, 'channel');
  const value = evaluate(channel, body);
  evaluate(child(node, 'value'), body);
  point(body, node.line, '');
  const operation = channelOperation(channel, value, 'send', node.line, body);
  if (operation !== undefined && body.state !== undefined) body.state = apply(body.state, [operation]);
}

function branch(node: SyntaxNode, body: Body): void {
  const outer = body.scope;
  body.scope = innerScope(outer);
  const first = child(node, 'initializer');
  if (first !== undefined) walk(first, body, '');
  const test = child(node, 'condition');
  if (test !== undefined && body.state !== undefined) body.recorder?.cover(test.line, test.end, body.state);
  const { yes, no } = condition(test, body);
  body.state = yes;
  walkBlock(child(node, 'consequence'), body);
  const then = body.state;
  body.state = no;
  const other = child(node, 'alternative');
  if (other?.type === 'block') walkBlock(other, body);
  else if (other !== undefined) walk(other, body, '');
  const otherwise = body.state;
  const text = testText(test);
  const joined = join(then, otherwise);
  body.state = text === '' || isReassigned(text, body) ? joined : remember(joined, text, then, otherwise);
  body.scope = outer;
}

/** A test of a variable or field says the same later only if nothing on the way to it changes. */
function isReassigned(text: string, { reassigned }: Body): boolean {
  const parts = text.split('.');
  return parts.some((_, at) => reassigned.has(parts.slice(0, at + 1).join('.')));
}

function loop(node: SyntaxNode, body: Body, label: string): void {
  const outer = body.scope;
  body.scope = innerScope(outer);
  const clause = node.children.find(({ type }) => type === 'for_clause');
  const range = node.children.find(({ type }) => type === 'range_clause');
  const test =
    clause === undefined
      ? range === undefined
        ? node.children.find(({ field, type }) => field !== 'body' && type !== 'comment')
        : undefined
      : child(clause, 'condition');
  const first = child(clause, 'initializer');
  if (first !== undefined) walk(first, body, '');
  const listedValue = evaluate(child(range, 'right'), body);
  let entry = body.state;
  let after: State | undefined;
  for (let round = 0; round < rounds && entry !== undefined; round += 1) {
    const here: Jump = { label, loop: true, breaks: undefined, continues: undefined };
    body.jumps.push(here);
    body.state = entry;
    body.recorder?.cover(node.line, node.line, entry);
    const inner = body.scope;
    body.scope = innerScope(inner);
    let no: State | undefined = range === undefined && test === undefined ? undefined : body.state;
    if (range !== undefined) {
      point(body, node.line, '');
      bindRange(range, elementOf(listedValue, undefined, body.reading.own), listedValue, body);
    } else if (test !== undefined) {
      const branches = condition(test, body);
      ({ no } = branches);
      body.state = branches.yes;
    }
    walkBlock(child(node, 'body'), body);
    body.jumps.pop();
    body.state = join(body.state, here.continues);
    const update = child(clause, 'update');
    if (update !== undefined && body.state !== undefined) walk(update, body, '');
    body.scope = inner;
    after = join(join(after, no), here.breaks);
    const back = join(entry, body.state);
    if (back === entry) break;
    entry = back;
  }
  body.state = after;
  body.scope = outer;
}

function bindRange(range: SyntaxNode, element: ReturnType<typeof elementOf>, list: ReturnType<typeof elementOf>, body: Body): void {
  const made = underlying(target(list.type), body.reading.own);
  const [first, second] = listed(child(range, 'left'));
  const keyed = made.is !== 'channel';
  if (first !== undefined) declare(first, keyed ? { type: made.is === 'map' ? made.by : { is: 'unknown' } } : element, body);
  if (second !== undefined) declare(second, element, body);
}

function choose(node: SyntaxNode, body: Body, label: string): void {
  const outer = body.scope;
  body.scope = innerScope(outer);
  const first = child(node, 'initializer');
  if (first !== undefined) walk(first, body, '');
  const subject = child(node, 'value');
  if (subject !== undefined && body.state !== undefined) body.recorder?.cover(subject.line, subject.end, body.state);
  const value = evaluate(subject, body);
  const alias = listed(child(node, 'alias'))[0];
  const here: Jump = { label, loop: false, breaks: undefined, continues: undefined };
  body.jumps.push(here);
  const cases = node.children.filter(({ type }) => type === 'expression_case' || type === 'type_case' || type === 'default_case');
  let tests = body.state;
  let ends: State | undefined;
  let through: State | undefined;
  for (const one of cases) {
    const inner = body.scope;
    body.scope = innerScope(inner);
    body.state = tests;
    if (one.type === 'expression_case') {
      if (body.state !== undefined) body.recorder?.cover(one.line, one.line, body.state);
      const values = listed(child(one, 'value'));
      // `switch { case err != nil: … }` is a chain of ifs.
      if (subject === undefined && values.length === 1) {
        const { yes, no } = condition(values[0], body);
        tests = no;
        body.state = yes;
      } else {
        for (const test of values) evaluate(test, body);
        tests = body.state;
      }
    }
    if (alias !== undefined) {
      const types = childrenIn(one, 'type').filter(({ type }) => type !== ',');
      declare(alias, types.length === 1 && types[0] !== undefined ? { ...value, type: typeHere(types[0], body) } : value, body);
    }
    body.state = join(body.state, through);
    through = undefined;
    const statements = statementsOf(one);
    walkAll(statements, body);
    if (statements.at(-1)?.type === 'fallthrough_statement') through = body.state;
    else ends = join(ends, body.state);
    body.scope = inner;
  }
  body.jumps.pop();
  const complete = cases.some(({ type }) => type === 'default_case');
  body.state = join(join(ends, complete ? undefined : tests), here.breaks);
  body.scope = outer;
}

function selectOne(node: SyntaxNode, body: Body, label: string): void {
  const here: Jump = { label, loop: false, breaks: undefined, continues: undefined };
  body.jumps.push(here);
  const cases = node.children.filter(({ type }) => type === 'communication_case' || type === 'default_case');
  for (const one of cases) {
    const communication = child(one, 'communication');
    // Channels and values of all cases are evaluated first.
    for (const part of [child(communication, 'value'), ...(child(communication, 'right')?.children ?? [])])
      if (part !== undefined && body.state !== undefined) evaluate(part, body);
  }
  const entry = body.state;
  const complete = cases.some(({ type }) => type === 'default_case');
  point(body, node.line, '');
  let ends: State | undefined;
  for (const one of cases) {
    const outer = body.scope;
    body.scope = innerScope(outer);
    body.state = entry;
    const communication = child(one, 'communication');
    if (communication !== undefined && entry !== undefined) body.recorder?.cover(communication.line, communication.end, entry);
    communicate(communication, complete ? undefined : node.line, body);
    walkAll(statementsOf(one), body);
    ends = join(ends, body.state);
    body.scope = outer;
  }
  body.jumps.pop();
  body.state = join(ends, here.breaks);
}

/** `line`: where it waits; undefined when the select has a default and never does. */
function communicate(node: SyntaxNode | undefined, line: number | undefined, body: Body): void {
  if (node === undefined) return;
  const sends = node.type === 'send_statement';
  const right = child(node, 'right');
  const channel = sends ? child(node, 'channel') : right?.type === 'unary_expression' ? child(right, 'operand') : undefined;
  const value = evaluate(channel, body);
  const operation = channelOperation(channel, value, sends ? 'send' : 'receive', line, body);
  if (operation !== undefined && body.state !== undefined) body.state = apply(body.state, [operation]);
  if (sends) return;
  const [first, second] = listed(child(node, 'left'));
  if (first !== undefined) declare(first, elementOf(value, undefined, body.reading.own), body);
  if (second !== undefined) declare(second, { type: { is: 'unknown' } }, body);
}

function labeled(node: SyntaxNode, body: Body): void {
  const label = child(node, 'label')?.text ?? '';
  body.state = join(body.state, body.labels.get(label));
  for (const one of node.children) if (one.field !== 'label') walk(one, body, label);
}

function leave(node: SyntaxNode, body: Body): void {
  const list = node.children.find(({ type }) => type !== 'comment');
  const nodes = listed(list);
  const values = evaluateList(list, nodes.length, body);
  if (body.state === undefined) return;
  leaveWith(
    node.line,
    nodes.map((one, at) => ({ node: one, value: values[at] ?? { type: { is: 'unknown' } } })),
    body,
  );
}

/** Deferred calls run, newest first; then the body is left. */
export function leaveWith(line: number, results: Body['exits'][number]['results'], body: Body): void {
  let now = body.state;
  if (now === undefined) return;
  for (const { callee, operations, must } of now.deferred.toReversed()) {
    body.recorder?.point(line, callee, now);
    // A release that was deferred on some paths only belongs to a lock that was taken on those.
    const { held } = now;
    now = apply(now, must ? operations : operations.map((one) => ({ ...one, must: one.must && held.get(one.key)?.must === false })));
  }
  body.exits.push({ state: now, results });
  body.state = undefined;
}

function jump(node: SyntaxNode, body: Body): void {
  const label = node.children[0]?.text ?? '';
  const leaves = node.type === 'break_statement';
  const to = body.jumps.findLast((one) => (label === '' ? leaves || one.loop : one.label === label));
  if (to !== undefined) {
    if (leaves) to.breaks = join(to.breaks, body.state);
    else to.continues = join(to.continues, body.state);
  }
  body.state = undefined;
}

function postpone(node: SyntaxNode, body: Body): void {
  const call = node.children.find(({ type }) => type !== 'comment');
  if (call?.type !== 'call_expression') return;
  const { callee, operations } = prepare(call, body);
  if (body.state !== undefined) body.state = defer(body.state, node, callee, operations);
}

function start(node: SyntaxNode, body: Body): void {
  const call = node.children.find(({ type }) => type !== 'comment');
  if (call?.type !== 'call_expression') return;
  const { literal, operations } = prepare(call, body);
  if (literal !== undefined)
    transfer(
      literal,
      operations.filter(({ does }) => does === 'release'),
      true,
      body,
    );
}
