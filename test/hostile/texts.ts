/** Texts that no program wrote: lines, stacks, names and nests without end. */
import { dump, nothing, repeated, type HostileCase } from './case.ts';

export const texts: readonly HostileCase[] = [
  { name: 'one-line-of-30-megabytes', bytes: () => repeated('a', 30_000_000), says: nothing, slow: true },
  { name: 'one-goroutine-line-of-30-megabytes', bytes: () => repeated('goroutine 1 [', 30_000_000), says: nothing, slow: true },
  { name: 'brackets-without-end', bytes: () => Buffer.concat([Buffer.from(dump), repeated('(', 25_000_000)]), says: nothing, slow: true },
  { name: 'spaces-without-end', bytes: () => Buffer.concat([Buffer.from('goroutine 1'), repeated(' ', 25_000_000)]), says: nothing, slow: true },
  { name: 'tabs-and-addresses', bytes: () => repeated('\t0x', 25_000_000), says: nothing, slow: true },
  { name: 'blank-lines', bytes: () => repeated('\n', 30_000_000), says: nothing, slow: true },
  { name: 'carriage-returns', bytes: () => repeated('\r', 25_000_000), says: nothing, slow: true },
  { name: 'nulls', bytes: () => Buffer.alloc(30_000_000), says: nothing },
  {
    name: 'million-goroutines',
    bytes: () => Buffer.from(Array.from({ length: 400_000 }, (_, nth) => `goroutine ${nth} [running]:\nmain.f${nth}()\n\t/a.go:1 +0x1\n`).join('\n')),
    says: nothing,
    slow: true,
  },
  {
    name: 'stack-of-a-million-frames',
    bytes: () => Buffer.concat([Buffer.from('goroutine 1 [chan receive, 12 minutes]:\n'), repeated('main.f()\n\t/a.go:1 +0x1\n', 25_000_000)]),
    says: nothing,
    slow: true,
  },
  {
    name: 'function-name-of-20-megabytes',
    bytes: () => Buffer.from(`goroutine 1 [select, 12 minutes]:\nmain.${'f'.repeat(20_000_000)}()\n\t/a.go:1 +0x1\n`),
    says: nothing,
    slow: true,
  },
  {
    name: 'wait-reason-of-20-megabytes',
    bytes: () => Buffer.from(`goroutine 1 [${'w'.repeat(20_000_000)}]:\nmain.f()\n\t/a.go:1 +0x1\n`),
    says: nothing,
    slow: true,
  },
  {
    name: 'numbers-too-large',
    bytes: () =>
      Buffer.from(
        'goroutine 99999999999999999999999 [select, 1e308 minutes]:\nmain.f(0xffffffffffffffffffffff)\n\t/a.go:99999999999999999999 +0xffffffffffffffffff\n',
      ),
    says: nothing,
  },
  {
    name: 'creators-in-a-circle',
    bytes: () =>
      Buffer.from(
        Array.from(
          { length: 5000 },
          (_, nth) =>
            `goroutine ${nth + 1} [semacquire, 9 minutes]:\nsync.runtime_SemacquireMutex(0xc000000001)\n\t/s.go:1 +0x1\nsync.(*Mutex).Lock(0xc000000001)\n\t/s.go:2 +0x1\nmain.f(0xc000000001)\n\t/a.go:1 +0x1\ncreated by main.f in goroutine ${nth}\n\t/a.go:1 +0x1\n`,
        ).join('\n'),
      ),
    says: nothing,
    slow: true,
  },
  {
    name: 'locks-that-all-wait-for-each-other',
    bytes: () =>
      Buffer.from(
        Array.from(
          { length: 3000 },
          (_, nth) =>
            `goroutine ${nth + 1} [sync.Mutex.Lock, 9 minutes]:\nsync.(*Mutex).Lock(0xc00000${(nth + 1).toString(16).padStart(4, '0')})\n\t/s.go:2 +0x1\nmain.(*T).f(0xc00000${(((nth + 1) % 3000) + 1).toString(16).padStart(4, '0')}, 0xc00000${nth.toString(16).padStart(4, '0')})\n\t/a.go:1 +0x1\n`,
        ).join('\n'),
      ),
    says: nothing,
    slow: true,
  },
  {
    name: 'names-of-commands',
    bytes: () =>
      Buffer.from(
        `goroutine 1 [chan receive, 12 minutes]:\nmain.::set-output name=x::y\u0060\u0060\u0060()\n\t/a.go:1 +0x1\nmain.</details><script>alert(1)</script>()\n\t/@ipfs/x.go:1 +0x1\n`,
      ),
    says: nothing,
  },
  { name: 'utf16-cut', bytes: () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(dump, 'utf16le'), Buffer.from([0xd8])]), says: nothing },
  {
    name: 'lone-surrogates-and-bad-utf8',
    bytes: () => Buffer.concat([Buffer.from(dump), Buffer.from([0xed, 0xa0, 0x80, 0xff, 0xc0, 0xaf]), Buffer.from(dump)]),
    says: nothing,
  },
  { name: 'json-deep', bytes: () => repeated('[', 5_000_000), says: nothing },
  { name: 'json-deep-objects', bytes: () => repeated('{"a":', 5_000_000), says: nothing },
  {
    name: 'json-of-a-million-keys',
    bytes: () => Buffer.from(`{${Array.from({ length: 800_000 }, (_, nth) => `"k${nth}":${nth}`).join(',')}}`),
    says: nothing,
    slow: true,
  },
  {
    name: 'json-with-names-of-objects',
    bytes: () => Buffer.from('{"__proto__":{"memstats":1},"constructor":{"prototype":1},"memstats":{"Alloc":-1e308,"BySize":"x"},"cmdline":[{}]}'),
    says: nothing,
  },
  {
    name: 'json-numbers-beyond',
    bytes: () => Buffer.from('{"memstats":{"Alloc":1e999,"HeapAlloc":-1,"NumGC":"NaN","PauseNs":[1e400]},"cmdline":["ipfs"]}'),
    says: nothing,
  },
  {
    name: 'config-with-a-key',
    bytes: () => Buffer.from(`{"Identity":{"PeerID":"12D3KooWA","PrivKey":"CAESQ${'QUJD'.repeat(20)}"},"Datastore":{}}`),
    says: /"secrets":\[\{[^}]*private key/,
  },
  {
    name: 'swarm-key',
    bytes: () => Buffer.from('/key/swarm/psk/1.0.0/\n/base16/\n0011223344556677889900112233445566778899001122334455667788990011\n'),
    says: /"secrets":\[/,
  },
  { name: 'pem', bytes: () => Buffer.from(`-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(16)}\n-----END PRIVATE KEY-----\n`), says: /"secrets":\[/ },
  { name: 'web-page', bytes: () => Buffer.from('<!doctype html><html><script>alert(1)</script>'.repeat(1000)), says: nothing },
  { name: 'nothing-at-all', bytes: () => Buffer.alloc(0), says: nothing },
];
