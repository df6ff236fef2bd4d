/** What a call of a function leaves changed, from the ways in which it can be left. */
import type { Anchor, Body, Effect, Exit, Summary } from './reading.ts';
import type { Held } from './state.ts';
import type { Place, Root, Success } from './values.ts';

/** Effects of a function whose body has been walked. */
export function summaryOf(body: Body): Summary {
  const { exits } = body;
  const [first] = exits;
  if (first === undefined) return [];
  const effects: Effect[] = [];
  const roots = new Map([...body.roots.values(), ...body.reading.globals.values()].map((root) => [root.id, root]));
  const keys = new Set(exits.flatMap(({ state }) => [...state.held.keys()]));
  for (const key of [...keys].sort()) {
    const found = exits.map(({ state }) => state.held.get(key));
    const one = found.find((held) => held !== undefined);
    if (one === undefined) continue;
    const must = found.every((held) => held?.must === true);
    const succeeds = must ? undefined : successOf(exits, key);
    if (!must && succeeds === undefined) continue;
    const { anchor, path } = anchorOf(key, roots, exits, body);
    // Its own variables die with it, unless they are what it returns.
    if (one.lock.from === 'local') continue;
    effects.push({ does: 'take', anchor, path, lock: one.lock, mode: modeOf(found), must, succeeds });
  }
  const freed = new Set(exits.flatMap(({ state }) => [...state.freed.keys()]));
  for (const key of [...freed].sort()) {
    const found = exits.map(({ state }) => state.freed.get(key));
    const one = found.find((gone) => gone !== undefined);
    if (one === undefined) continue;
    const { anchor, path } = anchorOf(key, roots, exits, body);
    effects.push({ does: 'release', anchor, path, lock: one.lock, mode: one.mode, must: found.every((gone) => gone?.must === true) });
  }
  return effects;
}

function modeOf(found: readonly (Held | undefined)[]): Held['mode'] {
  const modes = new Set(found.flatMap((held) => held?.mode ?? []));
  const [only = 'either'] = modes;
  return modes.size === 1 ? only : 'either';
}

/** Whether the result tells if the lock is held: a nil error, true, or something that is not nil. */
function successOf(exits: readonly Exit[], key: string): Success | undefined {
  const byTest = new Set<Success | undefined>();
  const last: { readonly text: string; readonly held: boolean }[] = [];
  for (const { state, results } of exits) {
    const held = state.held.get(key);
    const end = results.at(-1);
    if (held !== undefined && !held.must) {
      const decides = results.find(({ value }) => value.decides !== undefined && held.when?.text === value.decides.text)?.value.decides;
      const named = end !== undefined && held.when !== undefined && (held.when.text === `${end.node.text}==nil` || held.when.text === end.node.text);
      byTest.add(decides?.by ?? (named ? (held.when.text === end.node.text ? 'true' : 'no error') : undefined));
      continue;
    }
    last.push({ text: end?.node.type === 'identifier' || end === undefined || end.node.children.length > 0 ? '' : end.node.type, held: held !== undefined });
  }
  const [test] = byTest;
  if (byTest.size > 1 || (byTest.size === 1 && test === undefined)) return undefined;
  const having = last.filter(({ held }) => held);
  const without = last.filter(({ held }) => !held);
  const all = (list: typeof last, type: string): boolean => list.every(({ text }) => text === type);
  const none = (list: typeof last, type: string): boolean => list.every(({ text }) => text !== type);
  if (test !== undefined) {
    const [good, bad] = test === 'true' ? ['true', 'false'] : ['nil', ''];
    return all(having, good) && (test === 'true' ? all(without, bad) : none(without, 'nil')) ? test : undefined;
  }
  if (having.length === 0 || without.length === 0) return undefined;
  if (all(having, 'true') && all(without, 'false')) return 'true';
  if (all(having, 'nil') && none(without, 'nil')) return 'no error';
  return all(without, 'nil') && none(having, 'nil') && exits.every(({ results }) => results.length === 1) ? 'not nil' : undefined;
}

/** Where a caller finds the object of a key. */
function anchorOf(key: string, roots: ReadonlyMap<number, Root>, exits: readonly Exit[], body: Body): { readonly anchor: Anchor; readonly path: string } {
  const colon = key.indexOf(':');
  const root = roots.get(Number(key.slice(0, colon)));
  const path = key.slice(colon + 1);
  if (root === undefined) return { anchor: { is: 'elsewhere', key }, path: '' };
  if (root.kind === 'package') {
    const [name = ''] = [...body.reading.globals].find(([, one]) => one === root) ?? [];
    const place: Place = { root, path: '', name };
    return { anchor: { is: 'package', place }, path };
  }
  if (root === body.roots.get('receiver')) return { anchor: { is: 'receiver' }, path };
  if (root.parameter !== undefined && root.owner === body.id) return { anchor: { is: 'argument', index: root.parameter }, path };
  const returned = exits.some(({ results }) =>
    results.some(({ value }) => value.place !== undefined && value.place.root.id === root.id && value.place.path === ''),
  );
  return { anchor: returned ? { is: 'result' } : { is: 'elsewhere', key: path }, path: returned ? path : '' };
}
