/** Which locks a line of Go has: every shape with its near-miss. */
import { describe, expect, test } from 'vitest';
import { annotated } from './annotated.ts';

const types = `
type T struct { mu sync.Mutex; rw sync.RWMutex; once sync.Once; n int; next *T; ch chan int }
`;

function check(name: string, snippet: string): void {
  test(name, () => {
    const { said, read } = annotated(snippet);
    expect(read.some((line) => !line.endsWith(': '))).toBe(true);
    expect(read).toEqual(said);
  });
}

describe('Lock and Unlock', () => {
  check(
    'between the two',
    `${types}
func (t *T) f() {
	work()
	t.mu.Lock() // asks T.mu
	work() // has T.mu
	t.mu.Unlock() // has T.mu
	work()
}`,
  );
  check(
    'deferred: to the end',
    `${types}
func (t *T) f() int {
	t.mu.Lock() // asks T.mu
	defer t.mu.Unlock() // has T.mu
	if t.n > 0 { // has T.mu
		return t.g() // has T.mu
	} // has T.mu
	return 1 // has T.mu
}`,
  );
  check(
    'an early Unlock ends it on that path only',
    `${types}
func (t *T) f() error {
	t.mu.Lock() // asks T.mu
	if t.n == 0 { // has T.mu
		t.mu.Unlock() // has T.mu
		return wait()
	}
	work() // has T.mu
	t.mu.Unlock() // has T.mu
	return nil
}`,
  );
  check(
    'where paths meet it is only possible',
    `${types}
func (t *T) f(x bool, n int) {
	if x {
		t.mu.Lock() // asks T.mu
		n++ // has T.mu
	}
	work() // may T.mu
	if n > 1 { // may T.mu
		t.mu.Unlock() // may T.mu
	} // may T.mu
	work() // may T.mu
}`,
  );
  check(
    'the same test again settles it',
    `${types}
func (t *T) f(x bool) {
	if x {
		t.mu.Lock() // asks T.mu
	}
	work() // may T.mu
	if x { // may T.mu
		work() // has T.mu
		t.mu.Unlock() // has T.mu
	}
	work()
}`,
  );
  check(
    'a test that has changed does not',
    `${types}
func (t *T) f(x bool) {
	if x {
		t.mu.Lock() // asks T.mu
	}
	x = work() // may T.mu
	if x { // may T.mu
		work() // may T.mu
	}
}`,
  );
  check(
    'on one line',
    `${types}
func (t *T) f() { t.mu.Lock(); defer t.mu.Unlock(); t.g() } // asks T.mu, has T.mu but Lock
func (t *T) g() { t.mu.Lock(); t.n++; t.mu.Unlock(); work() } // asks T.mu, has T.mu but Lock work
`,
  );
  check(
    'a lock that is let go around a call',
    `${types}
func (t *T) f() {
	t.mu.Lock() // asks T.mu
	defer t.mu.Unlock() // has T.mu
	work() // has T.mu
	t.mu.Unlock() // has T.mu
	fetch()
	t.mu.Lock() // asks T.mu
	work() // has T.mu
} // has T.mu`,
  );
  check(
    "the callee lets its caller's lock go",
    `${types}
func (t *T) f() {
	t.mu.Lock() // asks T.mu
	defer t.mu.Unlock() // has T.mu
	t.fetch() // has T.mu
} // has T.mu
func (t *T) fetch() {
	work()
	t.mu.Unlock()
	wait() // lets T.mu
	t.mu.Lock() // asks T.mu, lets T.mu
	work()
}`,
  );
  check(
    'switch, select and labels',
    `${types}
func (t *T) f(c chan int) {
	t.mu.Lock() // asks T.mu
loop:
	for { // has T.mu
		switch t.n { // has T.mu
		case 1: // has T.mu
			t.mu.Unlock() // has T.mu
			return
		case 2: // has T.mu
			break loop // has T.mu
		default: // has T.mu
			t.mu.Unlock() // has T.mu
			select {
			case <-c:
			case t.ch <- 1:
				work()
			}
			t.mu.Lock() // asks T.mu
		}
	}
	work() // has T.mu
	t.mu.Unlock() // has T.mu
}`,
  );
  check(
    'goto back',
    `${types}
func (t *T) f() {
again:
	t.mu.Lock() // asks T.mu
	if t.n == 0 { // has T.mu
		t.mu.Unlock() // has T.mu
		wait()
		goto again
	}
	work() // has T.mu
	t.mu.Unlock() // has T.mu
}`,
  );
  check(
    'panic and exit end a path',
    `${types}
func (t *T) f() {
	t.mu.Lock() // asks T.mu
	if t.n < 0 { // has T.mu
		t.mu.Unlock() // has T.mu
		panic("negative")
	}
	work() // has T.mu
	t.mu.Unlock() // has T.mu
}`,
  );
});

describe('reading, trying, waiting', () => {
  check(
    'RLock is for reading',
    `${types}
func (t *T) f() {
	t.rw.RLock() // asks T.rw r
	defer t.rw.RUnlock() // has T.rw r
	work() // has T.rw r
} // has T.rw r
func (t *T) g() {
	t.rw.Lock() // asks T.rw
	work() // has T.rw
	t.rw.Unlock() // has T.rw
	l := t.rw.RLocker()
	l.Lock() // asks T.rw r
	work() // has T.rw r
}`,
  );
  check(
    'from reading to writing',
    `${types}
func (t *T) f() {
	t.rw.RLock() // asks T.rw r
	if t.n > 0 { // has T.rw r
		t.rw.RUnlock() // has T.rw r
		return
	}
	t.rw.RUnlock() // has T.rw r
	t.rw.Lock() // asks T.rw
	work() // has T.rw
	t.rw.Unlock() // has T.rw
}`,
  );
  check(
    'TryLock',
    `${types}
func (t *T) f() {
	if !t.mu.TryLock() {
		wait()
		return
	}
	work() // has T.mu
	t.mu.Unlock() // has T.mu
}
func (t *T) g() {
	ok := t.mu.TryLock()
	work() // may T.mu
	if ok { // may T.mu
		work() // has T.mu
		t.mu.Unlock() // has T.mu
	}
	work()
}`,
  );
  check(
    'a Cond lets its lock go while it waits',
    `
type Q struct { mu sync.Mutex; other sync.Mutex; cond *sync.Cond; n int }
func NewQ() *Q { q := &Q{}; q.cond = sync.NewCond(&q.mu); return q }
func (q *Q) get() {
	q.mu.Lock() // asks Q.mu
	for q.n == 0 { // has Q.mu
		q.cond.Wait()
	}
	q.n-- // has Q.mu
	q.mu.Unlock() // has Q.mu
}
func (q *Q) both() {
	q.other.Lock() // asks Q.other
	q.cond.L.Lock() // asks Q.mu, has Q.other
	q.cond.Wait() // has Q.other
	q.cond.L.Unlock() // has Q.other, has Q.mu
	q.other.Unlock() // has Q.other
}`,
  );
  check(
    'the function of a Once runs under it',
    `${types}
func (t *T) f() {
	t.once.Do(t.init) // asks T.once, has T.once
	work()
}`,
  );
});

describe('whose lock it is', () => {
  check(
    'embedded, in a struct without a name, of the package, of a function',
    `
type E struct { sync.Mutex; conns struct { sync.RWMutex; m map[string]int } }
type D struct { *E }
var mu sync.Mutex
func (e *E) f() {
	e.Lock() // asks E.Mutex
	e.conns.RLock() // asks E.conns r, has E.Mutex
	work() // has E.Mutex, has E.conns r
}
func (d D) g() {
	d.Lock() // asks E.Mutex
	work() // has E.Mutex
}
func h() {
	mu.Lock() // asks mu
	defer mu.Unlock() // has mu
	var own sync.Mutex // has mu
	own.Lock() // asks h.own, has mu
	work() // has mu, has h.own
} // has mu, has h.own`,
  );
  check(
    'another object of the same type is another lock',
    `${types}
func move(a, b *T) {
	a.mu.Lock() // asks T.mu
	b.mu.Lock() // asks T.mu, has T.mu
	work() // has T.mu, has T.mu
	a.mu.Unlock() // has T.mu, has T.mu
	work() // has T.mu
	b.mu.Unlock() // has T.mu
	work()
}`,
  );
  check(
    'hand over hand along a list',
    `${types}
func (t *T) walk() {
	t.mu.Lock() // asks T.mu
	for at := t; at.next != nil; { // may T.mu, may T.mu
		next := at.next // may T.mu, may T.mu
		next.mu.Lock() // asks T.mu, may T.mu, may T.mu
		at.mu.Unlock() // may T.mu, has T.mu
		at = next // may T.mu, may T.mu
	}
}`,
  );
  check(
    'elements of a list and generic types',
    `
type S[K comparable] struct { shards [16]shard[K] }
type shard[K comparable] struct { mu sync.RWMutex; m map[K]int }
func (s *S[K]) get(k K, i int) int {
	sh := &s.shards[i]
	sh.mu.RLock() // asks shard.mu r
	defer sh.mu.RUnlock() // has shard.mu r
	return sh.m[k] // has shard.mu r
}`,
  );
  check(
    'the result of a function of the package',
    `${types}
type M struct { all map[string]*T }
func (m *M) get(k string) *T { return m.all[k] }
func (m *M) f(k string) {
	t := m.get(k)
	t.mu.Lock() // asks T.mu
	work() // has T.mu
	t.mu.Unlock() // has T.mu
	for _, one := range m.all {
		one.mu.Lock() // asks T.mu
		work() // has T.mu
		one.mu.Unlock() // has T.mu
	}
}`,
  );
});

describe('functions that lock for their caller', () => {
  check(
    'lock and unlock',
    `${types}
func (t *T) lock() { t.mu.Lock() } // asks T.mu
func (t *T) unlock() { t.mu.Unlock() }
func (t *T) f() {
	t.lock() // through T.mu
	work() // has T.mu
	t.unlock() // has T.mu
	work()
}`,
  );
  check(
    'what is returned unlocks',
    `${types}
func (t *T) lock() func() {
	t.mu.Lock() // asks T.mu
	return t.mu.Unlock // has T.mu
}
func (t *T) f() {
	unlock := t.lock() // through T.mu
	defer unlock() // has T.mu
	work() // has T.mu
} // has T.mu
func (t *T) g() {
	defer t.lock()() // through T.mu
	work() // has T.mu
} // has T.mu
func (t *T) h() {
	unlock := t.lock() // through T.mu
	work() // has T.mu
	unlock() // has T.mu
	work()
}`,
  );
  check(
    "kubo's Unlocker",
    `
type Unlocker interface { Unlock(ctx int) }
type unlocker struct { unlock func() }
func (u *unlocker) Unlock(ctx int) { u.unlock() }
type gc struct { lk sync.RWMutex }
func (bs *gc) PinLock(ctx int) Unlocker {
	bs.lk.RLock() // asks gc.lk r
	return &unlocker{bs.lk.RUnlock} // has gc.lk r
}
func (bs *gc) f(ctx int) {
	defer bs.PinLock(ctx).Unlock(ctx) // through gc.lk r
	work() // has gc.lk r
} // has gc.lk r`,
  );
  check(
    'of another package, by its name',
    `
import "blockstore"
type API struct { bs blockstore.GCBlockstore; keep blockstore.Unlocker }
func (api *API) add(ctx int) error {
	work()
	defer api.bs.PinLock(ctx).Unlock(ctx)
	return work() // has PinLock() rw
}
func (api *API) gc(ctx int) {
	u := api.bs.GCLock(ctx)
	work() // has GCLock() rw
	u.Unlock(ctx) // has GCLock() rw
	work()
}
func (api *API) long(ctx int) {
	api.keep = api.bs.PinLock(ctx)
	work() // has PinLock() rw
}
func (api *API) pause(ctx int) {
	api.keep.Unlock(ctx)
	wait() // lets PinLock() rw
	api.keep = api.bs.PinLock(ctx) // lets PinLock() rw
}`,
  );
  check(
    'only if it succeeds',
    `${types}
func (t *T) lock() error {
	if t.n < 0 {
		return closed
	}
	t.mu.Lock() // asks T.mu
	return nil // has T.mu
}
func (t *T) f() error {
	if err := t.lock(); err != nil { // through T.mu
		return wait()
	}
	defer t.mu.Unlock() // has T.mu
	return work() // has T.mu
}
func (t *T) g() {
	err := t.lock() // through T.mu
	err = work() // may T.mu
	if err != nil { // may T.mu
		wait() // may T.mu
	}
}`,
  );
  check(
    'a function that is called under it',
    `${types}
func (t *T) with(f func()) {
	t.mu.Lock() // asks T.mu
	defer t.mu.Unlock() // has T.mu
	f() // has T.mu
} // has T.mu
func (t *T) f() {
	t.with(func() {
		work()
	})
}`,
  );
});

describe('literals', () => {
  check(
    "a new goroutine does not have its parent's lock",
    `${types}
func (t *T) f() {
	t.mu.Lock() // asks T.mu
	go func() { // has T.mu
		work() // has T.mu
	}() // has T.mu
	work() // has T.mu
	t.mu.Unlock() // has T.mu
}`,
  );
  check(
    'unless it is the one that gives it back',
    `${types}
func (t *T) f() {
	t.mu.Lock() // asks T.mu
	go func() { // has T.mu
		defer t.mu.Unlock() // has T.mu, func: has T.mu
		work() // has T.mu, func: has T.mu
	}() // has T.mu, func: has T.mu
	work()
}`,
  );
  check(
    'deferred',
    `${types}
func (t *T) f() {
	t.mu.Lock() // asks T.mu
	defer func() { // has T.mu
		t.n++ // has T.mu
		t.mu.Unlock() // has T.mu
	}() // has T.mu
	work() // has T.mu
} // has T.mu`,
  );
  check(
    'called at once',
    `${types}
func (t *T) f() {
	func() {
		t.mu.Lock() // func: asks T.mu
		defer t.mu.Unlock() // func: has T.mu
		work() // func: has T.mu
	}() // func: has T.mu
	work()
}`,
  );
  check(
    'a deferred call from before the lock runs after the Unlock',
    `${types}
func (t *T) f() error {
	defer t.end()
	t.mu.Lock() // asks T.mu
	defer t.mu.Unlock() // has T.mu
	return work() // has T.mu but end
}`,
  );
});

describe('channels as locks', () => {
  check(
    'a buffered channel of nothing',
    `
type P struct { sem chan struct{} }
func NewP() *P { return &P{sem: make(chan struct{}, 1)} }
func (p *P) f() {
	p.sem <- struct{}{} // asks P.sem
	defer func() { <-p.sem }() // has P.sem
	work() // has P.sem
} // has P.sem
func (p *P) g(done chan int) {
	select { // asks P.sem
	case p.sem <- struct{}{}:
		work() // has P.sem
		<-p.sem // has P.sem
	case <-done:
	}
	work()
}`,
  );
  test('a channel that only signals is none', () => {
    const { read } = annotated(`
type P struct { ready chan struct{}; done chan struct{} }
func NewP() *P { return &P{ready: make(chan struct{}, 1), done: make(chan struct{})} }
func (p *P) f() {
	p.ready <- struct{}{}
	<-p.done
}
func (p *P) loop() {
	for {
		<-p.ready
		work()
		p.ready <- struct{}{}
	}
}`);
    expect(read.filter((line) => !line.endsWith(': '))).toEqual([]);
  });
  check(
    'a weighted semaphore',
    `
import "golang.org/x/sync/semaphore"
type P struct { sem *semaphore.Weighted }
func (p *P) f(ctx int) error {
	if err := p.sem.Acquire(ctx, 1); err != nil { // asks P.sem
		return wait()
	}
	defer p.sem.Release(1) // has P.sem
	return work() // has P.sem
}`,
  );
});
