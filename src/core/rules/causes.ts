/** What keeps the goroutine at the root of a queue, in words: who does not provide, read, send or answer, and whether it moves at all. */
import type { Cause } from './waits.ts';

/** Minutes in one place from which a wait is for something that does not come; a walk or a copy that goes on never waits so long for one piece. */
const still = 2;

/** Has it waited long for one and the same thing? A debug=1 dump tells no minutes and so never says yes. */
export function standsStill({ minutes }: Cause): boolean {
  return (minutes ?? 0) >= still;
}

/** `who` and what it waits for, as the head of a sentence: `` `ipfs pin add` waits for content that nobody provides ``. */
export function causeWords(who: string, cause: Cause | undefined): string {
  if (cause === undefined) return `${who} keeps a lock`;
  const stands = standsStill(cause);
  switch (cause.for) {
    case 'content':
      return `${who} waits for ${stands ? 'content that nobody provides' : 'content from the network'}`;
    case 'client':
      return `a client of ${who} ${stands ? 'stopped reading' : 'reads slowly'}`;
    case 'sender':
      return `a client of ${who} ${stands ? 'stopped sending' : 'sends slowly'}`;
    case 'peer':
      return `${who} waits for a peer that does not answer`;
    case 'disk':
      return `${who} waits for the disk`;
    case 'routing':
      return `${who} waits for the routing system (DHT)`;
  }
}

/** The same as the last box of a chain. */
export function boxOf(cause: Cause): string {
  const stands = standsStill(cause);
  switch (cause.for) {
    case 'content':
      return stands ? 'a block\nno peer provides' : 'blocks from\nthe network';
    case 'client':
      return stands ? 'a client that\nstopped reading' : 'a client that\nreads slowly';
    case 'sender':
      return stands ? 'a client that\nstopped sending' : 'a client that\nsends slowly';
    case 'peer':
      return 'a peer that\ndoes not answer';
    case 'disk':
      return 'the disk';
    case 'routing':
      return 'the routing system';
  }
}
