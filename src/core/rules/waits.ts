/** What a goroutine waits for outside of its own process's locks: content, a client that reads or sends, a peer, the disk, the routing system. */
import { type Pattern, has } from './frames.ts';
import type { Crowd, View } from './dump-view.ts';

/** `client` does not take what it is sent, `sender` does not send the rest of its request. */
export type Outside = 'content' | 'client' | 'sender' | 'peer' | 'disk' | 'routing';

export interface Wait {
  readonly for: Outside;
  /** Index of the frame that shows it. */
  readonly frame: number;
}

/** Asking bitswap for a block, in all names since 2015. */
export const contentFrames: readonly Pattern[] = [
  'bitswap/client/internal/getter.SyncGetBlock',
  'bitswap/client/internal/getter.AsyncGetBlocks…',
  'go-bitswap/client/internal/getter.SyncGetBlock',
  'go-bitswap/client/internal/getter.AsyncGetBlocks…',
  'go-bitswap/internal/getter.SyncGetBlock',
  'go-bitswap/getter.SyncGetBlock',
  'bitswap/internal/getter.SyncGetBlock',
  'exchange/bitswap.(*Bitswap).GetBlock',
  'bitswap.(*Bitswap).GetBlock',
  'bitswap.(*Bitswap).GetBlocks',
  'bitswap/client.(*Client).GetBlock',
  'go-bitswap.(*Bitswap).GetBlock',
  'go-bitswap/client.(*Client).GetBlock',
  'exchange/bitswap.getBlock',
  // Readers of a file wait for the next node of its tree, which another goroutine fetches.
  'go-ipld-format.(*NodePromise).Get',
  'merkledag.(*nodePromise).Get',
  'go-merkledag.(*nodePromise).Get',
];

/** Walks that fetch a DAG with a pool of workers: the walk itself waits in `select`, one of its workers for the block. */
const walkFrames: readonly Pattern[] = [
  'merkledag.parallelWalkDepth',
  'go-merkledag.parallelWalkDepth',
  'merkledag.FetchGraphWithDepthLimit',
  'go-merkledag.FetchGraphWithDepthLimit',
  'merkledag.FetchGraph',
  'go-merkledag.FetchGraph',
  'merkledag.EnumerateChildrenAsyncDepth…',
  'go-merkledag.EnumerateChildrenAsync…',
  'merkledag.EnumerateChildrenAsync…',
];
const walkWorkers: readonly Pattern[] = [
  'merkledag.parallelWalkDepth.func…',
  'go-merkledag.parallelWalkDepth.func…',
  'merkledag.EnumerateChildrenAsync….func…',
  'go-merkledag.EnumerateChildrenAsync….func…',
];

const serving = /^net\/http\.\(\*(?:response|chunkWriter|conn|http2serverConn|http2responseWriter)\)|^net\/http\.checkConnErrorWriter|^net\/http\.\(\*http2/;
const peers: readonly Pattern[] = [
  'quic-go.(*outgoingBidiStreamsMap).OpenStreamSync',
  'quic-go.(*outgoingStreamsMap[…]).OpenStreamSync',
  'quic-go.(*streamsMap).OpenStreamSync',
  'go-yamux….(*Session).OpenStream',
  'go-multistream.SelectProtoOrFail…',
  'go-multistream.readMultistreamHeader',
  'go-multistream.(*lazyClientConn[…]).doReadHandshake',
  'go-multistream.(*lazyClientConn).Close',
  'go-multistream.(*lazyClientConn[…]).Close',
  'basic_host.(*streamWrapper).Close',
  'basichost.(*streamWrapper).Close',
  'basic.(*streamWrapper).Close',
  'go-msgio….(*reader).ReadMsg',
  'net/swarm.(*Swarm).dialPeer',
  'go-libp2p-swarm.(*Swarm).dialPeer',
];
const routing: readonly Pattern[] = [
  'go-libp2p-kad-dht.(*IpfsDHT).Provide',
  'go-libp2p-kad-dht.(*IpfsDHT).provideManyToClosestPeers…',
  'go-libp2p-kad-dht.(*IpfsDHT).GetClosestPeers',
  'go-libp2p-kad-dht.(*IpfsDHT).runLookupWithFollowup…',
  'go-libp2p-kad-dht.(*query).run…',
  'go-libp2p-kad-dht.(*dhtQuery).Run',
  'go-libp2p-kad-dht/fullrt.(*FullRT)…',
  'routing/dht.(*IpfsDHT)…',
  'routinghelpers.…',
  'go-libp2p-routing-helpers.…',
  'kubo/routing.…doProvideMany…',
];
const stores = /(?:^|\/)(?:go-ds-flatfs|flatfs|go-ds-leveldb|goleveldb\/leveldb|badger|pebble)(?:\/\w+)*(?:\/v\d+)?\.|repo\/fsrepo\./;
const diskCalls = /^(?:syscall|os|golang\.org\/x\/sys\/unix|internal\/runtime\/syscall|runtime\/internal\/syscall|internal\/poll)[./]/;

/** Frames of the disk: a system call that does not come back, under a datastore. */
function onDisk(state: string, funcs: readonly string[]): boolean {
  return state === 'syscall' && funcs.some((func) => stores.test(func)) && funcs.slice(0, 3).some((func) => diskCalls.test(func));
}

/** Is this goroutine writing a response that nobody takes? */
export function toClient(funcs: readonly string[]): boolean {
  const write = funcs.findIndex(
    (func) => func === 'internal/poll.(*FD).Write' || func === 'net.(*netFD).Write' || /http2.*(?:writeDataFromHandler|writeChunk|awaitFlow)/.test(func),
  );
  return write >= 0 && funcs.slice(write).some((func) => serving.test(func)) && !funcs.slice(0, write).some((func) => func.endsWith('waitRead'));
}

/** Is this goroutine waiting for the rest of a request's body? Only a server reads a body through `connReader`; HTTP/2 has a pipe. */
export function fromClient(funcs: readonly string[]): boolean {
  const body = funcs.findIndex((func) => /^net\/http\.\(\*(?:body|http2requestBody)\)\.Read$/.test(func));
  return body > 0 && funcs.slice(0, body).some((func) => func === 'net/http.(*connReader).Read' || func === 'net/http.(*http2pipe).Read');
}

/** What one stack waits for, by itself. */
export function outside(state: string, funcs: readonly string[]): Wait | undefined {
  if (fromClient(funcs)) return { for: 'sender', frame: funcs.findIndex((func) => /^net\/http\.\(\*(?:body|http2requestBody)\)/.test(func)) };
  if (toClient(funcs)) return { for: 'client', frame: funcs.findIndex((func) => serving.test(func)) };
  const content = funcs.findIndex((func) => has([func], contentFrames));
  if (content >= 0) return { for: 'content', frame: content };
  if (onDisk(state, funcs)) return { for: 'disk', frame: funcs.findIndex((func) => stores.test(func)) };
  const peer = funcs.findIndex((func) => has([func], peers));
  if (peer >= 0) return { for: 'peer', frame: peer };
  const route = funcs.findIndex((func) => has([func], routing));
  return route >= 0 ? { for: 'routing', frame: route } : undefined;
}

/** What a group waits for in a dump without numbers: by its own stack, or for the workers of its walk. */
export function waitOf(view: View, { funcs, group }: Crowd): Outside | undefined {
  const own = outside(group.state, funcs);
  if (own !== undefined) return own.for;
  const walks = has(funcs, walkFrames) && view.crowds.some((worker) => has(worker.funcs, walkWorkers) && has(worker.funcs, contentFrames));
  return walks ? 'content' : undefined;
}

/** Starters followed upwards from a goroutine that hands over results. */
const maxSteps = 4;

/** What keeps a goroutine: itself, a goroutine that it waits for, or nothing that shows. */
export interface Cause {
  readonly for: Outside;
  /** The goroutine that shows it: the same one, its worker, or the handler that should take what it hands over. */
  readonly goroutine: number;
  /** Minutes that this one goroutine has waited in one place; undefined below one: then it moves, however slowly. */
  readonly minutes?: number;
  /** How it was found. */
  readonly how: 'own stack' | 'its worker' | 'its consumer' | 'its starter' | 'likely worker' | 'likely consumer';
}

/**
 * Follows one goroutine out of the process: its own stack, then the workers it started, then whoever started it and
 * should take what it hands over. Without `created by … in goroutine N` (before Go 1.21) only an unambiguous one counts.
 */
export function causeOf(view: View, id: number): Cause | undefined {
  const found = foundCause(view, id);
  return found === undefined ? undefined : { ...found, minutes: view.minutes(found.goroutine) };
}

function foundCause(view: View, id: number): Omit<Cause, 'minutes'> | undefined {
  const goroutine = view.goroutine(id);
  if (goroutine === undefined) return undefined;
  const funcs = view.funcs(id);
  const own = outside(goroutine.state, funcs);
  if (own !== undefined) return { for: own.for, goroutine: id, how: 'own stack' };
  if (has(funcs, walkFrames)) {
    const child = view.children(id).find((worker) => outside('', view.funcs(worker))?.for === 'content');
    if (child !== undefined) return { for: 'content', goroutine: child, how: 'its worker' };
    const loose = view.dump.goroutines.find(
      (other) => other.creator === undefined && has(view.funcs(other.id), walkWorkers) && has(view.funcs(other.id), contentFrames),
    );
    if (loose !== undefined) return { for: 'content', goroutine: loose.id, how: 'likely worker' };
  }
  if (goroutine.state === 'chan send' || goroutine.state === 'select' || goroutine.state === 'chan receive') {
    // Results are handed up from starter to starter: `streamIndex` ← `pinLsAll` ← the handler that writes to the client.
    let starter = goroutine.creator === undefined ? undefined : view.goroutine(goroutine.creator);
    for (let steps = 0; starter !== undefined && steps < maxSteps; steps += 1) {
      const theirs = outside(starter.state, view.funcs(starter.id));
      if (theirs !== undefined) return { for: theirs.for, goroutine: starter.id, how: theirs.for === 'client' ? 'its consumer' : 'its starter' };
      if (starter.state !== 'select' && starter.state !== 'chan receive' && starter.state !== 'chan send') break;
      starter = starter.creator === undefined ? undefined : view.goroutine(starter.creator);
    }
    const clients = goroutine.creator === undefined ? view.dump.goroutines.filter((other) => other.state === 'IO wait' && toClient(view.funcs(other.id))) : [];
    const [only] = clients;
    if (only !== undefined && clients.length === 1 && Math.abs((only.minutes ?? 0) - (goroutine.minutes ?? 0)) <= 1)
      return { for: 'client', goroutine: only.id, how: 'likely consumer' };
    for (const child of view.children(id)) {
      const theirs = outside(view.goroutine(child)?.state ?? '', view.funcs(child));
      if (theirs !== undefined && theirs.for !== 'client') return { for: theirs.for, goroutine: child, how: 'its worker' };
    }
  }
  return undefined;
}
