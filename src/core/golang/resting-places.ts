/**
 * Where goroutines of healthy programs wait for hours: general shapes first, then named places of kubo, libp2p and their
 * dependencies, each with the source file that shows the loop. A lock wait is never a resting place.
 */
import type { Stack, WaitClass } from '../model.ts';
import { isWrapper, normalFunction, shortFunction } from './names.ts';
import { type Place, places } from './resting-list.ts';

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

/** Those that may be a few frames out. */
const layered = places.filter(({ within }) => within !== undefined);

/** Frames of its own down to where main waits in a program that runs: command-line libraries take some. */
const deepestMain = 10;

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
  // A server's connection between two requests: HTTP/1 peeks for the first bytes of the next one.
  const peek = path.slice(0, 8).indexOf('bufio.(*Reader).Peek');
  if (peek >= 0 && path[peek + 1] === 'net/http.(*conn).serve') return 'waits for the next request of an HTTP client';
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
  // Deep inside of its work it does not wait for the end.
  if (path.at(-1) === 'main.main' && path.length <= deepestMain) return 'main waits for the end';
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
