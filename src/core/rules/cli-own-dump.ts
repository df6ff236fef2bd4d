/** The dump is of the `ipfs` command, which only waits for its daemon: not of the daemon. */
import { has } from './frames.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly id: number;
  readonly funcs: readonly string[];
}

export const cliOwnDump = defineRule({
  id: 'cli-own-dump',
  about: 'bundle',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    const daemon = dump.crowds.some(({ funcs }) => funcs.some((func) => /(?:^|[./])daemonFunc$|corehttp\.Serve|core\.NewNode|core\.\(\*IpfsNode\)/.test(func)));
    if (daemon) return [];
    const asking = dump.crowds.find(
      ({ funcs }) =>
        has(funcs, [
          'go-ipfs-cmds/http.(*client).Execute',
          'go-ipfs-cmds/http.(*client).send',
          'commands/http.(*client).Send',
          'go-ipfs-cmds/http.(*Response).Next',
          'go-ipfs-cmds/http.(*client).…',
          'commands/http.(*httpClient)…',
          'go-ipfs-cmds/http.(*httpResponse)…',
        ]) && funcs.some((func) => /\.main$|cli\.Run$|main\.mainRet$|executor/.test(func)),
    );
    return asking === undefined ? [] : [{ id: asking.group.goroutines[0] ?? 0, funcs: asking.frames.map(({ func }) => func).slice(0, 10) }];
  },
  say: ({ id, funcs }, { dump }) => ({
    title: 'This dump is of the `ipfs` command, not of the daemon that it waits for',
    effect: 'It shows only that the command waits for an answer; the cause is in the daemon.',
    certainty: 'certain',
    weight: 50,
    goroutines: [id],
    functions: funcs,
    witnesses: [{ file: dump.dump.file, goroutine: id }],
    next: [
      'Send the daemon\'s dump: `kill -QUIT $(pgrep -f "ipfs daemon")` with its output in a file (this ends the daemon), or `ipfs diag profile` while it hangs.',
    ],
    explains: [id],
  }),
});
