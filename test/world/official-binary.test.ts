/** The official archive: which address, how it is fetched and kept, and that it is used only when it is the right one. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/core/artefacts/goroutines/rows.ts';
import type { GoroutineDump } from '../../src/core/model.ts';
import {
  archiveUrls,
  enrichWithOfficialBinary,
  folderCache,
  type GuardedFetch,
  maxArchiveBytes,
  officialBinary,
  officialHosts,
} from '../../src/world/official-binary.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';

const program = { name: 'kubo', version: '0.34.1', os: 'linux', arch: 'amd64' };
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
  cycles: [],
  locks: [{ kind: 'mutex', waiters: [17], holders: [], wantedIn: '' }],
};

async function archive(binary: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'kubo/LICENSE' }, 'MIT');
  tar.entry({ name: 'kubo/ipfs', mode: 0o755 }, binary);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'official-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('addresses', () => {
  test.each([
    [program, 'https://dist.ipfs.tech/kubo/v0.34.1/kubo_v0.34.1_linux-amd64.tar.gz'],
    [{ ...program, version: '0.30.0-rc1', os: 'darwin', arch: 'arm64' }, 'https://dist.ipfs.tech/kubo/v0.30.0-rc1/kubo_v0.30.0-rc1_darwin-arm64.tar.gz'],
    [{ ...program, version: '0.12.2', os: 'windows' }, 'https://dist.ipfs.tech/go-ipfs/v0.12.2/go-ipfs_v0.12.2_windows-amd64.zip'],
  ])('%o', (wanted, url) => {
    const [first, second] = archiveUrls(wanted);
    expect(first).toBe(url);
    expect(second).toBe(url.replace(/^https:\/\/dist\.ipfs\.tech\/[\w-]+\//, 'https://github.com/ipfs/kubo/releases/download/'));
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
  test('from the second host when the first fails, within bounds, once', async () => {
    const packed = await archive(fixture('go126/app.gz'));
    const asked: string[] = [];
    const fetch: GuardedFetch = (url, bounds) => {
      asked.push(url);
      expect(bounds).toMatchObject({ hosts: officialHosts, maxBytes: maxArchiveBytes });
      return url.includes('dist.ipfs.tech') ? Promise.reject(new Error('503')) : Promise.resolve(packed);
    };
    const cache = folderCache(join(folder, 'kept'));
    const found = await officialBinary(program, { fetch, cache });
    expect('bytes' in found ? found.bytes.length : found.reason).toBe(fixture('go126/app.gz').length);
    expect(await officialBinary(program, { fetch, cache })).toMatchObject({ bytes: expect.anything() });
    expect(asked).toHaveLength(2);
    expect(await readdir(join(folder, 'kept'))).toEqual(['kubo_v0.34.1_linux-amd64.tar.gz']);
  });

  test('a failure is a reason', async () => {
    expect(await officialBinary(program, { fetch: () => Promise.reject(new Error('too large')) })).toMatchObject({
      reason: expect.stringContaining('too large'),
    });
    expect(await officialBinary(program, { fetch: async () => gzipSync('no archive') })).toMatchObject({ reason: 'there is no ipfs in the archive' });
    expect(await officialBinary({}, { fetch: () => Promise.reject(new Error('never asked')) })).toMatchObject({
      reason: expect.stringContaining('must be known'),
    });
  });

  test('the cache keeps the six used last', async () => {
    const cache = folderCache(join(folder, 'many'));
    for (let index = 0; index < 9; index++) await cache.put(`a${index}`, Buffer.from([index]));
    expect(await readdir(join(folder, 'many'))).toHaveLength(6);
    expect(await cache.get('../../etc/passwd')).toBeUndefined();
  });
});

describe('use', () => {
  const enrich = async (release: string) =>
    enrichWithOfficialBinary(
      program,
      { dumps: [{ bytes: fixture('go126/goroutines.stacks'), dump }], profiles: [] },
      { fetch: async () => archive(fixture(`${release}/app.gz`)) },
    );

  test('only when it is the one that ran', async () => {
    const right = await enrich('go126');
    expect('dumps' in right ? right.dumps[0]?.locks[0]?.name : right.reason).toBe('yam.Session.streamLock');
    expect(await enrich('go125')).toEqual({
      path: expect.stringContaining('kubo_v0.34.1'),
      reason: 'the official binary is not the one that ran: same program, other build',
    });
  });
});
