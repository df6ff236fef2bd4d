/** `pprof-triage redrive`: the jobs that were put aside and why, and another try for them. */
import process from 'node:process';
import { logLine } from '../core/report/escape.ts';
import { serverSettings } from '../world/policy.ts';
import { openQueue } from '../world/queue.ts';
import { openStore } from '../world/store.ts';

const usage = `pprof-triage redrive           moves failed jobs back to the queue (DATA_DIR or DATABASE_URL say where)
pprof-triage redrive --list    only says which they are, and why they failed
`;

/** With PGlite the server must be stopped first: its data folder has one user. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const store = await openStore(serverSettings());
    const queue = await openQueue(store, () => {});
    for (const { thread, reason, tries, at } of await queue.aside()) process.stdout.write(`${thread}  ${at}  after ${tries} tries: ${logLine(reason)}\n`);
    if (!args.includes('--list')) process.stdout.write(`${await queue.redrive()} jobs moved back\n`);
    await queue.stop();
    await store.close();
    return 0;
  } catch (problem) {
    process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
    return 2;
  }
}
