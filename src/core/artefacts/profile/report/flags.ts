/** pprof's command line as options: its own names, `-name=value` and `-name value`, one dash or two. */
import { defaults, ReportProblem, type Format, type Granularity, type Options } from './options.ts';

/** What the command line asked for. `output` formats beyond the reports are ours or need a drawing. */
export interface Asked {
  readonly options: Options;
  /** Source of the pattern of -peek. */
  readonly symbol: string;
  readonly output: Format | 'svg' | 'flame' | 'proto' | 'speedscope';
  readonly files: readonly string[];
  readonly base: readonly string[];
  readonly diffBase: boolean;
  readonly normalize: boolean;
  /** File to write instead of standard output. */
  readonly into: string;
  readonly comment: string;
  /** Build ID of the program, where the profile does not say it. */
  readonly buildId: string;
  /** -symbolize=none: texts as pprof reads them, without their own symbols and without mending. */
  readonly plainly: boolean;
  /** What is to be told on standard error. */
  readonly said: readonly string[];
  readonly help: boolean;
}

const outputs = ['top', 'text', 'tree', 'dot', 'tags', 'traces', 'raw', 'comments', 'svg', 'flame', 'proto', 'speedscope'] as const;
const booleans = ['call_tree', 'relative_percentages', 'compact_labels', 'mean', 'normalize', 'drop_negative', 'trim', 'noinlines', 'showcolumns'] as const;
const texts = [
  'unit',
  'sample_index',
  'focus',
  'ignore',
  'prune_from',
  'hide',
  'show',
  'show_from',
  'tagfocus',
  'tagignore',
  'tagshow',
  'taghide',
  'tagroot',
  'tagleaf',
  'trim_path',
  'output',
  'peek',
  'base',
  'diff_base',
  'add_comment',
  'buildid',
] as const;
const numbers = ['nodecount', 'nodefraction', 'edgefraction', 'divide_by'] as const;
const granularities = ['functions', 'filefunctions', 'files', 'lines', 'addresses'] as const;
/** Short names of sample types, the one that wins first; the value is what -sample_index would be. */
const shortcuts: Readonly<Record<string, string>> = {
  total_delay: 'delay',
  mean_delay: 'delay',
  contentions: 'contentions',
  inuse_space: 'inuse_space',
  inuse_objects: 'inuse_objects',
  alloc_space: 'alloc_space',
  alloc_objects: 'alloc_objects',
};
/** Taken and without effect: nothing is fetched, and symbols come from the profile itself. */
const ignoredTexts = ['symbolize', 'timeout', 'seconds', 'tools', 'source_path'];
const ignoredSwitches = ['no_browser', 'intel_syntax'];
const elsewhere = ['http', 'web', 'weblist', 'list', 'disasm', 'callgrind', 'topproto', 'gif', 'pdf', 'png', 'ps', 'eog', 'evince', 'gv', 'kcachegrind'];

interface Given {
  readonly values: Map<string, string[]>;
  readonly switches: Map<string, boolean>;
  readonly files: string[];
}

/** Throws `ReportProblem` for flags that do not exist or contradict each other. */
export function readFlags(args: readonly string[]): Asked {
  const { values, switches, files } = given(args);
  const on = (name: string): boolean => switches.get(name) ?? false;
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const number = (name: string, otherwise: number): number => {
    const text = last(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (text === '' || Number.isNaN(value) || (name === 'nodecount' && !Number.isInteger(value)))
      throw new ReportProblem(`invalid value "${text}" for flag -${name}`);
    return value;
  };
  const one = <T extends string>(names: readonly T[], what: string): T | undefined => {
    const set = names.filter(on);
    if (set.length > 1) throw new ReportProblem(`${what}${names.length === outputs.length ? '' : `: [${set.join(' ')}]`}`);
    return set[0];
  };
  const asked = one(outputs, 'must set at most one output format');
  const symbol = last('peek') ?? '';
  if (symbol !== '' && asked !== undefined) throw new ReportProblem('must set at most one output format');
  const output = symbol === '' ? (asked === 'text' ? 'top' : (asked ?? 'top')) : 'peek';
  const order = one(['cum', 'flat'], 'conflicting options set');
  const granularity: Granularity = one(granularities, 'conflicting options set') ?? '';
  const [short, ...passed] = ['sample_index', ...Object.keys(shortcuts)].filter((name) => (name === 'sample_index' ? (last(name) ?? '') !== '' : on(name)));
  const base = (values.get('base') ?? []).filter((name) => name !== '');
  const diff = (values.get('diff_base') ?? []).filter((name) => name !== '');
  if (base.length > 0 && diff.length > 0) throw new ReportProblem('-base and -diff_base flags cannot both be specified');
  if (on('normalize') && base.length + diff.length === 0) throw new ReportProblem('must have base profile to normalize by');
  const options: Options = {
    ...defaults,
    format: output === 'svg' ? 'dot' : output === 'flame' || output === 'proto' || output === 'speedscope' ? 'raw' : output,
    cum: order === 'cum',
    granularity,
    noinlines: on('noinlines'),
    nodecount: number('nodecount', defaults.nodecount),
    nodefraction: number('nodefraction', defaults.nodefraction),
    edgefraction: number('edgefraction', defaults.edgefraction),
    trim: switches.get('trim') ?? true,
    callTree: on('call_tree'),
    drawn: output === 'svg',
    dropNegative: on('drop_negative'),
    compactLabels: on('compact_labels'),
    relativePercentages: on('relative_percentages'),
    divideBy: number('divide_by', 1),
    mean: on('mean') || on('mean_delay'),
    showColumns: on('showcolumns'),
    unit: last('unit') ?? defaults.unit,
    sampleIndex: short === undefined ? '' : (shortcuts[short] ?? last('sample_index') ?? ''),
    focus: last('focus') ?? '',
    ignore: last('ignore') ?? '',
    hide: last('hide') ?? '',
    show: last('show') ?? '',
    showFrom: last('show_from') ?? '',
    pruneFrom: last('prune_from') ?? '',
    tagfocus: last('tagfocus') ?? '',
    tagignore: last('tagignore') ?? '',
    tagshow: last('tagshow') ?? '',
    taghide: last('taghide') ?? '',
    tagroot: last('tagroot') ?? '',
    tagleaf: last('tagleaf') ?? '',
    trimPath: last('trim_path') ?? '',
  };
  return {
    options,
    symbol,
    output,
    files,
    base: base.length > 0 ? base : diff,
    diffBase: diff.length > 0,
    normalize: on('normalize'),
    into: last('output') ?? '',
    comment: last('add_comment') ?? '',
    buildId: last('buildid') ?? '',
    said: passed.map((name) => `Multiple value selections, ignoring -${name}`),
    plainly: last('symbolize') === 'none',
    help: on('help') || on('h'),
  };
}

function given(args: readonly string[]): Given {
  const values = new Map<string, string[]>();
  const switches = new Map<string, boolean>();
  const files: string[] = [];
  const known: { readonly switches: ReadonlySet<string>; readonly values: ReadonlySet<string> } = {
    switches: new Set([...outputs, ...booleans, ...granularities, ...Object.keys(shortcuts), ...ignoredSwitches, 'cum', 'flat', 'help', 'h']),
    values: new Set([...texts, ...numbers, ...ignoredTexts]),
  };
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      files.push(...args.slice(at + 1));
      break;
    }
    const found = /^--?([a-z_]+)(?:=(.*))?$/s.exec(arg);
    if (found === null) {
      if (arg.startsWith('-') && arg !== '-') throw new ReportProblem(`flag provided but not defined: ${arg}`);
      files.push(arg);
      continue;
    }
    const [, name = '', value] = found;
    if (known.switches.has(name)) switches.set(name, truth(name, value));
    else if (known.values.has(name)) {
      if (value === undefined && at + 1 >= args.length) throw new ReportProblem(`flag needs an argument: -${name}`);
      const text = value ?? args[++at] ?? '';
      values.set(name, [...(values.get(name) ?? []), text]);
    } else if (elsewhere.includes(name)) throw new ReportProblem(`-${name} is not offered here; use go tool pprof for it`);
    else throw new ReportProblem(`flag provided but not defined: -${name}`);
  }
  return { values, switches, files };
}

function truth(name: string, value: string | undefined): boolean {
  const text = value ?? 'true';
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new ReportProblem(`invalid boolean value "${text}" for -${name}`);
}

export type { Format };
