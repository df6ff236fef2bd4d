/** The CPU goes into Go's garbage collector: a memory limit below what is alive, or a small heap with much garbage. */
import { collecting, collectingMost, cores, share } from './profile-view.ts';
import { percent, short, size } from './plain.ts';
import { defineRule } from './rule.ts';

/** Below this many cores it does not matter what they do. */
const idle = 0.25;
/** Where a limit squeezes the heap it does: a busy machine gave the node no more. */
const idleSqueezed = 0.05;
/** A heap that should not need collecting all the time. */
const large = 150 * 2 ** 20;

interface Facts {
  readonly share: number;
  readonly cores: number;
  /** Part that ran only because the CPU was free. */
  readonly free: number;
  readonly assist: number;
  readonly limit: boolean;
  readonly live?: number;
  readonly goal?: number;
  readonly allocators: readonly string[];
  /** Where most of what is alive was allocated. */
  readonly alive?: { readonly func: string; readonly share: number };
}

export const cpuGc = defineRule({
  id: 'cpu-gc',
  about: 'cpu',
  needs: ['cpu'],
  wants: ['vars', 'heap', 'allocs'],
  see: ({ cpu, vars, heap, allocs }): readonly Facts[] => {
    const used = cores(cpu);
    if (used === undefined || used < idleSqueezed) return [];
    const all = collecting(cpu);
    if (all < collectingMost) return [];
    const { NextGC, HeapAlloc = 0, HeapIdle = 0, HeapReleased = 0 } = vars?.memstats ?? {};
    const live = heap?.sampleType === 'inuse_space' ? heap.total : undefined;
    // The goal is about twice what is alive unless a limit (or a small GOGC) holds it down; then idle memory is returned at once.
    // Without a heap profile only a goal that is reached already tells: every heap comes near its goal before it is collected.
    const reached = NextGC !== undefined && (live === undefined ? NextGC < HeapAlloc * 1.02 : NextGC < HeapAlloc * 1.15 && NextGC < live * 1.3);
    const squeezed = reached && HeapReleased >= HeapIdle * 0.9;
    if (used < idle && !squeezed) return [];
    const [most] = live === undefined ? [] : (heap?.functions ?? []);
    const alive = most === undefined || live === undefined || most.flat < live / 2 ? undefined : { func: most.func, share: most.flat / live };
    const allocators = (allocs?.functions ?? []).slice(0, 3).map(({ func }) => func);
    return [
      {
        share: all,
        cores: used,
        free: share(cpu, /^runtime\.gcDrainMarkWorkerIdle$/),
        assist: share(cpu, /^runtime\.gcAssistAlloc$/),
        limit: squeezed,
        live,
        goal: NextGC,
        allocators,
        alive,
      },
    ];
  },
  say: (facts, { cpu, complaint }) => {
    const numbers =
      facts.goal === undefined ? '' : ` Go's next goal is ${size(facts.goal)}${facts.live === undefined ? '' : ` while ${size(facts.live)} are alive`}.`;
    return {
      title: facts.limit
        ? 'A memory limit below what the node needs keeps Go collecting garbage'
        : "Most of the CPU goes into Go's garbage collector, not into IPFS",
      effect: `${percent(facts.share)} of the CPU used (${facts.cores.toFixed(1)} cores) is garbage collection${facts.free > 0.1 ? `, about half of it (${percent(facts.free)}) on cores that were free anyway` : ''}.${numbers}`,
      because: facts.limit
        ? 'The heap goal lies at or below what is alive and all idle memory is given back at once: that is what GOMEMLIMIT (or a small GOGC) does when it is too low.'
        : 'Collecting costs that much when the heap is small beside the garbage made, or when a memory limit is too low. `ipfs.vars` (its NextGC beside HeapAlloc) would tell which.',
      // Busy nodes with a small heap collect as much; only a large one, or somebody who complains, makes it a story.
      certainty: facts.limit ? 'very likely' : (facts.live ?? 0) >= large || complaint?.cpu === true ? 'likely' : 'hint',
      // A queue that stands still is worse: its people get nothing at all.
      weight: 59,
      functions: [
        'runtime.gcBgMarkWorker',
        ...cpu.functions
          .map(({ func }) => func)
          .filter((func) => /^runtime\.(?:scanobject|gcDrain|scanSpan|tryDeferToSpanScan)$/.test(func))
          .slice(0, 3),
        ...facts.allocators,
      ],
      witnesses: [{ file: cpu.file, row: 'runtime.gcBgMarkWorker' }],
      next: [
        'Raise `GOMEMLIMIT` (or the limit of the container) above what the node keeps alive, or unset it; `GOGC` back to 100 if it is lower.',
        facts.live !== undefined && facts.live > 100 * 2 ** 20
          ? `Or lower what is kept alive${facts.alive === undefined ? '' : `, ${percent(facts.alive.share)} of it from \`${short(facts.alive.func)}\``}: see what holds the memory.`
          : 'If the machine cannot give more, lower `Swarm.ConnMgr.HighWater` and the number of parallel requests.',
      ],
      settles: facts.limit || facts.live !== undefined ? ['cpu', 'memory'] : ['cpu'],
    };
  },
});
