/** Go snippets that say themselves, in a comment at the end of a line, what holds there. */
import type { FunctionLocks } from '../../../../src/core/golang/lock-facts.ts';
import { readPackage } from '../../../../src/core/golang/source/functions.ts';
import { goGrammar } from '../../../../src/world/go-grammar.ts';

const go = await goGrammar();

/**
 * Each line of a snippet beside what is read from it. After `//`: `asks T.mu` (waits there), `through T.mu` (a function called there takes it),
 * `has T.mu` (held for sure), `may T.mu` (on some paths), `lets T.mu` (let go, though the caller holds it); `r` after a name is for reading,
 * `but f` names calls on the line at which it is not so. Literals have `func:` in front.
 */
export function annotated(snippet: string): { readonly said: readonly string[]; readonly read: readonly string[] } {
  const text = snippet.includes('package ') ? snippet : `package p\nimport "sync"\n${snippet}`;
  const lines = text.split('\n');
  const root = go(text);
  const found = root === undefined ? [] : (readPackage([{ name: 'x.go', root }]).files[0]?.functions ?? []);
  const said = lines.map((line) => (/\/\/ ?(.*)$/.exec(line)?.[1] ?? '').trim());
  const read = lines.map((_, at) => found.flatMap((one) => onLine(one, at + 1)).join(', '));
  return { said: said.map((one, at) => `${at + 1}: ${one}`), read: read.map((one, at) => `${at + 1}: ${one}`) };
}

function onLine(one: FunctionLocks, line: number): readonly string[] {
  const from = one.literal ? 'func: ' : '';
  const nameOf = (lock: FunctionLocks['sites'][number]['lock']): string => (lock.by === undefined ? lock.name || '?' : `${lock.by}()`);
  const sites = one.sites
    .filter((site) => site.line === line)
    .map(({ lock, mode, through }) => `${from}${through === true ? 'through' : 'asks'} ${nameOf(lock)}${mode === 'read' ? ' r' : ''}`);
  const ranges = one.ranges
    .filter((range) => range.from <= line && line <= range.to)
    .map(({ is, lock, mode, sure, unless }) => {
      const verb = is === 'held' ? (sure ? 'has' : 'may') : sure ? 'lets' : 'may let';
      return `${from}${verb} ${nameOf(lock)}${mode === 'read' ? ' r' : mode === 'either' ? ' rw' : ''}${unless === undefined ? '' : ` but ${unless.join(' ')}`}`;
    });
  return [...sites, ...ranges];
}
