/** What stands before every line of a dump that went through a log: learned from the headers, recognised by shape. */

/** Where a header begins in a line, of a goroutine or of a debug=1 dump, or -1. */
export function headerAt(line: string): number {
  for (let at = line.indexOf('goroutine'); at >= 0; at = line.indexOf('goroutine', at + 1)) {
    if (at > 0 && /[\w./]/.test(line[at - 1] ?? '')) continue;
    if (/^goroutine(?: \d{1,16} (?:(?:gp|mp?)=|\[)|(?:leak)? profile: total \d)/.test(line.slice(at, at + 40))) return at;
  }
  return -1;
}

const longest = 400;
const most = 16;

const escaped = /[.*+?^${}()|[\]\\/-]/g;

/** The pattern of all prefixes like this one: digits, names of months and days and inner spaces may differ. */
function shapeOf(prefix: string): string {
  let shape = '';
  const body = prefix.trimEnd();
  for (const [part] of body.matchAll(/\d+|[ \t]+|[A-Za-z]+|[^\dA-Za-z \t]/g)) {
    if (/^\d/.test(part)) shape += '\\d+';
    else if (/^[ \t]/.test(part)) shape += '[ \\t]*';
    else if (/^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/.test(part)) shape += '[A-Z][a-z][a-z]';
    else shape += part.replace(escaped, '\\$&');
  }
  // Counts may be right-aligned; what follows the last word is cut off where trailing space was trimmed.
  const tail = prefix.slice(body.length);
  if (body === '') return `^[ \\t]{0,${tail.length}}`;
  return `^[ \\t]*${shape}${tail === '' ? '' : `(?:${tail.replaceAll('\t', '\\t')}|$)`}`;
}

/** Prefixes seen in one text. */
export class Prefixes {
  private readonly shapes = new Map<string, RegExp>();
  private last: RegExp | undefined;

  /** Learns from a line; true when it was a header behind a prefix. */
  learn(line: string): boolean {
    const at = /^\s+\d{1,12} @ 0x/.test(line) ? line.search(/\S/) : headerAt(line);
    if (at <= 0 || at > longest || this.shapes.size >= most) return at > 0;
    const prefix = line.slice(0, at);
    const shape = shapeOf(prefix);
    if (!this.shapes.has(shape)) {
      this.shapes.set(shape, new RegExp(shape));
    }
    return true;
  }

  get any(): boolean {
    return this.shapes.size > 0;
  }

  /** The line without its prefix; the same line when it has none that is known. */
  strip(line: string): string {
    const at = headerAt(line.length > 4000 ? line.slice(0, 4000) : line);
    return at >= 0 ? line.slice(at) : this.stripKnown(line);
  }

  /** The line without its prefix, of whatever a header stands behind. */
  stripKnown(line: string): string {
    const head = line.length > longest * 2 ? line.slice(0, longest * 2) : line;
    const first = this.last?.exec(head);
    if (first !== undefined && first !== null && first[0] !== '') return line.slice(first[0].length);
    for (const shape of this.shapes.values()) {
      const hit = shape.exec(head);
      if (hit === null || hit[0] === '') continue;
      this.last = shape;
      return line.slice(hit[0].length);
    }
    return line;
  }
}
