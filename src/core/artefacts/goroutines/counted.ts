/** The debug=1 form: stacks with how many goroutines have each, no ids, states or minutes (runtime/pprof, printCountProfile). */
import type { Frame, Stack } from '../../model.ts';
import type { Scanned } from './scanned.ts';

export interface Counted {
  /** What the first line says. */
  readonly total: number;
  readonly stacks: readonly Stack[];
  readonly counts: readonly number[];
  readonly labels: ReadonlyMap<number, string>;
  /** Goroutines of stacks whose frames could not be read. */
  readonly unread: number;
  /** The numbers of the stacks do not add up to the total. */
  readonly short: boolean;
}

type Counts = Required<Pick<Scanned, 'file' | 'bytes' | 'stacks' | 'counts' | 'labels' | 'unread' | 'truncated' | 'notes'>> & {
  readonly dialect: 'debug=1' | 'protobuf';
};

/** A dump of stacks with counts: it has no goroutines to ask for. */
export function countedScan(counts: Counts): Scanned {
  const none = new Float64Array(0);
  return {
    ...counts,
    count: 0,
    ids: none,
    states: new Uint16Array(0),
    stateNames: [],
    minutes: new Int32Array(0),
    stackOf: new Int32Array(0),
    creators: none,
    flags: new Uint8Array(0),
    starts: none,
    argsOf: () => undefined,
    allArgsOf: () => [],
  };
}

const entry = /^(\d{1,12}) @((?: 0x[0-9a-f]+)*)\s*$/;
const frame = /^#\s+0x[0-9a-f]+(?:\s+(\S.*?)(?:\+0x[0-9a-f]+)?(?:\s+(\S.*):(\d+))?)?\s*$/;
const longestLine = 8_192;

/** Reads one dump, from its `goroutine profile: total N` line on. */
export function readCounted(text: string): Counted {
  const lines = text.split('\n');
  const first = lines[0] ?? '';
  const at = Math.max(0, first.search(/goroutine(?:leak)? profile: total /));
  const prefix = first.slice(0, at);
  const total = Number(/total (\d{1,12})/.exec(first)?.[1] ?? 0);
  const merged = new Map<string, number>();
  const stacks: Stack[] = [];
  const counts: number[] = [];
  const labels = new Map<number, string>();
  const shared = new Map<string, Frame>();
  let open: { readonly count: number; readonly frames: Frame[]; label?: string; odd?: boolean } | undefined;
  let unread = 0;
  const close = (): void => {
    if (open === undefined) return;
    const { count, frames, label, odd } = open;
    open = undefined;
    // A stack of hidden runtime frames prints nothing: only lines that were there and not understood are a loss.
    if (frames.length === 0 && odd === true) unread += count;
    const key = `${label ?? ''}\n${frames.map(({ func, file, line }) => `${func} ${file}:${line}`).join('\n')}`;
    const known = merged.get(key);
    if (known !== undefined) {
      counts[known] = (counts[known] ?? 0) + count;
      return;
    }
    merged.set(key, stacks.length);
    if (label !== undefined) labels.set(stacks.length, label);
    stacks.push({ frames });
    counts.push(count);
  };
  for (const raw of lines.slice(1)) {
    if (raw.length > longestLine) continue;
    const line = (prefix !== '' && raw.startsWith(prefix) ? raw.slice(prefix.length) : raw).trimEnd();
    const head = entry.exec(line);
    if (head !== null) {
      close();
      open = { count: Number(head[1]), frames: [] };
    } else if (open === undefined) continue;
    else if (line === '') close();
    else if (line.startsWith('# labels: ')) open.label = line.slice(10).replace(/^\{(.*)\}$/, '$1');
    else {
      const hit = frame.exec(line);
      if (hit === null) open.odd = true;
      else open.frames.push(share(shared, hit));
    }
  }
  close();
  const sum = counts.reduce((a, b) => a + b, 0);
  return { total: Math.max(total, sum), stacks, counts, labels, unread, short: sum < total };
}

function share(shared: Map<string, Frame>, [, func = '', file = '', line = '0']: RegExpExecArray): Frame {
  const key = `${func} ${file}:${line}`;
  let one = shared.get(key);
  if (one === undefined) {
    one = { func: func.trim() || 'unknown', file, line: Number(line) };
    shared.set(key, one);
  }
  return one;
}
