/** Captures made by hand: what the readers would have found, in a few lines. */
import { rowsOf } from '../../src/core/artefacts/goroutines/rows.ts';
import type {
  Capture,
  FunctionCost,
  Goroutine,
  GoroutineDump,
  Group,
  Lock,
  Preamble,
  ProfileArtefact,
  ProfileKind,
  Program,
  Stack,
  VarsArtefact,
  WaitClass,
} from '../../src/core/model.ts';

export interface Spec {
  /** Complete names, innermost first. */
  readonly frames: readonly string[];
  readonly state?: string;
  readonly class?: WaitClass;
  readonly minutes?: number;
  readonly count?: number;
  readonly idle?: boolean;
  /** First id; others follow. */
  readonly id?: number;
  readonly creator?: number;
  /** Function that started it. */
  readonly createdBy?: string;
}

const classes: readonly (readonly [RegExp, WaitClass])[] = [
  [/^sync\.|^semacquire$/, 'lock'],
  [/^chan/, 'channel'],
  [/^select/, 'select'],
  [/^IO wait$/, 'io'],
  [/^syscall$/, 'syscall'],
  [/^running$/, 'running'],
];

export function dumpOf(
  specs: readonly Spec[],
  more: { readonly locks?: readonly Lock[]; readonly cycles?: readonly (readonly number[])[]; readonly preamble?: Preamble; readonly truncated?: boolean } = {},
): GoroutineDump {
  const stacks: Stack[] = [];
  const goroutines: Goroutine[] = [];
  const groups: Group[] = [];
  let next = 100;
  for (const { frames, state = 'select', class: given, minutes, count = 1, idle = false, id, creator, createdBy } of specs) {
    stacks.push({
      frames: frames.map((func) => ({ func, file: `${func.slice(func.lastIndexOf('/') + 1).split('.')[0] ?? 'x'}.go`, line: 7 })),
      createdBy: createdBy === undefined ? undefined : { func: createdBy, file: '', line: 0 },
    });
    const first = id ?? next;
    const ids = Array.from({ length: count }, (_, at) => first + at);
    next = Math.max(next, first + count);
    for (const one of ids) goroutines.push({ id: one, state, minutes, stack: stacks.length - 1, creator });
    groups.push({
      fingerprint: `g1:${stacks.length}`,
      state,
      class: given ?? classes.find(([pattern]) => pattern.test(state))?.[1] ?? 'other',
      count,
      minutes: minutes === undefined ? undefined : [minutes, minutes],
      hung: (minutes ?? 0) >= 3 && !idle,
      idle,
      stack: stacks.length - 1,
      goroutines: ids,
    });
  }
  return {
    kind: 'goroutine dump',
    file: 'ipfs.stacks',
    dialect: 'debug=2',
    count: goroutines.length,
    unread: 0,
    truncated: more.truncated ?? false,
    notes: [],
    preamble: more.preamble,
    stacks,
    goroutines: rowsOf(goroutines),
    groups,
    locks: more.locks ?? [],
    cycles: more.cycles ?? [],
  };
}

export function lockOf(waiters: readonly number[], holders: Lock['holders'], more: Partial<Lock> = {}): Lock {
  return { kind: 'mutex', waiters, holders, wantedIn: 'x.F', ...more };
}

export function profileOf(
  kind: ProfileKind,
  stacks: readonly { readonly value: number; readonly funcs: readonly string[] }[],
  more: Partial<ProfileArtefact> = {},
): ProfileArtefact {
  const total = stacks.reduce((sum, { value }) => sum + value, 0);
  const costs = new Map<string, { flat: number; cum: number }>();
  for (const { value, funcs } of stacks) {
    for (const [at, func] of [...new Set(funcs)].entries()) {
      const cost = costs.get(func) ?? { flat: 0, cum: 0 };
      costs.set(func, { flat: cost.flat + (at === 0 ? value : 0), cum: cost.cum + value });
    }
  }
  const functions: FunctionCost[] = [...costs]
    .map(([func, { flat, cum }]) => ({ func, file: '', line: 0, flat, cum }))
    .toSorted((a, b) => b.flat - a.flat || b.cum - a.cum);
  const cpu = kind === 'cpu profile';
  const [sampleType, unit] = cpu ? ['cpu', 'nanoseconds'] : kind === 'heap profile' ? ['inuse_space', 'bytes'] : ['delay', 'nanoseconds'];
  return {
    kind,
    file: `${kind}.pprof`,
    sampleType,
    unit,
    seconds: cpu ? 20 : undefined,
    total,
    totals: [{ type: sampleType, unit, total }],
    symbolized: true,
    functions,
    stacks: stacks.map(({ value, funcs }) => ({ value, share: value / total, funcs })).toSorted((a, b) => b.value - a.value),
    costs: [],
    shown: { file: '', kind: cpu ? 'cpu' : 'heap', sampleType, unit, total, top: [] },
    notes: [],
    ...more,
  };
}

export function varsOf(memstats: Readonly<Record<string, number>>, badger: Readonly<Record<string, number>> = {}): VarsArtefact {
  return { kind: 'vars', file: 'ipfs.vars', memstats, cmdline: ['ipfs', 'daemon'], badger };
}

export function captureOf(
  parts: { readonly dump?: GoroutineDump; readonly profiles?: readonly ProfileArtefact[]; readonly program?: Program } & Partial<
    Omit<Capture, 'dumps' | 'profiles' | 'program'>
  >,
): Capture {
  const { dump, profiles = [], program = {}, ...rest } = parts;
  return { files: ['x'], artefacts: [], program, dumps: dump === undefined ? [] : [dump], profiles, logs: [], disagreements: [], links: {}, ...rest };
}

/** An API command as it stands in a dump, below its own frames. */
export const api: readonly string[] = [
  'github.com/ipfs/go-ipfs-cmds.(*Command).call',
  'github.com/ipfs/go-ipfs-cmds.(*Command).Call',
  'github.com/ipfs/go-ipfs-cmds/http.(*handler).ServeHTTP',
  'net/http.(*conn).serve',
];
/** A block that bitswap waits for. */
export const wanting: readonly string[] = [
  'github.com/ipfs/boxo/bitswap/client/internal/getter.SyncGetBlock',
  'github.com/ipfs/boxo/bitswap/client.(*Client).GetBlock',
  'github.com/ipfs/boxo/blockservice.(*blockService).GetBlock',
];
/** A response that its client does not take. */
export const writing: readonly string[] = [
  'internal/poll.runtime_pollWait',
  'internal/poll.(*pollDesc).waitWrite',
  'internal/poll.(*FD).Write',
  'net.(*netFD).Write',
  'net.(*conn).Write',
  'net/http.checkConnErrorWriter.Write',
  'bufio.(*Writer).Flush',
  'net/http.(*response).Write',
];
