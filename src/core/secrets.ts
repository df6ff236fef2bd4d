/** Keys and passwords in attachments and posts: their kind and place, never their value. */
import type { Evidence, Post, Report } from './model.ts';
import { secretShapes } from './report/secret-shapes.ts';

type Secret = NonNullable<Report['secrets']>[number];

/** Configs and keys are short; of longer texts the beginning and the end are looked at. */
const window = 1_000_000;
/** Told at most. */
const maxSecrets = 10;

/** Each kind once for each place. */
export function secretsIn(evidence: readonly Evidence[], posts: readonly Pick<Post, 'id' | 'body' | 'own'>[]): readonly Secret[] {
  const inFiles = evidence.filter(({ pasted }) => pasted !== true).flatMap(({ path, bytes }) => kindsIn(textOf(bytes)).map((kind) => ({ path, kind })));
  const inPosts = posts
    .filter(({ own }) => !own)
    .flatMap(({ id, body }) => kindsIn(body).map((kind) => ({ path: id === 'issue' ? 'the text of the issue' : `comment ${id}`, kind })));
  return [...inPosts, ...inFiles].slice(0, maxSecrets);
}

function kindsIn(text: string): readonly string[] {
  return secretShapes.filter(({ pattern }) => text.search(pattern) >= 0).map(({ kind }) => kind);
}

/** '' for bytes that are no text: a profile or a program has no place for a password. */
function textOf(bytes: Uint8Array): string {
  if (bytes.subarray(0, 4096).includes(0)) return bytes[0] === 0xff && bytes[1] === 0xfe ? new TextDecoder('utf-16le').decode(bytes.subarray(0, window)) : '';
  const decoder = new TextDecoder();
  return bytes.length <= 2 * window ? decoder.decode(bytes) : `${decoder.decode(bytes.subarray(0, window))}\n${decoder.decode(bytes.subarray(-window))}`;
}
