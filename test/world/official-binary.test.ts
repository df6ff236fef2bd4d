/** The official archive: which address, how it is fetched and kept, and that it is used only when it is the right one. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnose, type Diagnosis } from '../../src/core/diagnose.ts';
import type { Bundle } from '../../src/core/model.ts';
import { archiveUrls, folderCache, officialArchive, type OfficialBinaryOptions, withOfficialBinary } from '../../src/world/official-binary.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';

const program = { name: 'kubo', version: '0.34.1', os: 'linux', arch: 'amd64' };

async function archive(binary: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'kubo/LICENSE' }, 'MIT');
  tar.entry({ name: 'kubo/ipfs', mode: 0o755 }, binary);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}

/** A CPU profile without functions and build id. */
function bare(bytes: Buffer): Buffer {
  const profile = Profile.decode(bytes);
  for (const location of profile.location) location.line = [];
  profile.function = [];
  for (const mapping of profile.mapping) mapping.buildId = 0;
  return Buffer.from(profile.encode());
}

/** Answers by path; what was asked for stays in `asked`. */
const answers = new Map<string, Buffer | string>();
const asked: string[] = [];
let double: Server;
let options: OfficialBinaryOptions = {};
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'official-'));
  double = createServer((request, response) => {
    asked.push(request.url ?? '');
    // A kept connection may be closed by the time that a busy test asks again.
    response.setHeader('connection', 'close');
    const answer = answers.get(request.url ?? '');
    if (answer === undefined) response.writeHead(503).end();
    else if (typeof answer === 'string') response.writeHead(302, { location: answer }).end();
    else response.end(answer);
  });
  await new Promise<void>((resolve) => double.listen(0, '127.0.0.1', resolve));
  const address = double.address();
  const { port } = isInternet(address) ? address : { port: 0 };
  options = { origin: `http://127.0.0.1:${port}` };
});

afterAll(async () => {
  double.close();
  await rm(folder, { recursive: true });
});

function isInternet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

const [first = '', second = ''] = archiveUrls(program).map((url) => new URL(url).pathname);

describe('addresses', () => {
  test.each([
    [program, 'https://dist.ipfs.tech/kubo/v0.34.1/kubo_v0.34.1_linux-amd64.tar.gz'],
    [{ ...program, version: '0.30.0-rc1', os: 'darwin', arch: 'arm64' }, 'https://dist.ipfs.tech/kubo/v0.30.0-rc1/kubo_v0.30.0-rc1_darwin-arm64.tar.gz'],
    [{ ...program, version: '0.12.2', os: 'windows' }, 'https://dist.ipfs.tech/go-ipfs/v0.12.2/go-ipfs_v0.12.2_windows-amd64.zip'],
  ])('%o', (wanted, url) => {
    expect(archiveUrls(wanted)).toEqual([url, url.replace(/^https:\/\/dist\.ipfs\.tech\/[\w-]+\//, 'https://github.com/ipfs/kubo/releases/download/')]);
  });

  test('none for what was never released, or says too little', () => {
    for (const odd of [
      { ...program, version: '0.35.0-dev' },
      { ...program, os: undefined },
      { ...program, arch: 'amd64/../..' },
      { ...program, version: '../1.2.3' },
      {},
    ])
      expect(archiveUrls(odd)).toEqual([]);
  });
});

describe('fetching', () => {
  test('from the second host when the first fails, once', async () => {
    answers.clear();
    answers.set(second, await archive(fixture('go126/app.gz')));
    asked.length = 0;
    const cache = folderCache(join(folder, 'kept'));
    expect(await officialArchive(program, { ...options, cache })).toMatchObject({ name: 'kubo_v0.34.1_linux-amd64.tar.gz', official: true });
    expect(asked).toEqual([first, second]);
    expect(await officialArchive(program, { ...options, cache })).toMatchObject({ bytes: expect.anything() });
    expect(asked).toHaveLength(2);
    expect(await readdir(join(folder, 'kept'))).toEqual(['kubo_v0.34.1_linux-amd64.tar.gz']);
  });

  test('a redirect to another host, a failure and an unknown version are reasons', async () => {
    answers.clear();
    answers.set(second, 'https://example.org/kubo.tar.gz');
    expect(await officialArchive(program, options)).toMatchObject({ reason: expect.stringContaining('a host that is not fetched from') });
    answers.clear();
    expect(await officialArchive(program, options)).toMatchObject({ reason: expect.stringContaining('answered 503') });
    expect(await officialArchive({}, options)).toMatchObject({ reason: expect.stringContaining('must be known') });
  });

  test('the cache keeps the six used last', async () => {
    const cache = folderCache(join(folder, 'many'));
    for (let index = 0; index < 9; index++) await cache.put(`a${index}`, Buffer.from([index]));
    expect(await readdir(join(folder, 'many'))).toHaveLength(6);
    expect(await cache.get('../../etc/passwd')).toBeUndefined();
  });
});

describe('use', () => {
  const version = (go: string): Bundle => ({
    name: 'version.json',
    bytes: Buffer.from(JSON.stringify({ Version: '0.34.1', Commit: '', Repo: '16', System: 'amd64/linux', Golang: go })),
  });
  const bundles: readonly Bundle[] = [{ name: 'cpu.pprof', bytes: bare(fixture('go126/cpu.pprof')) }, version('go1.26.10')];
  const helped = async (given: readonly Bundle[]): Promise<{ readonly before: Diagnosis; readonly after: Diagnosis; readonly told: readonly string[] }> => {
    const before = await diagnose(given);
    const told: string[] = [];
    const after = await withOfficialBinary(
      before,
      (extra) => diagnose([...given, extra]),
      options,
      ({ reason }) => told.push(reason),
    );
    return { before, after, told };
  };

  test('the one that ran names the profile', async () => {
    answers.clear();
    answers.set(first, await archive(fixture('go126/app.gz')));
    const { before, after } = await helped(bundles);
    expect(before.report.gaps.map(({ need }) => need)).toContain('binary');
    expect(after.report.gaps.map(({ need }) => need)).not.toContain('binary');
    expect(after.report.captures[0]?.binary).toMatchObject({
      file: 'kubo_v0.34.1_linux-amd64.tar.gz/kubo/ipfs',
      verdict: 'matches',
      why: [expect.stringContaining('official build'), expect.stringContaining('calls on the stacks of cpu.pprof')],
    });
    expect(after.report.captures[0]?.profiles[0]?.top.some(({ func }) => func.startsWith('compress/flate.'))).toBe(true);
    expect(after.report.inventory).toEqual(before.report.inventory);
  });

  test('another one is never spoken of', async () => {
    answers.clear();
    answers.set(first, await archive(fixture('go125/app.gz')));
    const { before, after, told } = await helped(bundles);
    expect(after).toBe(before);
    expect(told).toEqual(['the official build is not the one that ran']);
    // Even if the door forgot to look.
    const forced = await diagnose([...bundles, { name: 'kubo.tar.gz', bytes: await archive(fixture('go125/app.gz')), official: true }]);
    expect(forced.report).toEqual(before.report);
  });

  test('nothing is fetched where it would change nothing', async () => {
    asked.length = 0;
    const { before, after } = await helped([{ name: 'cpu.pprof', bytes: fixture('go126/cpu.pprof') }, version('go1.26.10')]);
    expect(after).toBe(before);
    expect(asked).toEqual([]);
  });

  test('a lock without a name that goroutines hang on is reason enough', async () => {
    answers.clear();
    answers.set(first, await archive(fixture('go126/app.gz')));
    const hung = fixture('go126/goroutines.stacks')
      .toString()
      .replaceAll(/\[(sync\.\w+\.\w+)\]/g, '[$1, 6 minutes]');
    const { before, after } = await helped([{ name: 'goroutines.stacks', bytes: Buffer.from(hung) }, version('go1.26.10')]);
    const names = ({ report }: Diagnosis): readonly (string | undefined)[] =>
      report.captures.flatMap(({ dumps }) => dumps.flatMap(({ locks }) => locks.map(({ name }) => name)));
    expect(names(before)).not.toContain('yam.Session.streamLock');
    expect(names(after)).toContain('yam.Session.streamLock');
  });
});
