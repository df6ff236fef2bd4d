/**
 * Where goroutines of healthy programs wait for hours: general shapes first, then named places of kubo, libp2p and their
 * dependencies, each with the source file that shows the loop. A lock wait is never a resting place.
 */
import type { Stack, WaitClass } from '../model.ts';
import { isWrapper, normalFunction, shortFunction } from './names.ts';

/** Functions that only carry another one: what runs in them is the goroutine's real entry. */
const carriers =
  /^(?:github\.com\/jbenet\/goprocess\.(?:\(\*process\)\.)?Go\.func\d+|github\.com\/oklog\/run\.\(\*Group\)\.Run\.func\d+|sync\.\(\*WaitGroup\)\.Go\.func\d+|golang\.org\/x\/sync\/errgroup\.\(\*Group\)\.(?:Go|TryGo|add)\.func\d+|runtime\/pprof\.Do|testing\.tRunner)$/;

/** Frames by which a goroutine is parked; where it waits is the frame outside of them. */
const parking =
  /^(?:runtime\.|(?:internal\/)?sync\.|internal\/poll\.|time\.Sleep$|syscall\.|internal\/runtime\/|golang\.org\/x\/sync\/errgroup\.\(\*Group\)\.Wait$)/;

/** The goroutine's own functions, innermost first: parking frames, wrappers and carriers left out. */
export function ownPath(stack: Stack): readonly string[] {
  const names = stack.frames.map(({ func }) => func);
  let first = 0;
  while (first < names.length && parking.test(names[first] ?? '')) first++;
  return names.slice(first).filter((name) => !isWrapper(name) && !carriers.test(name));
}

/** Last element of a name: `worker` of `decision.(*blockstoreManager).worker`, `func1` of a closure. */
function lastElement(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replace(/-(?:fm|range\d+)$/, '');
}

/** Name of the function that a closure was written in: `run` of `(*Queue).run.func1.2`. */
function outerName(name: string): string {
  return lastElement(name.replace(/(?:\.func\d+(?:\.\d+)*|\.gowrap\d+|-range\d+)+$/, ''));
}

/** Words of functions that loop for as long as the program lives. */
const loops =
  /^(?:run|loop|work|worker|workers|background|backgroundLoop|serve|start|starter|process|listen|monitor|watch|watcher|poll|poller|sender|updater|reloader|relayer|subscribe|sweeper|flusher|keepalive|janitor|daemon|dispatch|dispatcher|pump|maintain|refresh|refresher|scheduler|reaper|collector|manage|manager|drain|eventHandler|handleOutgoing|flushDiscardStats|waitForPublicAddr)$|(?:loop|worker|daemon|routine|queue|compaction|compactionerror|watcher|listener|collector|emitter|assets|bufferdata|inpeerstore|publisher|background|monitor|sweeper|refresher|scheduler|poller|ticker)$|^(?:run|serve|keep|watch|monitor|process|maintain|periodic|handleAnnouncements)[A-Z]?/i;

/** What a loop calls to get its next piece of work. */
const fetches = /^(?:wait|waitChange|next|get|pop|take|recv|receive|accept|poll|dequeue|permit|Wait|Next|Get|Pop|Recv|Dequeue|Receive|Poll|read|Read)$/;

/** Functions whose closures are started with the program and end with it. */
const starters =
  /^(?:New\w*|new\w*|Start\w*|start\w*|Open\w*|open\w*|Init\w*|init\w*|Listen\w*|Serve\w*|serve\w*|Run\w*|run\w*|Bootstrap\w*|bootstrap\w*|Watch\w*|Monitor\w*|main|daemonFunc|glob)$/;

const accepts = /^(?:[aA]ccept\w*|innerAccept|AcceptStream|AcceptUniStream|AcceptWithContext)$/;

interface Place {
  readonly name: RegExp;
  readonly rest: string;
  /** File that shows why it may wait for ever. */
  readonly source: string;
  /** The place may be this many frames out: a reader under a few layers of streams. Left out: it waits itself. */
  readonly within?: number;
}

/** Matched against the normal name (no gx hash, no major version) of the innermost own function. */
const places: readonly Place[] = [
  {
    name: /^(?:main|github\.com\/ipfs\/kubo\/cmd\/ipfs\/kubo)\.daemonFunc(?:\.func\d+)?$/,
    rest: 'the daemon waits to be stopped',
    source: 'ipfs/kubo cmd/ipfs/kubo/daemon.go daemonFunc',
  },
  {
    name: /^(?:main|github\.com\/ipfs\/kubo\/cmd\/ipfs\/kubo)\.merge\.func\d+$/,
    rest: "passes on errors of the daemon's servers",
    source: 'ipfs/kubo cmd/ipfs/kubo/daemon.go merge',
  },
  {
    name: /^(?:main|github\.com\/ipfs\/kubo\/cmd\/ipfs\/kubo)\.(?:serveHTTP\w+|serveTrustlessGatewayOverLibp2p|startPinMFS|pinMFSOnChange|mountFuse)\.func\d+$/,
    rest: 'waits for a server of the daemon to end',
    source: 'ipfs/kubo cmd/ipfs/kubo/daemon.go, pinmfs.go',
  },
  {
    name: /^(?:main|github\.com\/ipfs\/kubo\/cmd\/ipfs\/kubo)\.pinMFSOnChange$/,
    rest: 'waits for the next change of MFS',
    source: 'ipfs/kubo cmd/ipfs/kubo/pinmfs.go pinMFSOnChange',
  },
  {
    name: /^github\.com\/ipfs\/(?:kubo|go-ipfs)\/core\/corehttp\.Serve\w*$/,
    rest: 'serves HTTP until the node ends',
    source: 'ipfs/kubo core/corehttp/corehttp.go Serve',
  },
  {
    name: /^github\.com\/ipfs\/(?:kubo|go-ipfs)\/cmd\/ipfs\/util\.\(\*IntrHandler\)\.Handle\.func\d+$/,
    rest: 'waits for an interrupt',
    source: 'ipfs/kubo cmd/ipfs/util/signal.go',
  },
  {
    name: /^github\.com\/ipfs\/(?:kubo|go-ipfs)\/core\.NewNode\.func\d+$/,
    rest: 'waits for the node to be closed',
    source: 'ipfs/kubo core/builder.go NewNode',
  },
  {
    name: /^github\.com\/ipfs\/(?:kubo|go-ipfs)\/core\/node(?:\/libp2p)?\.[\w.()*]+\.func[\d.]+$/,
    rest: 'background service of the node',
    source: 'ipfs/kubo core/node/provider.go, core/node/libp2p/routing.go',
  },
  {
    name: /^github\.com\/ipfs\/(?:boxo|go-bitswap)(?:\/[\w/-]+)?\.\(\*[cC]onnectEventManager\)\.(?:waitChange|worker)$/,
    rest: 'waits for a connection event',
    source: 'ipfs/boxo bitswap/network/connecteventmanager.go worker',
    within: 4,
  },
  {
    name: /^github\.com\/ipfs\/(?:boxo|go-bitswap)(?:\/[\w/-]+)?\.New\.func\d+$/,
    rest: 'waits for bitswap to be closed',
    source: 'ipfs/boxo bitswap/client/client.go New',
  },
  {
    name: /^github\.com\/jbenet\/goprocess\/context\.CloseAfterContext\.func\d+$/,
    rest: 'waits for a context to end',
    source: 'jbenet/goprocess context/context.go CloseAfterContext',
  },
  {
    name: /^github\.com\/jbenet\/goprocess\/periodic\./,
    rest: 'waits for its next tick',
    source: 'jbenet/goprocess periodic/periodic.go callOnTicker',
    within: 4,
  },
  {
    name: /^github\.com\/jbenet\/goprocess\.\(\*process(?:Link)?\)\.CloseAfterChildren$/,
    rest: 'waits for its children to end',
    source: 'jbenet/goprocess impl-mutex.go CloseAfterChildren',
  },
  {
    name: /^github\.com\/libp2p\/go-libp2p\/config\.\(\*Config\)\.[\w.]+\.func\d+$/,
    rest: 'waits for the host to be closed',
    source: 'libp2p/go-libp2p config/config.go addAutoNAT',
  },
  {
    name: /^github\.com\/libp2p\/go-libp2p-kad-dht\.(?:New\.)?\(\*(?:IpfsDHT|subscriberNotifee)\)\.(?:persistRTPeersInPeerStore|rtPeerLoop|runFixLowPeersLoop|fixLowPeersRoutine|startNetworkSubscriber|BootstrapWithConfig|populatePeers|subscribe)(?:\.func\d+)?$/,
    rest: 'background loop of the DHT',
    source: 'libp2p/go-libp2p-kad-dht dht.go, subscriber_notifee.go',
  },
  {
    name: /^github\.com\/multiformats\/go-multistream\.\(\*lazyServerConn/,
    rest: 'reads the next message of a peer',
    source: 'multiformats/go-multistream lazyServer.go Read',
    within: 4,
  },
  {
    name: /^github\.com\/jbenet\/go-context\/io\.\(\*ctxReader\)\.Read(?:\.func\d+)?$/,
    rest: 'reads the next message of a peer',
    source: 'jbenet/go-context io/ctxio.go Read',
    within: 4,
  },
  {
    name: /^github\.com\/(?:lucas-clemente|quic-go)\/quic-go\.\(\*(?:baseServer|Transport|sendQueue|connection|session|transport|Conn)\)\.(?:[rR]un\w*|accept|Accept\w*|listen|serve)$/,
    rest: 'loop of a QUIC server or connection',
    source: 'quic-go/quic-go server.go, transport.go, connection.go',
  },
  {
    name: /^github\.com\/syndtr\/goleveldb\/leveldb\.\(\*(?:DB|session)\)\.(?:compactionError|mCompaction|tCompaction|refLoop|mpoolDrain)$/,
    rest: 'leveldb waits for something to compact',
    source: 'syndtr/goleveldb leveldb/db_compaction.go, session_util.go',
  },
  {
    name: /^github\.com\/dgraph-io\/(?:badger|ristretto)[\w/.-]*\.(?:\(\*\w+\)\.)?(?:doWrites|process|processItems|flushMemtable|runCompactor|updateSize|waitOnGC|listenForUpdates|StartKeyCleaner|monitorCache)(?:\.func\d+)?$/,
    rest: 'badger waits for work',
    source: 'dgraph-io/badger db.go doWrites, y/watermark.go process, levels.go runCompactor',
  },
  {
    name: /^github\.com\/cockroachdb\/pebble(?:\/\w+)*\.\(\*(?:LogWriter|cleanupManager|tableCacheShard|fileCacheShard|flusherCond|diskHealthCheckingFile)\)\.\w+(?:\.func\d+)?$/,
    rest: 'pebble waits for something to write or clean',
    source: 'cockroachdb/pebble record/log_writer.go flushLoop, cleaner.go',
    within: 4,
  },
  { name: /^go\.uber\.org\/(?:fx|dig)\./, rest: 'the application framework waits for the end', source: 'uber-go/fx signal.go relayer' },
  {
    name: /^go\.opencensus\.io\/stats\/view\.\(\*worker\)\.start$/,
    rest: 'waits for measurements',
    source: 'census-instrumentation/opencensus-go stats/view/worker.go start',
  },
  {
    name: /^google\.golang\.org\/grpc\/internal\/transport\.(?:\(\*controlBuffer\)\.get|\(\*loopyWriter\)\.run|\(\*http2(?:Client|Server)\)\.(?:keepalive|reader|HandleStreams))$/,
    rest: 'loop of a gRPC connection',
    source: 'grpc/grpc-go internal/transport/controlbuf.go, http2_client.go',
  },
  {
    name: /^net\/http\.\(\*(?:persistConn\)\.(?:readLoop|writeLoop)|http2serverConn\)\.serve|http2ClientConn\)\.readLoop|http2clientConnReadLoop\)\.run|connReader\)\.backgroundRead|Server\)\.Serve)$/,
    rest: 'keeps an HTTP connection open',
    source: 'golang/go src/net/http/transport.go, server.go, h2_bundle.go',
    within: 12,
  },
  {
    name: /^net\/http\.\(\*(?:conn\)\.readRequest|http2serverConn\)\.readFrames)$/,
    rest: 'waits for the next request of an HTTP client',
    source: 'golang/go src/net/http/server.go',
    within: 12,
  },
  {
    name: /^database\/sql\.\(\*DB\)\.connection(?:Opener|Resetter)$/,
    rest: 'waits for a connection to be asked for',
    source: 'golang/go src/database/sql/sql.go',
  },
  { name: /^os\/signal\.(?:loop|signal_recv)$/, rest: 'waits for signals of the system', source: 'golang/go src/os/signal/signal_unix.go' },
  { name: /^os\/signal\.NotifyContext\.func\d+$/, rest: 'waits for signals of the system', source: 'golang/go src/os/signal/signal.go' },
  {
    name: /^context\.(?:propagateCancel|\(\*cancelCtx\)\.propagateCancel)\.func\d+$/,
    rest: 'waits for a context to end',
    source: 'golang/go src/context/context.go',
  },
  {
    name: /^github\.com\/ipfs\/go-ds-flatfs\.\(\*Datastore\)\.checkpointLoop$/,
    rest: 'flatfs waits for something to measure',
    source: 'ipfs/go-ds-flatfs flatfs.go checkpointLoop',
  },
  { name: /^github\.com\/caddyserver\/caddy\.trapSignals\w*\.func\d+$/, rest: 'waits for signals of the system', source: 'caddyserver/caddy sigtrap.go' },
  { name: /^github\.com\/caddyserver\/caddy\/cmd\.cmdRun$/, rest: 'the server waits to be stopped', source: 'caddyserver/caddy cmd/commandfuncs.go cmdRun' },
  {
    name: /^github\.com\/caddyserver\/certmagic\.\(\*RingBufferRateLimiter\)\.(?:permit|loop)$/,
    rest: 'waits for a permission to be taken',
    source: 'caddyserver/certmagic ratelimiter.go loop',
  },
];

/** Those that may be a few frames out. */
const layered = places.filter(({ within }) => within !== undefined);

const runtimeTasks = /\(idle\)$|^(?:finalizer|cleanup|GC sweep|GC scavenge) wait$|^trace reader/;

/** What a goroutine rests in, in words, or undefined when it is no known place. */
export function restingPlace(stack: Stack, state: string, wait: WaitClass): string | undefined {
  if (wait === 'lock') return undefined;
  if (wait === 'runtime') return runtimeTasks.test(state) ? 'background task of the Go runtime' : undefined;
  if (state.startsWith('chan send') || state.includes('nil chan') || wait === 'running' || wait === 'runnable' || wait === 'sleep' || wait === 'other')
    return undefined;
  const path = ownPath(stack);
  const near = path.slice(0, 3);
  if (wait === 'syscall') return named(path, (place) => place.source.includes('signal'));
  const elements = near.map(lastElement);
  // Listeners in a few layers: tls, upgrader, gated, reuse.
  if (path.slice(0, 8).some((name, i) => i < 6 && accepts.test(lastElement(name))) && accepts.test(elements[0] ?? ''))
    return 'waits for the next connection or stream';
  const known = wait === 'io' && path.slice(0, 8).some((name) => /Write|write|Send/.test(lastElement(name))) ? undefined : named(path, () => true);
  if (known !== undefined) return known;
  if (
    path
      .slice(0, 12)
      .some((name) => /^(?:handleNewStream|handleNewMessages?|handleStream)$/.test(outerName(name)) || name.includes('multistream.(*lazyServerConn')) &&
    path.slice(0, 4).some((name) => /[sS]tream\)\.Read$/.test(name))
  )
    return 'reads the next message of a peer';
  if (wait === 'io')
    return elements.some((name) => loops.test(name) || /^(?:accept|Accept|ReadFrom\w*|ReadMsg\w*|recv\w*)$/.test(name))
      ? 'reads the next message of a peer'
      : undefined;
  if (state === 'select (no cases)') return 'parked on purpose';
  if (path.at(-1) === 'main.main') return 'main waits for the end';
  return loopOf(path);
}

function named(path: readonly string[], fits: (place: Place) => boolean): string | undefined {
  for (const [index, name] of path.slice(0, 12).entries()) {
    const normal = normalFunction(name);
    const place = (index === 0 ? places : layered).find((one) => index < (one.within ?? 1) && one.name.test(normal));
    if (place !== undefined && fits(place)) return place.rest;
  }
  return undefined;
}

/** A loop by name: waits itself, or in the call that fetches its next piece of work. */
function loopOf(path: readonly string[]): string | undefined {
  const [leaf, caller] = path;
  if (leaf === undefined) return undefined;
  const element = lastElement(leaf);
  const isClosure = /^(?:func\d+|\d+)$/.test(element);
  // Loops stand near the start of their goroutine.
  if (path.length <= 3) {
    if (!isClosure && loops.test(element)) return `service loop (${shortFunction(leaf)})`;
    if (isClosure && path.length === 1 && (loops.test(outerName(leaf)) || starters.test(outerName(leaf)))) return `service loop (${shortFunction(leaf)})`;
    if (caller !== undefined && loops.test(lastElement(caller)) && (fetches.test(element) || receiverOf(leaf) === receiverOf(caller)))
      return `service loop (${shortFunction(caller)})`;
    if (element.startsWith('Serve')) return `serves until it is stopped (${shortFunction(leaf)})`;
  }
  return undefined;
}

function receiverOf(name: string): string {
  return /^.*\(\*[^()]+\)/.exec(name)?.[0] ?? name;
}

/**
 * True when the goroutine waits in the very function that it was started with. Nothing in it waits for the answer, so
 * such a wait alone is no sign of a hang, even where the place has no name here.
 */
export function waitsAtEntry(stack: Stack): boolean {
  return ownPath(stack).length <= 1;
}
