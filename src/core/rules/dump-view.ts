/** A goroutine dump as rules look at it: by goroutine, by group, with names cleaned once. */
import type { Frame, Goroutine, GoroutineDump, Group, Lock, ReportFrame, StoryRow } from '../model.ts';
import { clean } from './plain.ts';

/** A group with its frames at hand. */
export interface Crowd {
  readonly group: Group;
  /** Cleaned names, innermost first. */
  readonly funcs: readonly string[];
  readonly frames: readonly Frame[];
  readonly createdBy?: string;
}

export interface View {
  readonly dump: GoroutineDump;
  /** All goroutines of the process are in it: only then does it say something that nobody is at a place. */
  readonly whole: boolean;
  readonly crowds: readonly Crowd[];
  readonly locks: readonly Lock[];
  goroutine(id: number): Goroutine | undefined;
  /** Cleaned names of a goroutine's stack; empty when it is not there. */
  funcs(id: number): readonly string[];
  frames(id: number): readonly Frame[];
  minutes(id: number): number | undefined;
  /** Goroutines that one started, when the dump says (Go 1.21 and newer). */
  children(id: number): readonly number[];
  /** The goroutine that serves the HTTP request which a goroutine is part of: itself or a starter; undefined where none shows. */
  request(id: number): number | undefined;
  /** Locks that a goroutine waits for. */
  waitsIn(id: number): readonly Lock[];
}

/** Starters looked at upwards from a goroutine. */
const maxSteps = 6;
/** A goroutine that serves one HTTP connection (HTTP/2: one request). */
const serves = /^net\/http\.\(\*(?:conn\)\.serve|http2serverConn\)\.runHandler)$/;

/** Which of several dumps of one process tells most: with ids before without, complete before cut, larger before smaller. */
export function best(dumps: readonly GoroutineDump[]): GoroutineDump | undefined {
  const rank = (dump: GoroutineDump): number => (dump.goroutines.length > 0 ? 4 : 0) + (dump.truncated ? 0 : 2) + (dump.locks.length > 0 ? 1 : 0);
  return dumps.toSorted((a, b) => rank(b) - rank(a) || b.count - a.count)[0];
}

/** The goroutine that a crash is of: the running one, else the first that is printed. */
export function failedIn({ goroutines }: GoroutineDump): number | undefined {
  return (goroutines.find(({ state, id }) => state === 'running' && id !== 0) ?? goroutines.at(0))?.id;
}

export function viewOf(dump: GoroutineDump): View {
  const funcsOf = dump.stacks.map(({ frames }) => frames.map(({ func }) => clean(func)));
  const goroutine = (id: number): Goroutine | undefined => dump.goroutines.byId(id);
  const children = later(() => childrenOf(dump));
  const waits = new Map<number, Lock[]>();
  for (const lock of dump.locks) {
    for (const id of lock.waiters) {
      const known = waits.get(id);
      if (known === undefined) waits.set(id, [lock]);
      else known.push(lock);
    }
  }
  const crowds = dump.groups.map((group): Crowd => {
    const created = dump.stacks[group.stack]?.createdBy?.func;
    return {
      group,
      funcs: funcsOf[group.stack] ?? [],
      frames: dump.stacks[group.stack]?.frames ?? [],
      createdBy: created === undefined ? undefined : clean(created),
    };
  });
  return {
    dump,
    whole: isWhole(dump),
    crowds,
    locks: dump.locks,
    goroutine,
    funcs: (id) => funcsOf[goroutine(id)?.stack ?? -1] ?? [],
    frames: (id) => dump.stacks[goroutine(id)?.stack ?? -1]?.frames ?? [],
    minutes: (id) => goroutine(id)?.minutes,
    children: (id) => children().get(id) ?? [],
    request: (id) => {
      let at: number | undefined = id;
      for (let steps = 0; at !== undefined && steps < maxSteps; steps += 1) {
        const one = goroutine(at);
        if (one === undefined) return undefined;
        if ((funcsOf[one.stack] ?? []).some((func) => serves.test(func))) return at;
        at = one.creator;
      }
      return undefined;
    },
    waitsIn: (id) => waits.get(id) ?? [],
  };
}

/** The idlest daemon of any release has 90 goroutines (go-ipfs 0.4.23). */
const leastDaemon = 60;
const ipfs = /(?:^|\/)(?:kubo|go-ipfs|boxo)\//;

/** An excerpt lacks the main goroutine, or has fewer goroutines than any daemon. */
export function isWhole({ truncated, unread, goroutines, stacks, count }: GoroutineDump): boolean {
  if (truncated || unread > 0 || goroutines.byId(1) === undefined) return false;
  return count >= leastDaemon || !stacks.some(({ frames }) => frames.some(({ func }) => ipfs.test(func) && !/\/cmds?\/ipfs|\/cli\./.test(func)));
}

/** Made on first use: most dumps are told by their groups. */
function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function childrenOf(dump: GoroutineDump): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const { id, creator } of dump.goroutines) {
    if (creator === undefined) continue;
    const known = children.get(creator);
    if (known === undefined) children.set(creator, [id]);
    else known.push(id);
  }
  return children;
}

/** Least and most minutes of goroutines; undefined when the dump says none. */
export function span(view: View, ids: readonly number[]): readonly [number, number] | undefined {
  let [least, most] = [Infinity, -1];
  for (const id of ids) {
    const minutes = view.minutes(id);
    if (minutes === undefined) continue;
    least = Math.min(least, minutes);
    most = Math.max(most, minutes);
  }
  return most < 0 ? undefined : [Math.min(least, most), most];
}

const plumbing =
  /^(?:runtime|sync|internal\/(?:poll|sync|runtime\/\w+)|syscall|context|time|net|bufio|io|os|crypto\/tls|errors)[./(]|^net\/http\.\(\*(?:response|chunkWriter|conn|http2|connReader)|checkConnErrorWriter|promhttp|go-ipfs-cmds\/http\.bodyWrapper|httpsnoop|otelhttp|go-ipfs-cmds\.\(\*Command\)|^golang\.org\/x\/sync/;

/** The frames of a goroutine that tell most: the first of program code, and the next two that change the package. */
export function telling(frames: readonly Frame[], count = 2): readonly ReportFrame[] {
  const own = frames.filter(({ func }) => !plumbing.test(clean(func)));
  const picked: Frame[] = [];
  for (const frame of own) {
    if (picked.length >= count) break;
    const last = picked.at(-1);
    if (last === undefined || packageOf(last.func) !== packageOf(frame.func)) picked.push(frame);
  }
  return picked.length > 0 ? picked : frames.slice(0, 1);
}

/** `github.com/ipfs/boxo/mfs` of `github.com/ipfs/boxo/mfs.(*Directory).Child`. */
export function packageOf(func: string): string {
  const slash = func.lastIndexOf('/');
  const dot = func.indexOf('.', slash + 1);
  return dot < 0 ? func : func.slice(0, dot);
}

/** A row of the story's table. */
export function row(view: View, role: string, ids: readonly number[], count = 2): StoryRow {
  const [first = 0] = ids;
  return { role, goroutine: first, more: Math.max(0, ids.length - 1), minutes: span(view, ids), frames: telling(view.frames(first), count) };
}

/** Goroutines that only wait with some others: those that these started (two steps), and their starters while these wait for them. */
export function companions(view: View, ids: readonly number[]): readonly number[] {
  const near = new Set<number>();
  for (const id of ids) {
    for (const child of view.children(id)) {
      near.add(child);
      for (const grandchild of view.children(child)) near.add(grandchild);
    }
    let creator = view.goroutine(id)?.creator;
    for (let steps = 0; creator !== undefined && steps < 4; steps += 1) {
      const starter = view.goroutine(creator);
      if (starter === undefined || !waits.test(starter.state)) break;
      near.add(creator);
      creator = starter.creator;
    }
  }
  for (const id of startersByName(view, ids)) near.add(id);
  return [...near];
}

const waits = /^(?:chan |select|IO wait|sync|semacquire)/;

/** Up to Go 1.20 a dump names the function that started a goroutine, not the goroutine: as many that wait in it as it started are those. */
function startersByName({ dump, goroutine }: View, ids: readonly number[]): readonly number[] {
  const startedBy = (id: number): string | undefined => {
    const one = goroutine(id);
    return one === undefined || one.creator !== undefined ? undefined : dump.stacks[one.stack]?.createdBy?.func;
  };
  return [...Map.groupBy(ids, startedBy)].flatMap(([func, started]) => {
    if (func === undefined) return [];
    const inside = dump.groups.filter(({ stack, state }) => waits.test(state) && dump.stacks[stack]?.frames.some((frame) => frame.func === func) === true);
    const starters = inside.flatMap(({ goroutines }) => goroutines);
    return starters.length === started.length ? starters : [];
  });
}
