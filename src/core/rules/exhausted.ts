/** A limit was reached and the log or crash says so: files, threads, disk, libp2p's resources. */
import type { Finding } from '../model.ts';
import { failedIn } from './dump-view.ts';
import { quoted } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly what: keyof typeof limits;
  readonly file: string;
  /** It ended the process: it stands before the goroutines of a crash. Else the log has it from some time or other. */
  readonly ended: boolean;
  /** What it said then. */
  readonly text?: string;
  /** The goroutine that failed of it. */
  readonly failed?: number;
}

const limits = {
  files: {
    sign: /too many open files/i,
    title: 'The daemon ran out of file descriptors',
    next: ['Raise the limit: `ulimit -n 65536` before the daemon, or `LimitNOFILE=65536` in its systemd unit. `IPFS_FD_MAX` sets what kubo asks for.'],
  },
  threads: {
    sign: /pthread_create failed|failed to create new OS thread|thread exhaustion|fatal error: newosproc/i,
    title: 'The daemon could not start more threads',
    next: ["Raise `ulimit -u` or the container's `pids` limit, and look at the disk: threads pile up when system calls do not come back."],
  },
  disk: {
    sign: /no space left on device/i,
    title: 'The disk of the repository is full',
    next: ['Free space, then restart the daemon; `ipfs repo gc` needs some room itself and removes everything that is not pinned or in MFS.'],
  },
  resources: {
    sign: /resource limit exceeded|cannot reserve (?:in|out)bound/i,
    title: "libp2p's resource manager refuses connections or streams",
    next: [
      '`ipfs swarm resources` shows which limit; `Swarm.ResourceMgr.MaxMemory` raises them together. Refusals by themselves are how it protects the node.',
    ],
  },
  memory: {
    sign: /out of memory|cannot allocate memory|Out of memory: Kill(?:ed)? process/i,
    title: 'The system had no memory left for the daemon',
    next: ['Send a heap profile from before it happens; give the machine more memory or set `GOMEMLIMIT` a little below what it has.'],
  },
} as const satisfies Readonly<Record<string, { readonly sign: RegExp; readonly title: string; readonly next: readonly string[] }>>;

/** Go's own limit of threads (runtime/debug.SetMaxThreads): no limit of the system is reached. */
const goThreads = /thread exhaustion|exceeds \d+-thread limit/;
const goThreadsNext = [
  'Go gives up at 10,000 threads. Each is a system call that does not come back, mostly of the disk: look at it (network file system, failing or overloaded disk) rather than at limits.',
];

const abouts: Readonly<Record<keyof typeof limits, Finding['about']>> = {
  files: 'crash',
  threads: 'crash',
  disk: 'crash',
  resources: 'crash',
  memory: 'crash',
};

export const exhausted = defineRule({
  id: 'exhausted',
  about: 'crash',
  needs: ['capture'],
  wants: ['logs', 'dump'],
  see: ({ logs, dump }): readonly Facts[] => {
    const lines = [
      ...(logs ?? []).flatMap(({ file, notable }) => notable.map((line) => ({ file, line, ended: false }))),
      ...(dump?.dump.preamble === undefined
        ? []
        : [{ file: dump.dump.file, line: dump.dump.preamble.text, ended: !/^SIG(?:QUIT|ABRT)/.test(dump.dump.preamble.what) }]),
    ];
    const seen = new Map<keyof typeof limits, { readonly file: string; readonly ended: boolean; readonly text?: string }>();
    for (const { file, line, ended } of lines) {
      for (const what of Object.keys(abouts) as (keyof typeof limits)[])
        if (seen.get(what)?.ended !== true && limits[what].sign.test(line)) seen.set(what, { file, ended, text: ended ? line : undefined });
    }
    const failed = dump === undefined ? undefined : failedIn(dump.dump);
    // A crash for want of memory is told by the crash itself.
    return [...seen].flatMap(([what, where]) => (where.ended && what === 'memory' ? [] : [{ what, ...where, failed: where.ended ? failed : undefined }]));
  },
  say: ({ what, file, ended, text, failed }) => ({
    title: limits[what].title,
    effect: what === 'resources' ? undefined : ended ? `It died of that: \`${quoted(text ?? '')}\`` : 'What fails after that follows from it.',
    because: "The daemon's own output says so.",
    certainty: what === 'resources' ? 'hint' : 'very likely',
    // What ended the process is why it crashed: the crash is told under it.
    weight: what === 'resources' ? 10 : ended ? 92 : 54,
    witnesses: [{ file }],
    next: text !== undefined && goThreads.test(text) ? goThreadsNext : limits[what].next,
    explains: failed === undefined || what === 'resources' ? [] : [failed],
  }),
});
