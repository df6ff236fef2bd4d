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
  /(?:^|\/)(?:google\.golang\.org\/protobuf|(?:gogo|golang)\/protobuf|golang\/snappy|klauspost\/|mr-tron\/base58|golang\.org\/x\/|felixge\/httpsnoop|prometheus\/promhttp\.(?:Instrument|\(\*\w*[dD]elegator)|go\.opentelemetry\.io\/contrib\/|go\.opencensus\.io\/plugin\/|rs\/cors|go-ds-measure|golang-lru|polydawn\/refmt|sha256-simd|multiformats\/|go-multi(?:hash|base|codec)|go-cid\b|blake3|go-buffer-pool|go-msgio|google\/uuid|pkg\/errors|davidlazar\/go-crypto|libp2p\/go-flow-metrics)/;

/** Owner of a stack, innermost function first: the first function that is not Go's and not of a general library; undefined when all are Go's. */
export function stackOwner(stack: readonly string[]): string | undefined {
  const own = stack.filter((func) => !isGo(func));
  const found = own.find((func) => !passed.test(func)) ?? own[0];
  return found === undefined ? undefined : ownerOf(found);
}

/** True for functions that work for their callers. */
export function isPassedOver(func: string): boolean {
  return passed.test(func);
}

/** Subsystem of a function; `Go runtime` and `Go library` for what is not a module; the module's name for others. */
export function ownerOf(func: string): string {
  const path = func.replace(/^gx\/ipfs\/[^/]+\//, '').replace(/^.*\/(?:vendor|_workspace\/src)\//, '');
  if (/^(?:runtime|internal\/runtime|runtime\/internal|internal\/abi|internal\/bytealg)[./]/.test(path)) return 'Go runtime';
  const found = owners.find(([pattern]) => pattern.test(path));
  if (found !== undefined) return found[1];
  if (path.startsWith('main.')) return 'main';
  const [host = '', owner = '', repo = ''] = path.split('/');
  if (!host.includes('.') || path.indexOf('/') < 0) return 'Go library';
  return host === 'github.com' || host === 'gitlab.com'
    ? `${owner}/${repo.split('.')[0]}`
    : [host, owner.split('.')[0]].filter((part) => part !== '').join('/');
}

/** True for code of the Go distribution. */
export function isGo(func: string): boolean {
  const owner = ownerOf(func);
  return owner === 'Go runtime' || owner === 'Go library';
}
