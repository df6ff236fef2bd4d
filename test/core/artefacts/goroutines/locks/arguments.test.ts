/** Argument words in columns beside the argument texts of the same frames. */
import { expect, test } from 'vitest';
import { readDumps } from '../../../../../src/core/artefacts/goroutines/dumps.ts';
import { Arguments, depthOf, inexactBit, unknownBit } from '../../../../../src/core/artefacts/goroutines/locks/arguments.ts';
import { shapesOf } from '../../../../../src/core/artefacts/goroutines/locks/shapes.ts';
import type { Scanned } from '../../../../../src/core/artefacts/goroutines/scanned.ts';
import { allFacts, fixture } from '../expected.ts';

/** No address has more than 53 bits, and digits beyond them are lost. */
const shown = (value: number): string => (value > Number.MAX_SAFE_INTEGER ? 'large' : String(value));

/** Words as text: value, depth of braces, mark. */
function fromText(text: string | undefined): readonly string[] {
  let depth = 0;
  const words: string[] = [];
  for (const [part, value, mark = ''] of (text ?? '').matchAll(/[{}]|0x([0-9a-f]+)(\??)|_/g)) {
    if (part === '{') depth += 1;
    else if (part === '}') depth -= 1;
    else words.push(`${value === undefined ? '_' : shown(Number.parseInt(value, 16))} ${depth} ${value === undefined ? '?' : mark}`);
  }
  return words;
}

function fromColumns(args: Arguments, base: number, frame: number): readonly string[] {
  const words: string[] = [];
  for (let word = args.frames[base + frame]!; word < args.frames[base + frame + 1]!; word++) {
    const mark = args.marks[word]!;
    words.push(`${(mark & unknownBit) === 0 ? shown(args.values[word]!) : '_'} ${depthOf(mark)} ${(mark & inexactBit) === 0 ? '' : '?'}`);
  }
  return words;
}

function both(dump: Scanned): readonly [readonly (readonly string[])[], readonly (readonly string[])[]] {
  const shapes = shapesOf(dump);
  const args = new Arguments(dump);
  const texts: (readonly string[])[] = [];
  const columns: (readonly string[])[] = [];
  for (let index = 0; index < dump.count; index++) {
    const shape = shapes(dump.stackOf[index]!);
    const base = args.read(index, shape);
    const own = dump.allArgsOf(index);
    for (const frame of shape.places.keys()) {
      texts.push(fromText(own[frame]));
      columns.push(fromColumns(args, base, frame));
    }
  }
  return [texts, columns];
}

test('columns hold what the texts of all dialects say', () => {
  let words = 0;
  for (const name of Object.keys(allFacts()).filter((file) => !file.includes('debug1')))
    for (const dump of readDumps(name, fixture(`dialects/${name}`))) {
      const [texts, columns] = both(dump);
      expect(columns, name).toEqual(texts);
      words += texts.flat().length;
    }
  expect(words).toBeGreaterThan(1000);
});

test('elided frames, names of more bytes than letters, frames of C and cut lines', () => {
  const text = [
    'goroutine 1 [select]:',
    'a.Größe(0x1, {0x2?, {_, 0xc000123}}, ...)',
    '\t/x/größe.go:3 +0x1',
    'a.f(...)',
    '\t/x/f.go:3',
    '...31 frames elided...',
    'crypto_init',
    '\t/x/c.c:1 pc=0x4',
    'a.g({0x9, 0xa}, 0xffffffffffffffff?)',
    '\t/x/g.go:3 +0x1',
    'created by a.h',
    '\t/x/h.go:3 +0x1',
    '',
    'goroutine 2 [select]:',
    'a.g({0x9, 0x',
  ].join('\n');
  const [dump] = readDumps('x', new TextEncoder().encode(text));
  if (dump === undefined) throw new Error('no dump was found');
  const [texts, columns] = both(dump);
  expect(columns).toEqual(texts);
  expect(columns[0]).toEqual(['1 0 ', '2 1 ?', '_ 2 ?', `${0xc000123} 2 `]);
});

test('what was dropped leaves nothing behind', () => {
  const [dump] = readDumps('x', new TextEncoder().encode('goroutine 1 [select]:\nf(0x1, 0x2)\n\t/x:1\n\ngoroutine 2 [select]:\ng(0x3)\n\t/x:1\n'));
  if (dump === undefined) throw new Error('no dump was found');
  const shapes = shapesOf(dump);
  const args = new Arguments(dump);
  args.drop(args.read(0, shapes(dump.stackOf[0]!)));
  const base = args.read(1, shapes(dump.stackOf[1]!));
  expect([base, fromColumns(args, base, 0)]).toEqual([0, ['3 0 ']]);
});
