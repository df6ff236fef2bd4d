/** Links of frames as real dumps print them: every era of paths, and where no link may be given. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceLink, type KnownProgram } from '../../../src/core/golang/links.ts';
import { goTag, importPathOf } from '../../../src/core/golang/modules.ts';
import { refOf, repositoryOf } from '../../../src/core/golang/repositories.ts';

const built: KnownProgram = {
  go: 'go1.26.5',
  modules: [
    { path: 'github.com/libp2p/go-yamux/v5', version: 'v5.1.0' },
    { path: 'golang.org/x/net', version: 'v0.34.0' },
    { path: 'go.opentelemetry.io/otel/exporters/otlp/otlptrace', version: 'v1.34.0' },
    { path: 'github.com/foo/bar', version: 'v1.0.0', replacedBy: { path: 'github.com/me/bar', version: 'v1.0.1-0.20240101000000-abcdefabcdef' } },
    { path: 'github.com/foo/here', version: 'v1.0.0', replacedBy: { path: './here', version: '' } },
  ],
  main: { package: 'github.com/ipfs/kubo/cmd/ipfs', module: { path: 'github.com/ipfs/kubo', version: 'v0.42.0' } },
};
const revision = '867cdc5d80d88f390f3ee2882ff50e056ffe3aad';
const kubo = (version: string): KnownProgram => ({ go: 'go1.24.9', program: { name: 'kubo', version } });
const goIpfs: KnownProgram = { go: 'go1.13.15', program: { name: 'go-ipfs', version: '0.4.23' } };

/** Function, file, line, what is known, wanted address without `https://`; `~` before it: likely; '': no link. */
const cases: readonly (readonly [func: string, file: string, line: number, known: KnownProgram, want: string])[] = [
  // module cache
  [
    'github.com/libp2p/go-yamux.(*Session).recv',
    '/home/x/go/pkg/mod/github.com/libp2p/go-yamux@v1.2.3/session.go',
    205,
    {},
    'github.com/libp2p/go-yamux/blob/v1.2.3/session.go#L205',
  ],
  ['a.b', 'C:/Users/Jo Doe/go/pkg/mod/github.com/ipfs/boxo@v0.1.2/mfs/dir.go', 1, {}, 'github.com/ipfs/boxo/blob/v0.1.2/mfs/dir.go#L1'],
  ['a.b', 'C:\\Users\\x\\go\\pkg\\mod\\github.com\\ipfs\\boxo@v0.1.2\\mfs\\dir.go', 1, {}, 'github.com/ipfs/boxo/blob/v0.1.2/mfs/dir.go#L1'],
  [
    'a.b',
    'pkg/mod/github.com/whyrusleeping/go-smux-yamux@v2.0.9+incompatible/yamux.go',
    40,
    {},
    'github.com/whyrusleeping/go-smux-yamux/blob/v2.0.9/yamux.go#L40',
  ],
  ['a.b', '/home/ci/go/pkg/mod/github.com/!burnt!sushi/toml@v1.2.0/decode.go', 3, {}, 'github.com/BurntSushi/toml/blob/v1.2.0/decode.go#L3'],
  ['a.b', '/cache/mod/github.com/!burnt!sushi/toml@v1.2.0/decode.go', 3, {}, '~github.com/BurntSushi/toml/blob/v1.2.0/decode.go#L3'],
  [
    'a.b',
    '/go/pkg/mod/github.com/lucas-clemente/quic-go@v0.7.1-0.20190207125157-7dc4be2ce994/session.go',
    1,
    {},
    'github.com/lucas-clemente/quic-go/blob/7dc4be2ce994/session.go#L1',
  ],
  [
    'a.b',
    'pkg/mod/golang.org/x/net@v0.0.0-20210813160813-60bc85c4be6d/internal/socket/rawconn_mmsg.go',
    9,
    {},
    'github.com/golang/net/blob/60bc85c4be6d/internal/socket/rawconn_mmsg.go#L9',
  ],
  [
    'a.b',
    '/go/pkg/mod/go.opencensus.io@v0.24.0/stats/view/worker.go',
    292,
    {},
    'github.com/census-instrumentation/opencensus-go/blob/v0.24.0/stats/view/worker.go#L292',
  ],
  // -trimpath: sure with the module list of the binary, likely without
  ['a.b', 'github.com/libp2p/go-yamux/v5@v5.1.0/session.go', 205, built, 'github.com/libp2p/go-yamux/blob/v5.1.0/session.go#L205'],
  ['a.b', 'github.com/ipfs/boxo@v0.29.1/mfs/dir.go', 123, kubo('0.34.1'), '~github.com/ipfs/boxo/blob/v0.29.1/mfs/dir.go#L123'],
  ['a.b', 'golang.org/x/net@v0.34.0/http2/frame.go', 500, built, 'github.com/golang/net/blob/v0.34.0/http2/frame.go#L500'],
  [
    'a.b',
    'go.opentelemetry.io/otel/exporters/otlp/otlptrace@v1.34.0/exporter.go',
    9,
    built,
    'github.com/open-telemetry/opentelemetry-go/blob/exporters/otlp/otlptrace/v1.34.0/exporters/otlp/otlptrace/exporter.go#L9',
  ],
  ['a.b', 'github.com/cheggaaa/pb/v3@v3.1.7/pb.go', 9, {}, '~github.com/cheggaaa/pb/blob/v3.1.7/v3/pb.go#L9'],
  [
    'a.b',
    'github.com/decred/dcrd/dcrec/secp256k1/v4@v4.3.0/field.go',
    9,
    {},
    '~github.com/decred/dcrd/blob/dcrec/secp256k1/v4.3.0/dcrec/secp256k1/field.go#L9',
  ],
  ['a.b', 'gopkg.in/yaml.v3@v3.0.1/decode.go', 3, {}, '~github.com/go-yaml/yaml/blob/v3.0.1/decode.go#L3'],
  ['a.b', 'github.com/foo/bar@v1.0.0/x.go', 5, built, 'github.com/me/bar/blob/abcdefabcdef/x.go#L5'],
  ['a.b', 'github.com/foo/here@v1.0.0/x.go', 5, built, ''],
  ['a.b', 'example.org/unknown@v1.0.0/x.go', 5, built, ''],
  // the program itself
  ['a.b', 'github.com/ipfs/kubo@v0.42.0/core/corehttp/corehttp.go', 90, {}, 'github.com/ipfs/kubo/blob/v0.42.0/core/corehttp/corehttp.go#L90'],
  [
    'main.main',
    'github.com/ipfs/kubo/cmd/ipfs/main.go',
    10,
    { main: { ...built.main, revision } },
    `github.com/ipfs/kubo/blob/${revision}/cmd/ipfs/main.go#L10`,
  ],
  [
    'main.main',
    'github.com/ipfs/kubo/cmd/ipfs/main.go',
    10,
    { main: { ...built.main, revision, modified: true } },
    `~github.com/ipfs/kubo/blob/${revision}/cmd/ipfs/main.go#L10`,
  ],
  [
    'github.com/ipfs/kubo/cmd/ipfs/kubo.serveHTTPApi.CheckVersionOption.func8.1',
    'github.com/ipfs/kubo/core/corehttp/commands.go',
    228,
    kubo('0.34.1'),
    '~github.com/ipfs/kubo/blob/v0.34.1/core/corehttp/commands.go#L228',
  ],
  ['github.com/ipfs/kubo/cmd/ipfs/kubo.serveHTTPApi.CheckVersionOption.func8.1', '/home/builder/kubo/core/corehttp/commands.go', 228, kubo('0.34.1'), ''],
  ['github.com/ipfs/kubo/core.NewNode', '/home/builder/kubo/core/builder.go', 18, kubo('0.22.0'), '~github.com/ipfs/kubo/blob/v0.22.0/core/builder.go#L18'],
  ['main.main', '/home/builder/kubo/cmd/ipfs/main.go', 18, kubo('0.22.0'), '~github.com/ipfs/kubo/blob/v0.22.0/cmd/ipfs/main.go#L18'],
  ['main.main', '/home/builder/go/src/github.com/ipfs/go-ipfs/cmd/ipfs/main.go', 7, goIpfs, '~github.com/ipfs/go-ipfs/blob/v0.4.23/cmd/ipfs/main.go#L7'],
  ['github.com/ipfs/kubo/core.NewNode', 'github.com/ipfs/kubo/core/builder.go', 18, kubo('0.35.0-dev'), ''],
  [
    'github.com/ipfs/go-ipfs/core/corehttp.Serve',
    '/home/me/src/go-ipfs/core/corehttp/corehttp.go',
    90,
    { program: { name: 'go-ipfs', commit: '8431e2e87' } },
    '~github.com/ipfs/go-ipfs/blob/8431e2e87/core/corehttp/corehttp.go#L90',
  ],
  [
    'github.com/ipfs/go-ipfs/Godeps/_workspace/src/github.com/hashicorp/yamux.(*Session).OpenStream',
    '/home/w/gopkg/src/github.com/ipfs/go-ipfs/Godeps/_workspace/src/github.com/hashicorp/yamux/session.go',
    145,
    { program: { commit: 'abc1234' } },
    '~github.com/ipfs/go-ipfs/blob/abc1234/Godeps/_workspace/src/github.com/hashicorp/yamux/session.go#L145',
  ],
  // no version in the path
  [
    'github.com/libp2p/go-yamux/v5.(*Session).recv',
    'external/com_github_libp2p_go_yamux/session.go',
    205,
    built,
    '~github.com/libp2p/go-yamux/blob/v5.1.0/session.go#L205',
  ],
  [
    'github.com/libp2p/go-yamux/v5.(*Session).recv',
    '/build/source/vendor/github.com/libp2p/go-yamux/v5/session.go',
    205,
    built,
    '~github.com/libp2p/go-yamux/blob/v5.1.0/session.go#L205',
  ],
  ['github.com/libp2p/go-yamux/v5.(*Session).recv', '/build/source/vendor/github.com/libp2p/go-yamux/v5/session.go', 205, {}, ''],
  [
    'gx/ipfs/QmZ8MMKFwA95viWULoSYFZpA4kdFa8idmFSrP12YJwjjaL/yamux.(*Session).recv',
    '/builds/gopath/src/gx/ipfs/QmZ8MMKFwA95viWULoSYFZpA4kdFa8idmFSrP12YJwjjaL/yamux/session.go',
    399,
    goIpfs,
    '',
  ],
  // standard library
  ['net/http.(*Server).Serve', '/usr/local/go/src/net/http/server.go', 3285, built, 'github.com/golang/go/blob/go1.26.5/src/net/http/server.go#L3285'],
  ['net/http.(*Server).Serve', 'net/http/server.go', 3285, built, 'github.com/golang/go/blob/go1.26.5/src/net/http/server.go#L3285'],
  ['net/http.(*Server).Serve', 'C:/Program Files/Go/src/net/http/server.go', 3285, built, 'github.com/golang/go/blob/go1.26.5/src/net/http/server.go#L3285'],
  ['internal/poll.runtime_pollWait', 'GOROOT/src/runtime/netpoll.go', 222, built, 'github.com/golang/go/blob/go1.26.5/src/runtime/netpoll.go#L222'],
  ['internal/poll.runtime_pollWait', 'runtime/netpoll.go', 222, built, 'github.com/golang/go/blob/go1.26.5/src/runtime/netpoll.go#L222'],
  ['runtime.goexit', '/usr/lib/go-1.19/src/runtime/asm_amd64.s', 1594, { go: 'go1.19.8' }, 'github.com/golang/go/blob/go1.19.8/src/runtime/asm_amd64.s#L1594'],
  [
    'runtime.goexit',
    '/opt/hostedtoolcache/go/1.20.14/x64/src/runtime/asm_amd64.s',
    1594,
    {},
    '~github.com/golang/go/blob/go1.20.14/src/runtime/asm_amd64.s#L1594',
  ],
  ['runtime.goexit', 'runtime/asm_amd64.s', 1700, { go: 'go1.24' }, '~github.com/golang/go/blob/go1.24.0/src/runtime/asm_amd64.s#L1700'],
  ['runtime.goexit', 'runtime/asm_amd64.s', 1700, { go: 'go1.24.9 X:nodwarf5' }, '~github.com/golang/go/blob/go1.24.9/src/runtime/asm_amd64.s#L1700'],
  ['runtime.goexit', 'runtime/asm_amd64.s', 1700, { go: 'devel +abc' }, ''],
  [
    'net/http.x',
    '/home/ci/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.24.9.linux-amd64/src/net/http/server.go',
    4,
    {},
    'github.com/golang/go/blob/go1.24.9/src/net/http/server.go#L4',
  ],
  [
    'vendor/golang.org/x/net/http2/hpack.x',
    '/usr/local/go/src/vendor/golang.org/x/net/http2/hpack/hpack.go',
    7,
    built,
    'github.com/golang/go/blob/go1.26.5/src/vendor/golang.org/x/net/http2/hpack/hpack.go#L7',
  ],
  // nothing to link
  ['sync.(*Mutex).Lock', '<autogenerated>', 1, built, ''],
  ['runtime.goexit', '', 0, built, ''],
  ['main._Cfunc_x', '_cgo_gotypes.go', 10, built, ''],
  ['a.b', 'github.com/x/y@v1.0.0/../../../evil.go', 1, {}, ''],
  ['a.b', 'github.com/x/y@v1.0.0/a b)[c](d.go', 1, {}, ''],
  ['a.b', 'github.com/x/y@v1.0.0/page.html', 1, {}, ''],
];

describe('links', () => {
  test.each(cases)('%s at %s:%d', (func, file, line, known, want) => {
    const link = sourceLink({ func, file, line }, known);
    expect(link === undefined ? '' : `${link.likely ? '~' : ''}${link.url}`).toBe(want === '' ? '' : want.replace(/^(~?)/, '$1https://'));
  });

  test('whatever the frame, an address is one of a known host and has nothing to escape', () => {
    const piece = fc.oneof(
      fc.constantFrom('github.com', 'pkg', 'mod', 'src', '..', 'ipfs', 'kubo@v1.2.3', 'a b', ')', 'net', 'http.go', 'x.s', '@v1.0.0', 'go.uber.org'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), fc.string(), fc.integer({ min: -1, max: 9 }), (pieces, func, line) => {
        const link = sourceLink({ func, file: `${pieces.join('/')}.go`, line }, built);
        if (link === undefined) return;
        expect(link.url).toMatch(/^https:\/\/(?:github|gitlab)\.com\/[\w./+~@!,=%-]+#L\d+$/);
        expect(link.url).not.toMatch(/\/\.\.?(?:\/|$)/);
      }),
    );
  });
});

describe('names', () => {
  test('import paths', () => {
    expect(importPathOf('gopkg.in/yaml%2ev3.(*Decoder).Decode')).toBe('gopkg.in/yaml.v3');
    expect(importPathOf('main.F[github.com/x/y.T]')).toBe('main');
    expect(importPathOf('github.com/a/b.C.func1')).toBe('github.com/a/b');
  });

  test('versions', () => {
    expect(refOf('v1.2.3-0.20240101000000-abcdefabcdef', 'x')).toBe('abcdefabcdef');
    expect(refOf('v1.2.3', 'sdk')).toBe('sdk/v1.2.3');
    expect(goTag('go1.20')).toEqual({ tag: 'go1.20', exact: false });
    expect(goTag('go1.22rc1')).toEqual({ tag: 'go1.22rc1', exact: true });
  });

  test.each([
    ['go.etcd.io/etcd/api/v3', 'etcd-io/etcd', 'api', 'api'],
    ['go.etcd.io/etcd/client/v3', 'etcd-io/etcd', 'client/v3', 'client'],
    ['go.etcd.io/etcd/client/pkg/v3', 'etcd-io/etcd', 'client/pkg', 'client/pkg'],
    ['github.com/googleapis/gax-go/v2', 'googleapis/gax-go', 'v2', ''],
    ['github.com/jcmturner/gokrb5/v8', 'jcmturner/gokrb5', 'v8', ''],
    ['google.golang.org/appengine/v2', 'golang/appengine', 'v2', ''],
    ['github.com/libp2p/go-yamux/v5', 'libp2p/go-yamux', '', ''],
    ['go4.org/netipx', 'go4org/netipx', '', ''],
    ['go.uber.org/yarpc', 'yarpc/yarpc-go', '', ''],
    ['filippo.io/edwards25519', 'FiloSottile/edwards25519', '', ''],
  ])('%s is in %s, folder "%s", tags of "%s"', (module, name, dir, tagDir) => {
    expect(repositoryOf(module)).toEqual({ host: 'github.com', name, dir, tagDir, sure: true });
  });

  test('nothing below a name that stands alone, and no group of GitLab for sure', () => {
    for (const unknown of ['go4.org/unsafe/assume-no-moving-gc', 'tailscale.com/x', 'go.uber.org/cadence']) expect(repositoryOf(unknown)).toBeUndefined();
    expect(repositoryOf('gitlab.com/group/part/repository')).toMatchObject({ sure: false });
  });

  test('hosts', () => {
    expect(repositoryOf('go.uber.org/zap/exp')).toMatchObject({ name: 'uber-go/zap', dir: 'exp' });
    expect(repositoryOf('golang.org/xyz')).toBeUndefined();
    expect(repositoryOf('google.golang.org/grpcfoo')).toBeUndefined();
  });
});
