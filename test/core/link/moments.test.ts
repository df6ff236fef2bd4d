/** Files of one process at one time stay together; two times, two nodes and two people never mix. */
import { expect, test } from 'vitest';
import { diagnose } from '../../../src/core/diagnose.ts';
import { moments } from '../../../src/core/link/moments.ts';
import type { Artefact, GoroutineDump, ProfileArtefact } from '../../../src/core/model.ts';

interface Sent {
  readonly path: string;
  readonly post?: string;
  readonly from?: string;
  readonly at?: string;
  readonly version?: string;
}

/** Kind of a file by its name, for these tests alone. */
function artefactOf({ path, at, version }: Sent): Artefact {
  if (path.includes('version')) return { kind: 'version', file: path, version };
  if (path.includes('vars')) return { kind: 'vars', file: path, memstats: {}, cmdline: [], badger: {} };
  if (path.endsWith('.png')) return { kind: 'image', file: path };
  // The parts that no station before the rules reads are left out.
  if (/heap|cpu|allocs/.test(path))
    return {
      kind: path.includes('heap') ? 'heap profile' : path.includes('cpu') ? 'cpu profile' : 'allocs profile',
      file: path,
      sampleType: 'x',
      at,
    } as unknown as ProfileArtefact;
  const dialect = path.endsWith('stacks1') ? 'debug=1' : path.endsWith('.log') ? 'crash' : 'debug=2';
  return { kind: 'goroutine dump', file: path, dialect } as unknown as GoroutineDump;
}

function piles(...files: readonly (string | Sent)[]): readonly (readonly string[])[] {
  const sent = files.map((one) => (typeof one === 'string' ? { path: one } : one));
  const exhibits = sent.map((one) => ({ evidence: { path: one.path, bytes: new Uint8Array(), post: one.post, from: one.from }, artefact: artefactOf(one) }));
  return moments(exhibits).map((pile) => pile.map(({ evidence }) => evidence.path).toSorted());
}

test("the guide's files are one capture, whatever their order", () => {
  const files = ['ipfs.stacks', 'ipfs.cpuprof', 'ipfs.heap', 'ipfs.vars', 'version.txt', 'ipfs.stacks1'];
  expect(piles(...files)).toEqual([files.toSorted()]);
  expect(piles(...files.toReversed())).toEqual([files.toSorted()]);
});

test('a second dump is a second time, and takes the files that are named like it', () => {
  expect(piles('ipfs.stacks', 'ipfs.heap', 'ipfs.stacks.2', 'ipfs.heap.2', 'ipfs.vars')).toEqual([
    ['ipfs.heap', 'ipfs.stacks', 'ipfs.vars'],
    ['ipfs.heap.2', 'ipfs.stacks.2'],
  ]);
  expect(piles('stacks9.txt', 'stacks10.txt').map(([name]) => name)).toEqual(['stacks9.txt', 'stacks10.txt']);
});

test('two nodes by name are two captures', () => {
  expect(piles('gateway.stacks', 'gateway.heap', 'host.stacks', 'host.heap')).toEqual([
    ['gateway.heap', 'gateway.stacks'],
    ['host.heap', 'host.stacks'],
  ]);
});

test('names of their own without a second of any kind are one capture', () => {
  expect(piles('monday-goroutines.txt', 'big-heap.pprof', 'cpu_while_slow.pprof')).toHaveLength(1);
});

test('a crash at the end is a time of its own beside a dump, and the only time without one', () => {
  expect(piles('daemon.log', 'ipfs.stacks', 'ipfs.heap', 'version.txt')).toEqual([
    ['ipfs.heap', 'ipfs.stacks', 'version.txt'],
    ['daemon.log', 'version.txt'],
  ]);
  expect(piles('daemon.log', 'ipfs.heap')).toEqual([['daemon.log', 'ipfs.heap']]);
});

test('files that were each packed alone are loose files', () => {
  expect(piles('stacks.zip/ipfs.stacks', 'heap.zip/heap.pprof', 'ipfs.cpuprof')).toHaveLength(1);
});

test('folders and archives are captures of their own', () => {
  expect(piles('before/ipfs.heap', 'before/ipfs.vars', 'after/ipfs.heap', 'after/ipfs.vars')).toHaveLength(2);
  expect(piles('a.zip/ipfs.stacks', 'a.zip/ipfs.heap', 'b.zip/ipfs.stacks', 'b.zip/ipfs.heap')).toHaveLength(2);
});

test('what an archive never holds joins it, a second time of what it holds does not', () => {
  expect(piles('a.zip/ipfs.stacks', 'a.zip/ipfs.heap', 'ipfs.vars')).toHaveLength(1);
  expect(piles('a.zip/ipfs.stacks', 'a.zip/ipfs.heap', 'ipfs.vars', 'ipfs.stacks')).toHaveLength(2);
  expect(piles('a.zip/ipfs.stacks', 'a.zip/ipfs.heap', 'daemon.log')).toHaveLength(2);
});

test('profiles whose clocks are hours apart are two times', () => {
  const [morning, evening] = ['2026-11-23T09:00:00Z', '2026-11-23T16:00:00Z'];
  expect(piles({ path: 'x-heap.pprof', at: morning }, { path: 'y-cpu.pprof', at: evening }, { path: 'y-allocs.pprof', at: evening })).toEqual([
    ['x-heap.pprof'],
    ['y-allocs.pprof', 'y-cpu.pprof'],
  ]);
  expect(piles({ path: 'x-heap.pprof', at: morning }, { path: 'y-cpu.pprof', at: '2026-11-23T09:02:00Z' })).toHaveLength(1);
});

test('two posts are two times, and what one person says of a version is not said of the other', () => {
  const first = { post: 'issue', from: 'ann' };
  const second = { post: '7', from: 'bob' };
  expect(
    piles({ path: 'ipfs.stacks', ...first }, { path: 'ipfs.heap', ...second }, { path: 'version.txt', post: '8', from: 'bob', version: '0.30.0' }),
  ).toEqual([['ipfs.stacks'], ['ipfs.heap', 'version.txt']]);
  expect(piles({ path: 'ipfs.stacks', ...first }, { path: 'version.txt', post: '9', from: 'ann', version: '0.30.0' })).toEqual([
    ['ipfs.stacks', 'version.txt'],
  ]);
});

test('nothing but a version is a capture too', () => {
  expect(piles('version.txt')).toEqual([['version.txt']]);
  expect(piles()).toEqual([]);
});

test('the order of bundles does not matter', async () => {
  const bytes = new TextEncoder().encode('goroutine 1 [chan receive, 5 minutes]:\nmain.main()\n\t/x/main.go:3 +0x1\n');
  const bundles = ['b.stacks', 'a.stacks', 'a.stacks.2'].map((name) => ({ name, bytes }));
  const there = await diagnose(bundles);
  const back = await diagnose(bundles.toReversed());
  expect(back.report).toEqual(there.report);
  expect(there.captures).toHaveLength(3);
});
