/** Profiles in the folded part: a sentence each with its evidence, and a table of those that can be ranked. */
import type { ReportProfile } from '../../model.ts';
import { codeSpan, inline, mermaid } from '../escape.ts';
import { amount, counted, ended, sentence, shortName } from '../words.ts';
import { costLine, garbageLine, matrix } from './costs.ts';

/** Samples below which shares say little: at 100 each is known to ± 10 points. */
const leastSamples = 100;
/** A heap, allocations and delays below these are nobody's problem (bytes, nanoseconds). */
const leastHeap = 50 * 2 ** 20;
const leastDelay = 10e9;
/** Rows of a table, and the part of the total from which a row says something. */
const maxRows = 10;
const leastRow = 0.01;
/** Cores from which a call graph is worth its room. */
const leastCores = 0.5;

/** Markdown blocks of all profiles of a capture. */
export function profiles(all: readonly ReportProfile[]): readonly string[] {
  const ranked = all.filter(isRanked);
  const others = all.filter((one) => !isRanked(one));
  const allocs = all.find(({ kind }) => kind === 'allocs');
  return [
    ...ranked.flatMap((one) => block(one, one.kind === 'cpu' ? allocs : undefined)),
    ...(others.length === 0
      ? []
      : [[ranked.length === 0 ? '**Profiles**' : '**Other profiles**', '', ...others.map((one) => `- ${codeSpan(one.file)}: ${small(one)}`)].join('\n')]),
  ];
}

/** Whether its figures are worth a table. Heaps are shown by what they hold; allocations since the start only explain garbage. */
function isRanked({ kind, total, top, perSample, grew }: ReportProfile): boolean {
  if (top.length === 0 || total <= 0) return false;
  if (kind === 'cpu') return perSample !== undefined && total / perSample >= leastSamples;
  if (kind === 'heap') return total >= leastHeap || grew !== undefined;
  return kind === 'mutex' && total >= leastDelay;
}

function block(one: ReportProfile, allocs: ReportProfile | undefined): readonly string[] {
  const notes = (one.notes ?? []).slice(0, 3).map((note) => inline(sentence(note)));
  const costs = (one.kind === 'cpu' ? [costLine(one.costs ?? []), garbageLine(one.costs ?? [], allocs)] : [ownersLine(one)]).filter((line) => line !== '');
  const head = [
    `**${title(one.kind)}** ${inline(ended(headline(one)))}`,
    ...costs.map((line) => inline(ended(line))),
    ...notes,
    `(${codeSpan(one.file)})`,
  ].join(' ');
  return [
    head,
    table(one),
    ...(one.kind === 'cpu' ? matrix(one.costs ?? []) : []),
    ...growth(one),
    ...(one.command === undefined ? [] : [`The same by ${codeSpan(one.command)}`]),
    ...graph(one),
  ];
}

function graph({ graph: source, total, seconds }: ReportProfile): readonly string[] {
  const drawn = source === undefined || total / 1e9 < leastCores * (seconds ?? 10) ? undefined : mermaid(source);
  return drawn === undefined ? [] : [drawn];
}

/** How much, and how sure. */
function headline({ kind, total, unit, seconds, perSample }: ReportProfile): string {
  const samples = perSample === undefined ? 0 : Math.round(total / perSample);
  const points = Math.max(1, Math.round(100 / Math.sqrt(Math.max(1, samples))));
  if (kind === 'cpu') {
    const used = seconds === undefined ? amount(total, unit) : `on average ${cores(total / 1e9 / seconds)} over ${amount(seconds * 1e9, unit)}`;
    return `${used}, ${counted(samples, 'sample')}: shares are within ${points} ${points === 1 ? 'point' : 'points'}`;
  }
  if (kind === 'heap')
    return `${amount(total, unit)} in use${perSample === undefined ? '' : `, sampled: within ${Math.max(1, Math.round(200 / Math.sqrt(Math.max(1, samples))))} %`}`;
  return `${amount(total, unit)} waited for mutexes in all`;
}

/** `2.6 cores`, `8 % of a core`. */
function cores(count: number): string {
  return count < 1 ? `${Math.round(count * 100)} % of one core` : `${count.toFixed(1)} cores`;
}

function ownersLine({ costs }: ReportProfile): string {
  const shown = (costs ?? []).filter(({ share }) => share >= 0.1).slice(0, 4);
  return shown.length === 0 ? '' : `By owner: ${shown.map(({ owner, share }) => `${owner} ${percent(share)}`).join(', ')}`;
}

function table({ top, total, unit }: ReportProfile): string {
  const shown = top.filter(({ flat }, at) => at === 0 || flat >= total * leastRow).slice(0, maxRows);
  const rows = shown.map(({ func, flat, cum, url }) => {
    const name = codeSpan(shortName(func));
    return `| ${amount(flat, unit)} | ${percent(flat / total)} | ${percent(cum / total)} | ${url === undefined ? name : `[${name}](${url})`} |`;
  });
  return ['| flat | | cum | function |', '|--:|--:|--:|---|', ...rows].join('\n');
}

/** What grew since an earlier profile of the same process. */
function growth({ grew, total, unit }: ReportProfile): readonly string[] {
  if (grew === undefined) return [];
  const rows = grew.rows.map(({ func, before, after, url }) => {
    const name = codeSpan(shortName(func));
    return `| ${amount(before, unit)} | ${amount(after, unit)} | ${url === undefined ? name : `[${name}](${url})`} |`;
  });
  return [
    [
      `Since ${codeSpan(grew.since)} it went from ${amount(grew.before, unit)} to ${amount(total, unit)}; beyond what sampling alone does, these grew:`,
      '',
      '| then | now | function |',
      '|--:|--:|---|',
      ...rows,
    ].join('\n'),
  ];
}

/** A profile without a table in some words. */
function small(one: ReportProfile): string {
  const { kind, total, unit, seconds, perSample, top, costs, notes } = one;
  if (total === 0 || top.length === 0) return 'no samples.';
  const [first] = costs ?? [];
  const mostly = first === undefined || first.share < 0.3 ? '' : `, ${percent(first.share)} of it ${inline(first.owner)}`;
  // How milliseconds of waiting were counted is nobody's question.
  const told = (unit === 'nanoseconds' && total < 1e9 ? [] : (notes ?? [])).slice(0, 2).map((note) => ` ${inline(sentence(note))}`);
  const samples = perSample === undefined ? undefined : Math.max(1, Math.round(total / perSample));
  switch (kind) {
    case 'cpu':
      return `${amount(total, unit)} of CPU${seconds === undefined ? '' : ` in ${amount(seconds * 1e9, unit)}`}${samples === undefined ? '' : `, ${counted(samples, 'sample')}: too few to rank`}.${told.join('')}`;
    case 'heap':
      return `${amount(total, unit)} in use${mostly}.${told.join('')}`;
    case 'allocs':
      return `${amount(total, unit)} allocated since the start${mostly}.${told.join('')}`;
    case 'mutex':
    case 'block':
      return `${amount(total, unit)} waited in all, ${percent((top[0]?.flat ?? 0) / total)} ${waited(top[0]?.func ?? '')}.${told.join('')}`;
    case 'goroutine':
      return `${counted(total, 'goroutine')}.${told.join('')}`;
    case 'threadcreate':
      return `${counted(total, 'thread')} started.${told.join('')}`;
    default:
      return `${amount(total, unit)} of ${inline(one.sampleType)}.${told.join('')}`;
  }
}

/** Selects and receives are where loops rest. */
function waited(func: string): string {
  if (/^runtime\.(?:selectgo|chanrecv[12]?)$/.test(func)) return 'in selects and receives, where loops rest';
  return `in ${codeSpan(shortName(func))}`;
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`;
}

function title(kind: string): string {
  return kind === 'cpu' ? 'CPU' : `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}
