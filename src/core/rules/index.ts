/** The register of diagnoses: only the list. */
import { cliOwnDump } from './cli-own-dump.ts';
import { cpuGc } from './cpu-gc.ts';
import { cpuHot } from './cpu-hot.ts';
import { cpuQuota } from './cpu-quota.ts';
import { cpuSpin } from './cpu-spin.ts';
import { crash } from './crash.ts';
import { disagreement } from './disagreement.ts';
import { exhausted } from './exhausted.ts';
import { forgottenUnlock } from './forgotten-unlock.ts';
import { goRelease } from './go-release.ts';
import { hungGroup } from './hung-group.ts';
import { knownProblem } from './known-problem.ts';
import { lockContention } from './lock-contention.ts';
import { lockCycle } from './lock-cycle.ts';
import { lockHeld } from './lock-held.ts';
import { lockWanted } from './lock-wanted.ts';
import { memoryGrowth } from './memory-growth.ts';
import { memoryHeld } from './memory-held.ts';
import { memoryMapped } from './memory-mapped.ts';
import { memoryNotLeak } from './memory-not-leak.ts';
import { missingContent } from './missing-content.ts';
import { peerSilent } from './peer-silent.ts';
import { provideQueue } from './provide-queue.ts';
import type { Rule } from './rule.ts';
import { shutdownDoesNotEnd } from './shutdown-does-not-end.ts';
import { slowConsumer } from './slow-consumer.ts';
import { slowDisk } from './slow-disk.ts';
import { startDoesNotEnd } from './start-does-not-end.ts';
import { startFails } from './start-fails.ts';

/** Every diagnosis; their order means nothing. */
export const rules: readonly Rule[] = [
  cliOwnDump,
  cpuGc,
  cpuHot,
  cpuQuota,
  cpuSpin,
  crash,
  disagreement,
  exhausted,
  forgottenUnlock,
  goRelease,
  hungGroup,
  knownProblem,
  lockContention,
  lockCycle,
  lockHeld,
  lockWanted,
  memoryGrowth,
  memoryHeld,
  memoryMapped,
  memoryNotLeak,
  missingContent,
  peerSilent,
  provideQueue,
  shutdownDoesNotEnd,
  slowConsumer,
  slowDisk,
  startDoesNotEnd,
  startFails,
];
