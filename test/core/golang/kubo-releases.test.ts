/** Releases of kubo and go-ipfs by the modules that a dump names. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/core/diagnose.ts';
import { minorOf, releaseOf } from '../../../src/core/golang/kubo-releases.ts';

const boxo = (version: string): string => `github.com/ipfs/boxo@${version}/mfs/dir.go`;
const libp2p = (version: string): string => `/home/x/go/pkg/mod/github.com/libp2p/go-libp2p@${version}/p2p/net/swarm/swarm.go`;

describe('modules tell the release', () => {
  test.each([
    [[boxo('v0.35.2')], '0.39.0'],
    [[boxo('v0.29.1'), libp2p('v0.41.1')], '0.34.1'],
    [[boxo('v0.29.1'), libp2p('v0.41.0')], '0.34.0'],
    [[boxo('v0.29.1')], '0.34'],
    [['pkg/mod/github.com/ipfs/go-bitswap@v0.3.3/x.go'], '0.8.0'],
    [['pkg/mod/github.com/ipfs/go-bitswap@v0.5.1/x.go'], undefined],
    [[boxo('v0.35.2'), libp2p('v0.41.1')], undefined],
    [[boxo('v0.35.2'), boxo('v0.36.0')], undefined],
    [[boxo('v0.99.0')], undefined],
    [['runtime/proc.go'], undefined],
  ])('%j', (files, release) => expect(releaseOf(files)).toBe(release));
  test('of every idle dump that is of a release of its own', async () => {
    for (const release of ['0.18', '0.30.0', '0.34.1', '0.36.0', '0.42.0', '0.43.1']) {
      const name = `kubo-${release === '0.18' ? '0.18.1' : release}-idle.stacks`;
      const { report } = await diagnose([{ name, bytes: gunzipSync(readFileSync(`fixtures/goroutines/idle/${name}.gz`)) }]);
      expect(report.captures[0]?.program.version).toBe(release);
    }
  });
  test('minor releases', () => expect([minorOf('0.34.1'), minorOf('0.34')]).toEqual(['0.34', '0.34']));
});

describe('together with other files', () => {
  const dump = readFileSync('fixtures/goroutines/idle/kubo-0.18.1-idle.stacks.gz');
  const version = (said: string) => ({
    name: 'version.json',
    bytes: Buffer.from(JSON.stringify({ Version: said, Commit: '', Repo: '12', System: 'amd64/linux', Golang: 'go1.19.13' })),
  });
  test('the person may know the patch', async () => {
    const complaint = { hang: true, cpu: false, memory: false, crash: false, onTopic: true, version: '0.18.1' };
    const { report } = await diagnose([{ name: 'ipfs.stacks.gz', bytes: dump }], { complaint });
    expect(report.findings).toEqual([]);
    expect(report.captures[0]?.program.version).toBe('0.18');
  });
  test('a version file of another release is told to be of elsewhere', async () => {
    const { report } = await diagnose([{ name: 'ipfs.stacks.gz', bytes: dump }, version('0.34.1')]);
    expect(report.findings.map(({ rule, title }) => [rule, title])).toEqual([
      ['disagreement', 'The files do not fit together: the version file says 0.34.1, and the dump has the modules of 0.18'],
    ]);
  });
  test('its own fits', async () => {
    const { report } = await diagnose([{ name: 'ipfs.stacks.gz', bytes: dump }, version('0.18.1')]);
    expect(report.findings).toEqual([]);
  });
});
