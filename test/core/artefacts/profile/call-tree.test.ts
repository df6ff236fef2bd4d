/** -call_tree of a difference: a call whose sum is zero is drawn and counts in the order of nodes, though the function called is not listed. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../../../src/core/artefacts/profile/build.ts';
import { defaults } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';

test('as `go tool pprof -dot -call_tree` draws it', () => {
  const builder = new ProfileBuilder();
  const place = (name: string, at: number): number =>
    builder.location(BigInt(at), -1, [{ func: builder.func({ name, systemName: name, file: '', startLine: 0 }), line: 1, column: 0 }]);
  const [main, f, g, h] = [place('main', 1), place('f', 2), place('g', 3), place('h', 4)];
  builder.sample([g, f, main], [5], []);
  builder.sample([g, f, main], [-5], []);
  builder.sample([f, main], [7], []);
  builder.sample([h, main], [3], []);
  builder.sample([f, h, main], [2], []);
  const profile = builder.done({ sampleTypes: [{ type: 'space', unit: 'bytes' }] });
  expect(makeReport(profile, { ...defaults, format: 'dot', callTree: true }).text).toBe(readFileSync('fixtures/profile/call-tree.dot', 'utf8'));
});
