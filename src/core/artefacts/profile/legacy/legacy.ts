/** Formats older than the protobuf, and the texts that Go still writes (`debug=1`): recognised, read, made columns. */
import { ProfileBuilder } from '../build.ts';
import type { Profile } from '../columns.ts';
import { draftBinaryCpu } from './binary-cpu.ts';
import { draftContention } from './contention.ts';
import { draftCounts } from './counts.ts';
import type { Draft, Reading } from './draft.ts';
import { hiddenFrames } from './frames.ts';
import { draftHeap } from './heap.ts';
import { entriesOf, mapped, massaged } from './memory-map.ts';
import { draftThreads } from './threads.ts';

export type Legacy =
  | { readonly is: 'broken'; readonly reason: string }
  | { readonly is: 'fine'; readonly profile: Profile; readonly notes: readonly string[]; readonly contention?: 'mutex' | 'block'; readonly text?: string };

/** First lines of all of them. */
const beginning = /^.*heap profile: |^.*profile: total \d|^--- (?:mutex:|contention:|contentionz )|^.*--- threadz \d|^.*--- Thread /m;

/** No control characters but tabs and line ends at the beginning: protobuf has others. */
export function beginsWithText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
}

/** Undefined when it is none of them. */
export function parseLegacy(bytes: Uint8Array, reading: Reading): Legacy | undefined {
  const binary = draftBinaryCpu(bytes);
  if (binary !== undefined) return typeof binary === 'string' ? { is: 'broken', reason: binary } : finished(binary, reading);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : beginsWithText(bytes) ? 'utf-8' : undefined;
  if (encoding === undefined) return undefined;
  const head = new TextDecoder(encoding).decode(bytes.subarray(0, 8192));
  const first = beginning.exec(head);
  if (first === null) return undefined;
  const text = new TextDecoder(encoding).decode(bytes);
  // What stands before it, a prompt or a sentence, is passed over.
  const lines = text.split(/\r?\n/).slice(reading.plainly ? 0 : head.slice(0, first.index).split('\n').length - 1);
  const draft = draftHeap(lines, reading) ?? draftCounts(lines, reading) ?? draftThreads(lines) ?? draftContention(lines, reading);
  if (draft === undefined) return undefined;
  return typeof draft === 'string' ? { is: 'broken', reason: draft } : { ...finished(draft, reading), text };
}

function finished(draft: Draft, reading: Reading): Legacy & { readonly is: 'fine' } {
  const { entries, of } = mapped(
    massaged(entriesOf(draft.map)),
    draft.samples.flatMap(({ stack }) => stack),
  );
  const named = draft.samples.some(({ symbols }) => symbols !== undefined);
  const builder = new ProfileBuilder();
  for (const [at, entry] of entries.entries())
    builder.mappings.push({ id: at + 1, ...entry, hasFunctions: named, hasFilenames: named, hasLineNumbers: named, hasInlineFrames: false });
  for (const { values, stack, symbols, labels } of draft.samples) {
    const locations = stack.map((address, at) => {
      const symbol = symbols?.[at];
      const lines =
        symbol === undefined
          ? []
          : [{ func: builder.func({ name: symbol.func, systemName: symbol.func, file: symbol.file, startLine: 0 }), line: symbol.line, column: 0 }];
      return builder.location(address, of.get(address) ?? -1, lines);
    });
    // Taken out last, as pprof does (cleanupDuplicateLocations): its location stays in the table.
    const twice = draft.doubleLeaves === true && stack.length > 1 && stack[0] === (stack[1] ?? 0n) + 1n;
    builder.sample(twice ? locations.toSpliced(1, 1) : locations, values, labels);
  }
  const { sampleTypes, periodType, period, durationNanos, contention } = draft;
  const bare =
    draft.samples.length > 0 && !named && !reading.plainly && !reading.bare
      ? ['it holds addresses only: the exact binary that wrote it names its functions']
      : [];
  return {
    is: 'fine',
    profile: builder.done({ sampleTypes, periodType, period, durationNanos, ...hiddenFrames(sampleTypes) }),
    notes: [...draft.notes, ...bare],
    contention,
  };
}
