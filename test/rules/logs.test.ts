/** What the daemon's own output says: limits that were reached, and why it did not start. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import { renderComment } from '../../src/core/report/markdown.ts';

const banner = 'Initializing daemon...\nKubo version: 0.34.1\nRepo version: 16\nSystem version: amd64/linux\nGolang version: go1.24.9\n';
const told = async (text: string): Promise<readonly string[]> => {
  const { report } = await diagnose([{ name: 'daemon.log', bytes: Buffer.from(`${banner}${text}\n`) }]);
  return report.findings.filter(({ certainty }) => certainty !== 'hint').map(({ rule, facts }) => `${rule}: ${String(facts?.['what'])}`);
};

describe('a daemon that says why it does not start', () => {
  test.each([
    ['Error: lock /home/ipfs/.ipfs/repo.lock: someone else has the lock', 'another process had the repo lock'],
    [
      'Error: constructing the node (see log for full detail): error loading filesroot from dagservice: block was not found locally (offline): ipld: could not find QmXCYQ',
      'the root of MFS was not in the repository',
    ],
    ['Error: Your programs version (15) is lower than your repos (16).', 'the repository is of a newer version than the program'],
    ['Not running migrations of fs-repo now.\nError: fs-repo requires migration', 'the repository needs a migration'],
    [
      'Error: serveHTTPApi: manet.Listen(/ip4/127.0.0.1/tcp/5001) failed: listen tcp4 127.0.0.1:5001: bind: address already in use',
      'an address was already in use',
    ],
  ])('%s', async (line, what) => expect(await told(line)).toEqual([`start-fails: ${what}`]));
  test('is told by a log alone; what a log only mentions is not', async () => {
    const comment = async (text: string): Promise<string | undefined> =>
      renderComment((await diagnose([{ name: 'daemon.log', bytes: Buffer.from(`${banner}${text}\n`) }])).report);
    expect(await comment('Error: lock /home/ipfs/.ipfs/repo.lock: someone else has the lock')).toContain('another process uses its repository');
    expect(await comment('accept tcp: too many open files')).toBeUndefined();
    expect(await comment('Daemon is ready')).toBeUndefined();
  });
  test('a daemon that got ready did start', async () =>
    expect(await told('Daemon is ready\nError: lock /home/ipfs/.ipfs/repo.lock: someone else has the lock')).toEqual([]));
});

describe('a limit that was reached', () => {
  test.each([
    ['2026-01-02T03:04:05.678Z\tERROR\tflatfs\tflatfs.go:1\topen /x: too many open files', 'files'],
    ['2026-01-02T03:04:05.678Z\tERROR\tflatfs\tflatfs.go:1\twrite /x: no space left on device', 'disk'],
    ['runtime/cgo: pthread_create failed: Resource temporarily unavailable', 'threads'],
    ['fatal error: runtime: out of memory', 'memory'],
    ['fork/exec /bin/sh: cannot allocate memory', 'memory'],
  ])('%s', async (line, what) => expect(await told(line)).toContain(`exhausted: ${what}`));
  test('refusals of the resource manager are how it protects the node', async () =>
    expect(await told('cannot reserve inbound connection: resource limit exceeded')).toEqual([]));
  test('a quiet log', async () => expect(await told('Daemon is ready')).toEqual([]));
});
