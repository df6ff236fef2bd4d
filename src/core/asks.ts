/** What is still missing, as at most three asks, each with one command for the reporter's version and system. */
import { maxAsks } from './limits.ts';
import type { ArtefactKind, Capture, Complaint, Finding, Gap, Program, Report } from './model.ts';
import { isWhole } from './rules/dump-view.ts';
import { atLeast } from './rules/known/version.ts';

/** What decides which command fits. */
export interface Place {
  readonly version?: string;
  readonly os?: string;
  readonly unixSocket: boolean;
}

/** Most useful first; nothing that was sent is asked for again. */
export function gapsFor(captures: readonly Capture[], findings: readonly Finding[], complaint: Complaint | undefined): readonly Gap[] {
  if (captures.length === 0 && (complaint === undefined || !complaint.onTopic)) return [];
  const place = placeOf(captures, complaint);
  const gaps: Gap[] = [];
  const settled = findings.some(({ certainty, about }) => (certainty === 'certain' || certainty === 'very likely') && about !== 'bundle');
  const missing = complaint === undefined || settled ? [] : missingFor(captures, complaint);
  const [first] = missing;
  if (first !== undefined)
    gaps.push(
      complaint?.apiDead === true && first.need === 'goroutine dump'
        ? {
            need: first.need,
            why: 'The API does not answer, but the daemon writes all its goroutines to its output when it is told to quit (this ends it)',
            command: quit(place),
          }
        : { need: first.need, why: first.why, command: collect(place, complaint?.memory === true) },
    );
  if (complaint?.crash === true && !settled && !captures.some(({ dumps, logs }) => dumps.length > 0 || logs.length > 0)) {
    gaps.push({
      need: 'text',
      why: "The daemon's output from the first line of the crash on says what failed",
      command: place.os === 'windows' ? 'ipfs daemon 2> ipfs.log' : 'ipfs daemon > ipfs.log 2>&1    # or: journalctl -u ipfs -o cat > ipfs.log',
    });
  }
  const idle = findings.find(({ rule, facts }) => rule === 'cpu-hot' && facts?.['idle'] === true);
  if (idle !== undefined)
    gaps.push({
      need: 'cpu profile',
      why: 'The CPU profile was taken while the node was idle; it has to run while the CPU is high',
      command: collect(place, false),
    });
  const part = fuller(captures, place, settled);
  gaps.push(...part);
  const [story] = findings;
  const dumps = captures.reduce((sum, capture) => sum + capture.dumps.filter(({ dialect }) => dialect !== 'debug=1' && dialect !== 'protobuf').length, 0);
  if (part.length === 0 && story?.about === 'hang' && story.certainty === 'likely' && dumps === 1 && complaint?.apiDead !== true) {
    gaps.push({ need: 'second dump', why: 'A second dump a minute later shows whether the same goroutines still wait', command: stacks(place) });
  }
  if (captures.some(({ profiles, binary }) => binary === undefined && profiles.some(({ symbolized, total }) => !symbolized && total > 0))) {
    gaps.push({
      need: 'binary',
      why: 'A profile has addresses without names; only the exact program that made it can name them',
      command:
        place.os === 'windows' ? 'Compress-Archive -Path (Get-Command ipfs).Source -DestinationPath ipfs-binary.zip' : 'gzip -c "$(command -v ipfs)" > ipfs.gz',
    });
  }
  if (place.version === undefined && complaint?.onTopic === true)
    gaps.push({ need: 'version', why: 'Which version it is decides what is already known and fixed', command: 'ipfs version --all' });
  return gaps.slice(0, maxAsks);
}

/** A part of a dump, or one without states: the rest is where the answer is. */
function fuller(captures: readonly Capture[], place: Place, settled: boolean): readonly Gap[] {
  const dumps = captures.flatMap((capture) => capture.dumps);
  if (settled || dumps.length === 0 || dumps.some((dump) => isWhole(dump) || (dump.preamble !== undefined && !/^SIG(?:QUIT|ABRT)/.test(dump.preamble.what))))
    return [];
  const why = dumps.some(({ goroutines }) => goroutines.length > 0)
    ? 'Only a part of the dump is here; who holds what the others wait for may be in the rest'
    : 'This form of the dump has neither states nor waiting times; the full form has both';
  return [{ need: 'goroutine dump', why, command: stacks(place) }];
}

/**
 * The program whose exact binary would change the answer and that nobody sent: a profile has no names, or goroutines hang on a lock without one.
 * undefined where none is wanted, or where version and system do not say which it is.
 */
export function binaryWanted({ captures, findings, gaps }: Report): Program | undefined {
  const known = captures.filter(({ binary }) => binary?.verdict !== 'identical' && binary?.verdict !== 'matches');
  const nameless = findings.some(({ about }) => about === 'hang')
    ? known.find(({ dumps }) => dumps.some(({ locks }) => locks.some(({ name, waiters }) => name === undefined && waiters.length > 1)))
    : undefined;
  const { program } = (gaps.some(({ need }) => need === 'binary') ? known[0] : nameless) ?? {};
  return program?.version === undefined || program.os === undefined || program.arch === undefined ? undefined : program;
}

interface Missing {
  readonly need: ArtefactKind;
  readonly why: string;
}

/** What the complaint needs, of what nobody sent. A CPU profile does not answer a complaint about hanging. */
function missingFor(captures: readonly Capture[], complaint: Complaint): readonly Missing[] {
  const kinds = new Set<string>(captures.flatMap(({ dumps, profiles }) => [...dumps.map(({ kind }) => kind), ...profiles.map(({ kind }) => kind)]));
  const all: readonly (Missing & { readonly when: boolean })[] = [
    { need: 'goroutine dump', when: complaint.hang, why: 'Only the goroutines show what waits for what; take it while it hangs' },
    { need: 'cpu profile', when: complaint.cpu, why: 'Only a CPU profile shows where the time goes; take it while the CPU is high' },
    {
      need: 'heap profile',
      when: complaint.memory,
      why: 'Only a heap profile shows who holds the memory; take it while memory is high, and once more an hour later',
    },
  ];
  return all.filter(({ need, when }) => when && !kinds.has(need));
}

/** What the commands for this reporter depend on. */
export function placeOf(captures: readonly Capture[], complaint: Complaint | undefined): Place {
  const program = captures.map((capture) => capture.program).find(({ version }) => version !== undefined);
  return { version: program?.version ?? complaint?.version, os: program?.os ?? complaint?.os, unixSocket: complaint?.unixSocket === true };
}

/** Everything at once: `ipfs diag profile` without the binary, which would not fit into an attachment; before 0.13 the guide's own files. */
export function collect(place: Place, memory: boolean): string {
  const modern = atLeast(place.version, '0.13.0') !== false && !place.unixSocket;
  if (modern) {
    const allocs = atLeast(place.version, '0.20.0') === true ? 'allocs,' : '';
    return `ipfs diag profile --collectors=goroutines-stack,goroutines-pprof,version,heap,${allocs}cpu,mutex,block`;
  }
  const files: readonly (readonly [string, string])[] = [
    ['ipfs.stacks', 'debug/pprof/goroutine?debug=2'],
    ['ipfs.cpuprof', 'debug/pprof/profile'],
    ['ipfs.heap', 'debug/pprof/heap'],
    ...(memory ? ([['ipfs.vars', 'debug/vars']] as const) : []),
  ];
  const names = files.map(([name]) => name);
  if (place.os === 'windows')
    return [...files.map(([name, path]) => curl(place, name, path)), `Compress-Archive -Path ${names.join(',')} -DestinationPath ipfs-profile.zip`].join('\n');
  return [
    ...files.map(([name, path]) => curl(place, name, path)),
    `ipfs version --all > version.txt`,
    `tar czf ipfs-profile.tar.gz version.txt ${names.join(' ')}`,
  ].join('\n');
}

/** Only the goroutines. */
export function stacks(place: Place, name = 'ipfs.stacks.txt'): string {
  return curl(place, name, 'debug/pprof/goroutine?debug=2');
}

function curl({ os, unixSocket }: Place, name: string, path: string): string {
  if (unixSocket) return `curl --unix-socket /path/to/api.sock -o ${name} 'http://localhost/${path}'`;
  return os === 'windows' ? `curl.exe -o ${name} "http://127.0.0.1:5001/${path}"` : `curl -o ${name} 'http://127.0.0.1:5001/${path}'`;
}

/** Where there is no SIGQUIT, the profiler's own address is the last resort: it often answers when commands do not. */
function quit(place: Place): string {
  if (place.os === 'windows') return stacks(place);
  return [
    'ipfs daemon > ipfs.log 2>&1 &           # its output in a file; then, when it hangs:',
    "kill -QUIT $(pgrep -f 'ipfs daemon')    # with systemd: journalctl -u ipfs -o cat > ipfs.log",
  ].join('\n');
}
