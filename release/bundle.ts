/**
 * `npm run bundle [-- FOLDER]`: the Action as a folder that needs nothing else: its code and the sandbox's with all packages in them, the grammars,
 * the lock table, the schema. A release carries it as `action/`, so that a run installs nothing and asks no registry.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Files that are read at run time from beside the code (world/go-grammar.ts, lock-table.ts, report-schema.ts). */
const beside: readonly (readonly [from: string, to: string])[] = [
  ['docs/report.schema.json', 'report.schema.json'],
  ['data/locks', 'data/locks'],
  [fileURLToPath(import.meta.resolve('web-tree-sitter/web-tree-sitter.wasm')), 'web-tree-sitter.wasm'],
  [fileURLToPath(import.meta.resolve('tree-sitter-go/tree-sitter-go.wasm')), 'tree-sitter-go.wasm'],
  ['LICENSE', 'LICENSE'],
];

export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = await rolldown({ input: { action: 'src/action.ts', 'sandbox-child': 'src/world/sandbox-child.ts' }, platform: 'node', logLevel: 'silent' });
  await made.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[hash].mjs', minify: false });
  for (const [from, to] of beside) cpSync(from, join(folder, to), { recursive: true });
}

if (import.meta.main) await bundle(process.argv[2] ?? 'action');
