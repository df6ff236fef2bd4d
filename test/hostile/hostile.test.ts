/** Hostile files, refused or bounded with the right words: the quick ones in this process, a few through the sandbox; all of them by `npm run hostile`. */
import { expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import { diagnoseInSandbox } from '../../src/world/sandbox.ts';
import { cases } from './cases.ts';
import { given, readPost, wrong } from './check.ts';
import { posts } from './posts.ts';

const quick = cases.filter(({ slow }) => slow !== true);

test('there are enough of them, and none twice', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test.each(quick.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  const { report } = await diagnose(given(one.bytes()).bundles);
  expect(wrong(one, report)).toBeUndefined();
});

test.each(quick.filter(({ name }) => /^(?:zip-bomb-flat|zip-overlapping|gzip-bomb|json-deep|elf-noise)$/.test(name)).map((one) => [one.name, one] as const))(
  '%s, in the sandbox',
  async (_, one) => {
    expect(wrong(one, await diagnoseInSandbox(given(one.bytes())))).toBeUndefined();
  },
);

test('posts that make patterns go round are read', () => {
  expect(posts.length).toBeGreaterThan(200);
  for (const post of posts) readPost(post);
}, 600_000);
