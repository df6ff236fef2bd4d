/** Clients that stopped sending or reading, and how far the trouble they make goes: nobody, their own request, or a queue. */
import { describe, expect, test } from 'vitest';
import type { Capture, Finding } from '../../src/core/model.ts';
import { judge } from '../../src/core/rules/judge.ts';
import { api, captureOf, dumpOf, lockOf, type Spec, writing } from './captures.ts';

const sure = (capture: Capture): readonly Finding[] => judge([capture], undefined).findings.filter(({ certainty }) => certainty !== 'hint');

/** A request's body that does not come. */
const receiving: readonly string[] = [
  'internal/poll.runtime_pollWait',
  'internal/poll.(*FD).Read',
  'net.(*netFD).Read',
  'net/http.(*connReader).Read',
  'net/http.(*body).readLocked',
  'net/http.(*body).Read',
  'mime/multipart.(*Part).Read',
];
const waiting = ['sync.runtime_SemacquireRWMutexR', 'sync.(*RWMutex).RLock', 'github.com/ipfs/boxo/blockstore.(*gclocker).PinLock'];
const add = 'github.com/ipfs/kubo/core/coreunix.(*Adder).AddAllAndPin';

describe('an upload that stands still', () => {
  const specs = (minutes: number | undefined): readonly Spec[] => [
    { id: 1, frames: [...receiving, add], state: 'IO wait', minutes },
    { id: 10, frames: [...waiting, add], state: 'sync.RWMutex.RLock', minutes: 6, count: 5 },
  ];
  const lock = lockOf([10, 11, 12, 13, 14], [{ goroutine: 1, certainty: 'holds', why: ['it is past the lock'] }], { kind: 'rwmutex' });
  test('the client is named', () => {
    const [story] = sure(captureOf({ dump: dumpOf(specs(6), { locks: [lock] }) }));
    expect(story?.title).toBe('A client of `ipfs add` stopped sending, and 5 `ipfs add` wait behind it');
    expect(story?.facts).toMatchObject({ cause: 'sender', root: 1 });
  });
  test('one that moves is slow, and that is all that is said of it', () => {
    const [story] = sure(captureOf({ dump: dumpOf(specs(undefined), { locks: [lock] }) }));
    expect(story?.title).toContain('sends slowly');
    expect(story?.next.join(' ')).not.toContain('stopped');
  });
  test('a server that reads its own next request waits for nobody', () => {
    const idle: Spec = {
      id: 1,
      frames: ['internal/poll.(*FD).Read', 'net/http.(*connReader).Read', 'net/http.(*conn).readRequest'],
      state: 'IO wait',
      minutes: 60,
    };
    expect(sure(captureOf({ dump: dumpOf([idle]) }))).toEqual([]);
  });
});

describe('an open MFS file', () => {
  const command = 'github.com/ipfs/kubo/core/commands.init.func46';
  const opening = ['sync.(*RWMutex).RLock', 'github.com/ipfs/boxo/mfs.(*File).Open', 'github.com/ipfs/kubo/core/commands.init.func44', ...api];
  const lock = lockOf([10, 11, 12, 13], [], { kind: 'rwmutex', wantedIn: 'github.com/ipfs/boxo/mfs.(*File).Open' });
  const readers: Spec = { id: 10, frames: opening, state: 'sync.RWMutex.RLock', minutes: 8, count: 4 };
  const upload: Spec = { id: 1, frames: [...receiving, command, ...api], state: 'IO wait', minutes: 9 };
  const main: Spec = { id: 5000, frames: ['main.main'], state: 'chan receive', idle: true, count: 200 };
  test('is likely kept by the only one that fits', () => {
    const [story] = sure(captureOf({ dump: dumpOf([main, upload, readers], { locks: [lock] }) }));
    expect(story).toMatchObject({ rule: 'lock-held', certainty: 'likely' });
    expect(story?.goroutines[0]).toBe(1);
  });
  test('two that fit: nobody is named', () =>
    expect(sure(captureOf({ dump: dumpOf([main, { ...upload, count: 2 }, readers], { locks: [lock] }) })).map(({ rule }) => rule)).toEqual([
      'forgotten-unlock',
    ]));
  test('one that came later cannot be it', () =>
    expect(sure(captureOf({ dump: dumpOf([main, { ...upload, minutes: 2 }, readers], { locks: [lock] }) })).map(({ rule }) => rule)).toEqual([
      'forgotten-unlock',
    ]));
});

describe('parts of one request wait for each other', () => {
  const serve = 'net/http.(*conn).serve';
  const handler: Spec = { id: 1, frames: ['github.com/ipfs/boxo/gateway.withRetrievalTimeout.func1', serve], state: 'select', minutes: 6 };
  const writer: Spec = { id: 2, frames: [...writing, 'github.com/ipfs/boxo/gateway.(*timeoutWriter).Write'], state: 'IO wait', minutes: 6, creator: 1 };
  const watcher = (creator: number): Spec => ({
    id: 3,
    frames: ['sync.(*Mutex).Lock', 'github.com/ipfs/boxo/gateway.withRetrievalTimeout.func1.1'],
    state: 'sync.Mutex.Lock',
    minutes: 6,
    creator,
  });
  const locks = [lockOf([3], [{ goroutine: 2, certainty: 'very likely', why: ['it is inside of the same object'] }])];
  test('and harm nobody', () => expect(sure(captureOf({ dump: dumpOf([handler, writer, watcher(1)], { locks }) }))).toEqual([]));
  test('another request behind it is a queue', () => {
    const other: Spec = { id: 9, frames: ['github.com/ipfs/boxo/gateway.withRetrievalTimeout.func1', serve], state: 'select', minutes: 6 };
    expect(sure(captureOf({ dump: dumpOf([handler, writer, other, watcher(9)], { locks }) })).map(({ rule }) => rule)).toEqual(['lock-held']);
  });
});
