/** The daemon was told to stop and does not: who keeps it. */
import { row } from './dump-view.ts';
import { type Pattern, has } from './frames.ts';
import { short, since } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly id: number;
  readonly minutes: number;
  readonly funcs: readonly string[];
  readonly keeps: string;
}

const closing: readonly Pattern[] = [
  'core.(*IpfsNode).Close',
  'core.(*IpfsNode).teardown',
  'go.uber.org/fx.(*App).Stop',
  'fx.(*App).Stop',
  'fx/internal/lifecycle.(*Lifecycle).Stop',
  'goprocess.(*process).Close',
  'goprocess.(*process).CloseAfterChildren',
  'core.NewNode.func2',
  'node.maybeProvide…OnStop…',
];

export const shutdownDoesNotEnd = defineRule({
  id: 'shutdown-does-not-end',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    for (const { group, funcs, frames } of dump.crowds) {
      const at = funcs.findIndex((func) => has([func], closing));
      // A goroutine that waits for the signal to close rests in the closing function itself; one that closes is inside something else.
      if (at <= 0 || (group.minutes?.[1] ?? 0) < 1 || group.idle) continue;
      const inside = funcs
        .slice(0, at)
        .filter((func) => !/^(?:runtime|sync|internal|context|time)[./]|goprocess|fx[./]|dig[./]|multierr|reflect[./]/.test(func));
      const keeps = inside.at(-1);
      if (keeps === undefined || !funcs.some((func) => /\.Close$|\.Stop$|teardown|\.close\w*$|\.Shutdown/.test(func))) continue;
      return [
        {
          id: group.goroutines[0] ?? 0,
          minutes: group.minutes?.[1] ?? 0,
          keeps,
          funcs: frames
            .map(({ func }) => func)
            .filter((func) => !/^(?:runtime|sync|internal)[./]/.test(func))
            .slice(0, 10),
        },
      ];
    }
    return [];
  },
  say: ({ id, minutes, funcs, keeps }, { dump }) => ({
    title: `The shutdown of the daemon waits for \`${short(keeps)}\``,
    effect: `It has been closing for ${since(minutes)}; systemd or Docker will kill it when their own limit is reached.`,
    because: 'This goroutine is inside the close of the node, and the rest waits for it.',
    certainty: 'likely',
    weight: 65,
    goroutines: [id],
    functions: [keeps, ...funcs],
    witnesses: [{ file: dump.dump.file, goroutine: id }],
    next: [
      'From 0.42 on `Internal.ShutdownTimeout` bounds it: 12 hours unless you set less (`ipfs config Internal.ShutdownTimeout 2m`).',
      'Killing the process is safe with flatfs and leveldb, which recover at the next start; MFS changes of the last moments may be lost.',
    ],
    rows: [row(dump, 'keeps the shutdown', [id])],
    explains: [id],
  }),
});
