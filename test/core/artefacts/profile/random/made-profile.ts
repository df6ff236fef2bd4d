/** Valid profiles of all kinds from a seed: odd names, labels, mappings, ids, values and encodings. */
import { once, oneOf, seeded, type Seeded } from '../../../../seeded.ts';
import { bytes, num, nums, text } from './proto.ts';

type Type = readonly [type: string, unit: string];

const kinds: readonly (readonly Type[])[] = [
  [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ],
  [
    ['alloc_objects', 'count'],
    ['alloc_space', 'bytes'],
    ['inuse_objects', 'count'],
    ['inuse_space', 'bytes'],
  ],
  [
    ['contentions', 'count'],
    ['delay', 'nanoseconds'],
  ],
  [['goroutine', 'count']],
  [
    ['objects', 'count'],
    ['space', 'bytes'],
  ],
  [['wall', 'microseconds']],
  [
    ['latency', 'milliseconds'],
    ['requests', 'count'],
    ['size', 'kilobytes'],
  ],
  [
    ['gcu', 'GCU'],
    ['widgets', 'widgets'],
  ],
  [
    ['cpu', 'seconds'],
    ['samples', 'samples'],
  ],
  [['value', '']],
];

const packages = [
  'main',
  'runtime',
  'net/http',
  'github.com/ipfs/kubo/core',
  'github.com/libp2p/go-libp2p/p2p/net/swarm/v2',
  'gopkg.in/yaml.v3',
  'example.com/a-b/c.d/v12/e',
];
const names: readonly string[] = [
  'main.main',
  'main.(*Server).Serve',
  'main.Serve.func1',
  'main.Map[...]',
  'main.(*List[...]).Push',
  'main.Serve.func1.2.gowrap1',
  'runtime.mallocgc',
  'runtime.goexit',
  'runtime/pprof.profileWriter',
  'type..eq.[2]string',
  'slices.pdqsortCmpFunc[go.shape.*uint8]',
  'main.init.0',
  'std::vector<int, std::allocator<int> >::push_back(int&&)',
  'ns::Klass::method',
  'a::b::C::~C',
  '(anonymous namespace)::f(int)',
  'operator new(unsigned long)',
  'tcmalloc::Allocate',
  'Outer::operator()(int) const',
  '_ZN3foo3barEv',
  '_start',
  'java.util.concurrent.ThreadPoolExecutor$Worker.run',
  'com.example.Foo.<init>',
  'com.example.Foo.lambda$main$0(String)',
  '.ppcfunc',
  'näme.mit.Ünïcode',
  '函数.调用',
  '🦆.quack',
  'with space',
  'quote"inside',
  'back\\slash',
  'new\nline',
  'tab\there',
  '<script>alert(1)</script>',
  'a&b',
  '%d%s',
  '[unknown]',
  'x',
  '..',
  '/slash/only.f',
  'vendor/golang.org/x/net/http2.(*Framer).ReadFrame',
  'github.com/foo/bar/v3.(*T).Do',
  'github.com/foo/bar/v3/sub.Do',
  'github.com/foo/v10.Do',
  'gx/ipfs/QmTpvFFWXRSeXtuBTp3khw3JCaZr1dYq6o2wvMTHfVXkNu/go-log.Debug',
  'f(g(h))',
  'f(operator())g(x)',
];
const files: readonly string[] = [
  '',
  '/src/main.go',
  'main.go',
  './rel/../main.go',
  '/usr/local/go/src/net/http/server.go',
  '/a//b/./c.go',
  '../../up.go',
  'C:\\src\\main.go',
  '/proc/self/cwd/x.cc',
  '/söurce/ü.go',
  '/dir/',
  'file with space.go',
];
const labelKeys: readonly string[] = ['request', 'alignment', 'bytes', 'thread', 'pid', 'key1', 'Ключ', '', 'a b', 'key2', 'latency'];
const labelTexts: readonly string[] = ['GET', 'POST', 'tag1', 'tag2', 'ü', 'a:b', 'a=b', 'x\ny', '"', 'true', '1024', 'longer text with spaces'];
const labelUnits: readonly string[] = ['', '', 'bytes', 'kilobytes', 'nanoseconds', 'ms', 'seconds', 'widgets', 'count'];
const drops: readonly string[] = ['', '', '', 'runtime\\..*', 'main.*|tcmalloc::.*', '.*alloc.*', 'operator new', 'x|y', '(', 'f'];
const keeps: readonly string[] = ['', '', 'runtime\\.goexit', 'main\\.main', '.*'];

/** What a profile is made of, for flags that name parts of it. */
export interface Made {
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly labels: readonly string[];
}

/** The same seed gives the same bytes. `kind` fixes the sample types, so that several can be added up. */
export function madeProfile(seed: number, kind?: number): Made {
  const next = seeded(seed);
  const strings = new Map<string, number>([['', 0]]);
  const str = (value: string): number => {
    const known = strings.get(value);
    if (known !== undefined) return known;
    strings.set(value, strings.size);
    return strings.size - 1;
  };
  const types = kinds[(kind ?? next(kinds.length)) % kinds.length] ?? [];
  const mappings = mappingsOf(next, str);
  const functions = functionsOf(next, str);
  const ids = idsOf(next, 1 + next(50));
  const used = new Set<string>();
  const locations = ids.map((id) => location(next, id, functions, mappings.ids));
  const samples = Array.from({ length: once(next, 20) ? 0 : 1 + next(60) }, () => sample(next, { ids, types, str, used }));
  const tail = [
    ...num(7, str(oneOf(next, drops))),
    ...num(8, str(oneOf(next, keeps))),
    ...num(9, once(next, 3) ? 0 : BigInt(next(2_000_000_000)) * 1_000_000_000n + BigInt(next(1_000_000_000))),
    ...num(10, once(next, 3) ? 0 : oneOf(next, [1_000_000_000, 30_000_000_000, 1_234_567, 999, 3_600_000_000_000, 59_999_999_999, 86_400_000_000_000])),
    ...(once(next, 12) ? [] : bytes(11, [...num(1, str(types[0]?.[0] ?? '')), ...num(2, str(types[0]?.[1] ?? ''))])),
    ...num(12, once(next, 4) ? 0 : oneOf(next, [1, 10_000_000, 524_288])),
    ...nums(
      13,
      Array.from({ length: once(next, 4) ? next(3) + 1 : 0 }, () => str(oneOf(next, ['#hidden comment', 'a comment', 'zwei\nZeilen', '', 'quote " and \\']))),
      once(next, 2),
    ),
    ...num(14, once(next, 3) ? str(oneOf(next, [...types.map(([type]) => type), 'nothing'])) : 0),
    ...num(15, once(next, 8) ? str(oneOf(next, ['https://example.com/doc', 'javascript:alert(1)', 'relative'])) : 0),
  ];
  const head = [
    types.flatMap(([type, unit]) => bytes(1, [...num(1, str(type)), ...num(2, str(unit))])),
    samples.flatMap((one) => bytes(2, one)),
    mappings.messages.flatMap((one) => bytes(3, one)),
    locations.flatMap((one) => bytes(4, one)),
    functions.flatMap(({ message }) => bytes(5, message)),
    once(next, 6) ? bytes(20, [1, 2, 3]) : [],
    tail,
  ];
  const table = [...strings.keys()].flatMap((value) => text(6, value));
  // Writers choose any order of fields.
  const parts = once(next, 4) ? [table, ...shuffled(next, head)] : [...head, table];
  return { bytes: Uint8Array.from(parts.flat()), names: functions.map(({ name }) => name), types: types.map(([type]) => type), labels: [...used] };
}

function shuffled<T>(next: Seeded, list: readonly T[]): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(next(rest.length), 1));
}

/** Mostly 1, 2, 3, …; sometimes backwards, with gaps, or very large. */
function idsOf(next: Seeded, count: number): (number | bigint)[] {
  const ids = Array.from({ length: count }, (_, at) => at + 1);
  switch (next(6)) {
    case 0:
      return ids.toReversed();
    case 1:
      return ids.map((id) => id * 7 + 3);
    case 2:
      return ids.map((id) => (BigInt(id) * 0x9e3779b97f4a7c15n) & 0x7fffffffffffffffn);
    default:
      return ids;
  }
}

function mappingsOf(next: Seeded, str: (value: string) => number): { messages: number[][]; ids: readonly (number | bigint)[] } {
  const ids = idsOf(next, next(4));
  const messages = ids.map((id, at) => [
    ...num(1, id),
    ...num(2, 0x400000 + at * 0x100000),
    ...num(3, 0x400000 + at * 0x100000 + 0xf0000),
    ...num(4, once(next, 2) ? 0 : 0x1000),
    ...num(5, str(oneOf(next, ['', '/usr/bin/ipfs', 'ipfs', '/lib/libc.so.6', '[vdso]', '/path with space/x', '/trailing/', '/quo"te']))),
    ...num(6, str(oneOf(next, ['', '', 'deadbeef', 'go/build/id']))),
    ...[7, 8, 9, 10].flatMap((field) => num(field, next(2))),
  ]);
  return { messages, ids };
}

interface MadeFunction {
  readonly name: string;
  readonly id: number | bigint;
  readonly message: number[];
}

function functionsOf(next: Seeded, str: (value: string) => number): readonly MadeFunction[] {
  return idsOf(next, 1 + next(40)).map((id) => {
    const name = once(next, 12)
      ? ''
      : once(next, 3)
        ? `${oneOf(next, packages)}.${oneOf(next, ['Run', '(*T).Run', 'f', 'g.func1', 'h[...]'])}`
        : oneOf(next, names);
    const system = once(next, 4) ? oneOf(next, ['', '_ZN3foo3barEv', 'other']) : name;
    return {
      name,
      id,
      message: [...num(1, id), ...num(2, str(name)), ...num(3, str(system)), ...num(4, str(oneOf(next, files))), ...num(5, once(next, 3) ? 0 : next(500))],
    };
  });
}

function location(next: Seeded, id: number | bigint, functions: readonly MadeFunction[], mappings: readonly (number | bigint)[]): number[] {
  const lines = once(next, 8) ? 0 : once(next, 3) ? 1 + next(4) : 1;
  const address = once(next, 6) ? 0 : once(next, 8) ? 0xffffffff81000000n + BigInt(next(4096)) : 0x400000 + next(0x3ffff);
  return [
    ...num(1, id),
    ...num(2, mappings.length === 0 || once(next, 5) ? 0 : once(next, 30) ? 12_345 : oneOf(next, mappings)),
    ...num(3, address),
    ...Array.from({ length: lines }, () =>
      bytes(4, [...num(1, oneOf(next, functions).id), ...num(2, once(next, 6) ? 0 : 1 + next(30)), ...num(3, once(next, 4) ? next(10) : 0)]),
    ).flat(),
    ...num(5, once(next, 20) ? 1 : 0),
  ];
}

interface Parts {
  readonly ids: readonly (number | bigint)[];
  readonly types: readonly Type[];
  readonly str: (value: string) => number;
  readonly used: Set<string>;
}

function sample(next: Seeded, { ids, types, str, used }: Parts): number[] {
  const depth = once(next, 25) ? 0 : 1 + next(once(next, 4) ? 20 : 6);
  const few = ids.slice(0, 1 + next(ids.length));
  const labels = once(next, 2) ? [] : Array.from({ length: next(4) }, () => label(next, str, used));
  return [
    ...nums(
      1,
      Array.from({ length: depth }, () => oneOf(next, few)),
      !once(next, 4),
    ),
    ...nums(
      2,
      types.map(() => value(next)),
      !once(next, 4),
    ),
    ...labels.flatMap((one) => bytes(3, one)),
  ];
}

function value(next: Seeded): number {
  switch (next(12)) {
    case 0:
      return 0;
    case 1:
      return -next(1_000_000);
    case 2:
      return next(2_000_000_000) * 100_000;
    case 3:
      return next(8);
    case 4:
      return next(1000) * 1024 + 512;
    default:
      return next(500) * 10_000_000;
  }
}

function label(next: Seeded, str: (value: string) => number, used: Set<string>): number[] {
  if (once(next, 60)) return [...num(1, str('pprof::base')), ...num(2, str(oneOf(next, ['true', 'true', 'false'])))];
  const key = oneOf(next, labelKeys);
  used.add(key);
  if (once(next, 2)) return [...num(1, str(key)), ...num(2, str(oneOf(next, labelTexts)))];
  return [
    ...num(1, str(key)),
    ...num(3, oneOf(next, [0, 1, 16, 1024, 1536, 100_000, 1 << 20, 123_456_789, -5, next(5000)])),
    ...num(4, str(oneOf(next, labelUnits))),
  ];
}
