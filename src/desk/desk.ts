/** The desk door: one command a file here, loaded only when asked for so that a small report starts fast. */
import process from 'node:process';
import { guard } from './guard.ts';

guard();

const commands = ['triage', 'stacks', 'pprof', 'binary', 'addr2line', 'backfill', 'redrive'] as const;

const [first = '', ...rest] = process.argv.slice(2);
const named = commands.find((name) => name === first);
const { run } = await load(named ?? 'triage');
process.exitCode = await run(named === undefined ? process.argv.slice(2) : rest);

async function load(name: (typeof commands)[number]): Promise<{ run(args: readonly string[]): Promise<number> }> {
  switch (name) {
    case 'triage':
      return import('./triage.ts');
    case 'stacks':
      return import('./stacks.ts');
    case 'pprof':
      return import('./pprof.ts');
    case 'binary':
      return import('./binary.ts');
    case 'addr2line':
      return import('./addr2line.ts');
    case 'backfill':
      return import('./backfill.ts');
    case 'redrive':
      return import('./redrive.ts');
  }
}
