/** Which releases the lock table is made for, and which of the modules in them can hold somebody up. */
import type { ModuleVersion } from './proxy.ts';

const goIpfs = ['0.4.23', '0.5.0', '0.5.1', '0.6.0', '0.7.0', '0.8.0', '0.9.0', '0.9.1', '0.10.0', '0.11.0', '0.12.0', '0.12.1', '0.12.2', '0.13.0', '0.13.1'];
const kubo = [
  ['0.14.0', '0.15.0', '0.16.0', '0.17.0', '0.18.0', '0.18.1', '0.19.0', '0.19.1', '0.19.2', '0.20.0', '0.21.0', '0.22.0', '0.23.0', '0.24.0', '0.25.0'],
  ['0.26.0', '0.27.0', '0.28.0', '0.29.0', '0.30.0', '0.31.0', '0.32.0', '0.32.1', '0.33.0', '0.33.1', '0.33.2', '0.34.0', '0.34.1', '0.35.0', '0.36.0'],
  ['0.37.0', '0.38.0', '0.38.1', '0.38.2', '0.39.0', '0.40.0', '0.40.1', '0.41.0', '0.42.0', '0.43.0', '0.43.1'],
].flat();

/** Every release from go-ipfs 0.4.23 (the first that is built with modules alone) to kubo 0.43.1, ascending. */
export const releases: readonly ModuleVersion[] = [
  ...goIpfs.map((version) => ({ module: 'github.com/ipfs/go-ipfs', version: `v${version}` })),
  ...kubo.map((version) => ({ module: 'github.com/ipfs/kubo', version: `v${version}` })),
];

/** Modules that are part of the daemon and lock something. */
const daemon: readonly RegExp[] = [
  /^github\.com\/(?:ipfs|ipfs-shipyard|ipshipyard|ipld|libp2p|multiformats|quic-go|raulk|jbenet|whyrusleeping|pion|koron|caddyserver)\//,
  /^github\.com\/(?:lucas-clemente\/quic-go|marten-seemann\/[\w-]+|syndtr\/goleveldb|dgraph-io\/(?:badger|ristretto)|cockroachdb\/(?:pebble|tokenbucket|swiss)|hashicorp\/(?:golang-lru|yamux))/,
  /^github\.com\/(?:prometheus\/client_golang|huin\/goupnp|jackpal\/(?:gateway|go-nat-pmp)|miekg\/dns|gorilla\/websocket|fsnotify\/fsnotify|cskr\/pubsub|benbjohnson\/clock|filecoin-project\/go-clock)/,
  /^github\.com\/(?:golang\/groupcache|mholt\/acmez|cheggaaa\/pb|gammazero\/[\w-]+|elgris\/jsondiff|rcrowley\/go-metrics|uber\/jaeger-client-go|opentracing\/opentracing-go|guillaumemichel\/[\w-]+|probe-lab\/[\w-]+|plexsysio\/[\w-]+|dustin\/go-humanize)/,
  /^go\.uber\.org\/(?:fx|dig|zap|multierr|atomic)$/,
  /^go\.opencensus\.io$|^contrib\.go\.opencensus\.io\/|^go\.opentelemetry\.io\/otel(?:\/sdk(?:\/metric)?|\/exporters\/.*)?$|^go\.opentelemetry\.io\/contrib\/instrumentation\/net\/http\/otelhttp$/,
  /^golang\.org\/x\/(?:net|sync|time|exp)$|^bazil\.org\/fuse$|^github\.com\/hanwen\/go-fuse|^gopkg\.in\/(?:natefinch\/lumberjack|cheggaaa\/pb)/,
];

/** Of those, the ones that only tests and tools use. */
const elsewhere =
  /^github\.com\/(?:ipfs\/(?:go-graphsync|iptb|hang-fds|go-test|kubo|go-ipfs)|libp2p\/go-libp2p-(?:testing|examples)|ipfs\/interface-go-ipfs-core|whyrusleeping\/cbor-gen|marten-seemann\/qtls.*|quic-go\/qtls.*)(?:\/|$)/;

export function isWanted(module: string): boolean {
  return daemon.some((pattern) => pattern.test(module)) && !elsewhere.test(module);
}

/** Go releases that a daemon may have been built with. */
export function isWantedGo(version: string): boolean {
  const minor = Number(/^go1\.(\d+)(?:\.\d+)?$/.exec(version)?.[1] ?? 0);
  return minor >= 13;
}
