/** Daemon output: its banner says version and system; lines of trouble are kept, masked, for the inventory's note. */
import type { Kind, LogArtefact } from '../model.ts';
import { bareVersion } from './version.ts';

/** Only the head and the tail of a log are looked at: banners stand at the start, trouble at the end. */
const window = 200_000;

export const logKind: Kind<LogArtefact> = {
  name: 'log',
  recognise({ bytes, path }) {
    const head = decode(bytes.subarray(0, window));
    if (head.includes('\0')) return { is: 'not mine' };
    const tail = bytes.length > window ? decode(bytes.subarray(Math.max(window, bytes.length - window))) : '';
    const text = `${head}\n${tail}`;
    const banner = /Initializing daemon\.\.\.|^(?:.*\s)?(?:go-ipfs|Kubo) version: /m.test(text);
    const lines = text.split('\n');
    const logged = lines.filter((line) => logLine.test(line)).length;
    if (!banner && logged < Math.max(2, Math.min(20, lines.length / 3))) return { is: 'not mine' };
    return {
      is: 'fine',
      artefacts: [
        {
          kind: 'log',
          file: path,
          lines: lines.length,
          version: bareVersion(/(?:go-ipfs|Kubo) version: *(\S+)/.exec(text)?.[1]),
          system: /System version: *(\S+)/.exec(text)?.[1],
          go: /Golang version: *(\S+)/.exec(text)?.[1],
          notable: [...new Set(notable.flatMap(([pattern, words]) => (pattern.test(text) ? [words] : [])))],
        },
      ],
    };
  },
};

/** Lines of go-log (`2024-01-02T…  ERROR  name  file.go:1  …`), of the daemon's banner and of service managers. */
const logLine =
  /^(?:\S+ \d+ [\d:]+ \S+ \S+\[\d+\]: |\d{4}-\d\d-\d\d[T ][\d:.,]+\S*\s+(?:DEBUG|INFO|WARN|ERROR|DPANIC|FATAL)|[\d:.]+\s+(?:ERROR|WARNI|INFO|DEBUG)\b|(?:Swarm|API server|RPC API|Gateway|WebUI|Run 'ipfs|PeerID|Daemon is ready|Repo version|System version|Golang version)\b)/;

/** Sentences without anything of the line itself, so that nothing private can be repeated. */
const notable: readonly (readonly [RegExp, string])[] = [
  [/too many open files/, 'it says "too many open files"'],
  [/no space left on device/, 'it says "no space left on device"'],
  [/cannot allocate memory/i, 'it says "cannot allocate memory"'],
  [/out of memory/i, 'it says "out of memory"'],
  [/pthread_create failed|failed to create new OS thread/, 'it says "failed to create new OS thread"'],
  [/resource limit exceeded|cannot reserve (?:in|out)bound/, 'it says "resource limit exceeded"'],
  [/Daemon is ready/, 'the daemon said that it is ready'],
  [/Received interrupt signal|Gracefully shut down/i, 'a shutdown was asked for'],
  [/lock .*repo\.lock|someone else has the lock/i, 'another process had the repo lock'],
  [/error loading filesroot from dagservice/, 'the root of MFS was not in the repository'],
  [/is lower than your repos/, 'the repository is of a newer version than the program'],
  [/fs-repo requires migration|repo needs migration/, 'the repository needs a migration'],
  [/bind: address already in use|bind: Only one usage of each socket address/, 'an address was already in use'],
];

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return new TextDecoder().decode(bytes);
}
