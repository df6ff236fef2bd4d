/** -tagroot and -tagleaf: labels of samples as frames of their own, outside or inside of the stack (internal/driver/tagroot.go). */
import { labelsOf } from './labels.ts';
import { scaledLabel } from './units.ts';
import { chooseSamples, matchedNothing, stackOf, type Line, type Work } from './work.ts';

export interface TagKeys {
  /** Keys separated by commas; the first becomes the outermost frame. */
  readonly tagroot: string;
  /** The last becomes the innermost frame. */
  readonly tagleaf: string;
}

/** Adds the frames. */
export function addTagFrames(work: Work, { tagroot, tagleaf }: TagKeys, unit: string): void {
  const [roots, leaves] = [keysOf(tagroot), keysOf(tagleaf)];
  const found = { TagRoot: tagroot === '', TagLeaf: tagleaf === '' };
  if (roots.length + leaves.length > 0) {
    const frames = new Frames(work, unit);
    chooseSamples(work, (sample, from, to) => {
      const outer = frames.of(sample, roots, () => (found.TagRoot = true));
      const inner = frames.of(sample, leaves, () => (found.TagLeaf = true));
      return [...inner, ...stackOf(work, from, to), ...outer];
    });
    frames.done();
  }
  if (!found.TagRoot) work.said.push(matchedNothing('TagRoot'));
  if (!found.TagLeaf) work.said.push(matchedNothing('TagLeaf'));
}

/** Innermost first. */
function keysOf(list: string): readonly string[] {
  return list
    .split(',')
    .filter((key) => key !== '')
    .toReversed();
}

/** New locations: one for each key and what samples have under it. */
class Frames {
  private readonly made = new Map<string, number>();
  private readonly lines: (readonly Line[])[];
  private readonly names: string[];
  private readonly files: string[];
  private readonly work: Work;
  private readonly unit: string;

  constructor(work: Work, unit: string) {
    this.work = work;
    this.unit = unit;
    this.lines = [...work.lines];
    this.names = [...work.names];
    this.files = [...work.files];
  }

  of(sample: number, keys: readonly string[], matched: () => void): readonly number[] {
    return keys.map((key) => {
      const values = this.valuesOf(sample, key);
      if (values.length > 0) matched();
      return this.location(values.join(','), key);
    });
  }

  private valuesOf(sample: number, key: string): readonly string[] {
    const { texts, numbers } = labelsOf(this.work, sample);
    const own = numbers.get(key) ?? [];
    const hasUnits = own.some(({ unit }) => unit !== '');
    return [...(texts.get(key) ?? []), ...own.map(({ value, unit }) => scaledLabel(value, unit, hasUnits ? this.unit : ''))];
  }

  private location(name: string, key: string): number {
    const id = `${name}\0${key}`;
    const known = this.made.get(id);
    if (known !== undefined) return known;
    this.names.push(name);
    this.files.push(key);
    this.lines.push([{ func: this.names.length - 1, line: 0, column: 0 }]);
    this.made.set(id, this.lines.length - 1);
    return this.lines.length - 1;
  }

  done(): void {
    Object.assign(this.work, { lines: this.lines, names: this.names, files: this.files });
  }
}
