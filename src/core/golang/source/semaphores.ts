/** Channels that are used as locks: `sem <- struct{}{}` … `<-sem`, or tokens taken out and put back. */
import type { GoPackage } from './package.ts';
import { bare, child, childOf, everyNode, listed, type SyntaxNode } from './syntax.ts';

export interface ChannelLock {
  /** Which operation takes it. */
  readonly takenBy: 'send' | 'receive';
  /** One at a time. */
  readonly single: boolean;
}

const lockName = /(?<![bc])lock|sem(?:aphore)?$|^sem|mutex|mtx|guard|limit|throttle|tokens?$|slots?$/i;

/** Channel locks of a package by the last name of the channel (`writeLockC`): names that are used in two ways are left out. */
export function channelLocks(own: GoPackage): ReadonlyMap<string, ChannelLock> {
  const capacity = new Map<string, 'one' | 'more' | 'none'>();
  const uses = new Map<string, Uses>();
  for (const { root } of own.files) {
    for (const node of everyNode(root)) {
      noteMake(node, capacity);
      if (node.type === 'send_statement') noteSend(node, usesOf(channelName(child(node, 'channel')), uses));
    }
  }
  for (const list of own.functions.values())
    for (const { body, node } of list) if (body !== undefined) noteUses(body, (child(node, 'name')?.text ?? '').toLowerCase(), uses);
  const locks = new Map<string, ChannelLock>();
  for (const [name, { sends, signals, paired, named }] of uses) {
    const room = capacity.get(name);
    if (room === undefined || room === 'none' || sends === 0 || signals < sends) continue;
    const takenBy = paired ?? named ?? (lockName.test(name) ? 'send' : undefined);
    if (takenBy !== undefined) locks.set(name, { takenBy, single: room === 'one' });
  }
  return locks;
}

/** The last name of a channel expression: `sem` of `p.sem`. */
export function channelName(node: SyntaxNode | undefined): string {
  if (node === undefined) return '';
  const at = bare(node);
  return at.type === 'identifier' ? at.text : at.type === 'selector_expression' ? (child(at, 'field')?.text ?? '') : '';
}

/** `make(chan struct{}, n)` and what it is stored in. */
function noteMake(node: SyntaxNode, capacity: Map<string, 'one' | 'more' | 'none'>): void {
  const note = (name: string, value: SyntaxNode | undefined): void => {
    const room = name === '' ? undefined : roomOf(value);
    if (room === undefined) return;
    const known = capacity.get(name);
    capacity.set(name, known === undefined || known === room ? room : known === 'none' || room === 'none' ? 'none' : 'more');
  };
  if (node.type === 'keyed_element') note(childOf(child(node, 'key'), 'identifier')?.text ?? '', child(node, 'value')?.children[0]);
  else if (node.type === 'short_var_declaration' || node.type === 'assignment_statement') {
    const right = listed(child(node, 'right'));
    for (const [at, left] of listed(child(node, 'left')).entries()) note(channelName(left), right[at]);
  } else if (node.type === 'var_spec') note(child(node, 'name')?.text ?? '', listed(child(node, 'value'))[0]);
}

function roomOf(value: SyntaxNode | undefined): 'one' | 'more' | 'none' | undefined {
  if (value?.type !== 'call_expression' || child(value, 'function')?.text !== 'make') return undefined;
  const [type, size] = (child(value, 'arguments')?.children ?? []).filter((one) => one.type !== 'comment');
  if (type?.type !== 'channel_type') return undefined;
  if (size === undefined || size.text === '0') return 'none';
  return size.text === '1' ? 'one' : 'more';
}

interface Uses {
  sends: number;
  /** Sends of a value that says nothing. */
  signals: number;
  /** Both in one function, in this order. */
  paired: ChannelLock['takenBy'] | undefined;
  /** Alone in a function that is called lock or acquire. */
  named: ChannelLock['takenBy'] | undefined;
}

function usesOf(name: string, uses: Map<string, Uses>): Uses {
  const known = uses.get(name) ?? { sends: 0, signals: 0, paired: undefined, named: undefined };
  uses.set(name, known);
  return known;
}

function noteSend(node: SyntaxNode, use: Uses): void {
  use.sends += 1;
  if (isSignal(child(node, 'value'))) use.signals += 1;
}

/** The order of operations in one function; what a `go` statement starts runs on its own. */
function noteUses(body: SyntaxNode, inFunction: string, uses: Map<string, Uses>): void {
  const first = new Map<string, ChannelLock['takenBy']>();
  const note = (name: string, does: ChannelLock['takenBy'], deferred: boolean): void => {
    if (name === '') return;
    const use = usesOf(name, uses);
    const before = first.get(name);
    if (before === undefined) first.set(name, does);
    // A channel that wakes a loop is received from and sent to in one function as well: only a deferred release or a name tells.
    else if (before !== does && ((deferred && before === 'send') || lockName.test(name))) use.paired ??= before;
    if (/unlock|release/.test(inFunction)) use.named ??= does === 'send' ? 'receive' : 'send';
    else if (/(?<![bc])lock|acquire/.test(inFunction)) use.named ??= does;
  };
  const visit = (node: SyntaxNode, deferred: boolean): void => {
    if (node.type === 'go_statement') return;
    if (node.type === 'send_statement') note(channelName(child(node, 'channel')), 'send', deferred);
    else if (node.type === 'unary_expression' && child(node, 'operator')?.text === '<-') note(channelName(child(node, 'operand')), 'receive', deferred);
    for (const one of node.children) visit(one, deferred || node.type === 'defer_statement');
  };
  visit(body, false);
}

/** `struct{}{}`, `true`, `nil`: nothing that a receiver could use. */
function isSignal(value: SyntaxNode | undefined): boolean {
  if (value === undefined) return false;
  if (value.type === 'true' || value.type === 'false' || value.type === 'nil' || value.type === 'int_literal') return true;
  return value.type === 'composite_literal' && child(value, 'type')?.type === 'struct_type' && childOf(child(value, 'body'), 'literal_element') === undefined;
}
