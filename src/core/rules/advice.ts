/** What a person can safely do now, by what holds and what it waits for. Nothing here loses data without saying so. */
import { type Version, atLeast } from './known/version.ts';
import type { Outside } from './waits.ts';

interface Situation {
  /** Words of the goroutine at the root, as `doing` gives them. */
  readonly root: string;
  readonly cause?: Outside;
  /** It waits for one thing that does not come; false where it goes on slowly. */
  readonly still: boolean;
  readonly version?: Version;
}

/** Reading and writing hold an open file; everything else in MFS looks up directories. */
const files = /ipfs files(?! (?:read|write))|MFS/;

/** Most useful first, two or three sentences. */
export function advice({ root, cause, still, version }: Situation): readonly string[] {
  if (cause === 'content' && !still && !files.test(root)) {
    return [
      `It still gets blocks: wait for it, or stop the ${root} (Ctrl-C, or restart the daemon) to let the others go on; what was fetched is kept until a garbage collection.`,
      'Connecting to a faster provider helps: `ipfs swarm connect <address>`.',
    ];
  }
  if (cause === 'content' && files.test(root)) return filesAdvice(!still && atLeast(version, '0.43.0') === true);
  if (cause === 'content' && /pin add|pin update/.test(root)) {
    return [
      `Stop the ${root} (Ctrl-C, or restart the daemon): what waits behind it goes on at once.`,
      'Pin with a limit, `ipfs pin add --progress --timeout=10m …`, so that a missing block cannot hold the others.',
    ];
  }
  if (cause === 'content') {
    return [
      `Stop the ${root} (Ctrl-C at its client, or restart the daemon) and give it a \`--timeout\` next time.`,
      'Check that somebody provides the content: `ipfs routing findprovs <cid>`.',
    ];
  }
  if ((cause === 'client' || cause === 'sender') && !still)
    return [
      `Let it finish if it can, or end that client: everything behind it goes on at once, and only its own request is lost.`,
      'A proxy in front of the API with a time-out for slow clients keeps them from holding the others.',
    ];
  if (cause === 'client')
    return [
      'Close the client that stopped reading (kill the process that called the API): everything behind it goes on at once. Restarting the daemon has the same effect.',
      'Let clients read streams to their end, or close them; a proxy in front of the API should have a write timeout.',
    ];
  if (cause === 'sender')
    return [
      `End the client that stopped sending (kill the process that called the API for the ${root.replace(/^an? /, '')}): everything behind it goes on at once. Restarting the daemon has the same effect; its upload has to be started again either way.`,
      'Clients should close an upload that they give up; a proxy in front of the API should have a read timeout.',
    ];
  if (cause === 'disk')
    return [
      'Look at the disk first: `iostat -x 1`, `dmesg`, free space, and whether the repository is on a network drive. The daemon waits for the system, not for the network.',
    ];
  if (cause === 'peer')
    return ['Disconnecting the peer that does not answer (`ipfs swarm disconnect …`) or a restart of the daemon frees what waits. Nothing is lost by it.'];
  if (cause === 'routing')
    return [
      'A restart frees what waits. If it comes back, `ipfs provide stat` (0.39 and newer) or `ipfs stats reprovide` shows whether announcing content keeps up.',
    ];
  return ['A restart of the daemon frees what waits; take a second `ipfs diag profile` before it if you can.'];
}

/** MFS over a missing block. A plain stop waits for the same lock before 0.43 (ipfs/kubo#11386); `--force` removes an entry without looking at it. */
function filesAdvice(bounded: boolean): readonly string[] {
  const drop =
    'bring the missing content back (`ipfs pin add --timeout=10m /ipfs/<cid>` while a node that has it is online), or drop the entry with `ipfs files rm --force <path>`, which removes it from MFS for good.';
  if (bounded)
    return [
      'Nothing has to be restarted: each look-up gives up after a minute here, so the queue moves, slowly. Leave that path alone meanwhile.',
      `To end it, ${drop}`,
    ];
  return [
    'Restart the daemon and leave the path that hangs alone: the rest of MFS works until somebody asks for that path again. A plain stop may hang as well, then kill the process; only writes made with `--flush=false` and not flushed yet are lost by it.',
    `After the restart, ${drop}`,
    'From kubo 0.43.0 on such a look-up gives up after a minute instead of never.',
  ];
}
