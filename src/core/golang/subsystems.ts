/** Whose code a function is: subsystems of kubo, libp2p and their libraries by import path, gx and vendor prefixes removed. */

/** First match wins. Paths are import paths of today and of earlier years (go-ipfs, gx, Godeps). */
const owners: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)(?:go-)?bitswap(?:[/.@]|$)|boxo\/bitswap|boxo\/exchange/, 'bitswap'],
  [/boxo\/(?:pinning|provider)|go-ipfs-pinner|go-ipfs-provider|kubo\/(?:core\/node\/provider|provider)|go-ipfs\/pin/, 'pinning and providing'],
  [/boxo\/mfs|go-mfs/, 'MFS'],
  [
    /boxo\/(?:ipld|blockservice|blockstore|filestore|fetcher|chunker|datastore)|go-merkledag|go-unixfs|go-ipld|go-blockservice|go-ipfs-blockstore|go-ipfs-chunker|ipld\/go-/,
    'blocks and IPLD',
  ],
  [/boxo\/gateway|kubo\/core\/corehttp|go-ipfs\/core\/corehttp/, 'gateway'],
  [/boxo\/(?:path|namesys|ipns|routing)|go-namesys|go-ipns/, 'names and routing'],
  [/go-libp2p-kad-dht|go-libp2p-kbucket|routing-helpers|fullrt/, 'DHT'],
  [/quic-go/, 'QUIC'],
  [/go-yamux|go-mplex|go-multiplex|whyrusleeping\/yamux/, 'stream muxers'],
  [/go-libp2p|go-multistream|go-multiaddr|go-msgio|go-eventbus|go-peerstream/, 'libp2p'],
  [/pion\//, 'WebRTC'],
  [/badger|dgraph-io\/ristretto/, 'badger'],
  [/goleveldb|go-ds-leveldb/, 'leveldb'],
  [/cockroachdb\/pebble|go-ds-pebble/, 'pebble'],
  [/go-ds-flatfs/, 'flatfs'],
  [/go-datastore|go-ds-measure/, 'datastore'],
  [/prometheus|opencensus|opentelemetry|uber\/zap|uber-go\/zap|go-log/, 'logs and metrics'],
  [/kubo\/|go-ipfs\//, 'kubo'],
  [/boxo\//, 'boxo'],
  [/multiformats|go-cid|go-multihash|sha256-simd|blake3/, 'multiformats'],
];

/** Wrappers and general libraries: what they do they do for whoever called them. */
const passed =
  /(?:^|\/)(?:google\.golang\.org\/protobuf|(?:gogo|golang)\/protobuf|golang\/snappy|klauspost\/|mr-tron\/base58|golang\.org\/x\/|felixge\/httpsnoop|prometheus\/promhttp\.(?:Instrument|\(\*\w*[dD]elegator)|go\.opentelemetry\.io\/contrib\/|go\.opencensus\.io\/plugin\/|rs\/cors|go-ds-measure|golang-lru|gammazero\/|polydawn\/refmt|sha256-simd|multiformats\/|go-multi(?:hash|base|codec)|go-cid\b|blake3|go-buffer-pool|go-msgio|google\/uuid|pkg\/errors|davidlazar\/go-crypto|libp2p\/go-flow-metrics)/;

/** Top folders of Go's standard library; `vendor` is what it brings along. */
const standard =
  /^(?:archive|arena|bufio|builtin|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|flag|fmt|go|hash|html|image|index|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|simd|slices|sort|strconv|strings|structs|sync|syscall|testing|text|time|unicode|unique|unsafe|vendor|weak)(?:\/|\.[^/]*$)/;
const runtime = /^(?:runtime|internal\/runtime|runtime\/internal|internal\/abi|internal\/bytealg)[./]/;

/** Every program begins with these. */
export function isStart(func: string): boolean {
  return func === 'runtime.goexit' || func === 'runtime.main';
}

/** Package of a function of Go's, `Go runtime` for the runtime's packages, `native code` for what has none: assembly, C. */
export function goOwner(func: string): string {
  const path = bare(func);
  if (runtime.test(path)) return 'Go runtime';
  return standard.test(path) ? path.slice(0, path.indexOf('.', path.lastIndexOf('/'))) : 'native code';
}

/** Package and name, without what compilers and package managers put around them: methods' types, type arguments, gx, vendor. */
function bare(func: string): string {
  return func
    .replace(/^type[:.]\.(?:eq|hash)\./, '')
    .replace(/[[(].*$/s, '')
    .replace(/^gx\/ipfs\/[^/]+\//, '')
    .replace(/^.*\/(?:vendor|_workspace\/src)\//, '');
}

/** True for functions that work for their callers. */
export function isPassedOver(func: string): boolean {
  return passed.test(func);
}

/** Subsystem of a function of kubo's or its libraries, the module's name for others. Go's own have `goOwner`. */
export function ownerOf(func: string): string {
  const path = bare(func);
  const found = owners.find(([pattern]) => pattern.test(path));
  if (found !== undefined) return found[1];
  if (path.startsWith('main.')) return 'main';
  const [host = '', owner = '', repo = ''] = path.split('/');
  if (path.indexOf('/') < 0) return host.slice(0, host.indexOf('.'));
  if (host === 'github.com' || host === 'gitlab.com') return `${owner}/${repo.split('.')[0]}`;
  // Programs of the Go distribution, and modules that nobody downloads, have names without a dot.
  if (!host.includes('.') && host !== 'cmd') return host;
  return [host, owner.split('.')[0]].filter((part) => part !== '').join('/');
}

/** True for code of the Go distribution, and for what has no package at all. */
export function isGo(func: string): boolean {
  const path = bare(func);
  return standard.test(path) || !/^[^\s:]*\.[^/\s:]*$/.test(path);
}
