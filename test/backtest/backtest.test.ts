/** What every rule says of all fixtures, as one list: a new or changed rule shows here what it changes. `UPDATE=1` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { expect, test } from 'vitest';
import { bundlesIn, loud, tallied, tried } from './tally.ts';

const golden = 'fixtures/backtest.txt';

test('rules fire on the fixtures as listed', async () => {
  const tries = [];
  for (const folder of ['fixtures/cases', 'fixtures/goroutines/idle', 'fixtures/known']) {
    for (const group of await bundlesIn(folder)) {
      // Each of these files is a bundle of its own.
      const groups = folder !== 'fixtures/cases' ? group.files.map((file) => ({ ...group, name: file.slice(folder.length + 1), files: [file] })) : [group];
      for (const one of groups) tries.push(await tried(one));
    }
  }
  expect(tries.length).toBeGreaterThan(60);
  expect(loud(tries)).toEqual([]);
  const lines = `${tallied(tries).join('\n')}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(golden, lines);
  expect(lines).toBe(readFileSync(golden, 'utf8'));
});
