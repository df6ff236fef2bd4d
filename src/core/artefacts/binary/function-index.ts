/** Finds functions by name in one pass over the table, for the names that dumps and profiles print. */
import type { Func, LineTable } from './line-table.ts';
import { spend } from './source.ts';

/** Bytes of names looked through at a time. */
const chunk = 1 << 20;

/** Type arguments as dumps print them: `F[...]`. */
export function foldedName(name: string): string {
  return name.includes('[') ? name.replace(/\[.*\]/, '[...]') : name;
}

/** Functions by folded name; several where a generic one has several instances. */
export function findFunctions(lines: LineTable, names: ReadonlySet<string>): ReadonlyMap<string, readonly Func[]> {
  const found = new Map<string, Func[]>();
  if (names.size === 0) return found;
  const offsets = lines.table.form >= 16 ? nameOffsets(lines, names) : undefined;
  const { words, budget } = lines.image;
  const head = lines.table.form >= 18 ? 4 : words.pointerSize;
  spend(budget, lines.functions >>> 1);
  let window = lines.bytes(lines.table.funcs, 0);
  let from = 0;
  for (let index = 0; index < lines.functions; index++) {
    const at = lines.recordOffset(index);
    if (at < from || at + head + 4 > from + window.length) {
      from = at;
      window = lines.bytes(lines.table.funcs + at, chunk);
      spend(budget, 64);
    }
    const offset = words.u32(window, at - from + head);
    const name = offsets === undefined ? wantedName(lines.name(offset), names) : offsets.get(offset);
    if (name === undefined) continue;
    const func = lines.func(index);
    const known = found.get(name);
    if (known === undefined) found.set(name, [func]);
    else known.push(func);
  }
  return found;
}

function wantedName(raw: string, names: ReadonlySet<string>): string | undefined {
  const folded = foldedName(raw);
  return names.has(folded) ? folded : undefined;
}

/** Since Go 1.16 all names stand one after the other: offsets of the wanted ones. */
function nameOffsets(lines: LineTable, names: ReadonlySet<string>): ReadonlyMap<number, string> {
  const { table } = lines;
  const found = new Map<number, string>();
  const size = table.units - table.names;
  const lengths = new Set([...names].filter((name) => !name.includes('[')).map((name) => Buffer.byteLength(name)));
  const generic = [...names].some((name) => name.includes('['));
  let from = 0;
  while (from < size) {
    const block = lines.bytes(table.names + from, Math.min(chunk, size - from));
    spend(lines.image.budget, (block.length >>> 3) + 64);
    let start = 0;
    for (let end = block.indexOf(0); end >= 0; end = block.indexOf(0, start)) {
      const plain = lengths.has(end - start);
      if (plain || (generic && block[end - 1] !== 0 && end > start)) {
        const raw = block.toString('utf8', start, end);
        const name = plain && names.has(raw) ? raw : raw.includes('[') ? wantedName(raw, names) : undefined;
        if (name !== undefined) found.set(from + start, name);
      }
      start = end + 1;
    }
    if (start === 0) break;
    from += start;
  }
  return found;
}
