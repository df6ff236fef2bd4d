/** The kind of artefact that an executable is. */
import type { BinaryArtefact, Kind } from '../../model.ts';
import { openBinary } from './open-binary.ts';
import { memorySource } from './source.ts';

/** First four bytes of ELF, Mach-O in both orders and widths, fat Mach-O; PE begins with `MZ`. */
const magics: ReadonlySet<number> = new Set([0x7f454c46, 0xcefaedfe, 0xcffaedfe, 0xfeedface, 0xfeedfacf, 0xcafebabe, 0xcafebabf]);

/** `\0asm`. */
const webAssembly = 0x0061736d;

export const binaryKind: Kind<BinaryArtefact> = {
  name: 'binary',
  recognise({ path, bytes }) {
    if (bytes.length < 64) return { is: 'not mine' };
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const magic = view.getUint32(0);
    if (magic === webAssembly)
      return { is: 'broken', kind: 'binary', reason: 'it is WebAssembly, whose addresses mean nothing outside of the page that ran it' };
    if (!magics.has(magic) && magic >>> 16 !== 0x4d5a) return { is: 'not mine' };
    const binary = openBinary(memorySource(bytes), path);
    if ('facts' in binary) return { is: 'fine', artefacts: [{ kind: 'binary', file: path, ...binary.facts }] };
    // MZ begins many a text, and Java class files have the magic of fat Mach-O.
    const certain = magic !== 0xcafebabe && magic >>> 16 !== 0x4d5a;
    return certain ? { is: 'broken', kind: 'binary', reason: binary.reason } : { is: 'not mine' };
  },
};
