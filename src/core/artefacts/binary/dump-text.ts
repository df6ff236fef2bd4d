/** The text of a dump as proof: distinct frames with their offsets, and addresses where it prints them. */

/** A function of a dump at one place. `offset` is the `+0x…` behind the line: bytes from the function's entry. */
export interface PrintedFrame {
  readonly func: string;
  readonly file: string;
  readonly line: number;
  readonly offset: number;
  /** Inlined calls printed above it, innermost first. */
  readonly inlined: readonly { readonly func: string; readonly file: string; readonly line: number }[];
  readonly created: boolean;
}

/** An address of debug=1 or of a profile, with what stood there, innermost first. */
export interface PrintedAddress {
  readonly address: number;
  readonly frames: readonly { readonly func: string; readonly line: number }[];
}

/** Text looked at: a dump repeats itself long before. */
const maxText = 16 << 20;
/** Distinct frames that are compared; proof needs 20. */
const maxFrames = 5000;

const place = /^\t(.*):(\d+)(?: \+0x([0-9a-f]+))?(?: fp=.*)?$/;
const addressed = /^#\t0x([0-9a-f]+)\t(.*)\+0x[0-9a-f]+\t+(.*):(\d+)$/;

/** Distinct frames of debug=2 and crash dumps, addresses of debug=1. */
export function readDumpText(bytes: Uint8Array): { readonly frames: readonly PrintedFrame[]; readonly addresses: readonly PrintedAddress[] } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, maxText)).toString('utf8');
  const frames = new Map<string, PrintedFrame>();
  const addresses = new Map<number, { func: string; line: number }[]>();
  let pending: { func: string; file: string; line: number }[] = [];
  let [func, inlined, created] = ['', false, false];
  let address = -1;
  for (let from = 0; from < text.length && frames.size < maxFrames && addresses.size < maxFrames;) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, (end < 0 ? text.length : end) - (text[end - 1] === '\r' ? 1 : 0));
    from = end < 0 ? text.length : end + 1;
    if (line.startsWith('#\t')) {
      const found = addressed.exec(line);
      if (found === null) continue;
      const at = Number.parseInt(found[1] ?? '', 16);
      const known = addresses.get(at);
      // One address on lines in a row is one place with inlined calls; the same place again in another stack adds nothing.
      if (known === undefined) addresses.set(at, [{ func: found[2] ?? '', line: Number(found[4]) }]);
      else if (at === address && known.at(-1)?.func !== found[2]) known.push({ func: found[2] ?? '', line: Number(found[4]) });
      address = known !== undefined && at !== address ? -1 : at;
    } else if (line.startsWith('\t')) {
      if (func === '') continue;
      const found = place.exec(line);
      if (found === null) continue;
      const [, file = '', number = '', offset] = found;
      if (offset === undefined) {
        if (inlined) pending.push({ func, file, line: Number(number) });
      } else {
        const key = `${func}\0${line}\0${pending.map((one) => `${one.func}:${one.line}`).join('\0')}`;
        if (!frames.has(key)) frames.set(key, { func, file, line: Number(number), offset: Number.parseInt(offset, 16), inlined: pending, created });
        pending = [];
      }
      func = '';
    } else {
      address = -1;
      created = line.startsWith('created by ');
      const open = created ? -1 : line.lastIndexOf('(');
      func = created
        ? line
            .slice(11)
            .replace(/ in goroutine \d+$/, '')
            .trimEnd()
        : open > 0 && line.endsWith(')')
          ? line.slice(0, open)
          : '';
      inlined = open > 0 && line.endsWith('(...)');
      if (!inlined && (created || func === '')) pending = [];
    }
  }
  return { frames: [...frames.values()], addresses: [...addresses].map(([at, chain]) => ({ address: at, frames: chain })) };
}
