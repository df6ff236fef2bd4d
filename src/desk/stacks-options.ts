/** What was asked of `pprof-triage stacks`, read from its arguments. */
import { parseArgs } from 'node:util';
import { levels, type Level } from '../core/artefacts/goroutines/groups.ts';
import { pattern, ReportProblem } from '../core/artefacts/profile/report/options.ts';

export const usage = `pprof-triage stacks [options] FILE…
Groups the goroutines of dumps: debug=2, debug=1, protobuf, SIGQUIT, panics, and
logs with any of them inside; plain, .gz, .zip, folders, - for standard input.
Without options: what hangs, then the others, then known resting places.

  --group LEVEL          what makes goroutines the same:
                           stack      functions and lines
                           functions  functions (default)
                           own        functions outside of the standard library
                           leaf       where our code waits, where it began
                           creator    who started them
  --state TEXT           only states that are or begin with this: select,
                         sync.RWMutex; several with commas
  --match PATTERN        only stacks with a function or file:line that fits
  --not-match PATTERN    only stacks without one; both RE2, may be repeated
  --wait-more-than TIME  only goroutines that wait longer: 5m, 2h, 1d
  --sort count|minutes   one list, the most or the longest first
  --id N                 goroutines by number, with all frames and arguments
  --diff A B             two dumps of one process, the earlier one first: what
                         hangs for certain, grew, leaks; also A --diff B
  --summary              counts, states and one line for each group, no stacks
  --full                 all frames, names and paths, resting places too
  --json                 all of it as data
Exit code: 0 a dump was read, 2 none was, or an option is wrong.
`;

/** A pattern as RE2 reads it; never takes longer than a bounded number of steps. */
export interface Matcher {
  test(text: string): boolean;
}

export interface Options {
  readonly files: readonly string[];
  readonly level: Level;
  /** One list instead of parts: somebody asks for something in particular. */
  readonly list: boolean;
  readonly states: readonly string[];
  readonly match: readonly Matcher[];
  readonly notMatch: readonly Matcher[];
  readonly waitMoreThan?: number;
  readonly sort: 'count' | 'minutes';
  readonly ids: readonly number[];
  readonly diff?: string;
  /** `--diff` stood before the file: its own file is the earlier one. */
  readonly diffFirst: boolean;
  readonly summary: boolean;
  readonly full: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The options, or in a sentence what is wrong with them. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        group: { type: 'string' },
        state: { type: 'string', multiple: true },
        match: { type: 'string', multiple: true },
        'not-match': { type: 'string', multiple: true },
        'wait-more-than': { type: 'string' },
        sort: { type: 'string' },
        id: { type: 'string', multiple: true },
        diff: { type: 'string' },
        summary: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const level = levels.find((name) => name === (values.group ?? 'functions'));
    if (level === undefined) return `--group is one of ${levels.join(', ')}, not ${values.group}`;
    const sort = values.sort ?? 'count';
    if (sort !== 'count' && sort !== 'minutes') return `--sort is count or minutes, not ${sort}`;
    const waitMoreThan = minutesOf(values['wait-more-than']);
    if (Number.isNaN(waitMoreThan)) return `--wait-more-than is a time such as 5m, 2h or 1d, not ${values['wait-more-than']}`;
    const ids = (values.id ?? []).flatMap((list) => list.split(','));
    const wrong = ids.find((id) => !/^\d{1,15}$/.test(id));
    if (wrong !== undefined) return `--id is the number of a goroutine, not ${wrong}`;
    const diffAt = tokens.findIndex((token) => token.kind === 'option' && token.name === 'diff');
    const filters = [values.state, values.match, values['not-match'], values['wait-more-than'], values.sort, values.group];
    return {
      files: positionals,
      level,
      list: filters.some((value) => value !== undefined),
      states: (values.state ?? []).flatMap((list) => list.split(',')).map((state) => state.trim()),
      match: (values.match ?? []).map((source) => pattern('--match', source)),
      notMatch: (values['not-match'] ?? []).map((source) => pattern('--not-match', source)),
      waitMoreThan,
      sort,
      ids: ids.map(Number),
      diff: values.diff,
      diffFirst: diffAt >= 0 && diffAt < tokens.findIndex((token) => token.kind === 'positional'),
      summary: values.summary,
      full: values.full,
      json: values.json,
      help: values.help,
    };
  } catch (problem) {
    if (problem instanceof ReportProblem) return problem.message;
    return wordsOf(problem);
  }
}

/** Node's own words without its advice on positional arguments. */
function wordsOf(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  const unknown = /^Unknown option '([^']+)'/.exec(text)?.[1];
  if (unknown !== undefined) return `there is no option ${unknown}: pprof-triage stacks --help lists them`;
  const missing = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing/.exec(text)?.[1];
  return missing === undefined ? (text.split('. ')[0] ?? text) : `${missing} needs a value: pprof-triage stacks --help tells which`;
}

function minutesOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hit = /^(\d{1,9})(s|m|min|h|d)?$/.exec(text);
  if (hit === null) return Number.NaN;
  const unit = { s: 1 / 60, h: 60, d: 1440 }[hit[2] ?? ''] ?? 1;
  return Number(hit[1]) * unit;
}
