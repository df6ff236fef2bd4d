/** The tree-sitter grammar of Go, as WebAssembly: text of a file → tree of plain nodes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import type { ReadGo, SyntaxNode } from '../core/golang/source/syntax.ts';

/** Larger files are no Go source that a person wrote. */
const maxText = 4_000_000;
/** The parser asks once in about a hundred steps whether to go on; real files need a few questions for each kilobyte. */
const maxQuestions = 200_000;
/** Expressions of real programs nest less than a hundred deep. */
const maxDepth = 400;
const maxNodes = 3_000_000;

let loaded: Promise<ReadGo> | undefined;

/** Loads the grammar once; takes some 50 ms. */
export function goGrammar(): Promise<ReadGo> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ReadGo> {
  await Parser.init({ wasmBinary: await fileOr('web-tree-sitter.wasm', () => import.meta.resolve('web-tree-sitter/web-tree-sitter.wasm')) });
  const parser = new Parser();
  parser.setLanguage(await Language.load(await fileOr('tree-sitter-go.wasm', () => import.meta.resolve('tree-sitter-go/tree-sitter-go.wasm'))));
  return (text) => read(parser, text);
}

/** From beside this very file where all is bundled into one folder, else from its package. */
async function fileOr(name: string, resolve: () => string): Promise<Uint8Array> {
  const bundled = await readFile(join(import.meta.dirname, name)).catch(() => undefined);
  return bundled ?? readFile(fileURLToPath(resolve()));
}

function read(parser: Parser, text: string): SyntaxNode | undefined {
  if (text.length > maxText) return undefined;
  let questions = 0;
  const tree = parser.parse(text, null, { progressCallback: () => ++questions > maxQuestions });
  if (tree === null) {
    parser.reset();
    return undefined;
  }
  const cursor = tree.walk();
  try {
    return plain(cursor, text, 0, { left: maxNodes });
  } finally {
    cursor.delete();
    tree.delete();
  }
}

function plain(cursor: TreeCursor, text: string, depth: number, budget: { left: number }): SyntaxNode {
  budget.left -= 1;
  const field = cursor.currentFieldName ?? '';
  const line = cursor.startPosition.row + 1;
  const end = cursor.endPosition.row + 1;
  if (depth > maxDepth || budget.left < 0 || cursor.nodeIsMissing) return { type: 'ERROR', field, text: '', line, end, children: [] };
  const type = cursor.nodeType;
  if (!cursor.gotoFirstChild()) return { type, field, text: text.slice(cursor.startIndex, cursor.endIndex), line, end, children: [] };
  const children: SyntaxNode[] = [];
  do {
    // Commas, keywords and comments are left out; operators have a role.
    if ((cursor.nodeIsNamed && cursor.nodeType !== 'comment') || cursor.currentFieldName !== null) children.push(plain(cursor, text, depth + 1, budget));
  } while (cursor.gotoNextSibling());
  cursor.gotoParent();
  return { type, field, text: '', line, end, children };
}
