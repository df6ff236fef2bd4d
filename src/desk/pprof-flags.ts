/** pprof's command line: one dash or two, `=value` or the next word, `-name=false` for switches. */
import { defaults, pattern, ReportProblem, type Granularity, type Options } from '../core/artefacts/profile/report/options.ts';

export type Output = 'text' | 'svg' | 'flame' | 'proto' | 'speedscope';

export interface Asked {
  readonly options: Options;
  readonly output: Output;
  readonly files: readonly string[];
  readonly base: readonly string[];
  readonly diffBase: boolean;
  readonly normalize: boolean;
}

export const usage = `pprof-triage pprof [flags] FILE…     what \`go tool pprof\` prints, without Go
  -top (default) -tree -peek=RE -dot -tags -traces -raw -comments
  -svg -flame -speedscope -proto      drawing, page, JSON and cleaned .pb.gz on standard output
  -cum -lines -addresses -files -filefunctions -functions -noinlines -call_tree
  -sample_index=NAME -nodecount=N -nodefraction=F -edgefraction=F -trim=false -unit=U -divide_by=F -mean
  -focus=RE -ignore=RE -hide=RE -show=RE -show_from=RE -prune_from=RE
  -tagfocus=F -tagignore=F -tagshow=RE -taghide=RE -relative_percentages -drop_negative -compact_labels
  -base=FILE -diff_base=FILE -normalize
`;

const outputs: Readonly<Record<string, Output>> = { svg: 'svg', flame: 'flame', proto: 'proto', speedscope: 'speedscope' };
const formats = ['top', 'tree', 'dot', 'tags', 'traces', 'raw', 'comments'] as const;
const granularities: readonly Granularity[] = ['functions', 'filefunctions', 'files', 'lines', 'addresses'];
const switches = ['noinlines', 'trim', 'call_tree', 'drop_negative', 'compact_labels', 'relative_percentages', 'mean', 'showcolumns', 'normalize', 'cum', 'flat', 'text', ...formats, ...granularities, ...Object.keys(outputs), 'inuse_space', 'inuse_objects', 'alloc_space', 'alloc_objects', 'total_delay', 'contentions', 'mean_delay', 'no_browser', 'intel_syntax'];
const values = ['nodecount', 'nodefraction', 'edgefraction', 'unit', 'sample_index', 'focus', 'ignore', 'hide', 'show', 'show_from', 'prune_from', 'tagfocus', 'tagignore', 'tagshow', 'taghide', 'tagroot', 'tagleaf', 'divide_by', 'trim_path', 'source_path', 'base', 'diff_base', 'symbolize', 'peek', 'output', 'buildid', 'seconds', 'timeout', 'add_comment', 'tools'];

/** Throws `ReportProblem` with the word that is wrong. */
export function readFlags(args: readonly string[]): Asked {
  const { set, lists, files } = split(args);
  const text = (name: string): string => set.get(name) ?? '';
  const on = (name: string): boolean => set.has(name) && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text(name));
  const number = (name: string, otherwise: number): number => {
    if (!set.has(name)) return otherwise;
    const value = Number(text(name));
    if (text(name) === '' || !Number.isFinite(value)) throw new ReportProblem(`-${name} takes a number, not ${text(name)}`);
    return value;
  };
  const chosen = [...formats.filter(on), ...(on('text') ? ['top' as const] : []), ...Object.keys(outputs).filter(on), ...(set.has('peek') ? ['peek' as const] : [])];
  if (chosen.length > 1) throw new ReportProblem('must set at most one output format');
  const [format = 'top'] = chosen;
  const grains = granularities.filter(on);
  if (grains.length > 1) throw new ReportProblem(`conflicting options set: [${grains.join(' ')}]`);
  const types = ['inuse_space', 'inuse_objects', 'alloc_space', 'alloc_objects', 'contentions'].filter(on);
  const delay = on('total_delay') || on('mean_delay') ? ['delay'] : [];
  const options: Options = {
    ...defaults,
    format: formats.find((one) => one === format) ?? (format === 'peek' ? 'peek' : 'top'),
    symbol: set.has('peek') ? pattern('peek', text('peek')) : undefined,
    cum: on('cum'),
    granularity: grains[0] ?? '',
    noinlines: on('noinlines'),
    nodecount: number('nodecount', -1),
    nodefraction: number('nodefraction', defaults.nodefraction),
    edgefraction: number('edgefraction', defaults.edgefraction),
    trim: !set.has('trim') || on('trim'),
    callTree: on('call_tree'),
    dropNegative: on('drop_negative'),
    compactLabels: on('compact_labels'),
    relativePercentages: on('relative_percentages'),
    divideBy: number('divide_by', 1),
    mean: on('mean') || on('mean_delay'),
    showColumns: on('showcolumns'),
    unit: set.get('unit') ?? defaults.unit,
    sampleIndex: set.get('sample_index') ?? types[0] ?? delay[0] ?? '',
    focus: text('focus'),
    ignore: text('ignore'),
    hide: text('hide'),
    show: text('show'),
    showFrom: text('show_from'),
    pruneFrom: text('prune_from'),
    tagfocus: text('tagfocus'),
    tagignore: text('tagignore'),
    tagshow: text('tagshow'),
    taghide: text('taghide'),
    trimPath: text('trim_path'),
  };
  const base = lists.get('base') ?? [];
  const diffBase = lists.get('diff_base') ?? [];
  if (base.length > 0 && diffBase.length > 0) throw new ReportProblem('-base and -diff_base flags cannot both be specified');
  if (on('normalize') && base.length + diffBase.length === 0) throw new ReportProblem('must have base profile to normalize by');
  return { options, output: outputs[format] ?? 'text', files, base: [...base, ...diffBase], diffBase: diffBase.length > 0, normalize: on('normalize') };
}

interface Split {
  /** Last value of each flag. */
  readonly set: ReadonlyMap<string, string>;
  /** All values of those that may be repeated. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly string[];
}

function split(args: readonly string[]): Split {
  const set = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const files: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    const found = /^--?([a-z_]+)(?:=([\s\S]*))?$/.exec(word);
    if (found === null || word === '-') {
      files.push(word);
      continue;
    }
    const [, name = '', given] = found;
    if (switches.includes(name)) set.set(name, given ?? 'true');
    else if (values.includes(name)) {
      const value = given ?? args[(at += 1)];
      if (value === undefined) throw new ReportProblem(`flag needs an argument: -${name}`);
      set.set(name, value);
      lists.set(name, [...(lists.get(name) ?? []), value]);
    } else throw new ReportProblem(`flag provided but not defined: -${name}`);
  }
  return { set, lists, files };
}
