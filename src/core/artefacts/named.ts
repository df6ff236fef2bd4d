/** What is recognised and named, but not analysed: execution traces, images, HTML pages, error answers, empty files. */
import type { Evidence, Kind, NamedArtefact } from '../model.ts';
import { smallText } from './text.ts';

export const namedKind: Kind<NamedArtefact> = {
  name: 'named',
  recognise(evidence) {
    const found = named(evidence);
    return found === undefined ? { is: 'not mine' } : { is: 'fine', artefacts: [{ file: evidence.path, ...found }] };
  },
};

function named({ bytes }: Evidence): { readonly kind: NamedArtefact['kind']; readonly note?: string } | undefined {
  if (bytes.length === 0) return { kind: 'empty', note: 'the file is empty: the command failed or the daemon did not answer' };
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  // runtime/trace.go: "go 1.NN trace\0\0\0" in 16 bytes.
  if (/^go 1\.\d+ trace/.test(head)) return { kind: 'execution trace', note: 'read it with `go tool trace`; it is not needed here' };
  if (isImage(bytes, head)) return { kind: 'image', note: 'a picture of a profile cannot be read: send the profile itself' };
  if (head.startsWith('%PDF-')) return { kind: 'image', note: 'a PDF of a graph cannot be read: send the profile itself' };
  if (/^\s*(?:<!doctype html|<html|<head)/i.test(head))
    return { kind: 'html page', note: 'a web page was saved in place of the file: the link needs a login, or the address was wrong' };
  if (/^\s*<(?:\?xml|svg)/.test(head)) return { kind: 'image', note: 'a drawing of a profile cannot be read: send the profile itself' };
  return answer(bytes);
}

function isImage(bytes: Uint8Array, head: string): boolean {
  return (
    (bytes[0] === 0x89 && head.startsWith('PNG', 1)) ||
    (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) ||
    /^GIF8[79]a/.test(head) ||
    (head.startsWith('RIFF') && head.startsWith('WEBP', 8))
  );
}

/** Short answers of servers that curl saved under the name of the file that was asked for, and what tools print in place of it. */
const answers: readonly (readonly [RegExp, string])[] = [
  [/^Unknown profile/, 'the daemon answered "Unknown profile": the name in the address was not understood (on Windows, `\\?` reaches the server as it is)'],
  [/cpu profiling already in use/i, 'a CPU profile was already being taken: wait until it ends and ask again'],
  [/^404 page not found/, 'the daemon answered 404: the address was wrong, or this version has no such page'],
  [/^40[35] |^(?:405 )?Method Not Allowed/i, 'the daemon refused the request (403 or 405): send it with POST, or from an allowed origin'],
  [/^\s*(?:AccessDenied|NoSuchKey)/, 'the file server answered with an error in place of the file'],
  [/^\s*flat\s+flat%\s+sum%\s+cum\s+cum%/m, 'a table that `go tool pprof` printed: the profile that it was made from says more, send that file'],
  [
    /^\s*\d+ (?:goroutine \d+ \[|(?:[\w.-]+\/)*[\w.-]+\.(?:\(\*\w+\)\.)?\w+\()/m,
    'a summary that was counted from a goroutine dump: the whole dump says who waits for whom, send that file',
  ],
  [/^curl: \(\d+\)|^\s*% Total\s+% Received/, "the file holds curl's own messages in place of the answer"],
];

/** Longer texts are looked at by the kinds that read them. */
const maxAnswer = 6_000;

function answer(bytes: Uint8Array): { readonly kind: 'unknown'; readonly note: string } | undefined {
  if (bytes.length > maxAnswer) return undefined;
  const text = smallText(bytes)?.trim();
  // A table beside a dump is no reason to leave the dump unread.
  const found = text === undefined || /^[>\s]*goroutine \d+ /m.test(text) ? undefined : answers.find(([pattern]) => pattern.test(text));
  return found === undefined ? undefined : { kind: 'unknown', note: found[1] };
}
