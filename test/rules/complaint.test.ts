/** What threads complain about, and what they are asked for. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, gapsFor } from '../../src/core/asks.ts';
import { complaint } from '../../src/core/complaint.ts';
import type { Complaint, Post, Thread } from '../../src/core/model.ts';
import { captureOf, dumpOf, profileOf } from './captures.ts';

const at = '2026-11-23T12:00:00Z';
const post = (body: string, more: Partial<Post> = {}): Post => ({
  id: 'issue',
  author: 'a',
  authorIsBot: false,
  association: 'NONE',
  body,
  createdAt: at,
  updatedAt: at,
  own: false,
  ...more,
});
const threadOf = (title: string, body: string, more: Partial<Thread> = {}): Thread => ({
  ref: { owner: 'ipfs', repo: 'kubo', number: 1 },
  title,
  author: 'a',
  state: 'open',
  locked: false,
  labels: [],
  removedLabels: [],
  createdAt: at,
  posts: [post(body)],
  ...more,
});

describe('complaint', () => {
  test.each<readonly [string, string, Partial<Complaint>]>([
    ['ipfs add hangs', 'It never returns.', { hang: true, onTopic: true }],
    ['Daemon stuck after repo gc', '', { hang: true, onTopic: true }],
    ['100% CPU usage', 'go-ipfs uses it all', { cpu: true, onTopic: true }],
    ['Memory leak in the daemon', 'RAM usage goes up', { memory: true, onTopic: true }],
    ['panic: pebble: closed', 'kubo crashed', { crash: true, onTopic: true }],
    ['Kubo was OOM-killed', '', { memory: true, onTopic: true }],
    ['Add a --progress flag', 'It would be nice', { hang: false, onTopic: false }],
    ['[Feature] stop a hanging pin', 'kubo hangs', { onTopic: false }],
    ['Docs: typo in README', '', { onTopic: false }],
  ])('%s', (title, body, wanted) => expect(complaint(threadOf(title, body))).toMatchObject(wanted));

  test('reads the fields of the form', () => {
    const body =
      '### Version\n\n```Text\nKubo version: 0.34.1\nRepo version: 16\nSystem version: amd64/darwin\nGolang version: go1.24.9\n```\n\n### Config\n\n_No response_\n\n### Description\n\nIt hangs. The API does not respond at all.';
    expect(complaint(threadOf('kubo hangs', body))).toMatchObject({ version: '0.34.1', os: 'darwin', apiDead: true, hang: true });
  });
  test('prose in the version field', () => expect(complaint(threadOf('x hangs', '### Version\n\nv0.29.0\n\n### Description\n\nstuck')).version).toBe('0.29.0'));
  test('a Go release is no version of kubo', () => expect(complaint(threadOf('x hangs', 'built with go version 1.24.9')).version).toBeUndefined());
  test('code and quotes are not read', () =>
    expect(complaint(threadOf('Question about pins', '```\ngoroutine 1 [select, 5 minutes]: deadlock panic\n```\n> it hangs\n'))).toMatchObject({
      hang: false,
      crash: false,
      onTopic: false,
    }));
  test('bots are not read', () => expect(complaint(threadOf('Question', '', { posts: [post('kubo hangs', { authorIsBot: true })] })).onTopic).toBe(false));
  test('a unix socket', () => expect(complaint(threadOf('ipfs hangs', 'API is /unix/run/ipfs/api.sock')).unixSocket).toBe(true));
  test('never throws', () => fc.assert(fc.property(fc.string(), fc.string(), (title, body) => void complaint(threadOf(title, body)))));
  test('ends on long hostile text', () =>
    expect(complaint(threadOf('ipfs hangs', '### Version\n'.repeat(20_000) + '`'.repeat(50_000) + '<!--'.repeat(20_000))).hang).toBe(true));
});

describe('asks', () => {
  const hang: Complaint = { hang: true, cpu: false, memory: false, crash: false, onTopic: true };
  test.each<readonly [Parameters<typeof collect>[0], string]>([
    [{ version: '0.34.1', unixSocket: false }, 'ipfs diag profile --collectors=goroutines-stack,goroutines-pprof,version,heap,allocs,cpu,mutex,block'],
    [{ version: '0.18.1', unixSocket: false }, 'ipfs diag profile --collectors=goroutines-stack,goroutines-pprof,version,heap,cpu,mutex,block'],
    [{ version: undefined, unixSocket: false }, 'ipfs diag profile --collectors=goroutines-stack,goroutines-pprof,version,heap,cpu,mutex,block'],
    [{ version: '0.12.2', unixSocket: false }, "curl -o ipfs.stacks 'http://127.0.0.1:5001/debug/pprof/goroutine?debug=2'"],
    [{ version: '0.12.2', os: 'windows', unixSocket: false }, 'curl.exe -o ipfs.stacks "http://127.0.0.1:5001/debug/pprof/goroutine?debug=2"'],
    [{ version: '0.34.1', unixSocket: true }, "curl --unix-socket /path/to/api.sock -o ipfs.stacks 'http://localhost/debug/pprof/goroutine?debug=2'"],
  ])('%j', (place, wanted) => expect(collect(place, false)).toContain(wanted));

  test('a dead API gets SIGQUIT', () => expect(gapsFor([], [], { ...hang, apiDead: true, version: '0.34.1' })[0]?.command).toContain('kill -QUIT'));
  test('not on Windows', () => expect(gapsFor([], [], { ...hang, apiDead: true, os: 'windows', version: '0.34.1' })[0]?.command).not.toContain('kill'));
  test('a CPU profile does not answer a hang', () => {
    const profiles = [profileOf('cpu profile', [{ value: 1e9, funcs: ['x.F'] }])];
    expect(gapsFor([captureOf({ profiles, program: { version: '0.34.1' } })], [], hang).map(({ need }) => need)).toEqual(['goroutine dump']);
  });
  const whole = dumpOf([{ frames: ['main.main'], id: 1 }]);
  test('answered asks vanish', () => expect(gapsFor([captureOf({ dump: whole, program: { version: '0.34.1' } })], [], hang)).toEqual([]));
  test('a part of a dump is no answer', () => {
    const part = captureOf({ dump: dumpOf([{ frames: ['main.main'], id: 7 }]), program: { version: '0.34.1' } });
    expect(gapsFor([part], [], hang).map(({ need, command }) => [need, command.includes('debug=2')])).toEqual([['goroutine dump', true]]);
  });
  test('a crash is not asked to be whole', () => {
    const crash = dumpOf([{ frames: ['x.F'], id: 7 }], { preamble: { what: 'panic', text: 'panic: x' } });
    expect(gapsFor([captureOf({ dump: crash, program: { version: '0.34.1' } })], [], { ...hang, hang: false, crash: true })).toEqual([]);
  });
  test('the version is asked for when nobody said it', () => expect(gapsFor([], [], hang).map(({ need }) => need)).toEqual(['goroutine dump', 'version']));
  test('unsymbolized profiles need the binary', () =>
    expect(
      gapsFor(
        [captureOf({ profiles: [profileOf('cpu profile', [{ value: 1e9, funcs: ['x.F'] }], { symbolized: false })], program: { version: '0.4.10' } })],
        [],
        undefined,
      ).map(({ need }) => need),
    ).toEqual(['binary']));
  test('no thread, no files: nothing', () => expect(gapsFor([], [], undefined)).toEqual([]));
  test('off topic: nothing', () => expect(gapsFor([], [], { ...hang, onTopic: false })).toEqual([]));
});
