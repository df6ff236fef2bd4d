/** What gostackparse and panicparse read of the stored dumps, where they read them rightly, is what we read. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDumps } from '../../../../src/core/artefacts/goroutines/dumps.ts';
import { lockedBit } from '../../../../src/core/artefacts/goroutines/scanned.ts';
import { fixture, folder } from './expected.ts';

type Place = readonly [string, string, number];
interface Read {
  readonly id: number;
  readonly state: string;
  readonly minutes: number;
  readonly locked: boolean;
  readonly frames: readonly Place[] | null;
  readonly created: Place | null;
}

const stored: Readonly<Record<string, Readonly<Record<string, readonly Read[]>>>> = JSON.parse(new TextDecoder().decode(fixture('peers.json.gz')));

function ours(name: string): readonly Read[] {
  return readDumps(name, fixture(name)).flatMap(({ count, ids, states, stateNames, minutes, flags, stacks, stackOf }) =>
    Array.from({ length: count }, (_, i): Read => {
      const { frames = [], createdBy } = stacks[stackOf[i] ?? -1] ?? {};
      return {
        id: ids[i] ?? -1,
        state: stateNames[states[i] ?? -1] ?? '',
        minutes: Math.max(0, minutes[i] ?? 0),
        locked: ((flags[i] ?? 0) & lockedBit) !== 0,
        frames: frames.map(({ func, file, line }) => [func, file, line]),
        created: createdBy === undefined ? null : [createdBy.func, createdBy.file, createdBy.line],
      };
    }),
  );
}

/** What they keep as part of the state, and what stands for a stack that could not be printed. */
function plain(read: Read): Read {
  const frames = (read.frames ?? []).filter(([, file]) => file !== '<unavailable>');
  return { ...read, state: read.state.replace(/ labels:\{.*$/, '').replace(/(?: \((?:scan|durable|leaked)\))+$/, ''), frames };
}

/** panicparse takes the stack in the value of a panic for the dump. */
const insidePanic = 'shapes.1.27.panicmulti.gz';

test.each(['gostackparse', 'panicparse'])('%s', (peer) => {
  let equal = 0;
  for (const [file, read] of Object.entries(stored)) {
    const name = [`dialects/${file}`, `idle/${file}`].find((one) => existsSync(folder + one)) ?? file;
    const mine = ours(name);
    const theirs = read[peer] ?? [];
    // Where it does not count every goroutine it has lost its way (gp= headers, elided frames, labels).
    if (theirs.length !== mine.length || (peer === 'panicparse' && file === insidePanic)) continue;
    expect({ name, goroutines: mine }).toEqual({ name, goroutines: theirs.map(plain) });
    equal += mine.length;
  }
  expect(equal).toBeGreaterThan(1000);
});
