/** Whether a wait can mean a hang: one that only another goroutine ends, and that something waits for. */
import { waitsAtEntry } from '../../golang/resting-places.ts';
import { waitClass } from '../../golang/wait-reasons.ts';
import type { Stack, WaitClass } from '../../model.ts';

/** Class of a goroutine's wait, from its state and its innermost frames. */
export function classOf(stack: Stack, state: string): WaitClass {
  return waitClass(
    state,
    stack.frames.slice(0, 12).map(({ func }) => func),
  );
}

/** A lock or a send, or a receive, select, condition or semaphore under a caller that needs its result. */
export function isHungClass(stack: Stack, state: string): boolean {
  const wait = classOf(stack, state);
  if (wait === 'lock' || state.startsWith('chan send')) return true;
  return (wait === 'channel' || wait === 'select' || wait === 'cond' || wait === 'semaphore') && !waitsAtEntry(stack);
}
