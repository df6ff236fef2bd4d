/** A short name of a group that stays the same from dump to dump and release to release. */
import { isStandardFunction, isWrapper, normalFunction } from '../../golang/names.ts';

/** `g1:` and the 64-bit FNV-1a of our own functions, innermost first, in hex. Of all functions where none is our own. */
export function fingerprintOf(functions: readonly string[], known: NormalNames = new Map()): string {
  const names = functions.map((name) => {
    let one = known.get(name);
    if (one === undefined) {
      one = { normal: normalFunction(name), own: !isWrapper(name) && !isStandardFunction(name) };
      known.set(name, one);
    }
    return one;
  });
  const own = names.filter((name) => name.own);
  const hash = new Fnv();
  // Signals and profiles show the runtime's frames, debug=2 hides them.
  const others = names.filter(({ normal }) => !normal.startsWith('runtime.'));
  for (const { normal } of own.length > 0 ? own : others.length > 0 ? others : names) hash.add(normal);
  return `g1:${hash.hex()}`;
}

/** What was found out about the functions of a dump: most are in many groups. */
export type NormalNames = Map<string, { readonly normal: string; readonly own: boolean }>;

/** FNV-1a with 64 bits in two halves (www.isthe.com/chongo/tech/comp/fnv). */
class Fnv {
  private high = 0xcbf29ce4 | 0;
  private low = 0x84222325 | 0;

  /** The text and a line feed; characters beyond a byte go into the low half as they are. */
  add(text: string): void {
    let { high, low } = this;
    for (let i = 0; i <= text.length; i++) {
      low ^= i === text.length ? 10 : text.charCodeAt(i);
      // The prime is 2^40 + 0x1b3: in halves of 16 bits, so that no product leaves 32.
      const lower = (low & 0xffff) * 0x1b3;
      const upper = (low >>> 16) * 0x1b3 + (lower >>> 16);
      high = (Math.imul(high, 0x1b3) + (upper >>> 16) + (low << 8)) | 0;
      low = (upper << 16) | (lower & 0xffff);
    }
    this.high = high;
    this.low = low;
  }

  hex(): string {
    return [this.high, this.low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
