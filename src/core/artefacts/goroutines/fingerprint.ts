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
  for (const { normal } of own.length > 0 ? own : names) hash.add(normal);
  return `g1:${hash.hex()}`;
}

/** What was found out about the functions of a dump: most are in many groups. */
export type NormalNames = Map<string, { readonly normal: string; readonly own: boolean }>;

/** FNV-1a with 64 bits in two halves (www.isthe.com/chongo/tech/comp/fnv). */
class Fnv {
  private high = 0xcbf29ce4;
  private low = 0x84222325;

  add(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
    this.byte(10);
  }

  private byte(code: number): void {
    const low = (this.low ^ code) >>> 0;
    // The prime is 2^40 + 0x1b3.
    const product = low * 0x1b3;
    this.high = (Math.imul(this.high, 0x1b3) + Math.floor(product / 0x100000000) + (low << 8)) >>> 0;
    this.low = product >>> 0;
  }

  hex(): string {
    return this.high.toString(16).padStart(8, '0') + this.low.toString(16).padStart(8, '0');
  }
}
