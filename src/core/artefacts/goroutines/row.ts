/** A debug=1 frame that lost its tabs: `#0x4e168emain.main+0x32d/home/x/main.go:20`. */

const name = /^([^+]+)\+0x/;

/** The row with tabs between its parts; as it is when `entry` (`1 @ 0x… 0x…`) does not know its address. */
export function withRowTabs(row: string, entry: string): string {
  // A row prints the address of the call, the entry the one behind it.
  for (const [pc] of entry.matchAll(/0x[0-9a-f]+/g)) {
    const call = `0x${(BigInt(pc) - 1n).toString(16)}`;
    const address = row.startsWith(call, 1) ? call : row.startsWith(pc, 1) ? pc : undefined;
    if (address === undefined) continue;
    const rest = row.slice(1 + address.length);
    const found = name.exec(rest);
    const func = found?.[1];
    if (func === undefined) continue;
    const behind = rest.slice(func.length + 3);
    const offset = offsetLength(behind, func);
    return `#\t${address}\t${func}+0x${behind.slice(0, offset)}\t${behind.slice(offset)}`;
  }
  return row;
}

/** Where the offset ends and the file begins: at the package's own path where that stands there, for `1cbufio/scan.go` has no other border. */
function offsetLength(text: string, func: string): number {
  const hex = /^[0-9a-f]*/.exec(text)?.[0].length ?? 0;
  const slash = func.lastIndexOf('/');
  const path = func.slice(0, func.indexOf('.', slash + 1));
  for (const start of [`${path}/`, `${path.split('/')[0]}/`]) {
    const at = text.indexOf(start);
    if (at > 0 && at <= hex) return at;
  }
  return hex;
}
