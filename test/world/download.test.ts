/** Links that lead inside: whatever notation, redirect or answer of the resolver, nobody on loopback is ever connected to. */
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lead, Refusal } from '../../src/core/model.ts';
import { downloader, fetchOwn, type DownloadOptions } from '../../src/world/download.ts';
import { defaultPolicy } from '../../src/world/policy.ts';

/** Listens on all addresses of this machine and counts who comes. */
let inside: Server;
let port = 0;
let connections = 0;
/** Takes the place of github.com and redirects to where a test says. */
let origin: HttpServer;
let originUrl = '';
let location = '';

const portOf = (server: Server | HttpServer): number => {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

beforeAll(async () => {
  inside = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, resolve));
  port = portOf(inside);
  origin = createHttp((_, response) => response.writeHead(302, { location }).end());
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  originUrl = `http://127.0.0.1:${portOf(origin)}`;
});
afterAll(() => {
  inside.close();
  origin.close();
  origin.closeAllConnections();
});
beforeEach(() => (connections = 0));

const link = (url: string): Lead => ({ kind: 'link', post: 'issue', label: 'x.zip', url, host: 'attachment' });

/** The refusal; a repository's policy that names the host changes nothing. */
async function refusal(url: string, options: DownloadOptions = {}): Promise<Refusal> {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const got = await downloader({ ...defaultPolicy, linkHosts: [host, host.replace(/^\[|\]$/g, '')] }, options)(link(url));
  if (!('reason' in got)) throw new Error(`${url} was fetched`);
  return got;
}

const never = /addresses in place of names|only plain https|host that is not fetched from|no public address|leads nowhere/;

/** 127.0.0.1 and its neighbours as inet_aton, browsers and proxies understand them (WHATWG URL, 3.5; RFC 4291; RFC 6052). */
const notations = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7F.1',
  '0x7f.0x0.0x0.0x1',
  '127.0.0.1%00',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.⓪.⓪.①',
  '0',
  '0.0.0.0',
  '127.255.255.254',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ip6-localhost',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
];

describe('literals', () => {
  test.each(notations)('%s', async (host) => {
    for (const url of [
      `https://${host}/x.zip`,
      `https://${host}:${port}/x.zip`,
      `http://${host}:${port}/x.zip`,
      `https://github.com@${host}:${port}/x.zip`,
      `https://github.com:443@${host}/x.zip`,
    ]) {
      if (!URL.canParse(url)) continue;
      // Names that resolve inside are told by the resolver, which a test of literals does not ask.
      const lookup: DownloadOptions['lookup'] = (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
      expect((await refusal(url, { lookup })).reason, url).toMatch(never);
    }
    expect(connections).toBe(0);
  });

  test('redirects to each of them', async () => {
    let redirects = 0;
    for (const host of notations) {
      for (const to of [
        `https://${host}:${port}/x`,
        `https://${host}/x`,
        `http://${host}:${port}/x`,
        `//${host}:${port}/x`,
        `https://github.com@${host}:${port}/`,
      ]) {
        location = encodeURI(to).replaceAll('%25', '%').replaceAll('%5B', '[').replaceAll('%5D', ']');
        expect((await refusal('https://github.com/ipfs/kubo/files/1/x.zip', { attachmentOrigin: originUrl })).reason, to).toMatch(never);
        redirects += 1;
      }
    }
    expect(redirects).toBe(notations.length * 5);
    expect(connections).toBe(0);
  });
});

test.each([
  ['another port of a good host', () => `https://github.com:${port}/ipfs/kubo/files/1/x.zip`],
  ['a name and a password', () => 'https://user:secret@github.com/ipfs/kubo/files/1/x.zip'],
  ['a name', () => 'https://user@github.com/ipfs/kubo/files/1/x.zip'],
  ['plain http', () => 'http://github.com/ipfs/kubo/files/1/x.zip'],
  ['a file', () => 'file:///etc/passwd'],
  ['ftp', () => `ftp://127.0.0.1:${port}/x`],
  ['gopher', () => `gopher://127.0.0.1:${port}/x`],
  ['data', () => 'data:text/plain,goroutine%201'],
  ['a backslash', () => `https://github.com\\@127.0.0.1:${port}/x`],
  ['a host that ends like a good one', () => 'https://evilgithub.com/ipfs/kubo/files/1/x.zip'],
  ['a host that begins like a good one', () => 'https://github.com.evil.example/ipfs/kubo/files/1/x.zip'],
  ['somebody else’s bucket', () => 'https://github-production-user-x.evil.s3.amazonaws.com/x'],
])('%s', async (_, url) => {
  const lookup: DownloadOptions['lookup'] = (_name, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
  for (const options of [{ lookup }, { lookup, attachmentOrigin: originUrl }]) {
    location = url();
    const asked = 'attachmentOrigin' in options ? 'https://github.com/ipfs/kubo/files/1/x.zip' : url();
    const got = await downloader(defaultPolicy, options)(link(asked));
    expect('reason' in got ? got.reason : 'fetched').toMatch(never);
  }
  expect(connections).toBe(0);
});

describe('the resolver', () => {
  const lies = [
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:7f00:1'],
    ['::127.0.0.1'],
    ['0.0.0.0'],
    ['::'],
    ['10.1.2.3'],
    ['192.168.0.1'],
    ['172.31.255.255'],
    ['169.254.169.254'],
    ['100.64.0.1'],
    ['fd00::1'],
    ['fe80::1'],
    ['fe80::1%lo'],
    ['64:ff9b::7f00:1'],
    ['2002:7f00:1::'],
    ['198.18.0.1'],
    ['224.0.0.1'],
    // One good address among them is none.
    ['140.82.112.3', '127.0.0.1'],
    ['not an address'],
    [],
  ];
  test.each(lies.map((addresses) => [addresses.join(' and ') || 'nothing', addresses] as const))('says %s', async (_, addresses) => {
    let asked = 0;
    const lookup: DownloadOptions['lookup'] = (_name, done) => {
      asked += 1;
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    expect((await refusal('https://objects.githubusercontent.com/x.zip', { lookup })).reason).toBe('its host has no public address');
    expect(asked).toBe(1);
    expect(connections).toBe(0);
  });

  test('says nothing once and something inside the next time', async () => {
    let asked = 0;
    const lookup: DownloadOptions['lookup'] = (_name, done) => {
      asked += 1;
      return asked === 1 ? done(new Error('SERVFAIL'), []) : done(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    expect((await refusal('https://github.com/ipfs/kubo/files/1/x.zip', { lookup })).reason).toBe('its host has no public address');
    expect(asked).toBe(2);
    expect(connections).toBe(0);
  });
});

test('the official archive is not fetched from inside either', async () => {
  const way = { hosts: new Set(['dist.ipfs.tech']), maxBytes: 1000, seconds: 5 };
  for (const host of notations) {
    const url = `https://${host}:${port}/kubo.tar.gz`;
    if (URL.canParse(url)) await expect(fetchOwn(url, way), url).rejects.toThrow(never);
  }
  expect(connections).toBe(0);
});

test('a name that does not resolve is no end of the server', async () => {
  // The resolver's own way of failing: no list at all.
  const lookup: DownloadOptions['lookup'] = (_name, done) => Reflect.apply(done, undefined, [new Error('ENOTFOUND'), undefined]);
  expect(await refusal('https://github.com/ipfs/kubo/files/1/x.zip', { lookup })).toMatchObject({ transient: true });
});

test('a redirect without end', async () => {
  location = '/again';
  expect((await refusal('https://github.com/ipfs/kubo/files/1/x.zip', { attachmentOrigin: originUrl })).reason).toBe('its link is redirected too often');
});
