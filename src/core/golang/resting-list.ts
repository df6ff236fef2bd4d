/** Named places of kubo, libp2p and their dependencies where goroutines of healthy programs wait for hours, each with the source that shows the loop. */

export interface Place {
  readonly name: RegExp;
  readonly rest: string;
  /** File that shows why it may wait for ever. */
  readonly source: string;
  /** The place may be this many frames out: a reader under a few layers of streams. Left out: it waits itself. */
  readonly within?: number;
}

/** Matched against the normal name (no gx hash, no major version) of the innermost own function. */
export const places: readonly Place[] = [
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
    name: /^github\.com\/ipfs\/(?:boxo|go-bitswap|go-libipfs)(?:\/[\w/-]+)?\.\(\*[cC]onnectEventManager\)\.(?:waitChange|worker)$/,
    rest: 'waits for a connection event',
    source: 'ipfs/boxo bitswap/network/connecteventmanager.go worker',
    within: 4,
  },
  {
    name: /^github\.com\/ipfs\/(?:boxo|go-bitswap|go-libipfs)(?:\/[\w/-]+)?\.New\.func\d+$/,
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
  {
    name: /^github\.com\/libp2p\/(?:go-libp2p\/p2p\/transport\/quicreuse|go-libp2p-quic-transport)\.\(\*reuse\)\.gc$/,
    rest: 'clears unused QUIC sockets from time to time',
    source: 'libp2p/go-libp2p p2p/transport/quicreuse/reuse.go gc (since 0.4.21: go-libp2p-quic-transport reuse.go)',
  },
  {
    name: /^github\.com\/libp2p\/go-libp2p-pubsub\.\(\*(?:GossipSubRouter\)\.(?:connector|manageAddrBook|heartbeatTimer)|Subscription\)\.Next|TopicEventHandler\)\.NextPeerEvent|discover\)\.\w+|PubSub\)\.\w+)(?:\.func\d+)?$/,
    rest: 'pubsub waits for a message or a peer',
    source: 'libp2p/go-libp2p-pubsub gossipsub.go connector, subscription.go Next, topic.go NextPeerEvent, discovery.go',
  },
  {
    name: /^github\.com\/libp2p\/go-libp2p-pubsub-router\.\(\*PubsubValueStore\)\.(?:rebroadcast|handleSubscription|handleNewPeer)(?:\.func\d+)?$/,
    rest: 'IPNS over pubsub waits for a record',
    source: 'libp2p/go-libp2p-pubsub-router pubsub.go',
  },
  {
    name: /^github\.com\/(?:libp2p|hashicorp|whyrusleeping)\/(?:go-)?yamux\.\(\*Session\)\.(?:startMeasureRTT|startKeepalive|keepalive|measureRTT|recvLoop|recv|Recv|sendLoop|send)$/,
    rest: 'loop of a yamux connection',
    source: 'libp2p/go-yamux session.go newSession',
    within: 12,
  },
  {
    name: /^github\.com\/ipfs\/(?:boxo|go-bitswap|go-libipfs)(?:\/[\w/-]+)?\/getter\.handleIncoming$/,
    rest: 'hands blocks on to the request that asked bitswap for them',
    source: 'ipfs/boxo bitswap/client/internal/getter/getter.go handleIncoming',
  },
  {
    name: /^github\.com\/ipfs\/boxo\/bitswap\/network\/httpnet\.\(\*cooldownTracker\)\.cleaner$/,
    rest: 'clears old entries from time to time',
    source: 'ipfs/boxo bitswap/network/httpnet/cooldown.go cleaner (kubo 0.35 and newer)',
  },
  {
    name: /^github\.com\/ipfs\/go-log\.\(\*PipeReader\)\.Read$/,
    rest: '`ipfs log tail` waits for the next line',
    source: 'ipfs/go-log pipe.go PipeReader',
    within: 4,
  },
  {
    name: /^github\.com\/cenkalti\/backoff\.(?:Retry|RetryNotify\w*)$/,
    rest: 'waits before it tries again, as the reprovider does without peers',
    source: 'cenkalti/backoff retry.go RetryNotify; ipfs/go-ipfs-provider simple/reprovide.go Reprovide',
  },
  {
    name: /^github\.com\/libp2p\/go-libp2p\/p2p\/protocol\/identify\.\(\*(?:IDService|idService)\)\.(?:handleEvents|loop|loopImpl)$/,
    rest: 'identify waits for a change to tell',
    source: 'libp2p/go-libp2p p2p/protocol/identify/id.go (go-ipfs 0.5 and newer)',
  },
  {
    name: /^github\.com\/libp2p\/go-mplex\.\(\*Multiplex\)\.(?:handleIncoming|handleOutgoing|readNextHeader|readNextMsgLen|readNextMsg)$/,
    rest: 'loop of an mplex connection',
    source: 'libp2p/go-mplex multiplex.go handleIncoming',
    within: 12,
  },
];
