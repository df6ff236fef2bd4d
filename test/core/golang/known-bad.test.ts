/** Releases of Go with bugs of their own, and their neighbours without. */
import { expect, test } from 'vitest';
import { knownBugs } from '../../../src/core/golang/known-bad.ts';

test('a program that keeps the timers of Go 1.22 has not the bug of the new ones', () => {
  expect(knownBugs('go1.23.1', 'linux', 'a=1,asynctimerchan=1')).toEqual([]);
  expect(knownBugs('go1.23.1', 'linux', 'asynctimerchan=0')).toHaveLength(1);
});

test.each([
  ['go1.14.1', 'linux', ['hang', 'memory']],
  ['go1.14', 'darwin', ['hang']],
  ['go1.14.2', 'darwin', []],
  ['go1.15.15', 'linux', ['memory']],
  ['go1.11.13', 'linux', []],
  ['go1.16', 'linux', []],
  ['go1.21.3', 'linux', ['memory']],
  ['go1.21.3', 'windows', []],
  ['go1.21.4', 'linux', []],
  ['go1.23.1 X:nocoverageredesign', 'linux', ['hang']],
  ['go1.23.2', 'linux', []],
  ['go1.24.2', 'linux', ['crash']],
  ['go1.24.3', 'linux', []],
  ['go1.23rc1', 'linux', []],
  ['devel go1.27-abc', 'linux', []],
  [undefined, 'linux', []],
] as const)('%s on %s: %o', (go, os, about) => {
  const found = knownBugs(go, os);
  expect(found.map((bug) => bug.about).toSorted()).toEqual(about);
  for (const { what, url, fixedIn } of found) {
    expect(url).toMatch(/^https:\/\/github\.com\/golang\/go\/issues\/\d+$/);
    expect(fixedIn).toMatch(/^go1\.\d+/);
    expect(what).not.toMatch(/^[A-Z]|\.$/);
  }
});
