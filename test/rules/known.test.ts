/** The register of known problems: every entry has a case and a near miss, and versions count in both directions. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import type { Finding, Report } from '../../src/core/model.ts';
import { judge } from '../../src/core/rules/judge.ts';
import { knownProblems } from '../../src/core/rules/known/index.ts';
import { knownFor, standing } from '../../src/core/rules/known/match.ts';
import { atLeast, numbers } from '../../src/core/rules/known/version.ts';
import { captureOf, dumpOf, profileOf, varsOf } from './captures.ts';
import { shippedLockTable } from '../../src/world/lock-table.ts';

const fixtures = 'fixtures/known';
const profiles: Readonly<Record<string, { readonly in: 'cpu' | 'heap'; readonly funcs: readonly string[] }>> = JSON.parse(
  readFileSync(`${fixtures}/profiles.json`, 'utf8'),
);

/** A version that has the problem. */
function affected({ from, lastSeen, fixedIn }: (typeof knownProblems)[number]): string | undefined {
  return lastSeen ?? from ?? (fixedIn === undefined ? undefined : '0.3.1');
}

function ids(findings: readonly Finding[]): readonly (string | undefined)[] {
  return findings.flatMap((finding) => [finding, ...(finding.follows ?? [])]).map(({ known }) => known?.id);
}

async function read(file: string, version: string | undefined): Promise<Report> {
  const packed = existsSync(`${file}.gz`);
  const bundles = [{ name: packed ? 'ipfs.stacks.gz' : 'ipfs.stacks', bytes: readFileSync(packed ? `${file}.gz` : file) }];
  if (version !== undefined)
    bundles.push({
      name: 'version.json',
      bytes: Buffer.from(JSON.stringify({ Version: version, Commit: '', Repo: '12', System: 'amd64/linux', Golang: 'go1.16' })),
    });
  return (await diagnose(bundles, { lockTable: shippedLockTable })).report;
}

test('there are at least 45, each with an address and a name of its own', () => {
  expect(knownProblems.length).toBeGreaterThanOrEqual(45);
  expect(new Set(knownProblems.map(({ id }) => id)).size).toBe(knownProblems.length);
  for (const { url } of knownProblems) expect(url).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+\/(?:issues\/\d+|pull\/\d+|blob\/|releases\/)/);
});

test('the page lists them all', () => {
  const page = 'docs/findings/known-problem.md';
  const seen = ({ from, fixedIn, lastSeen }: (typeof knownProblems)[number]): string =>
    [from === undefined ? '' : `from ${from}`, fixedIn === undefined ? '' : `fixed in ${fixedIn}`, lastSeen === undefined ? '' : `last seen in ${lastSeen}`]
      .filter((part) => part !== '')
      .join(', ');
  const where = { dump: 'goroutines', cpu: 'CPU profile', heap: 'heap profile', rule: 'another finding' } as const;
  const table = [
    '| problem | seen in | versions | thread |',
    '|---|---|---|---|',
    ...knownProblems.map(
      (problem) =>
        `| ${problem.title} | ${where[problem.sign.in]} | ${seen(problem)} | [${problem.url.replace(/^https:\/\/github\.com\//, '').replace(/\/(?:issues|pull)\//, '#')}](${problem.url}) |`,
    ),
  ].join('\n');
  const text = readFileSync(page, 'utf8');
  const wanted = text.replace(/(?<=test\.ts -->\n)[\s\S]*(?=<!-- end -->)/, `\n${table}\n\n`);
  if (process.env['UPDATE'] === '1') writeFileSync(page, wanted);
  else expect(text).toBe(wanted);
});

const inDumps = knownProblems.filter(({ sign }) => sign.in === 'dump' && sign.count < 10_000);
describe.each(inDumps.map((problem) => [problem.id, problem] as const))('%s', (id, problem) => {
  test('case', async () => expect(ids((await read(`${fixtures}/${id}.stacks`, affected(problem))).findings)).toContain(id));
  test('near miss', async () => expect(ids((await read(`${fixtures}/${id}.near.stacks`, affected(problem))).findings)).not.toContain(id));
});

const inProfiles = knownProblems.filter(({ sign }) => sign.in === 'cpu' || sign.in === 'heap');
describe.each(inProfiles.map((problem) => [problem.id, problem] as const))('%s', (id, problem) => {
  const { sign } = problem;
  const fixture = profiles[id];
  const total = sign.in === 'cpu' ? 40e9 : 800 * 2 ** 20;
  const shown = (share: number): readonly (string | undefined)[] => {
    const funcs = fixture?.funcs ?? [];
    const kind = sign.in === 'cpu' ? 'cpu profile' : 'heap profile';
    const profile = profileOf(kind, [
      { value: total * share, funcs },
      { value: total * (1 - share), funcs: ['github.com/example/other.Work', 'main.main'] },
    ]);
    return ids(judge([captureOf({ profiles: [profile], program: { version: affected(problem) } })], undefined).findings);
  };
  test('case', () => expect(shown(0.8)).toContain(id));
  test('near miss', () => expect(shown(0.05)).not.toContain(id));
});

test('those told by our own diagnoses have a test there', () => {
  const rest = knownProblems.filter((problem) => !inDumps.includes(problem) && !inProfiles.includes(problem));
  expect(rest.map(({ id }) => id).toSorted()).toEqual([
    'memory-twice-the-heap',
    'mfs-root-missing',
    'out-of-memory',
    'provider-records-on-disk',
    'shutdown-holepunch',
    'shutdown-reprovide',
    'thread-explosion',
  ]);
  expect(inDumps.every(({ id }) => existsSync(`${fixtures}/${id}.stacks`) || existsSync(`${fixtures}/${id}.stacks.gz`))).toBe(true);
});

test('provider records: twenty thousand, not two thousand', () => {
  const frames = ['github.com/ipfs/go-ipfs/routing/dht/providers.(*ProviderManager).AddProvider'];
  const shown = (count: number): readonly (string | undefined)[] =>
    ids(judge([captureOf({ dump: dumpOf([{ frames, state: 'chan send', minutes: 2, count }]) })], undefined).findings);
  expect(shown(21_000)).toContain('provider-records-on-disk');
  expect(shown(2_000)).not.toContain('provider-records-on-disk');
});

test('threads and twice the heap come with their diagnoses', () => {
  const log = (line: string): readonly (string | undefined)[] =>
    ids(judge([captureOf({ logs: [{ kind: 'log', file: 'l', lines: 1, notable: [line] }] })], undefined).findings);
  expect(log('runtime/cgo: pthread_create failed: Resource temporarily unavailable')).toContain('thread-explosion');
  expect(log('too many open files')).not.toContain('thread-explosion');
  expect(log('kernel: Out of memory: Killed process 4711 (ipfs) total-vm:9000000kB')).toContain('out-of-memory');
  expect(log('write /data: no space left on device')).not.toContain('out-of-memory');
  const vars = varsOf({ Sys: 900 * 2 ** 20, HeapAlloc: 100 * 2 ** 20, HeapInuse: 110 * 2 ** 20, HeapIdle: 700 * 2 ** 20, HeapReleased: 0 });
  const full = varsOf({ Sys: 900 * 2 ** 20, HeapAlloc: 700 * 2 ** 20, HeapInuse: 710 * 2 ** 20, HeapIdle: 100 * 2 ** 20, HeapReleased: 0 });
  const memory = (given: typeof vars): readonly (string | undefined)[] =>
    ids(judge([captureOf({ vars: given })], { hang: false, cpu: false, memory: true, crash: false, onTopic: true }).findings);
  expect(memory(vars)).toContain('memory-twice-the-heap');
  expect(memory(full)).not.toContain('memory-twice-the-heap');
});

test('a shutdown is a known one by the part that does not close', () => {
  const shown = (part: string, version: string): readonly (string | undefined)[] => {
    const frames = ['sync.(*WaitGroup).Wait', part, 'go.uber.org/fx.(*App).Stop', 'github.com/ipfs/kubo/core.(*IpfsNode).Close'];
    return ids(
      judge([captureOf({ dump: dumpOf([{ frames, state: 'semacquire', class: 'semaphore', minutes: 4 }]), program: { version } })], undefined).findings,
    );
  };
  const punch = 'github.com/libp2p/go-libp2p/p2p/protocol/holepunch.(*Service).Close';
  expect(shown(punch, '0.42.0')).toContain('shutdown-holepunch');
  expect(shown(punch, '0.43.1')).not.toContain('shutdown-holepunch');
  expect(shown('github.com/libp2p/go-libp2p-kad-dht/fullrt.(*FullRT).Close', '0.34.1')).toEqual(['shutdown-reprovide']);
  expect(shown('github.com/ipfs/boxo/bitswap.(*Bitswap).Close', '0.34.1')).toEqual([undefined]);
});

describe('versions', () => {
  test('read', () => {
    expect(numbers('0.4.23-')).toEqual([0, 4, 23]);
    expect(numbers('v0.21.0-rc3')).toEqual([0, 21, 0]);
    expect(numbers('unknown')).toBeUndefined();
    expect(atLeast('0.43.1', '0.43.0')).toBe(true);
    expect(atLeast('0.9.1', '0.10.0')).toBe(false);
    expect(atLeast(undefined, '0.10.0')).toBeUndefined();
  });

  const mfs = knownProblems.find(({ id }) => id === 'mfs-fetch-under-lock');
  test('both directions', () => {
    if (mfs === undefined) throw new Error('the entry is gone');
    expect(knownFor(mfs, '0.34.1')?.verdict).toBe('fixed in 0.43.0, you run 0.34.1: update');
    expect(knownFor(mfs, '0.43.1')).toBeUndefined();
    expect(standing(mfs, '0.43.1')).toBe('fixed');
    expect(knownFor(mfs, undefined)?.verdict).toContain('if you run an older version');
  });
  test('a problem of one era is not seen in another', () => {
    const old = knownProblems.find(({ id }) => id === 'gc-pin-update-deadlock');
    if (old === undefined) throw new Error('the entry is gone');
    expect(standing(old, '0.4.23')).toBe('affected');
    expect(standing(old, '0.34.1')).toBe('not seen');
    expect(standing(old, '0.4.20')).toBe('not yet');
  });
});
