/** `pprof-triage redrive`: gives the jobs that were put aside another try. */
import process from 'node:process';
import { serverSettings } from '../world/policy.ts';
import { openQueue } from '../world/queue.ts';
import { openStore } from '../world/store.ts';

/** With PGlite the server must be stopped first: its data folder has one user. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write('pprof-triage redrive    moves failed jobs back to the queue (DATA_DIR or DATABASE_URL say where)\n');
    return 0;
  }
  try {
    const store = await openStore(serverSettings());
    const queue = await openQueue(store, () => {});
    process.stdout.write(`${await queue.redrive()} jobs moved back\n`);
    await queue.stop();
    await store.close();
    return 0;
  } catch (problem) {
    process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
    return 2;
  }
}
