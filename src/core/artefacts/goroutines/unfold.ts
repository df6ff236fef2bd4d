/** Lines hidden in one line: logs that are JSON, whole dumps in a string with `\n` and `\t`, pages with `<br>`. */

/** Strings in strings: a log of a log. */
const maxFolds = 3;
/** Keys of JSON logs by which dumps are found before one was seen: docker's json-file driver. */
const firstKeys = ['log'];
const maxKeys = 4;

const header = /(?:^|[^\w./]|\\[nt])goroutine(?: \d{1,16} (?:(?:gp|mp?)=|\[)|(?:leak)? profile: total \d)/;

/** Remembers under which key a JSON log keeps its text. */
export class Unfolder {
  private readonly keys: RegExp[] = firstKeys.map(keyed);

  /** The lines in a line; the line itself where none are hidden. */
  lines(line: string, folds = maxFolds): readonly string[] {
    if (line.startsWith('{') && line.length < 1_000_000) {
      const found = this.inObject(line);
      if (found !== undefined) return this.again(text(found), folds);
    }
    if (line.includes('<br')) {
      const parts = line.split(/<br ?\/?>/);
      if (parts.length > 1) return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
    }
    const at = line.includes('goroutine') ? (header.exec(line)?.index ?? -1) : -1;
    return at >= 0 && /(?:[\]}]:|total \d+)\\n/.test(line.slice(at, at + 20_000)) ? this.again(inString(line, at), folds) : [line];
  }

  private again(whole: string, folds: number): readonly string[] {
    const lines = whole.replace(/\n$/, '').split('\n');
    if (lines.length > 1) lines.push('');
    return folds <= 1 ? lines : lines.flatMap((line) => (line.includes('\\n') ? this.lines(line, folds - 1) : [line]));
  }

  /** The quoted value under a known key, or under the key of the first header that is seen. */
  private inObject(line: string): string | undefined {
    for (const key of this.keys) {
      const found = key.exec(line)?.[1];
      if (found !== undefined) return found;
    }
    if (this.keys.length >= maxKeys || !header.test(line)) return undefined;
    const at = header.exec(line)?.index ?? 0;
    const name = /"([\w.@ -]{1,60})":\s*"(?:[^"\\]|\\.)*$/.exec(line.slice(0, at + 1))?.[1];
    if (name === undefined) return undefined;
    const key = keyed(name);
    this.keys.push(key);
    return key.exec(line)?.[1];
  }
}

function keyed(name: string): RegExp {
  return new RegExp(`[{,]\\s*"${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}":\\s*("(?:[^"\\\\]|\\\\.)*")`);
}

/** The string around the header at `at`: back to its opening quote and on to its closing one, where it is in quotes. */
function inString(line: string, at: number): string {
  const open = line.lastIndexOf('"', at);
  const rest = line.slice(open + 1);
  const close = /(?<!\\)(?:\\\\)*"/.exec(rest);
  const inner = close === null ? rest : rest.slice(0, close.index + close[0].length - 1);
  const before = open > 0 ? `${line.slice(0, open)}\n` : '';
  return before + text(`"${inner.replaceAll(/(?<!\\)((?:\\\\)*)"/g, '$1\\"')}"`);
}

function text(quoted: string): string {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : quoted;
  } catch {
    return quoted.slice(1, -1).replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\"', '"').replaceAll('\\\\', '\\');
  }
}
