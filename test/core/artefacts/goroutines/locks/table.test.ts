/** Who holds the lock, over all stored programs and releases: from the text alone, and with their source. */
import { expect, test } from 'vitest';
import type { ParseHelp } from '../../../../../src/core/model.ts';
import { goGrammar } from '../../../../../src/world/go-grammar.ts';
import { sourceFolder } from '../../../../../src/world/source.ts';
import { tallies, type Tally } from './known-holders.ts';

function sum(help: ParseHelp): Tally & { readonly notes: string } {
  const { byRelease, notes } = tallies(help);
  const all: Tally = { locks: 0, right: 0, open: 0, wrong: 0, rings: 0, rightRings: 0, falseRings: 0, inventedHolders: 0 };
  for (const one of byRelease.values()) for (const key of Object.keys(all) as (keyof Tally)[]) all[key] += one[key];
  return { ...all, notes: notes.join('\n') };
}

test('from the text alone', () => {
  const { locks, right, wrong, rings, rightRings, falseRings, inventedHolders, notes } = sum({});
  expect(right / locks, notes).toBeGreaterThanOrEqual(0.85);
  expect(rightRings / rings, notes).toBeGreaterThanOrEqual(0.92);
  expect({ wrong, falseRings, inventedHolders }, notes).toEqual({ wrong: 0, falseRings: 0, inventedHolders: 0 });
});

test('with the source', async () => {
  const { locks, right, wrong, falseRings, inventedHolders, notes } = sum({
    source: sourceFolder('fixtures/goroutines/locks/programs'),
    readGo: await goGrammar(),
  });
  expect(right, notes).toBe(locks);
  expect({ wrong, falseRings, inventedHolders }, notes).toEqual({ wrong: 0, falseRings: 0, inventedHolders: 0 });
}, 300_000);
