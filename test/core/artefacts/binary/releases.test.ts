/** One program built by nine Go releases, with the dump and profiles that each made: right pairs agree whole, wrong ones never pass. */
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../../src/core/artefacts/goroutines/rows.ts';
import { enrichWithBinary } from '../../../../src/core/artefacts/binary/enrich.ts';
import { type GoBinary, openBinary } from '../../../../src/core/artefacts/binary/open-binary.ts';
import { memorySource } from '../../../../src/core/artefacts/binary/source.ts';
import { symbolize } from '../../../../src/core/artefacts/binary/symbolize.ts';
import { prove } from '../../../../src/core/artefacts/binary/verdict.ts';
import { blocksOf, interfaceArguments, lockFields, waitingBlocks } from '../../../../src/core/artefacts/binary/lock-fields.ts';
import type { GoroutineDump, Lock } from '../../../../src/core/model.ts';
import { decodeProfile } from './profiles.ts';
import { releases } from './programs.ts';
import { fixture } from './sparse.ts';

type Release = (typeof releases)[number];

const binaries = new Map(releases.map((release) => [release, opened(release)]));
const dumpOf = (release: Release, file = 'goroutines.stacks') => ({ file, bytes: fixture(`go${release}/${file}`) });
const profilesOf = (release: Release) => ['cpu.pprof', 'goroutines.pprof', 'heap.pprof'].map((file) => decodeProfile(file, fixture(`go${release}/${file}`)));

function opened(release: Release): GoBinary {
  const binary = openBinary(memorySource(fixture(`go${release}/app.gz`)), release);
  if (!('facts' in binary)) throw new Error(binary.reason);
  return binary;
}

function binaryOf(release: Release): GoBinary {
  const binary = binaries.get(release);
  if (binary === undefined) throw new Error(release);
  return binary;
}

describe.each(releases)('go%s', (release) => {
  test('says what it is', () => {
    const { facts } = binaryOf(release);
    expect(facts).toMatchObject({ format: 'elf', os: 'linux', arch: 'amd64', main: { path: 'example.com/tp' } });
    expect(facts.go).toMatch(new RegExp(`^go1\\.${release.slice(1)}\\.\\d+$`));
    expect(facts.goBuildId).toMatch(/^[\w-]+\/[\w-]+\/[\w-]+\/[\w-]+$/);
    // Go's own linker writes a GNU build id since 1.24.
    expect(facts.buildId !== undefined).toBe(Number(release) >= 124);
  });

  test('every address of its profiles has the function, file and line that the runtime saw, inlined calls included', () => {
    const binary = binaryOf(release);
    let compared = 0;
    for (const { locations } of profilesOf(release)) {
      const found = symbolize(
        binary,
        locations.map(({ address }) => address),
        0,
        'profile',
      );
      for (const [index, { address, frames }] of locations.entries()) {
        expect({ address, frames: found[index]?.map(({ func, file, line }) => ({ func, file, line })) }).toEqual({ address, frames });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  test('matches its own dump and profiles, together and alone', () => {
    const binary = binaryOf(release);
    const profiles = profilesOf(release).map(({ profile }) => profile);
    const all = prove(binary, { dumps: [dumpOf(release), dumpOf(release, 'goroutines.txt')], profiles });
    expect(all).toMatchObject({ exact: true, bias: 0, report: { verdict: Number(release) >= 124 ? 'identical' : 'matches' } });
    expect(all.report.why.join('\n')).not.toContain('for instance');
    // The dumps of these two have 17 distinct frames: too few alone.
    const alone = release === '113' || release === '116' ? 'cannot tell' : 'matches';
    for (const file of ['goroutines.stacks', 'goroutines.txt'])
      expect(prove(binary, { dumps: [dumpOf(release, file)], profiles: [] }).report.verdict).toBe(alone);
    for (const profile of profiles) {
      const enough = (profile.addresses ?? []).filter(({ func }) => func !== undefined).length >= 20;
      expect({ file: profile.file, exact: prove(binary, { dumps: [], profiles: [profile] }).exact }).toEqual({
        file: profile.file,
        exact: enough || profile.buildId === binary.facts.buildId,
      });
    }
  });

  test('never matches what another build made', () => {
    let compared = 0;
    for (const other of releases) {
      if (other === release) continue;
      const profiles = profilesOf(other).map(({ profile }) => profile);
      const sets = [
        { dumps: [dumpOf(other)], profiles },
        { dumps: [dumpOf(other)], profiles: [] },
        { dumps: [dumpOf(other, 'goroutines.txt')], profiles: [] },
        ...profiles.map((profile) => ({ dumps: [], profiles: [profile] })),
      ];
      for (const against of sets) {
        const proof = prove(binaryOf(release), against);
        expect({ other, verdict: proof.report.verdict, exact: proof.exact }).toEqual({
          other,
          verdict: expect.stringMatching(/^(?:different|same program, other build)$/),
          exact: false,
        });
        compared += 1;
      }
    }
    expect(compared).toBe(48);
  });

  test('names the field that goroutines wait for', () => {
    const fields = lockFields(binaryOf(release), waitingBlocks(dumpOf(release).bytes));
    const names = fields.map(({ name, type }) => `${name} ${type}`);
    // Up to Go 1.17 readers of an RWMutex print their semaphore exactly.
    const readers = Number(release) <= 117 ? Array.from({ length: 3 }, () => 'yam.Session.inflight.mu sync.RWMutex') : [];
    expect(names.toSorted()).toEqual([
      ...readers,
      'yam.Session.streamLock sync.Mutex',
      'yam.Session.streamLock sync.Mutex',
      'yam.Session.streamLock sync.Mutex',
    ]);
  });
});

// Since Go 1.17 arguments are printed by their types.
describe.each(releases.filter((release) => Number(release) >= 119))('go%s', (release) => {
  test('names the type behind an interface that a call was handed', () => {
    const found = interfaceArguments(binaryOf(release), blocksOf(dumpOf(release).bytes, new Set([1])), 0);
    expect(found).toContainEqual({ goroutine: 1, func: 'runtime/pprof.writeGoroutineStacks', type: '*os.File', as: 'io.Writer' });
    expect(found.every(({ type }) => /^\*?[\w.]+$/.test(type))).toBe(true);
    // Another build has something else at these addresses, or nothing.
    const other = release === '126' ? '125' : '126';
    expect(interfaceArguments(binaryOf(other), blocksOf(dumpOf(release).bytes, new Set([1])), 0)).not.toContainEqual(
      expect.objectContaining({ type: '*os.File' }),
    );
  });
});

const lock: Lock = { kind: 'mutex', waiters: [17, 19, 21], holders: [], wantedIn: 'example.com/tp/yam.(*Session).OpenStream' };
const dump: GoroutineDump = {
  kind: 'goroutine dump',
  file: 'goroutines.stacks',
  dialect: 'debug=2',
  count: 9,
  unread: 0,
  truncated: false,
  notes: [],
  stacks: [],
  goroutines: rowsOf([]),
  groups: [],
  locks: [lock],
  cycles: [],
};

describe('use', () => {
  test('the exact binary names a lock and symbolizes', () => {
    const [cpu] = profilesOf('126').map(({ profile }) => profile);
    const enriched = enrichWithBinary('app', fixture('go126/app.gz'), {
      dumps: [{ bytes: dumpOf('126').bytes, dump }],
      profiles: cpu === undefined ? [] : [{ ...cpu, buildId: undefined, mapping: undefined }],
    });
    expect(enriched.verdict.verdict).toBe('matches');
    expect(enriched.dumps[0]?.locks[0]?.name).toBe('yam.Session.streamLock');
    expect(enriched.symbolize?.([0x51a332], { file: 'cpu.pprof' })?.[0]?.at(-1)?.func).toBe('main.main');
  });

  test('a dump alone proves its own frames, not the addresses of other files', () => {
    const enriched = enrichWithBinary('app', fixture('go126/app.gz'), { dumps: [{ bytes: dumpOf('126').bytes, dump }], profiles: [] });
    expect(enriched.verdict.verdict).toBe('matches');
    expect(enriched.symbolize?.([0x51a332], { file: 'cpu.pprof' })).toBeUndefined();
  });

  test('another binary adds nothing', () => {
    const enriched = enrichWithBinary('app', fixture('go125/app.gz'), { dumps: [{ bytes: dumpOf('126').bytes, dump }], profiles: [] });
    expect(enriched.verdict.verdict).toBe('same program, other build');
    expect(enriched.verdict.why.some((why) => why.startsWith('for instance'))).toBe(true);
    expect(enriched.dumps).toEqual([dump]);
    expect(enriched.symbolize).toBeUndefined();
  });

  test('an equal build id does not outweigh addresses that disagree', () => {
    const id = binaryOf('126').facts.buildId;
    const [cpu] = profilesOf('125').map(({ profile }) => ({ ...profile, buildId: id }));
    expect(cpu === undefined ? '' : prove(binaryOf('126'), { dumps: [], profiles: [cpu] }).report.verdict).toMatch(/^(?:different|same program, other build)$/);
  });

  test('a program moved in memory is found by vote', () => {
    const moved = profilesOf('126').map(({ profile }) => ({
      ...profile,
      mapping: undefined,
      addresses: profile.addresses?.map((one) => ({ ...one, address: `0x${(Number(one.address) + 0x55000000).toString(16)}` })),
    }));
    const binary = binaryOf('126');
    const pie: GoBinary = { ...binary };
    Object.defineProperty(pie.image.layout, 'pie', { value: true, configurable: true, writable: true });
    expect(prove(pie, { dumps: [], profiles: moved })).toMatchObject({ exact: true, bias: 0x55000000 });
    Object.defineProperty(pie.image.layout, 'pie', { value: false, configurable: true, writable: true });
  });

  test('versions alone can only speak against it', () => {
    const binary = binaryOf('126');
    const held = (version: NonNullable<Parameters<typeof prove>[1]['version']>, of: GoBinary = binary) =>
      prove(of, { dumps: [], profiles: [], version }).report;
    expect(held({ go: binary.facts.go }).verdict).toBe('cannot tell');
    expect(held({ go: 'go1.20.1' }).verdict).toBe('same program, other build');
    expect(held({ version: '0.34.1' })).toMatchObject({ verdict: 'different', why: ['it is example.com/tp, and the program that ran was kubo 0.34.1'] });
    const kubo = (version: string, settings: Readonly<Record<string, string>> = {}): GoBinary => ({
      ...binary,
      facts: { ...binary.facts, main: { path: 'github.com/ipfs/kubo', version }, settings: { path: 'github.com/ipfs/kubo/cmd/ipfs', ...settings } },
    });
    expect(held({ version: '0.34.1' }, kubo('v0.34.1')).verdict).toBe('cannot tell');
    expect(held({ version: '0.34.1' }, kubo('(devel)')).verdict).toBe('cannot tell');
    expect(held({ version: '0.34.1' }, kubo('v0.34.0')).why).toEqual(['it is version 0.34.0, and the program that ran was 0.34.1']);
    const commit = { CurrentCommit: 'abc1234' };
    expect(held({ version: '0.34.1', commit: 'abc12345678' }, kubo('(devel)', commit)).verdict).toBe('cannot tell');
    expect(held({ version: '0.34.1', commit: 'abd1234' }, kubo('(devel)', commit)).why[0]).toContain('at commit abc1234');
    expect(held({ version: '0.34.1', commit: 'abc1234-dirty' }, kubo('(devel)', commit)).why[0]).toContain('changes that are not committed');
    expect(held({ version: '0.34.1', commit: '' }, kubo('(devel)', commit)).verdict).toBe('cannot tell');
  });

  test('another build id is outweighed only by a hundred addresses that all agree', () => {
    const binary = binaryOf('126');
    const [cpu] = profilesOf('126').map(({ profile }) => ({ ...profile, buildId: '0123456789abcdef0123', mapping: undefined }));
    if (cpu === undefined) throw new Error('no profile');
    const addresses = cpu.addresses ?? [];
    expect(addresses.length).toBeGreaterThan(100);
    const held = (some: typeof addresses) => prove(binary, { dumps: [], profiles: [{ ...cpu, addresses: some }] }).report;
    expect(held(addresses)).toMatchObject({
      verdict: 'matches',
      why: [expect.stringContaining('another build id'), expect.anything(), expect.stringContaining('stripped copy')],
    });
    expect(held(addresses.slice(0, 60))).toMatchObject({ verdict: 'cannot tell' });
    const moved = addresses.map((one, index) => (index === 70 ? { ...one, line: (one.line ?? 0) + 1 } : one));
    expect(held(moved).verdict).toBe('same program, other build');
    // Without a build id one of so many may be damaged.
    expect(prove(binary, { dumps: [], profiles: [{ ...cpu, buildId: undefined, addresses: moved }] }).report.verdict).toBe('matches');
  });

  test('other paths are said to be other paths', () => {
    const text = dumpOf('126')
      .bytes.toString()
      .replaceAll(/^\t(?=example|internal|runtime|net|sync|time)/gm, '\t/home/me/src/');
    expect(prove(binaryOf('126'), { dumps: [{ file: 'd', bytes: Buffer.from(text) }], profiles: [] }).report.verdict).toBe('same code, other paths');
  });

  test('Windows line ends change nothing', () => {
    const text = dumpOf('126').bytes.toString().replaceAll('\n', '\r\n');
    expect(prove(binaryOf('126'), { dumps: [{ file: 'd', bytes: Buffer.from(text) }], profiles: [] }).report.verdict).toBe('matches');
    expect(lockFields(binaryOf('126'), waitingBlocks(Buffer.from(text)))).toHaveLength(3);
  });
});
