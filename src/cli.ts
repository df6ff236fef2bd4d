#!/usr/bin/env node
/** Your desk: one command a file in desk/, loaded only when asked for so that a small report starts fast. */
import { enableCompileCache } from 'node:module';
import process from 'node:process';

enableCompileCache();

const commands = ['triage', 'stacks', 'pprof', 'binary', 'addr2line', 'backfill', 'redrive'] as const;

const [first = '', ...rest] = process.argv.slice(2);
const named = commands.find((name) => name === first);
const { guard } = await import('./desk/guard.ts');
guard();
const { run } = await load(named ?? 'triage');
process.exitCode = await run(named === undefined ? process.argv.slice(2) : rest);

async function load(name: (typeof commands)[number]): Promise<{ run(args: readonly string[]): Promise<number> }> {
  switch (name) {
    case 'triage':
      return import('./desk/triage.ts');
    case 'stacks':
      return import('./desk/stacks.ts');
    case 'pprof':
      return import('./desk/pprof.ts');
    case 'binary':
      return import('./desk/binary.ts');
    case 'addr2line':
      return import('./desk/addr2line.ts');
    case 'backfill':
      return import('./desk/backfill.ts');
    case 'redrive':
      return import('./desk/redrive.ts');
  }
}
