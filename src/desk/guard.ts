/** The first line of every door: an old Node cannot run this, and should say so in words. */
import process from 'node:process';

/** Ends the process with one sentence when Node is older than 24. */
export function guard(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return;
  process.stderr.write(
    `pprof-triage needs Node 24 or newer and this is ${process.versions.node}: run it through npm (\`npm run triage -- …\`), which brings its own Node, or install Node 24.\n`,
  );
  process.exit(1);
}
