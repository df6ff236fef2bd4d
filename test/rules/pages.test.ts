/** Every diagnosis has a page that says what it means, how sure it is and what to do, and the list of pages names it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/core/rules/index.ts';

const folder = 'docs/findings';
const pages = readdirSync(folder).filter((name) => name !== 'README.md');
const list = readFileSync(`${folder}/README.md`, 'utf8');

test('pages and rules are the same', () => {
  expect(pages.toSorted()).toEqual(rules.map(({ id }) => `${id}.md`).toSorted());
});

describe.each(pages)('%s', (page) => {
  const text = readFileSync(`${folder}/${page}`, 'utf8');
  test('is in the list', () => expect(list).toContain(`(${page})`));
  test.each(['What it means.', 'How it is recognised.', 'How sure.', 'What to do.', 'Sources.'])('has “%s”', (part) => expect(text).toContain(`**${part}**`));
});
