/** Tags as small boxes beside a node of the drawing. */
import { mean, type Node } from './graph.ts';
import { formatValue, type Frame } from './legend.ts';
import { escape } from './names.ts';
import { sortTags, type Tag } from './tags.ts';
import { maxNodelets } from './trim.ts';
import { scale, scaledLabel } from './units.ts';

const flatOf = (tag: Tag): number => mean(tag.flat, tag.flatDivisor);
const cumOf = (tag: Tag): number => mean(tag.cum, tag.cumDivisor);

export function nodelets(frame: Frame, node: Node, id: number): string[] {
  const { tags } = node;
  if (tags === undefined) return [];
  const byFlat = node.out.size > 0;
  const lines: string[] = [];
  for (const [at, tag] of sortTags(tags.texts.values(), byFlat).slice(0, maxNodelets).entries()) {
    const value = byFlat ? flatOf(tag) : cumOf(tag);
    if (value === 0) continue;
    const weight = formatValue(frame, value);
    lines.push(`N${id}_${at} [label = "${named(frame, tag)}" id="N${id}_${at}" fontsize=8 shape=box3d tooltip="${weight}"]`);
    lines.push(`N${id} -> N${id}_${at} [label=" ${weight}" weight=100 tooltip="${weight}" labeltooltip="${weight}"]`);
    const inner = tags.numbers.get(tag.name);
    if (inner !== undefined) lines.push(...numeric(frame, inner.values(), byFlat, `N${id}_${at}`));
  }
  const own = tags.numbers.get('');
  if (own !== undefined) lines.push(...numeric(frame, own.values(), byFlat, `N${id}`));
  return lines;
}

/** The breaks between joined labels are Graphviz's own; in a drawing the rest is escaped. */
function named({ options }: Frame, { name }: Tag): string {
  return options.drawn ? name.split('\\n').map(escape).join('\\n') : name;
}

function numeric(frame: Frame, tags: Iterable<Tag>, byFlat: boolean, source: string): string[] {
  return collapsed([...tags], byFlat).flatMap((tag, at) => {
    const flat = byFlat || flatOf(tag) === cumOf(tag);
    const value = flat ? flatOf(tag) : cumOf(tag);
    if (value === 0) return [];
    const weight = formatValue(frame, value);
    return [
      `N${source}_${at} [label = "${named(frame, tag)}" id="N${source}_${at}" fontsize=8 shape=box3d tooltip="${weight}"]`,
      `${source} -> N${source}_${at} [label=" ${weight}" weight=100 tooltip="${weight}" labeltooltip="${weight}"${flat ? '' : ' style="dotted"'}]`,
    ];
  });
}

/** At most `maxNodelets` groups: the largest as seeds, the others with the nearest (collapsedTags). */
function collapsed(all: readonly Tag[], byFlat: boolean): readonly Tag[] {
  const tags = sortTags(all, byFlat);
  if (tags.length <= maxNodelets) return tags;
  const groups = tags.slice(0, maxNodelets).map((tag) => [tag]);
  for (const tag of tags.slice(maxNodelets)) {
    let nearest = groups[0];
    let least = Number.POSITIVE_INFINITY;
    for (const group of groups) {
      const seed = group[0] ?? tag;
      const distance = Math.abs(scale(seed.value, seed.unit, tag.unit)[0] - tag.value);
      if (distance < least) [nearest, least] = [group, distance];
    }
    nearest?.push(tag);
  }
  return sortTags(groups.map(joined), byFlat);
}

function joined(group: readonly Tag[]): Tag {
  const [first] = group;
  let low = first;
  let high = first;
  for (const tag of group.slice(1)) {
    if (low !== undefined && Math.trunc(scale(tag.value, tag.unit, low.unit)[0]) < low.value) low = tag;
    if (high !== undefined && Math.trunc(scale(tag.value, tag.unit, high.unit)[0]) > high.value) high = tag;
  }
  const label = (tag: Tag | undefined): string => (tag === undefined ? '' : scaledLabel(tag.value, tag.unit, 'auto'));
  const sum = (of: (tag: Tag) => number): number => group.reduce((total, tag) => total + of(tag), 0);
  const name = group.length === 1 ? label(first) : `${label(low)}..${label(high)}`;
  return {
    name,
    unit: '',
    value: 0,
    flat: mean(
      sum((tag) => tag.flat),
      sum((tag) => tag.flatDivisor),
    ),
    flatDivisor: 0,
    cum: mean(
      sum((tag) => tag.cum),
      sum((tag) => tag.cumDivisor),
    ),
    cumDivisor: 0,
  };
}
