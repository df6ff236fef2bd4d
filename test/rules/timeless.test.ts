/** Dumps without times and numbers: what many want at once, and never more than they show. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import type { Finding } from '../../src/core/model.ts';

/** A goroutine profile as text, `debug=1`. */
function profile(groups: readonly (readonly [number, readonly string[]])[]): string {
  const total = groups.reduce((sum, [count]) => sum + count, 0);
  const blocks = groups.map(([count, funcs], at) => {
    const address = (frame: number): string => `0x${(0x400000 + at * 0x1000 + frame * 16).toString(16)}`;
    return [
      `${count} @ ${funcs.map((_, frame) => address(frame)).join(' ')}`,
      ...funcs.map((func, frame) => `#\t${address(frame)}\t${func}+0x10\t${func.split('.(')[0]}/x.go:${frame + 1}`),
    ].join('\n');
  });
  return `goroutine profile: total ${total}\n${blocks.join('\n\n')}\n`;
}

const told = async (bytes: Uint8Array): Promise<readonly Finding[]> =>
  (await diagnose([{ name: 'ipfs.stacks1', bytes }])).report.findings.filter(({ rule }) => rule === 'lock-wanted');
const of = async (groups: readonly (readonly [number, readonly string[]])[]): Promise<readonly Finding[]> => await told(Buffer.from(profile(groups)));

const api = ['github.com/ipfs/go-ipfs-cmds.(*Command).call', 'github.com/ipfs/go-ipfs-cmds/http.(*handler).ServeHTTP', 'net/http.(*conn).serve'];
const lock = ['sync.runtime_SemacquireMutex', 'sync.(*Mutex).lockSlow', 'sync.(*Mutex).Lock'];
const child = 'github.com/ipfs/boxo/mfs.(*Directory).Child';
const wanting = [
  'github.com/ipfs/boxo/bitswap/client/internal/getter.SyncGetBlock',
  'github.com/ipfs/boxo/ipld/unixfs/io.(*BasicDirectory).Find',
  'github.com/ipfs/boxo/mfs.(*Directory).childFromDag',
  child,
];
const waiters = [...lock, child, 'github.com/ipfs/kubo/core/commands.init.func42', ...api];
const main = ['main.daemonFunc', 'main.main'];

describe('one lock that many want', () => {
  test('a real dump of kubo 0.39.0', async () => {
    const [story] = await told(readFileSync('fixtures/goroutines/gc-behind-pin.stacks1.gz'));
    expect(story).toMatchObject({
      certainty: 'likely',
      title: '`ipfs pin add` waits for content from the network, and 21 others want the lock that it may hold',
    });
    expect(story?.next[0]).toContain('debug=2');
  });
  test('the one inside of the same object that waits for a block', async () =>
    expect(
      await of([
        [12, waiters],
        [1, [...wanting, ...api]],
        [1, main],
      ]),
    ).toMatchObject([{ certainty: 'likely', facts: { count: 12, cause: 'content' } }]));
  test('two inside: nobody is named, and it is a hint', async () =>
    expect(
      await of([
        [12, waiters],
        [1, [...wanting, ...api]],
        [1, [...wanting, 'github.com/ipfs/boxo/mfs.(*Directory).Mkdir', ...api]],
        [1, main],
      ]),
    ).toMatchObject([{ certainty: 'hint', title: '12 `ipfs files` commands want one lock at the same moment' }]));
  test('a few are the moment between two holders', async () =>
    expect(
      await of([
        [9, waiters],
        [1, [...wanting, ...api]],
        [1, main],
      ]),
    ).toEqual([]));
  test('a slow client is seen on every busy node', async () => {
    const writing = [
      'internal/poll.runtime_pollWait',
      'internal/poll.(*FD).Write',
      'net.(*conn).Write',
      'net/http.checkConnErrorWriter.Write',
      'net/http.(*response).Write',
      child,
      ...api,
    ];
    expect(
      await of([
        [30, waiters],
        [1, writing],
        [1, main],
      ]),
    ).toMatchObject([{ certainty: 'hint', facts: { cause: 'client' } }]);
  });
});
