/** Valid wire format in shapes that nobody's profiler makes: read or refused in a sentence, never thrown at. */
import { expect, test } from 'vitest';
import { profileKind } from '../../../../src/core/artefacts/profile/kind.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { defaults, ReportProblem, type Format } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';
import { bytes, num, nums, text, varint } from './random/proto.ts';

const many = 200_000;
const table = [...text(6, ''), ...text(6, 'cpu'), ...text(6, 'nanoseconds')];
const head = [...bytes(1, [...num(1, 1), ...num(2, 2)]), ...table];
const func = bytes(5, [...num(1, 1), ...num(2, 1), ...num(3, 1), ...num(4, 1)]);
const location = bytes(4, [...num(1, 1), ...bytes(4, [...num(1, 1), ...num(2, 3)])]);
const sample = bytes(2, [...nums(1, [1], true), ...nums(2, [7], true)]);

function joined(...parts: readonly (readonly number[] | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function times(part: readonly number[], count: number): Buffer {
  return Buffer.alloc(part.length * count, Buffer.from(part));
}

function field(number: number, inner: Uint8Array): Buffer {
  return joined(varint((number << 3) | 2), varint(inner.length), inner);
}

const shapes: readonly (readonly [string, 'fine' | 'broken', () => Uint8Array])[] = [
  ['one very deep stack', 'fine', () => joined(head, func, location, field(2, joined(field(1, times([1], many)), nums(2, [7], true))))],
  ['many empty strings', 'fine', () => joined(head, func, location, sample, times(text(6, ''), many))],
  ['many comments', 'broken', () => joined(head, func, location, sample, times(num(13, 1), many))],
  ['some comments', 'fine', () => joined(head, func, location, sample, times(num(13, 1), 9000))],
  ['many sample types', 'broken', () => joined(times(bytes(1, num(1, 1)), 101), table)],
  [
    'a sample with many labels',
    'broken',
    () => joined(head, func, location, field(2, joined(nums(1, [1], true), nums(2, [7], true), times(bytes(3, [...num(1, 1), ...num(2, 2)]), many)))),
  ],
  [
    'a sample with some labels',
    'fine',
    () => joined(head, func, location, field(2, joined(nums(1, [1], true), nums(2, [7], true), times(bytes(3, [...num(1, 1), ...num(3, 2)]), 9000)))),
  ],
  ['a location of many lines', 'fine', () => joined(head, func, field(4, joined(num(1, 1), times(bytes(4, num(1, 1)), many))), sample)],
  [
    'a location of many lines, many times on one stack',
    'broken',
    () => joined(head, func, field(4, joined(num(1, 1), times(bytes(4, num(1, 1)), 2000))), field(2, joined(field(1, times([1], many)), nums(2, [7], true)))),
  ],
  [
    'a very long name',
    'fine',
    () =>
      joined(
        bytes(1, [...num(1, 1), ...num(2, 2)]),
        table,
        field(6, Buffer.alloc(many * 5, 0x2f)),
        bytes(5, [...num(1, 1), ...num(2, 3), ...num(4, 3)]),
        location,
        sample,
      ),
  ],
  [
    'a pattern of frames that would take for ever',
    'fine',
    () =>
      joined(
        bytes(1, [...num(1, 1), ...num(2, 2)]),
        table,
        text(6, '(a*)*b|(x+x+)+y|.*.*.*=.*'),
        text(6, 'a'.repeat(many)),
        bytes(5, [...num(1, 1), ...num(2, 4)]),
        location,
        sample,
        num(7, 3),
      ),
  ],
  ['many samples of one value', 'fine', () => joined(head, func, location, times(sample, many))],
];
const formats: readonly Format[] = ['top', 'tree', 'dot', 'tags', 'traces', 'raw', 'comments'];

test.each(shapes)('%s', (_, wanted, make) => {
  const made = make();
  expect(profileKind.recognise({ path: 'x', bytes: made }, {}).is).toBe(wanted);
  const parsed = parseProfile(made);
  if (parsed.is !== 'fine') return;
  for (const format of formats) {
    try {
      expect(makeReport(parsed.profile, { ...defaults, format }).text.length).toBeGreaterThan(format === 'comments' || format === 'tags' ? -1 : 20);
    } catch (problem) {
      expect(problem).toBeInstanceOf(ReportProblem);
    }
  }
});
