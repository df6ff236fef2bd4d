/** Profiles in the folded part of the comment: restraint, right figures, nothing hostile, growth beyond noise. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { profileKind } from '../../src/core/artefacts/profile/kind.ts';
import type { ProfileArtefact, ReportProfile } from '../../src/core/model.ts';
import { matrix } from '../../src/core/report/more/costs.ts';
import { profiles } from '../../src/core/report/more/profiles.ts';
import { grown } from '../../src/core/rules/growth.ts';

function artefact(file: string): ProfileArtefact {
  const answer = profileKind.recognise({ path: file, bytes: readFileSync(`fixtures/profile/${file}`) }, {});
  const [first] = answer.is === 'fine' ? answer.artefacts : [];
  if (first === undefined || !('shown' in first)) throw new Error(file);
  return first;
}

const cpu: ReportProfile = {
  file: 'cpu.pprof',
  kind: 'cpu',
  sampleType: 'cpu',
  unit: 'nanoseconds',
  seconds: 10,
  total: 20e9,
  perSample: 1e7,
  top: Array.from({ length: 12 }, (_, at) => ({
    func: `example.com/a/b.F${at}`,
    flat: (12 - at) * 2e8,
    cum: 3e9,
    url: at === 0 ? 'https://example.com/x#L1' : undefined,
  })),
  command: 'go tool pprof -top -nodecount=10 -symbolize=none cpu.pprof',
  costs: [
    { kind: 'GC, background', owner: 'Go runtime', share: 0.3 },
    { kind: 'GC, idle time', owner: 'Go runtime', share: 0.1 },
    { kind: 'own code', owner: 'bitswap', share: 0.2 },
    { kind: 'cryptography', owner: 'DHT', share: 0.2 },
    { kind: 'allocation', owner: 'bitswap', share: 0.2 },
  ],
  graph: 'flowchart TD\n  n0["f"]',
};
const allocs: ReportProfile = { ...cpu, file: 'allocs.pprof', kind: 'allocs', unit: 'bytes', costs: [{ kind: 'all', owner: 'bitswap', share: 0.7 }] };

test('a busy CPU: how much and how sure, what it did, who made the garbage, ten rows, the command', () => {
  const text = profiles([cpu, allocs]).join('\n\n');
  expect(text).toContain('**CPU** on average 2.0 cores over 10 s, 2,000 samples: shares are within 2 points.');
  expect(text).toContain('garbage collection 40 % (10 % in idle time, which costs nobody anything)');
  expect(text).toContain('Of the bytes that make the garbage, bitswap allocated 70 %.');
  expect(text.match(/^\| \d.* \| (?:\[)?`b\.F\d+`/gm)?.length).toBe(10);
  expect(text).toContain('[`b.F0`](https://example.com/x#L1)');
  expect(text).toContain('The same by `go tool pprof -top -nodecount=10 -symbolize=none cpu.pprof`');
  expect(text).toContain('```mermaid');
});

test('a profile with next to nothing is a sentence', () => {
  const text = profiles([
    { ...cpu, total: 3e7, top: cpu.top.slice(0, 3) },
    { ...cpu, kind: 'heap', unit: 'bytes', total: 11e6 },
    { ...cpu, kind: 'mutex', total: 0, top: [] },
  ]).join('\n');
  expect(text).toContain('30 ms of CPU in 10 s, 3 samples: too few to rank.');
  expect(text).toContain('10 MB in use');
  expect(text).toContain('no samples.');
  expect(text).not.toMatch(/^\|/m);
  expect(text).not.toContain('mermaid');
});

test('names of functions stay names', () => {
  const hostile = '</details><img src=x onerror=alert(1)> `|` [x](javascript:1) @everyone';
  const text = profiles([
    { ...cpu, top: [{ func: hostile, flat: 2e10, cum: 2e10 }], costs: [{ kind: hostile, owner: hostile, share: 1 }], notes: [hostile] },
  ]).join('\n');
  for (const line of text.split('\n').filter((one) => one.includes('onerror'))) {
    const outside = line.replaceAll(/(`+)(?:(?!\1).)*\1/g, '');
    expect(outside).not.toMatch(/<img|<\/details|[^\\]\]\(javascript|@everyone/);
  }
});

test('kinds × owners only where several of both matter', () => {
  expect(matrix(cpu.costs ?? []).length).toBe(1);
  expect(matrix([{ kind: 'own code', owner: 'bitswap', share: 0.9 }])).toEqual([]);
});

test('growth is what sampling alone does not do', () => {
  const heap = artefact('own/heap.go126.pb.gz');
  expect(heap.perSample).toBe(524_288);
  expect(grown(heap, heap)).toEqual([]);
  const more = (factor: number, func: string): ProfileArtefact => ({
    ...heap,
    functions: heap.functions.map((row) => (row.func === func ? { ...row, flat: row.flat * factor } : row)),
  });
  const [largest] = heap.functions;
  expect(grown(heap, more(1.05, largest?.func ?? ''))).toEqual([]);
  expect(grown(heap, more(3, largest?.func ?? '')).map(({ func }) => func)).toEqual([largest?.func]);
  expect(grown(artefact('own/cpu.go126.pb.gz'), heap)).toEqual([]);
});

test('another writer counts milliseconds: cores and kinds are those of the time', () => {
  const { total, unit, perSample, costs, shown } = artefact('upstream/cpu.pb.gz');
  expect({ total, unit, perSample }).toEqual({ total: 1.12e9, unit: 'nanoseconds', perSample: 1e6 });
  expect(costs.every(({ kind }) => kind !== 'all')).toBe(true);
  expect(profiles([shown]).join('\n')).toContain('**CPU** on average 11 % of one core over 10 s, 1,120 samples');
});

test('notes are sentences of their own', () => {
  expect(profiles([artefact('legacy/cppbench.heap').shown]).join('\n')).toContain(
    'within 16 %. It holds addresses only: the exact binary that wrote it names its functions.',
  );
});

test('allocations alone are an allocs profile', () => {
  expect(artefact('upstream/heap_alloc.pb.gz').kind).toBe('allocs profile');
});
