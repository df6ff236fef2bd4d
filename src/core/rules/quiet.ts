/** What was looked at and is not the problem, a sentence each. */
import type { Finding } from '../model.ts';
import { percent, size } from './plain.ts';
import { collecting, collectingMost, cores } from './profile-view.ts';
import type { Sources } from './sources.ts';

/** Below a tenth of a core nobody notices. */
const quietCores = 0.1;
const quietHeap = 200 * 2 ** 20;

/** About the first capture that has each kind of file. */
export function quietOf(all: readonly Partial<Sources>[], findings: readonly Finding[]): readonly string[] {
  const told = new Set(
    findings
      .flatMap((finding) => [finding, ...(finding.follows ?? [])])
      .filter(({ certainty }) => certainty !== 'hint')
      .map(({ about }) => about),
  );
  const sentences: string[] = [];
  const cpu = all.find((one) => one.cpu !== undefined)?.cpu;
  const used = cpu === undefined ? undefined : cores(cpu);
  if (cpu?.seconds !== undefined && used !== undefined && used < quietCores)
    sentences.push(`CPU: ${Math.round(cpu.total / 1e6)} ms in ${Math.round(cpu.seconds)} s. Not the problem.`);
  else if (cpu?.seconds !== undefined && used !== undefined && !told.has('cpu'))
    sentences.push(
      `CPU: ${used.toFixed(1)} cores on average over ${Math.round(cpu.seconds)} s; ${collecting(cpu) < collectingMost ? 'nothing in it is unusual' : `${percent(collecting(cpu))} of it garbage collection`}.`,
    );
  const vars = all.find((one) => one.vars !== undefined)?.vars;
  const heap = all.find((one) => one.heap?.sampleType === 'inuse_space')?.heap;
  if (!told.has('memory')) {
    const inuse = vars?.memstats['HeapInuse'];
    const parts = [
      heap === undefined ? '' : `${size(heap.total)} in use in the heap profile`,
      inuse === undefined ? '' : `${size(inuse)} of heap held by Go`,
    ].filter((part) => part !== '');
    if (parts.length > 0) sentences.push(`Memory: ${parts.join(', ')}.${Math.max(heap?.total ?? 0, inuse ?? 0) < quietHeap ? ' Not the problem.' : ''}`);
  }
  const dump = all.find((one) => one.dump !== undefined)?.dump;
  if (dump !== undefined && dump.dump.goroutines.length > 0) {
    const idle = dump.crowds.filter(({ group }) => group.idle).reduce((sum, { group }) => sum + group.count, 0);
    const hung = dump.crowds.some(({ group }) => group.hung && !group.idle);
    if (!told.has('hang') && !told.has('crash'))
      sentences.push(
        `Goroutines: ${dump.dump.count.toLocaleString('en-US')}${idle > 0 ? `, ${idle.toLocaleString('en-US')} of them at rest where every daemon has some` : ''}. ${hung ? 'Some have waited long, but nothing shows that anybody waits for them.' : dump.whole ? 'None hangs.' : 'None of these hangs.'}`,
      );
  }
  return sentences;
}
