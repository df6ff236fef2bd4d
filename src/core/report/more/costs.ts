/** Where the CPU goes, in words and as kinds × owners. */
import type { ReportProfile } from '../../model.ts';
import { inline } from '../escape.ts';

type Costs = NonNullable<ReportProfile['costs']>;

/** Shares below this are not named. */
const named = 0.05;
/** A matrix says something when several parts each take this much. */
const large = 0.08;
/** Smaller ones would be 0 %. */
const shown = 0.005;
const maxColumns = 3;
const maxRows = 5;
const free = 'GC, idle time';
const ownerless = 'Go runtime';

/** `Garbage collection 41 % (12 % in idle time, which costs nobody anything), syscalls, network 22 %. For bitswap 30 %.` */
export function costLine(costs: Costs): string {
  const kinds = sums(costs, ({ kind }) => (kind.startsWith('GC,') ? 'garbage collection' : kind)).filter(([, share]) => share >= named);
  if (kinds.length === 0) return '';
  const idle = costs.filter(({ kind }) => kind === free).reduce((sum, { share }) => sum + share, 0);
  const words = kinds.slice(0, 5).map(([kind, share]) => {
    const aside = kind === 'garbage collection' && idle >= 0.02 ? ` (${percent(idle)} in idle time, which costs nobody anything)` : '';
    return `${kind.replace(/^(\w+), (\w+)$/, '$1 ($2)')} ${percent(share)}${aside}`;
  });
  const owners = sums(costs, ({ owner }) => owner).filter(([owner, share]) => owner !== ownerless && share >= 0.1);
  const whose =
    owners.length === 0
      ? ''
      : `. By owner: ${owners
          .slice(0, 4)
          .map(([owner, share]) => `${owner} ${percent(share)}`)
          .join(', ')}`;
  return `What it did: ${words.join(', ')}${whose}`;
}

/** Who makes the garbage, when collecting it costs much and the allocations are known. */
export function garbageLine(costs: Costs, allocs: ReportProfile | undefined): string {
  const share = costs.filter(({ kind }) => kind.startsWith('GC,') && kind !== free).reduce((sum, cost) => sum + cost.share, 0);
  const makers = sums(allocs?.costs ?? [], ({ owner }) => owner).filter(([, part]) => part >= 0.1);
  if (share < 0.1 || makers.length === 0) return '';
  return `Of the bytes that make the garbage, ${makers
    .slice(0, 3)
    .map(([owner, part]) => `${owner} allocated ${percent(part)}`)
    .join(', ')}`;
}

/** Kinds × owners, when at least three of each take a good part. */
export function matrix(costs: Costs): readonly string[] {
  const owners = sums(costs, ({ owner }) => owner).filter(([, share]) => share >= large);
  const kinds = sums(costs, ({ kind }) => kind).filter(([, share]) => share >= large);
  if (owners.length < 3 || kinds.length < 3) return [];
  const columns = kinds.slice(0, maxColumns).map(([kind]) => kind);
  const rows = owners.slice(0, maxRows).flatMap(([owner]) => {
    const shares = columns.map((kind) => costs.filter((cost) => cost.owner === owner && cost.kind === kind).reduce((sum, { share }) => sum + share, 0));
    if (shares.every((share) => share < shown)) return [];
    return [`| ${inline(owner)} | ${shares.map((share) => (share < shown ? '' : percent(share))).join(' | ')} |`];
  });
  if (rows.length < 2) return [];
  return [[`| share of the CPU | ${columns.map(inline).join(' | ')} |`, `|---|${columns.map(() => '--:|').join('')}`, ...rows].join('\n')];
}

/** Shares by name, largest first. */
function sums(costs: Costs, name: (cost: Costs[number]) => string): readonly (readonly [string, number])[] {
  const found = new Map<string, number>();
  for (const cost of costs) found.set(name(cost), (found.get(name(cost)) ?? 0) + cost.share);
  return [...found].toSorted((a, b) => b[1] - a[1]);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
