/** vars, sysinfo, version, config, log and the merely named kinds: by content, whole or broken, never by name. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configKind } from '../../../src/core/artefacts/config.ts';
import { logKind } from '../../../src/core/artefacts/log.ts';
import { namedKind } from '../../../src/core/artefacts/named.ts';
import { sysinfoKind } from '../../../src/core/artefacts/sysinfo.ts';
import { varsKind } from '../../../src/core/artefacts/vars.ts';
import { bareVersion, versionKind } from '../../../src/core/artefacts/version.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
const file = (text: string | Uint8Array): { path: string; bytes: Uint8Array } => ({
  path: 'any-name.bin',
  bytes: typeof text === 'string' ? bytes(text) : text,
});

describe('version', () => {
  const json = '{"Version":"0.34.1","Commit":"abc","Repo":"16","System":"amd64/linux","Golang":"go1.24.9"}\n';
  test('version.json', () => {
    expect(versionKind.recognise(file(json), {})).toMatchObject({
      is: 'fine',
      artefacts: [{ version: '0.34.1', commit: 'abc', repo: '16', os: 'linux', arch: 'amd64', go: 'go1.24.9' }],
    });
  });
  test('as PowerShell redirects it', () => {
    expect(versionKind.recognise(file(utf16(json)), {})).toMatchObject({ is: 'fine', artefacts: [{ version: '0.34.1' }] });
  });
  test('ipfs version --all, old and new', () => {
    expect(
      versionKind.recognise(file('go-ipfs version: 0.4.23-6ce9a355f\nRepo version: 7\nSystem version: amd64/linux\nGolang version: go1.13.7\n'), {}),
    ).toMatchObject({
      artefacts: [{ version: '0.4.23', commit: '6ce9a355f', repo: '7', os: 'linux', go: 'go1.13.7' }],
    });
    expect(versionKind.recognise(file('Kubo version: 0.34.1\nRepo version: 16\nSystem version: amd64/linux\nGolang version: go1.24.9\n'), {})).toMatchObject({
      artefacts: [{ version: '0.34.1' }],
    });
  });
  test('a daemon log begins alike and is none', () => {
    expect(versionKind.recognise(file('Initializing daemon...\nKubo version: 0.34.1\n'), {}).is).toBe('not mine');
  });
  test.each([
    ['v0.34.1', '0.34.1'],
    ['0.4.23-', '0.4.23'],
    ['0.30.0-rc1', '0.30.0-rc1'],
    ['soon', undefined],
  ])('%s is %s', (text, want) => {
    expect(bareVersion(text)).toBe(want);
  });
});

describe('vars', () => {
  test('memstats, command line, sums of badger maps, no paths', () => {
    const text =
      '{"badger_lsm_size_bytes": {"/home/me/.ipfs/badgerds": 5, "b": 6}, "badger_puts_total": 3, "cmdline": ["ipfs","daemon"], "memstats": {"HeapInuse": 10, "LastGC": 1795427429302149557, "PauseNs": [1]}}';
    const answer = varsKind.recognise(file(text), {});
    expect(answer).toMatchObject({
      is: 'fine',
      artefacts: [
        {
          memstats: { HeapInuse: 10 },
          badger: { badger_lsm_size_bytes: 11, badger_puts_total: 3 },
          cmdline: ['ipfs', 'daemon'],
          lastGC: '2026-11-23T09:50:29.302Z',
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('/home/me');
  });
  test('cut in the middle is said, not guessed', () => {
    expect(varsKind.recognise(file('{"cmdline": ["ipfs"], "memstats": {"HeapInuse": 10, "Hea'), {})).toMatchObject({ is: 'broken', kind: 'vars' });
  });
});

describe('sysinfo and config', () => {
  test('addresses are never kept', () => {
    const text =
      '{"diskinfo":{"free_space":2,"fstype":"61267","total_space":1},"environment":{"IPFS_PATH":"/secret"},"ipfs_version":"0.34.1","memory":{"swap":0,"virt":5},"net":{"interface_addresses":["/ip4/192.0.2.7"],"online":true},"runtime":{"arch":"amd64","os":"linux","numcpu":2,"numgoroutines":244,"version":"go1.24.9"}}';
    const answer = sysinfoKind.recognise(file(text), {});
    expect(answer).toMatchObject({ is: 'fine', artefacts: [{ disk: { fstype: 'ext4' }, runtime: { numgoroutines: 244 }, memory: { virt: 5 }, online: true }] });
    expect(JSON.stringify(answer)).not.toMatch(/192\.0\.2\.7|secret/);
  });
  test('keys are never kept', () => {
    const text =
      '{"Identity":{"PeerID":"12D3","PrivKey":"CAESQ"},"Addresses":{"API":"/ip4/10.0.0.1/tcp/5001"},"Datastore":{"Spec":{"type":"mount","mounts":[{"child":{"type":"flatfs"}},{"child":{"type":"levelds"}}]}},"Swarm":{"ConnMgr":{"HighWater":900}},"Reprovider":{"Strategy":"pinned"}}';
    const answer = configKind.recognise(file(text), {});
    expect(answer).toMatchObject({
      is: 'fine',
      artefacts: [{ settings: { 'Swarm.ConnMgr.HighWater': 900, 'Reprovider.Strategy': 'pinned' }, datastores: ['flatfs', 'levelds'] }],
    });
    expect(JSON.stringify(answer)).not.toMatch(/CAESQ|12D3|10\.0\.0\.1/);
  });
});

describe('named', () => {
  test.each([
    ['', 'empty'],
    ['go 1.24 trace\0\0\0rest', 'execution trace'],
    ['\n<!DOCTYPE html><html>', 'html page'],
    ['Unknown profile\n', 'unknown'],
    ['Could not enable CPU profiling: cpu profiling already in use\n', 'unknown'],
    ['File: ipfs\n      flat  flat%   sum%        cum   cum%\n  700MB 31.11% 31.11%  700MB 31.11%  go-cid.NewCidV1\n', 'unknown'],
    ['$ sort | uniq -c\n   3000 sync.runtime_Semacquire(\n    450 github.com/a/b.(*T).Provide(\n', 'unknown'],
  ])('%j is %s', (text, kind) => {
    expect(namedKind.recognise(file(text), {})).toMatchObject({ is: 'fine', artefacts: [{ kind }] });
  });
  test('a picture is a picture', () => {
    expect(namedKind.recognise(file(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10])), {})).toMatchObject({ artefacts: [{ kind: 'image' }] });
  });
  test.each(['goroutine 1 [running]:\n', '      flat  flat%   sum%        cum   cum%\n\ngoroutine 1 [running]:\n', '12 of my nodes hang (all of them)'])(
    '%j is nobody of ours',
    (text) => {
      expect(namedKind.recognise(file(text), {}).is).toBe('not mine');
    },
  );
});

test('a log says its version and nothing private', () => {
  const text =
    'Initializing daemon...\nKubo version: 0.34.1\nSystem version: amd64/linux\nGolang version: go1.24.9\nPeerID: 12D3KooW\nSwarm listening on 10.1.2.3:4001\nDaemon is ready\n2026-01-01T00:00:00Z ERROR core x.go:1 too many open files\n';
  const answer = logKind.recognise(file(text), {});
  expect(answer).toMatchObject({ is: 'fine', artefacts: [{ version: '0.34.1', go: 'go1.24.9' }] });
  expect(JSON.stringify(answer)).not.toMatch(/12D3KooW|10\.1\.2\.3/);
});

test('no kind throws on any bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom('', '{"memstats":', '{"Version":"1","Golang":', '{"Addresses":{"Swarm":', '{"diskinfo":{},"runtime":'),
      (tail, head) => {
        const evidence = { path: 'x', bytes: new Uint8Array([...bytes(head), ...tail]) };
        for (const kind of [varsKind, sysinfoKind, versionKind, configKind, namedKind, logKind])
          expect(['fine', 'broken', 'not mine']).toContain(kind.recognise(evidence, {}).is);
      },
    ),
  );
});
