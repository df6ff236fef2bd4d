/** Source that means harm or is none: the reader answers, never throws, and stops in bounded steps. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPackage } from '../../../../src/core/golang/source/functions.ts';
import { goGrammar } from '../../../../src/world/go-grammar.ts';

const go = await goGrammar();

function read(text: string): ReturnType<typeof readPackage> | undefined {
  const root = go(text);
  return root === undefined ? undefined : readPackage([{ name: 'x.go', root }]);
}

const words =
  `package p import "sync" type T struct { mu sync.Mutex } func ( t *T ) f g ( ) { } [ ] . , ; := = == != < > <- & * | ! t.mu.Lock() t.mu.Unlock() defer go
 if else for range switch case default select return break continue goto L : fallthrough func(){ }() chan struct{} map[string]int make(chan struct{}, 1) nil true err != nil "s" 'c' 1 // /* */ \n`
    .split(/[ \n]/)
    .concat('\n');

test('no text makes it throw', () => {
  let counted = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 400 }), (parts) => {
      read(parts.join(' '));
      read(`package p\nimport "sync"\ntype T struct { mu sync.Mutex }\nfunc (t *T) f() {\n${parts.join(' ')}\n}\n`);
      counted += 1;
    }),
    { numRuns: 300, seed: 7 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
      read(new TextDecoder().decode(bytes));
      counted += 1;
    }),
    { numRuns: 100, seed: 8 },
  );
  expect(counted).toBe(400);
});

const head = 'package p\nimport "sync"\ntype T struct { mu sync.Mutex }\nfunc (t *T) f() {\n';
const deep: readonly (readonly [string, string])[] = [
  ['parentheses', `${head}x := ${'('.repeat(50_000)}1${')'.repeat(50_000)}\n}`],
  ['blocks', `${head}${'{'.repeat(20_000)}t.mu.Lock()${'}'.repeat(20_000)}\n}`],
  ['literals', `${head}${'func() { t.mu.Lock();'.repeat(300)}${'}()'.repeat(300)}\n}`],
  ['loops in loops', `${head}${'for { t.mu.Lock(); if a { break };'.repeat(60)}${'}'.repeat(60)}\n}`],
  ['pointers', `package p\ntype T ${'*'.repeat(30_000)}int\nvar x ${'[]'.repeat(30_000)}int`],
  [
    'types of themselves',
    'package p\nimport "sync"\ntype A struct { B }\ntype B struct { A; *C }\ntype C struct { A; sync.Mutex }\ntype D E\ntype E D\nfunc (a *A) f(d D) { a.Lock(); d.Lock(); a.x.y.Unlock() }',
  ],
  [
    'functions that call each other',
    `package p\nimport "sync"\nvar mu sync.Mutex\n${Array.from({ length: 400 }, (_, at) => `func f${at}() { mu.Lock(); f${(at + 1) % 400}(); mu.Unlock() }`).join('\n')}`,
  ],
  ['a thousand locks', `${head}${Array.from({ length: 1_000 }, (_, at) => `t${at}.Lock()`).join('\n')}\n}`],
  ['an open string', `${head}s := "${'a'.repeat(100_000)}\nt.mu.Lock()\n}`],
];

test.each(deep)('%s', (_, text) => {
  const found = read(text);
  expect(found === undefined || Array.isArray(found.files)).toBe(true);
});

test('what could not be read is said to be so', () => {
  const found = read(`${head}t.mu.Lock()\n if ) {\n work()\n}\nfunc (t *T) g() { t.mu.Lock() }\n`);
  expect(found?.files[0]?.unread.length).toBeGreaterThan(0);
});
