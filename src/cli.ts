#!/usr/bin/env node
/** Your desk. Node compiles this file anew at each start, before its cache is on: it only leads to desk/desk.ts. */
import module from 'node:module';

// Node before 22 has no such cache; desk.ts says in words that it is too old.
module.enableCompileCache?.();
await import('./desk/desk.ts');
