/** Reading profiles: kinds by content, texts of kubo's zips, broken bytes in one sentence, and never a throw. */
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { Profile as Peer } from 'pprof-format';
import { describe, expect, test } from 'vitest';
import { costsOf } from '../../../../src/core/artefacts/profile/costs.ts';
import { profileKind } from '../../../../src/core/artefacts/profile/kind.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { maxEntryBytes } from '../../../../src/core/limits.ts';

const real = (name: string): Uint8Array => readFileSync(`fixtures/profile/real/${name}`);
const cpu = real('prometheus-3.5.3.cpu.pprof');

describe('kinds', () => {
  test.each([
    ['prometheus-3.5.3.cpu.pprof', 'cpu profile'],
    ['caddy-2.6.2.heap.pprof', 'heap profile'],
    ['kubo-0.34.1-idle.heap.pprof', 'heap profile'],
    ['kubo-0.34.1-gateway.mutex.txt', 'mutex profile'],
    ['kubo-0.34.1-gateway.block.txt', 'block profile'],
  ])('%s is a %s, whatever it is called', (name, kind) => {
    const answer = profileKind.recognise({ path: 'x.txt', bytes: real(name) }, {});
    expect(answer).toMatchObject({ is: 'fine', artefacts: [{ kind }] });
    const [first] = answer.is === 'fine' ? answer.artefacts : [];
    expect(first !== undefined && 'functions' in first ? first.functions.length : 0).toBeGreaterThan(3);
  });
});

test('text of a new Go is not multiplied a second time, and says so', () => {
  const answer = profileKind.recognise({ path: 'mutex.pprof', bytes: real('kubo-0.34.1-gateway.mutex.txt') }, {});
  expect(answer).toMatchObject({ is: 'fine', artefacts: [{ sampleType: 'delay', symbolized: true }] });
  const [first] = answer.is === 'fine' ? answer.artefacts : [];
  expect(first !== undefined && 'notes' in first ? first.notes.join(' ') : '').toMatch(/sampling period/);
});

test('sums agree with another decoder', () => {
  const parsed = parseProfile(cpu);
  if (parsed.is !== 'fine') throw new Error(parsed.is);
  const peer = Peer.decode(gunzipSync(cpu));
  expect(parsed.profile.samples).toBe(peer.sample.length);
  const theirs = peer.sample.reduce((sum, sample) => sum + Number(sample.value[1]), 0);
  let ours = 0;
  for (let at = 1; at < parsed.profile.values.length; at += 2) ours += parsed.profile.values[at] ?? 0;
  expect(ours).toBe(theirs);
  const shares = costsOf(parsed.profile).reduce((sum, { share }) => sum + share, 0);
  expect(shares).toBeGreaterThan(0.95);
  expect(
    costsOf(parsed.profile)
      .filter(({ kind }) => kind === 'other runtime work')
      .reduce((sum, { share }) => sum + share, 0),
  ).toBeLessThan(0.02);
});

describe('broken bytes', () => {
  const plain = gunzipSync(cpu);
  const [sendAgain, asText] = [
    /: send it again, packed in a zip so that nothing changes it on the way$/,
    /saved as text, which destroys it: attach the file itself/,
  ];
  test.each([
    ['cut in a string', plain.subarray(0, plain.length - 20), sendAgain],
    ['cut in half', plain.subarray(0, plain.length / 2), sendAgain],
    ['gzip cut', cpu.subarray(0, cpu.length / 2), sendAgain],
    ['gzip with a byte changed', Uint8Array.from(cpu, (byte, at) => (at === 2000 ? byte ^ 1 : byte)), sendAgain],
    ['gzip through UTF-8', Buffer.from(Buffer.from(cpu).toString('utf8')), asText],
    ['gzip through Latin-1', Buffer.from(Buffer.from(cpu).toString('latin1')), asText],
    [
      'gzip through PowerShell',
      Buffer.from(`\ufeff${Buffer.from(cpu).toString('latin1')}`, 'utf16le'),
      /PowerShell redirect .* take it again with `curl.exe -o FILE`$/,
    ],
    ['two in a row', Buffer.concat([plain, plain]), /several profiles were written one after the other into it: send each alone$/],
    ['two gzip files in a row', Buffer.concat([cpu, cpu]), /several profiles were written one after the other into it: send each alone$/],
    ['a field of the wrong type', Buffer.concat([plain, Buffer.from([0x10, 1])]), sendAgain],
    ['the reserved id 0', Buffer.concat([plain, Buffer.from([0x22, 0])]), /reserved id 0: send it again/],
    ['nothing but a string', Buffer.from([0x32, 0, 0x32, 1, 0x61]), /does not say what it counts: send it again/],
  ])('%s is told in one sentence, with what to do', (_, bytes, wanted) => {
    const answer = parseProfile(bytes);
    expect(answer).toMatchObject({ is: 'broken', reason: expect.stringMatching(wanted) });
    expect(answer.is === 'broken' && answer.reason.split(/[.!?] /).length).toBe(1);
  });
  test('a bomb is not unpacked', () => {
    const bomb = gzipSync(Buffer.alloc(maxEntryBytes + 1), { level: 9 });
    expect(parseProfile(bomb)).toMatchObject({ is: 'broken', reason: expect.stringContaining('unpacks to more than 256 MB') });
  });
  test('line ends after gzip do not matter, zstd is read', () => {
    for (const bytes of [Buffer.concat([cpu, Buffer.from('\r\n')]), zstdCompressSync(plain), plain]) expect(parseProfile(bytes).is).toBe('fine');
  });
  test('a varint of 640,000 bytes ends at once', () => {
    expect(parseProfile(Buffer.concat([Buffer.from([0x0a, 0x04, 0x08, 0x01, 0x10, 0x02, 0x60]), Buffer.alloc(640_000, 0xff)])).is).not.toBe('fine');
  });
  test('a text is not mine', () => {
    expect(parseProfile(Buffer.from('hello, I am text\n')).is).toBe('not mine');
  });
  test('no bytes throw', () => {
    fc.assert(
      fc.property(fc.nat({ max: plain.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, patch) => {
        const bytes = Uint8Array.from(plain);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        expect(['fine', 'broken', 'not mine']).toContain(profileKind.recognise({ path: 'x', bytes }, {}).is);
      }),
      { numRuns: 300 },
    );
  });
});
