/** The last line of our comment: which thread it is for and what it was made of, signed, so that nobody else can write one. */
import type { Post, Thread, ThreadRef } from './model.ts';

/** Signature of a text; only we can make it. */
export type Signer = (text: string) => string;

const pattern = /<!-- pprof-triage:v1 (\S+#\d+) ([0-9a-z.-]+) ([0-9a-f]+) -->\s*$/;

/** `told`: sums of the evidence that the comment speaks of (core/evidence.ts). */
export function markerFor(ref: ThreadRef, told: readonly string[], signer: Signer): string {
  const text = `${nameOf(ref)} ${told.length === 0 ? '-' : told.join('.')}`;
  return `<!-- pprof-triage:v1 ${text} ${signer(text)} -->`;
}

/** What a comment of ours was made of; undefined for every other post, whatever it copies from ours. */
export function marks(post: Post, thread: Thread, signer: Signer): readonly string[] | undefined {
  const found = post.own ? pattern.exec(post.body.replaceAll('\r\n', '\n').trimEnd()) : null;
  if (found === null) return undefined;
  const [, name = '', told = '', signature] = found;
  if (name.toLowerCase() !== nameOf(thread.ref).toLowerCase() || signer(`${name} ${told}`) !== signature) return undefined;
  return told === '-' ? [] : told.split('.');
}

function nameOf({ owner, repo, number }: ThreadRef): string {
  return `${owner}/${repo}#${number}`;
}
