/** A hostile file and what must be said of it. */

export interface HostileCase {
  readonly name: string;
  readonly bytes: () => Buffer;
  /** Must be found in the refusals, or in what was read, as JSON. */
  readonly says: RegExp;
  /** Takes more than a second: left to `npm run hostile`. */
  readonly slow?: boolean;
}

/** A dump that is read, to be hidden in something. */
export const dump = 'goroutine 1 [chan receive, 12 minutes]:\ngithub.com/ipfs/kubo/core.(*Node).Blocked()\n\t/src/core.go:10 +0x20\n';

/** Looked at and told to be nothing that is known, or something that is. */
export const nothing: RegExp = /"reason":"|"kind":"/;

export function repeated(text: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, text, 'latin1');
}
