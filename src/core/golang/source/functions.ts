/** Walks the functions of a package until it is known what each does to locks for its callers, then notes where each has them. */
import type { FunctionLocks, LockKept, PackageLocks } from '../lock-facts.ts';
import { walkBlock, leaveWith } from './flow.ts';
import { Notes } from './notes.ts';
import { lettingGo, lockWords } from './lock-types.ts';
import { packageOf, type FunctionDeclaration, type GoFile, type GoPackage } from './package.ts';
import type { Body, Reading, Recorder, Summary } from './reading.ts';
import { channelLocks, channelName } from './semaphores.ts';
import { declareLiteral, declareParameters, outermost, typeScopeOf } from './signatures.ts';
import { emptyState, type Operation, type State } from './state.ts';
import { summaryOf } from './summaries.ts';
import { calleeName, child, everyNode, listed, pathText, type SyntaxNode } from './syntax.ts';
import { innerScope, type Literal } from './values.ts';

/** Effects of functions on one another settle in as many rounds as they call each other deep; deeper chains of helpers are not written. */
const maxRounds = 5;
/** Statements walked in one function, loops and literals counted each time; for the longest functions of real programs ten times enough. */
const maxSteps = 60_000;
const maxLiteralDepth = 12;

/** Files for systems on which no daemon runs, whose types would stand beside those of the others. */
const elsewhere = /_(?:plan9|js|wasm|wasip1|solaris|illumos|aix|dragonfly|zos|nacl)(?:_\w+)?\.go$/;

/** What a package says about locks. Files are trees of one folder. Never throws; time is bounded by the size of the trees. */
export function readPackage(files: readonly { readonly name: string; readonly root: SyntaxNode }[]): PackageLocks {
  const own = packageOf(files.filter(({ name }) => !elsewhere.test(name)));
  const reading = startReading(own);
  const functions = [...own.functions.values()].flat().filter(({ body }) => body !== undefined);
  const words = new Map(functions.map((one) => [one, wordsIn(one.node)]));
  const unread = new Set(functions.filter(({ node }) => hasErrors(node)));
  const channelWords = new Set(reading.channels.keys());
  const direct = (one: FunctionDeclaration): boolean =>
    some(words.get(one), (word) => lockWords.has(word) || channelWords.has(word) || reading.foreign.has(word));
  let changed = new Set<string>();
  for (let round = 0; round < maxRounds; round += 1) {
    const next = new Set<string>();
    for (const one of functions) {
      if (unread.has(one)) continue;
      const asked = round === 0 ? direct(one) : some(words.get(one), (word) => changed.has(word));
      if (!asked) continue;
      const summary = summaryOf(walkFunction(one, reading, undefined));
      if (JSON.stringify(summary) === JSON.stringify(reading.summaries.get(one.key) ?? [])) continue;
      if (summary.length === 0) reading.summaries.delete(one.key);
      else reading.summaries.set(one.key, summary);
      next.add(one.key.slice(one.key.indexOf('.') + 1));
    }
    changed = next;
    if (next.size === 0) break;
  }
  const helpers = new Set([...reading.summaries.keys()].map((key) => key.slice(key.indexOf('.') + 1)));
  const notes = new Notes();
  const made = new Map<GoFile, FunctionLocks[]>();
  for (const one of functions) {
    if (unread.has(one) || !(direct(one) || some(words.get(one), (word) => helpers.has(word)))) continue;
    const found = notesOf(one, reading, notes);
    made.set(one.file, [...(made.get(one.file) ?? []), ...found]);
  }
  for (const [file, found] of packageLiterals(own, reading, notes)) made.set(file, [...(made.get(file) ?? []), ...found]);
  return {
    name: own.name,
    files: own.files.map((file) => ({
      file: file.name,
      functions: (made.get(file) ?? []).toSorted((a, b) => a.line - b.line || b.end - a.end),
      unread: [...unread].filter((one) => one.file === file).map(({ node }) => ({ line: node.line, end: node.end })),
    })),
    calls: notes.calls,
    unresolved: notes.unresolved,
  };
}

function startReading(own: GoPackage): Reading {
  const reading: Reading = {
    own,
    channels: channelLocks(own),
    lockers: lockersOf(own),
    foreign: foreignHelpers(own),
    summaries: new Map<string, Summary>(),
    keepers: new Map(),
    literalEffect: effectOfLiteral,
    globals: new Map(),
    roots: 0,
  };
  return reading;
}

function some<T>(values: ReadonlySet<T> | undefined, test: (value: T) => boolean): boolean {
  for (const one of values ?? []) if (test(one)) return true;
  return false;
}

function hasErrors(node: SyntaxNode): boolean {
  for (const one of everyNode(node)) if (one.type === 'ERROR') return true;
  return false;
}

/** Every name in a function, to pass over those that have nothing to do with locks. */
function wordsIn(node: SyntaxNode): ReadonlySet<string> {
  const words = new Set<string>();
  for (const one of everyNode(node)) if (one.type === 'identifier' || one.type === 'field_identifier') words.add(one.text);
  return words;
}

/** `sync.NewCond(&s.mu)` and `c.L = &s.mu`: which lock a Cond lets go while it waits. */
function lockersOf(own: GoPackage): ReadonlyMap<string, string> {
  const lockers = new Map<string, string>();
  const note = (name: string, value: SyntaxNode | undefined): void => {
    if (name === '' || value?.type !== 'call_expression' || calleeName(value) !== 'NewCond') return;
    const [argument] = child(value, 'arguments')?.children ?? [];
    const locker = channelName(argument);
    if (locker !== '') lockers.set(name, locker);
  };
  for (const { root } of own.files)
    for (const node of everyNode(root)) {
      if (node.type === 'keyed_element') note(child(node, 'key')?.children[0]?.text ?? '', child(node, 'value')?.children[0]);
      if (node.type !== 'assignment_statement' && node.type !== 'short_var_declaration') continue;
      const [left] = listed(child(node, 'left'));
      const [right] = listed(child(node, 'right'));
      note(channelName(left), right);
      const cond = left?.type === 'selector_expression' && child(left, 'field')?.text === 'L' ? channelName(child(left, 'operand')) : '';
      if (cond !== '' && right !== undefined && channelName(right) !== '') lockers.set(cond, channelName(right));
    }
  return lockers;
}

/** Functions of other packages that return while they hold: `defer x.PinLock(ctx).Unlock(ctx)`, `u := x.PinLock(ctx)` with `u.Unlock(ctx)`. */
function foreignHelpers(own: GoPackage): ReadonlySet<string> {
  const found = new Set<string>();
  const note = (call: SyntaxNode | undefined): void => {
    if (call?.type !== 'call_expression') return;
    const name = calleeName(call);
    if (/\wLock$/.test(name) && !/^(?:R|W|(?:Try|New|Get|Is|Has|With).*)Lock$/.test(name)) found.add(name);
  };
  for (const { root } of own.files) {
    const results = new Map<string, SyntaxNode>();
    for (const node of everyNode(root)) {
      if (node.type === 'short_var_declaration' || node.type === 'assignment_statement') {
        const [right] = listed(child(node, 'right'));
        for (const left of listed(child(node, 'left'))) if (right?.type === 'call_expression') results.set(channelName(left), right);
      }
      if (node.type !== 'call_expression') continue;
      const called = child(node, 'function');
      if (called?.type !== 'selector_expression' || !lettingGo.test(child(called, 'field')?.text ?? '')) continue;
      const operand = child(called, 'operand');
      note(operand?.type === 'call_expression' ? operand : results.get(channelName(operand)));
    }
  }
  return found;
}

function bodyFor(about: Pick<Body, 'reading' | 'id' | 'file' | 'name' | 'scope' | 'declared'>, node: SyntaxNode, recorder: Recorder | undefined): Body {
  return {
    ...about,
    reassigned: reassignedIn(node),
    roots: new Map(),
    recorder,
    literals: [],
    exits: [],
    jumps: [],
    labels: new Map(),
    state: emptyState,
    budget: { left: maxSteps },
  };
}

/** Variables and fields (`x`, `s.closed`) that get another value after their declaration. */
function reassignedIn(node: SyntaxNode): ReadonlySet<string> {
  const found = new Set<string>();
  for (const one of everyNode(node)) {
    if (one.type !== 'assignment_statement') continue;
    for (const left of listed(child(one, 'left'))) found.add(pathText(left) ?? '');
  }
  return found;
}

function walkFunction(declared: FunctionDeclaration, reading: Reading, recorder: Recorder | undefined): Body {
  const { node, file, key } = declared;
  const body = bodyFor({ reading, id: node, file, name: key, scope: outermost(typeScopeOf(declared), node), declared }, node, recorder);
  declareParameters(declared, body);
  walkBody(declared.body, body);
  return body;
}

/** A function with a `goto` back is walked twice: the label is then reached from both sides. */
function walkBody(block: SyntaxNode | undefined, body: Body): void {
  const entry = body.state;
  for (let round = 0; round < 2; round += 1) {
    const known = body.labels.size;
    body.state = entry;
    body.exits.length = 0;
    walkBlock(block, body);
    leaveWith(block?.end ?? 0, [], body);
    if (body.labels.size === known) break;
  }
}

function notesOf(declared: FunctionDeclaration, reading: Reading, notes: Notes): readonly FunctionLocks[] {
  const { file, printed, node } = declared;
  const own = notes.begin(file.name, { name: printed, literal: false, line: node.line, end: node.end });
  const body = walkFunction(declared, reading, own);
  const made = [own.facts(keptBy(body, reading.summaries.get(declared.key) ?? []))];
  noteLiterals(body, printed, notes, made, 0);
  return made.filter((one) => one.sites.length + one.ranges.length + one.keeps.length > 0);
}

/** Locks that some way out leaves held. */
function keptBy({ exits }: Body, summary: Summary): readonly LockKept[] {
  const kept = new Map<string, LockKept>();
  for (const { lock, mode, does } of summary)
    if (does === 'take') kept.set(`${lock.name} ${lock.path}`, { lock, mode: mode === 'read' ? 'read' : 'write', sure: true });
  for (const { state } of exits)
    for (const { lock, mode } of state.held.values()) {
      const key = `${lock.name} ${lock.path}`;
      if (!kept.has(key) && lock.from !== 'local') kept.set(key, { lock, mode: mode === 'read' ? 'read' : 'write', sure: false });
    }
  return [...kept.values()];
}

/** Literals are functions of their own: they start without locks, unless the function that starts them hands some over. */
function noteLiterals(outer: Body, printed: string, notes: Notes, made: FunctionLocks[], depth: number): void {
  if (depth > maxLiteralDepth) return;
  for (const literal of outer.literals) {
    const { node } = literal;
    const own = notes.begin(outer.file.name, { name: printed, literal: true, line: node.line, end: node.end });
    const body = walkLiteral(literal, outer, own, literal.entry ?? emptyState);
    made.push(own.facts([]));
    noteLiterals(body, printed, notes, made, depth + 1);
  }
}

function walkLiteral(literal: Literal, outer: Body, recorder: Recorder | undefined, entry: State): Body {
  const { node, scope } = literal;
  const body: Body = {
    ...bodyFor({ reading: outer.reading, id: node, file: outer.file, name: outer.name, scope: innerScope(scope, node), declared: undefined }, node, recorder),
    roots: new Map(),
    budget: outer.budget,
  };
  body.state = entry;
  declareLiteral(node, body);
  walkBody(child(node, 'body'), body);
  return body;
}

/** What a literal does to locks of its surroundings: those that it ends with, and those that it gives back. */
function effectOfLiteral(literal: Literal, outer: Body): readonly Operation[] {
  if (literal.effect !== undefined) return literal.effect;
  // A literal that calls itself.
  literal.effect = [];
  if (outer.budget.left < 0) return [];
  const body = walkLiteral(literal, outer, undefined, emptyState);
  const { exits } = body;
  const [first] = exits;
  if (first === undefined) return [];
  const operations: Operation[] = [];
  for (const [key, { lock, mode }] of first.state.freed)
    operations.push({ does: 'release', key, lock, mode, must: exits.every(({ state }) => state.freed.get(key)?.must === true) });
  for (const { state } of exits.slice(1))
    for (const [key, { lock, mode }] of state.freed)
      if (!operations.some((one) => one.key === key)) operations.push({ does: 'release', key, lock, mode, must: false });
  for (const [key, { lock, mode }] of first.state.held)
    if (exits.every(({ state }) => state.held.get(key)?.must === true)) operations.push({ does: 'take', key, lock, mode, must: true });
  literal.effect = operations;
  return operations;
}

/** Literals in variables of the package: `var Cmd = &Command{Run: func(…) {…}}`. */
function packageLiterals(own: GoPackage, reading: Reading, notes: Notes): ReadonlyMap<GoFile, readonly FunctionLocks[]> {
  const made = new Map<GoFile, FunctionLocks[]>();
  for (const file of own.files)
    for (const declaration of file.root.children) {
      if (declaration.type !== 'var_declaration' || hasErrors(declaration)) continue;
      if (!some(wordsIn(declaration), (word) => lockWords.has(word) || reading.foreign.has(word) || reading.channels.has(word))) continue;
      const found: FunctionLocks[] = [];
      const body = bodyFor(
        { reading, id: declaration, file, name: 'init', scope: outermost({ parameters: new Map(), local: new Map() }, declaration), declared: undefined },
        declaration,
        undefined,
      );
      for (const node of everyNode(declaration, ({ type }) => type === 'func_literal'))
        for (const literal of node.children) if (literal.type === 'func_literal') body.literals.push({ node: literal, scope: body.scope, entry: undefined });
      noteLiterals(body, 'init', notes, found, 0);
      made.set(file, [...(made.get(file) ?? []), ...found.filter((one) => one.sites.length + one.ranges.length > 0)]);
    }
  return made;
}
