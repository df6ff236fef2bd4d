/** Which field of which struct a goroutine waits for: the lock's address against the receiver's, and the runtime's own layout of its type. */
import { importPathOf } from '../../golang/modules.ts';
import { ask, type GoBinary } from './open-binary.ts';
import type { FieldStep, RuntimeType } from './runtime-types.ts';

/** A lock that a waiting goroutine prints by address, and its name. */
export interface LockField {
  readonly goroutine: number;
  /** As printed: `0xc000b15118`. */
  readonly address: string;
  /** `yam.Session.streamLock`. */
  readonly name: string;
  /** `sync.Mutex`. */
  readonly type: string;
}

/** A function line of a goroutine: name and arguments as printed. */
export interface CallLine {
  readonly func: string;
  readonly args: string;
}

/** A goroutine's text. */
export interface GoroutineBlock {
  readonly goroutine: number;
  readonly calls: readonly CallLine[];
}

/**
 * Calls whose first argument is the lock or its semaphore. Up to Go 1.17 the semaphore is printed exactly: 4 bytes into a Mutex, 4, 8 or 12 into an RWMutex.
 */
const lockCalls =
  /^(?:internal\/)?sync\.(?:\(\*(?:Mutex|RWMutex)\)\.(?:lockSlow|Lock|RLock|rLockSlow)|\(\*WaitGroup\)\.Wait|\(\*Once\)\.doSlow|\(\*Cond\)\.Wait|runtime_Semacquire(?:Mutex|RWMutexR?|WaitGroup)?|runtime_notifyListWait)$/;
/** What such lines have in common, to find them without reading every line. */
const marks = ['sync.(*Mutex).', 'sync.(*RWMutex).', 'sync.(*WaitGroup).Wait(0x', 'sync.(*Once).doSlow(0x', 'sync.(*Cond).Wait(0x', 'sync.runtime_Semacquire'];

/** Goroutines looked at; all waiters of one lock say the same. */
const maxBlocks = 20_000;
const maxCalls = 200;

/** The text of goroutines that wait in package sync, each once. */
export function waitingBlocks(bytes: Uint8Array): readonly GoroutineBlock[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = new Map<number, GoroutineBlock>();
  for (const mark of marks) {
    for (let at = text.indexOf(mark); at >= 0 && blocks.size < maxBlocks;) {
      const from = text.lastIndexOf('\ngoroutine ', at) + 1;
      const next = text.indexOf('\ngoroutine ', at);
      const to = next < 0 ? text.length : next;
      const block = blocks.has(from) ? undefined : readBlock(text.toString('utf8', from, Math.min(to, from + (1 << 16))));
      if (block !== undefined) blocks.set(from, block);
      at = text.indexOf(mark, to);
    }
  }
  return [...blocks.values()];
}

/** The blocks of these goroutines. */
export function blocksOf(bytes: Uint8Array, goroutines: ReadonlySet<number>): readonly GoroutineBlock[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [...goroutines].flatMap((goroutine) => {
    const start = `goroutine ${goroutine} [`;
    const from = text.subarray(0, start.length).toString('latin1') === start ? 0 : text.indexOf(`\n${start}`) + 1;
    if (from === 0 && text.toString('latin1', 0, start.length) !== start) return [];
    const next = text.indexOf('\ngoroutine ', from);
    const block = readBlock(text.toString('utf8', from, Math.min(next < 0 ? text.length : next, from + (1 << 16))));
    return block === undefined ? [] : [block];
  });
}

function readBlock(text: string): GoroutineBlock | undefined {
  const goroutine = /^goroutine (\d+) /.exec(text)?.[1];
  if (goroutine === undefined) return undefined;
  const calls: CallLine[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('\t') || line.startsWith('created by ') || calls.length >= maxCalls) continue;
    const found = /^(\S.*)\(([^()]*)\)\r?$/.exec(line);
    if (found?.[1] !== undefined) calls.push({ func: found[1], args: found[2] ?? '' });
  }
  return { goroutine: Number(goroutine), calls };
}

/** The first argument when it is an exact address: no `?` behind it. */
function firstAddress(args: string): number | undefined {
  const found = /^0x([0-9a-f]+)(?=,|$)/.exec(args)?.[1];
  const value = found === undefined ? 0 : Number.parseInt(found, 16);
  return value >= 0x1000 ? value : undefined;
}

/** `github.com/ipfs/boxo/mfs.Directory` of `github.com/ipfs/boxo/mfs.(*Directory).Child`, `x/lru.Cache[...]` of a generic one; undefined for closures and functions. */
function receiverType(func: string): string | undefined {
  const found = /^(.*)\.\(\*([^()[\].]+(?:\[\.\.\.\])?)\)\.[^.]+$/.exec(func);
  return found?.[1] === undefined ? undefined : `${importPathOf(`${found[1]}.x`)}.${found[2] ?? ''}`;
}

/** Names of the locks that goroutines wait for, wherever lock and receiver are both printed exactly. Use only on a binary that was proved. */
export function lockFields(binary: GoBinary, blocks: readonly GoroutineBlock[]): readonly LockField[] {
  const { types } = binary;
  if (types === undefined) return [];
  const wanted = new Set(
    blocks.flatMap(({ calls }) => calls.flatMap(({ func, args }) => (firstAddress(args) === undefined ? [] : (receiverType(func) ?? [])))),
  );
  return ask(binary, () => {
    const known = types.find(wanted);
    const fields = blocks.flatMap((block) => {
      const field = fieldOf(block, known, (type, offset) => types.fieldPath(type.address, offset));
      return field === undefined ? [] : [field];
    });
    return [...fields, ...atSameAddress(blocks, fields)];
  }, []);
}

/** Goroutines that print the lock but not what it is a part of: others wait for the very same one. */
function atSameAddress(blocks: readonly GoroutineBlock[], fields: readonly LockField[]): readonly LockField[] {
  const named = new Set(fields.map(({ goroutine }) => goroutine));
  const byAddress = Map.groupBy(fields, ({ address }) => address);
  return blocks.flatMap(({ goroutine, calls }) => {
    const addresses = named.has(goroutine) ? [] : locksIn(calls).map(({ args }) => `0x${(firstAddress(args) ?? 0).toString(16)}`);
    const [first, ...others] = addresses.flatMap((address) => byAddress.get(address) ?? []);
    return first === undefined || others.some(({ name }) => name !== first.name) ? [] : [{ ...first, goroutine }];
  });
}

/** Calls that print the lock itself. */
function locksIn(calls: readonly CallLine[]): readonly CallLine[] {
  return calls.slice(0, 12).filter(({ func, args }) => lockCalls.test(func) && firstAddress(args) !== undefined);
}

function fieldOf(
  { goroutine, calls }: GoroutineBlock,
  known: ReadonlyMap<string, readonly RuntimeType[]>,
  path: (type: RuntimeType, offset: number) => readonly FieldStep[],
): LockField | undefined {
  for (const { func, args } of locksIn(calls)) {
    const lock = firstAddress(args) ?? 0;
    for (const call of calls) {
      const receiver = lockCalls.test(call.func) ? undefined : firstAddress(call.args);
      const instances = receiver === undefined ? [] : (known.get(receiverType(call.func) ?? '') ?? []);
      if (receiver === undefined || lock < receiver) continue;
      // Which instance of a generic type it is the dump does not say: all must agree.
      const names = instances.map((type) => (lock < receiver + type.size ? lockIn(type, path(type, lock - receiver), lock - receiver, func) : undefined));
      const [named] = names;
      if (named !== undefined && names.every((one) => one?.name === named.name)) return { goroutine, address: `0x${lock.toString(16)}`, ...named };
    }
  }
  return undefined;
}

/** The part of a path up to the lock. A stale argument would point beside one: then there is no name. */
function lockIn(type: RuntimeType, steps: readonly FieldStep[], offset: number, func: string): { readonly name: string; readonly type: string } | undefined {
  const at = steps.findIndex((step) => /^(?:\*?sync|.*\/sync)\.(?:Mutex|RWMutex|WaitGroup|Once|Cond)$/.test(step.type));
  const lock = steps[at];
  if (lock === undefined) return undefined;
  const inside = offset - steps.slice(0, at + 1).reduce((sum, step) => sum + step.offset, 0);
  const isSemaphore = /runtime_/.test(func);
  if (isSemaphore ? inside === 0 && lock.type === 'sync.Mutex' : inside !== 0) return undefined;
  const fields = steps.slice(0, at + 1).map(({ name }) => (name.startsWith('[') ? name : `.${name}`));
  return { name: `${type.name.replace(/\[.*$/, '')}${fields.join('')}`, type: lock.type };
}

/** A call that was handed an interface value, and the type behind it. */
export interface InterfaceArgument {
  readonly goroutine: number;
  readonly func: string;
  /** `*http.response`. */
  readonly type: string;
  /** Interface that it is passed as, when an itab says so. */
  readonly as?: string;
}

/** Concrete types of interface arguments printed as `{0x…, 0x…}` (Go 1.17 on), innermost call first, in the order of the arguments. */
export function interfaceArguments(binary: GoBinary, blocks: readonly GoroutineBlock[], bias: number): readonly InterfaceArgument[] {
  const { types } = binary;
  if (types === undefined) return [];
  return ask(
    binary,
    () =>
      blocks.flatMap(({ goroutine, calls }) =>
        calls.flatMap(({ func, args }) => {
          const words = [...args.matchAll(/\{0x([0-9a-f]+), 0x[0-9a-f]+\??\}/g)].map(([, word = '']) => Number.parseInt(word, 16));
          return words.flatMap((word) => {
            const concrete = types.concreteAt(word - bias);
            return concrete === undefined ? [] : [{ goroutine, func, ...concrete }];
          });
        }),
      ),
    [],
  );
}
