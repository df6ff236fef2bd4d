/** Source fetched from GitHub: only for locks without a name, whole folders or nothing, within the budget. */
import { expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import { sourceWishes } from '../../src/core/source-wishes.ts';
import { fetchSource, withSource } from '../../src/world/github-source.ts';
import { goGrammar } from '../../src/world/go-grammar.ts';
import { sourceFrom } from '../../src/world/source.ts';
import type { Report } from '../../src/core/model.ts';

/** A module that no table knows; the lock is known by its place only. */
const dump = `goroutine 7 [sync.Mutex.Lock, 9 minutes]:
sync.runtime_SemacquireMutex(0xc000012345?, 0x0?, 0x1?)
	runtime/sema.go:95 +0x25
internal/sync.(*Mutex).lockSlow(0xc000012340)
	internal/sync/mutex.go:149 +0x15d
internal/sync.(*Mutex).Lock(...)
	internal/sync/mutex.go:70
sync.(*Mutex).Lock(...)
	sync/mutex.go:46
github.com/example/queue.(*Queue).Push(0xc000012300, 0x1)
	github.com/example/queue@v1.2.3/queue.go:14 +0x4c
created by main.main in goroutine 1
	main/main.go:9 +0x20

goroutine 8 [IO wait, 9 minutes]:
internal/poll.runtime_pollWait(0x7f0000000000, 0x72)
	runtime/netpoll.go:351 +0x85
github.com/example/queue.(*Queue).drain(0xc000012300)
	github.com/example/queue@v1.2.3/drain.go:9 +0x4c
github.com/example/queue.(*Queue).Run(0xc000012300)
	github.com/example/queue@v1.2.3/queue.go:22 +0x4c
created by main.main in goroutine 1
	main/main.go:8 +0x20
`;

const files: Readonly<Record<string, string>> = {
  'queue.go': `package queue

import "sync"

// Queue is a list.
type Queue struct {
	mu    sync.Mutex
	items []int
	conn  interface{ Read() }
}

// Push adds.
func (q *Queue) Push(item int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, item)
}

// Run empties it.
func (q *Queue) Run() {
	q.mu.Lock()
	q.drain()
	q.mu.Unlock()
}
`,
  'drain.go': `package queue

import "time"

var _ = time.Now

func (q *Queue) drain() {
	for range q.items {
		q.conn.Read()
	}
}
`,
  'queue_test.go': 'package queue\n',
};

interface Asked {
  readonly route: string;
  readonly path?: unknown;
  readonly ref?: unknown;
}

/** GitHub's two calls, with what was asked of it. */
function github(list: Readonly<Record<string, string>>, size?: number): { readonly client: Parameters<typeof fetchSource>[1]; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const request = async (route: string, about: Record<string, unknown>): Promise<unknown> => {
    asked.push({ route, path: about['path'], ref: about['ref'] });
    if (route.includes('/contents/'))
      return { data: Object.entries(list).map(([name, text]) => ({ type: 'file', name, size: size ?? text.length, sha: name })) };
    return { data: { content: Buffer.from(list[String(about['file_sha'])] ?? '').toString('base64') } };
  };
  // Only the two routes above are called.
  return { client: { request } as unknown as Parameters<typeof fetchSource>[1], asked };
}

const bundle = { name: 'dump.txt', bytes: new TextEncoder().encode(dump) };

test('the folder of the waiting function is asked for, at the version of its path', async () => {
  const { report } = await diagnose([bundle]);
  expect(sourceWishes(report)).toEqual([{ owner: 'example', repo: 'queue', ref: 'v1.2.3', folder: '', printed: 'github.com/example/queue@v1.2.3' }]);
  const { client, asked } = github(files);
  const [folder] = await fetchSource(sourceWishes(report), client);
  expect(folder?.files.map(({ name }) => name)).toEqual(['queue.go', 'drain.go']);
  expect(asked.map(({ route, ref }) => [route.includes('/contents/'), ref])).toEqual([
    [true, 'v1.2.3'],
    [false, undefined],
    [false, undefined],
  ]);
});

test('with it the lock has a name and its holder holds', async () => {
  const { report } = await diagnose([bundle]);
  const folders = await fetchSource(sourceWishes(report), github(files).client);
  const better = await diagnose([bundle], { source: sourceFrom(folders), readGo: await goGrammar() });
  const [lock] = better.report.captures[0]?.dumps[0]?.locks ?? [];
  expect(lock?.name).toBe('queue.Queue.mu');
  expect(lock?.holders[0]).toMatchObject({ goroutine: 8, certainty: 'holds' });
  expect(sourceWishes(better.report)).toEqual([]);
});

test('a folder above the budget, and one that cannot be read, leave the dump alone', async () => {
  const wish = { owner: 'o', repo: 'large', ref: 'v1.0.0', folder: '', printed: 'p' };
  expect(await fetchSource([wish], github(files, 2_000_000).client)).toEqual([]);
  const failing = { request: () => Promise.reject(new Error('403')) } as unknown as Parameters<typeof fetchSource>[1];
  expect(await fetchSource([{ ...wish, repo: 'gone' }], failing)).toEqual([]);
});

test('nothing is asked when every lock has its name', async () => {
  const report: Report = { schema: 1, headline: '', captures: [], findings: [], gaps: [], inventory: [], refusals: [], quiet: [] };
  const { client, asked } = github(files);
  let runs = 0;
  const given = {} as Parameters<ReturnType<typeof withSource>>[0];
  await withSource(() => {
    runs += 1;
    return Promise.resolve(report);
  }, client)(given);
  expect([runs, asked.length]).toEqual([1, 0]);
});
