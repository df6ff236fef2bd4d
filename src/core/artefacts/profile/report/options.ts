/** Options of pprof's reports under pprof's own names, with its defaults (internal/driver/config.go). */
import { compiled, type Pattern } from '../pattern/pattern.ts';
import { PatternProblem } from '../pattern/syntax.ts';

export type Format = 'top' | 'tree' | 'peek' | 'dot' | 'tags' | 'traces' | 'raw' | 'comments';
export type Granularity = '' | 'functions' | 'filefunctions' | 'files' | 'lines' | 'addresses';

export interface Options {
  readonly format: Format;
  /** Of -peek. */
  readonly symbol?: Pattern;
  readonly cum: boolean;
  readonly granularity: Granularity;
  readonly noinlines: boolean;
  /** -1: the report's own default. */
  readonly nodecount: number;
  readonly nodefraction: number;
  readonly edgefraction: number;
  readonly trim: boolean;
  readonly callTree: boolean;
  /** Of -dot: for a drawing of ours. File names and tags, which pprof leaves as they are, are escaped; letters are those that viewers have. */
  readonly drawn: boolean;
  readonly dropNegative: boolean;
  readonly compactLabels: boolean;
  readonly relativePercentages: boolean;
  readonly divideBy: number;
  readonly mean: boolean;
  readonly showColumns: boolean;
  readonly unit: string;
  readonly sampleIndex: string;
  readonly focus: string;
  readonly ignore: string;
  readonly hide: string;
  readonly show: string;
  readonly showFrom: string;
  readonly pruneFrom: string;
  readonly tagfocus: string;
  readonly tagignore: string;
  readonly tagshow: string;
  readonly taghide: string;
  /** Keys of labels that become frames outside and inside of the stack, separated by commas. */
  readonly tagroot: string;
  readonly tagleaf: string;
  /** Path prefixes taken off file names, separated by `:`. */
  readonly trimPath: string;
}

export const defaults: Options = {
  format: 'top',
  cum: false,
  granularity: '',
  noinlines: false,
  nodecount: -1,
  nodefraction: 0.005,
  edgefraction: 0.001,
  trim: true,
  callTree: false,
  drawn: false,
  dropNegative: false,
  compactLabels: false,
  relativePercentages: false,
  divideBy: 1,
  mean: false,
  showColumns: false,
  unit: 'minimum',
  sampleIndex: '',
  focus: '',
  ignore: '',
  hide: '',
  show: '',
  showFrom: '',
  pruneFrom: '',
  tagfocus: '',
  tagignore: '',
  tagshow: '',
  taghide: '',
  tagroot: '',
  tagleaf: '',
  trimPath: '',
};

/** Something that the person asked for and that cannot be: the message is for the person. */
export class ReportProblem extends Error {}

/** Options after the rules of the format (applyCommandOverrides of internal/driver). */
export function overridden(options: Options): Options {
  const untrimmed = !options.trim || options.format === 'peek' || options.format === 'raw';
  const granularity = options.format === 'raw' ? 'addresses' : options.granularity;
  const nodecount = options.nodecount === -1 ? (options.format === 'top' ? 0 : 80) : options.nodecount;
  return untrimmed ? { ...options, granularity, nodecount: 0, nodefraction: 0, edgefraction: 0 } : { ...options, granularity, nodecount };
}

/** Longest pattern that is taken: people's have under a hundred characters, the list of allocators in heap profiles a thousand. */
const maxPattern = 4000;

/** A pattern of a person or a file, in RE2's syntax, bounded. */
export function pattern(name: string, source: string, most?: number): Pattern {
  if (source.length > maxPattern) throw new ReportProblem(`the pattern of ${name} is longer than ${maxPattern} characters`);
  const told = <T>(act: () => T): T => {
    try {
      return act();
    } catch (problem) {
      if (problem instanceof PatternProblem) throw new ReportProblem(`parsing ${name} regexp: ${source}: ${problem.message}`);
      throw problem;
    }
  };
  const made = told(() => compiled(source, most));
  return { source, test: (text) => told(() => made.test(text)) };
}
