/** Tags of nodes: sums by label text, and by number within each text (internal/graph.Tag). */
import { labelsOf } from './labels.ts';
import { scaledLabel } from './units.ts';
import type { Work } from './work.ts';

export interface Tag {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  flat: number;
  flatDivisor: number;
  cum: number;
  cumDivisor: number;
}

export interface NodeTags {
  texts: Map<string, Tag>;
  /** By the joined label text, '' for none. */
  numbers: Map<string, Map<string, Tag>>;
}

export interface TagContext {
  /** Unit of each numeric label; only `bytes` is shown in graphs. */
  readonly units: ReadonlyMap<string, string>;
  readonly outputUnit: string;
}

/** Joined with pprof's own `\n`, two characters that Graphviz reads as a line break. */
function joined(texts: ReadonlyMap<string, readonly string[]>): string {
  return [...texts]
    .flatMap(([key, values]) => values.map((value) => `${key}:${value}`))
    .sort()
    .join('\\n');
}

/** What the labels of one sample are called in a graph. */
export interface SampleTags {
  /** Texts joined, '' for none. */
  readonly text: string;
  readonly numbers: readonly { readonly name: string; readonly unit: string; readonly value: number }[];
}

/** Undefined for a sample without labels. */
export function tagsOf(work: Work, sample: number, context: TagContext): SampleTags | undefined {
  const labels = labelsOf(work, sample);
  if (labels.texts.size === 0 && labels.numbers.size === 0) return undefined;
  const unit = context.units.get('bytes') ?? 'bytes';
  const numbers = (labels.numbers.get('bytes') ?? []).map(({ value }) => ({ name: scaledLabel(value, unit, context.outputUnit), unit, value }));
  return { text: joined(labels.texts), numbers };
}

export function addTags(all: Map<number, NodeTags>, node: number, tags: SampleTags, weight: number, divisor: number, flat: boolean): void {
  let own = all.get(node);
  if (own === undefined) {
    own = { texts: new Map(), numbers: new Map() };
    all.set(node, own);
  }
  const { text, numbers } = tags;
  if (text !== '') sum(own.texts, text, '', 0, weight, divisor, flat);
  if (numbers.length === 0) return;
  let inner = own.numbers.get(text);
  if (inner === undefined) {
    inner = new Map();
    own.numbers.set(text, inner);
  }
  for (const { name, unit, value } of numbers) sum(inner, name, unit, value, weight, divisor, flat);
}

function sum(tags: Map<string, Tag>, name: string, unit: string, value: number, weight: number, divisor: number, flat: boolean): void {
  let tag = tags.get(name);
  if (tag === undefined) {
    tag = { name, unit, value, flat: 0, flatDivisor: 0, cum: 0, cumDivisor: 0 };
    tags.set(name, tag);
  }
  if (flat) {
    tag.flat += weight;
    tag.flatDivisor += divisor;
  } else {
    tag.cum += weight;
    tag.cumDivisor += divisor;
  }
}

/** Largest first by flat or cum, then by name. */
export function sortTags(tags: Iterable<Tag>, byFlat: boolean): Tag[] {
  return [...tags].sort(
    (a, b) =>
      (!byFlat && a.cum !== b.cum ? Math.abs(b.cum) - Math.abs(a.cum) : 0) ||
      (a.flat === b.flat ? 0 : Math.abs(b.flat) - Math.abs(a.flat)) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

/** Drops tags under a cutoff. */
export function trimTags(tags: NodeTags | undefined, least: number): void {
  if (tags === undefined) return;
  const stays = ([, tag]: [string, Tag]): boolean => Math.abs(tag.flat) >= least || Math.abs(tag.cum) >= least;
  tags.texts = new Map([...tags.texts].filter(stays));
  tags.numbers = new Map([...tags.numbers].map(([text, inner]) => [text, new Map([...inner].filter(stays))]));
}

/** Boxes that a node's tags take in a drawing. */
export function countTags(tags: NodeTags | undefined): number {
  if (tags === undefined) return 0;
  let count = 0;
  for (const tag of tags.texts.values()) if (tag.flat !== 0) count += 1;
  for (const inner of tags.numbers.values()) for (const tag of inner.values()) if (tag.flat !== 0) count += 1;
  return count;
}
