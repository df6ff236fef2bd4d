/** What is asked of the programs of fixtures/binary/probe, and what their own runtimes answered. */
import { shownFrames } from '../../../../src/core/artefacts/binary/check-addresses.ts';
import { lockFields } from '../../../../src/core/artefacts/binary/lock-fields.ts';
import { type GoBinary, openBinary } from '../../../../src/core/artefacts/binary/open-binary.ts';
import type { ByteSource } from '../../../../src/core/artefacts/binary/source.ts';

export interface ProbeAnswers {
  /** Address in hex, then function and `file:line` of each call, innermost first. */
  readonly frames: readonly (readonly string[])[];
  /** Type, path to a field, offset, type of the field. */
  readonly fields: readonly (readonly string[])[];
}

export interface Probed extends ProbeAnswers {
  readonly binary: GoBinary;
  /** Names of locks in generic types, as a dump would lead to them. */
  readonly generic: readonly string[];
}

/** Asks the reader what the program was asked. */
export function askProbe(source: ByteSource, name: string, { frames, fields }: ProbeAnswers): Probed {
  const binary = openBinary(source, name);
  if (!('facts' in binary)) throw new Error(binary.reason);
  const { lines, types } = binary;
  if (lines === undefined || types === undefined) throw new Error(`${name}: ${binary.facts.notes.join('; ')}`);
  const found = types.find(new Set(fields.map(([of = '']) => of)));
  const base = 0xc000100000;
  const locks = ['main.(*Cache[...]).Get', 'main.(*Odd[...]).Get'].flatMap((func, index) =>
    lockFields(
      binary,
      [4, 8, 16].map((offset) => block(100 * index + offset, func, base, base + offset)),
    ),
  );
  return {
    binary,
    frames: frames.map(([at = '']) => {
      const code = lines.frames(Number.parseInt(at, 16));
      // runtime.CallersFrames leaves wrappers out since Go 1.21.
      return [at, ...(lines.minor < 21 ? code : shownFrames(code)).flatMap(({ func, file, line }) => [func, `${file}:${line}`])];
    }),
    fields: fields.map(([of = '', , offset = '']) => {
      const type = found.get(of)?.[0];
      const steps = type === undefined ? [] : types.fieldPath(type.address, Number(offset));
      const path = steps.map((step) => (step.name.startsWith('[') ? step.name : `.${step.name}`)).join('');
      return [of, path, offset, steps.at(-1)?.type ?? ''];
    }),
    generic: locks.map(({ goroutine, name: lock }) => `${goroutine} ${lock}`),
  };
}

function block(goroutine: number, func: string, receiver: number, lock: number): Parameters<typeof lockFields>[1][number] {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  return {
    goroutine,
    calls: [
      { func: 'sync.(*Mutex).lockSlow', args: hex(lock) },
      { func, args: `${hex(receiver)}, 0x0?` },
    ],
  };
}
