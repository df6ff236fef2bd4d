/** Flags of pprof from a seed, with patterns that fit the profile. */
import { once, oneOf, seeded, type Seeded } from '../../../../seeded.ts';

/** What patterns can name. */
export interface Known {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly labels: readonly string[];
}

const general: readonly string[] = [
  'runtime',
  'main',
  'net|http',
  '^runtime\\.',
  'func[0-9]+$',
  '(?i)SERVE',
  '.',
  'nothing_like_it',
  '\\.go',
  'alloc',
  '^$',
  '[^a-z]',
  'a.*b|c',
  '\\(\\*',
  'std::',
  'ipfs',
  '\\[\\.\\.\\.\\]',
];

/** One report with up to six other flags; peek's pattern is in it. */
export function madeFlags(seed: number, known: Known): string[] {
  const next = seeded(seed);
  const report = once(next, 12) ? `-peek=${pattern(next, known)}` : oneOf(next, reports);
  const many = next(7);
  const flags = new Map<string, string>();
  for (let n = 0; n < many; n += 1) {
    const flag = oneOf(next, makers)(next, known);
    flags.set(flag.replace(/=.*$/s, ''), flag);
  }
  const chosen = [...flags.values()];
  const orders = chosen.filter((flag) => grains.includes(flag));
  const sorts: readonly string[] = chosen.filter((flag) => flag === '-cum' || flag === '-flat');
  return [report, ...chosen.filter((flag) => !orders.slice(1).includes(flag) && !sorts.slice(1).includes(flag))];
}

const reports = ['-top', '-top', '-text', '-tree', '-dot', '-dot', '-tags', '-traces', '-raw', '-comments'];
const grains: readonly string[] = ['-functions', '-filefunctions', '-files', '-lines', '-addresses'];

type Maker = (next: Seeded, known: Known) => string;

const makers: readonly Maker[] = [
  (next) => oneOf(next, grains),
  (next) => oneOf(next, grains),
  (next) => oneOf(next, ['-cum', '-flat', '-cum=true', '-cum=false']),
  (next) =>
    oneOf(next, [
      '-noinlines',
      '-showcolumns',
      '-call_tree',
      '-mean',
      '-drop_negative',
      '-compact_labels',
      '-relative_percentages',
      '-trim=false',
      '-trim=true',
      '-noinlines=0',
    ]),
  (next) => oneOf(next, ['-noinlines', '-call_tree', '-mean', '-drop_negative', '-relative_percentages']),
  (next) => `-nodecount=${oneOf(next, ['0', '1', '2', '3', '5', '10', '20', '30', '80', '500', '-1', '-7'])}`,
  (next) => `-nodefraction=${oneOf(next, ['0', '0.001', '0.02', '0.05', '0.1', '.3', '1', '2', '-0.1', '1e-3'])}`,
  (next) => `-edgefraction=${oneOf(next, ['0', '0.01', '0.05', '0.2', '1', '1e-2'])}`,
  (next) =>
    `-unit=${oneOf(next, ['minimum', 'auto', 'ms', 'us', 'ns', 's', 'seconds', 'hrs', 'kb', 'MB', 'bytes', 'B', 'count', 'sample', 'widgets', '', 'GCU', 'milligcu'])}`,
  (next) => `-divide_by=${oneOf(next, ['2', '1000', '0.5', '1', '3', '-1', '1e6', '7.5'])}`,
  (next, { types }) => `-sample_index=${oneOf(next, [...types, '0', String(types.length - 1), '1', '', 'inuse_space', 'nothing'])}`,
  (next, { types }) => `-sample_index=${oneOf(next, types)}`,
  (next) => oneOf(next, ['-inuse_space', '-alloc_objects', '-contentions', '-total_delay', '-mean_delay']),
  (next, known) => `-focus=${pattern(next, known)}`,
  (next, known) => `-focus=${pattern(next, known)}`,
  (next, known) => `-ignore=${pattern(next, known)}`,
  (next, known) => `-hide=${pattern(next, known)}`,
  (next, known) => `-show=${pattern(next, known)}`,
  (next, known) => `-show_from=${pattern(next, known)}`,
  (next, known) => `-prune_from=${pattern(next, known)}`,
  (next, known) => `-tagfocus=${tag(next, known)}`,
  (next, known) => `-tagignore=${tag(next, known)}`,
  (next, known) => `-tagshow=${oneOf(next, ['key', '.', 'request|pid', 'bytes', 'nothing', ...known.labels.map(quoted)])}`,
  (next, known) => `-taghide=${oneOf(next, ['key', '.', 'request|pid', 'bytes', 'nothing', ...known.labels.map(quoted)])}`,
  (next, known) => `-tagroot=${keys(next, known)}`,
  (next, known) => `-tagleaf=${keys(next, known)}`,
  (next) => `-trim_path=${oneOf(next, ['/src', '/usr/local/go:/src', '/', 'main', '/src:'])}`,
  (next) => oneOf(next, ['-add_comment=said by me', '-buildid=abc', '-timeout=3', '-tools=x']),
];

function pattern(next: Seeded, { names }: Known): string {
  switch (next(5)) {
    case 0:
      return oneOf(next, general);
    case 1:
      return `${part(oneOf(next, names), next)}|${part(oneOf(next, names), next)}`;
    case 2:
      return `^${quoted(oneOf(next, names))}$`;
    default:
      return part(oneOf(next, names), next) || '.';
  }
}

/** A stretch of a name, as a pattern. */
function part(name: string, next: Seeded): string {
  const letters = Array.from(name);
  const from = next(letters.length);
  return quoted(letters.slice(from, from + 1 + next(8)).join(''));
}

function quoted(text: string): string {
  return text
    .replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`);
}

function tag(next: Seeded, { labels }: Known): string {
  const key = once(next, 2) && labels.length > 0 ? `${oneOf(next, labels)}=` : '';
  return (
    key +
    oneOf(next, [
      'GET',
      'tag1,tag2',
      '.',
      '1024',
      '1kb',
      ':1mb',
      '1kb:',
      '1:2000',
      '16bytes:1mb',
      '100ns:',
      'x',
      '1ms:3s',
      'key1:tag1',
      'true',
      '-5',
      '+16',
      '5:1',
      'a1:b2',
      '1kb:5s',
    ])
  );
}

function keys(next: Seeded, { labels }: Known): string {
  const own = labels.length > 0 ? labels : ['key1'];
  return once(next, 2) ? oneOf(next, own) : `${oneOf(next, own)},${oneOf(next, ['bytes', 'nothing', ...own])}`;
}
