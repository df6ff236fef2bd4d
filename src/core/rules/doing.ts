/** What a stack is doing as people know it: the command, the request or the part of kubo that it belongs to. */
import type { Crowd, View } from './dump-view.ts';
import { clean, short } from './plain.ts';

/** A word for what a stack is doing, and whose it is. */
export interface Doing {
  /** `` `ipfs pin add` ``, `a gateway request`, `the reprovider`: fits after "20 x" and at the head of a sentence. */
  readonly words: string;
  /** `command` can be interrupted by a person, `request` by its client, `own` is kubo's own background work. */
  readonly by: 'command' | 'request' | 'own' | 'code';
}

const anyFiles = 'an `ipfs files` command';
/** Pins are listed for a command or for the reprovider. */
const aListing = 'a listing of the pins';

const words: readonly (readonly [RegExp, string, Doing['by']])[] = [
  [/fx\.\(\*App\)\.Stop$|lifecycle\.\(\*Lifecycle\)\.Stop$|core\.\(\*IpfsNode\)\.(?:Close|teardown)$/, 'the shutdown of the daemon', 'own'],
  [/\/gc\.GC$|pin\/gc\.GC$|corerepo\.(GarbageCollect|CollectResult)|\/gc\.GC\.func/, '`ipfs repo gc`', 'command'],
  [/corerepo\.(PeriodicGC|ConditionalGC)/, "kubo's own garbage collection", 'own'],
  [/coreapi\.\(\*PinAPI\)\.Add$|\/pin\.pinAddMany$|corerepo\.Pin$/, '`ipfs pin add`', 'command'],
  [/coreapi\.\(\*PinAPI\)\.Update$|\)\.doPinUpdate|pinner\)\.Update$/, '`ipfs pin update`', 'command'],
  [/coreapi\.\(\*PinAPI\)\.Rm$|corerepo\.Unpin$/, '`ipfs pin rm`', 'command'],
  [/coreapi\.\(\*PinAPI\)\.Verify|\.pinVerify/, '`ipfs pin verify`', 'command'],
  [/\.pinLs(All|Keys)?$|\.pinLsAll|coreapi\.\(\*PinAPI\)\.(Ls|pinLsAll|IsPinned)/, '`ipfs pin ls`', 'command'],
  [/commands\/dag\.dagImport|coreapi\.\(\*dagAPI\)\.Import/, '`ipfs dag import`', 'command'],
  [/commands\/dag\.dagExport/, '`ipfs dag export`', 'command'],
  [/commands\/dag\.dagGet$/, '`ipfs dag get`', 'command'],
  [/commands\/dag\.dagPut$/, '`ipfs dag put`', 'command'],
  [/commands\/dag\.dagStat/, '`ipfs dag stat`', 'command'],
  [/commands\/dag\.dagResolve/, '`ipfs dag resolve`', 'command'],
  [/coreapi\.\(\*UnixfsAPI\)\.Add$|coreunix\.\(\*Adder\)|coreunix\.AddR?$/, '`ipfs add`', 'command'],
  [/core\/commands\.cat$/, '`ipfs cat`', 'command'],
  [/core\/commands\.(getFiles|get)$|core\/commands\.\(\*getWriter\)/, '`ipfs get`', 'command'],
  [/coreapi\.\(\*UnixfsAPI\)\.Ls/, '`ipfs ls`', 'command'],
  [/coreapi\.\(\*BlockAPI\)\.Rm/, '`ipfs block rm`', 'command'],
  [/coreapi\.\(\*BlockAPI\)/, 'an `ipfs block` command', 'command'],
  [/corerepo\.Stat|fsrepo.*GetStorageUsage/, '`ipfs repo stat`', 'command'],
  [/corerepo\.\w*Verify|commands\.verify/, '`ipfs repo verify`', 'command'],
  [/pinMFSOnChange|pinAllMFS|\.pinMFS/, "kubo's watcher for remote pinning of MFS", 'own'],
  [/\(\*pinner\).*Provide|reprovider\)|\/provider(?:\/simple)?\.\(\*(?:r|R)eprovider\)|NewPinnedProvider|pinSet\.func|pinnerProvider/, 'the reprovider', 'own'],
  [/provider\.\(\*(?:Sweeping)?Provid|provider\/(?:queue|simple)|provider\/internal/, 'the provide queue', 'own'],
  [/mfs\.\(\*Republisher\)/, 'the MFS republisher', 'own'],
  [/pinner\)\.(?:streamIndex|(?:Recursive|Direct|Internal)Keys)/, aListing, 'own'],
  [/mfs\.\(\*Directory\)\.(ListNames|List)$/, '`ipfs files ls`', 'command'],
  [/mfs\.\(\*Directory\)\.[mM]kdir(?:WithOpts)?$|mfs\.Mkdir$/, '`ipfs files mkdir`', 'command'],
  [/mfs\.\(\*Directory\)\.(Unlink)$|commands\.removePath/, '`ipfs files rm`', 'command'],
  [/mfs\.PutNode$|commands\.cpCmd/, '`ipfs files cp`', 'command'],
  [/mfs\.Mv$/, '`ipfs files mv`', 'command'],
  [/mfs\.FlushPath$/, '`ipfs files flush`', 'command'],
  [/mfs\.\(\*fileDescriptor\)\.(?:CtxRead|Read|WriteTo)/, '`ipfs files read`', 'command'],
  [/mfs\.\(\*fileDescriptor\)\.(?:Write|Truncate)/, '`ipfs files write`', 'command'],
  [/coreapi\.\(\*NameAPI\)\.Publish/, '`ipfs name publish`', 'command'],
  [/coreapi\.\(\*NameAPI\)|namesys\.\(\*mpns\)\.Resolve/, '`ipfs name resolve`', 'command'],
  [/coreapi\.\(\*RoutingAPI\)|commands\.findProvidersDht/, 'an `ipfs routing` command', 'command'],
  [/coreapi\.\(\*DhtAPI\)/, 'an `ipfs dht` command', 'command'],
  [/coreapi\.\(\*SwarmAPI\)|commands\.swarmConnect/, 'an `ipfs swarm` command', 'command'],
  [/sysdiag|go-sysinfo/, '`ipfs diag sys`', 'command'],
  [/bitswapStat|commands\.bitswap/, 'an `ipfs bitswap` command', 'command'],
  [/mfs\..*|core\/commands\.getNodeFromPath/, anyFiles, 'command'],
  [/core\/commands(?:\/\w+)?\.(?:init|glob)/, 'an API command', 'command'],
  [/gateway\.\(\*(handler|gatewayHandler)\)|corehttp\.\(\*gatewayHandler\)|\/gateway\./, 'a gateway request', 'request'],
  [/fuse\/(?:readonly|ipns|mfs)|bazil\.org\/fuse|go-fuse/, 'a FUSE mount', 'own'],
  [/go-ipfs-cmds\/http\.\(\*handler\)|commands\/http/, 'an API request', 'request'],
  [/namesys\/republisher|ipns.*[rR]epublish/, 'the IPNS republisher', 'own'],
  [/bitswap.*\(\*Engine\)|bitswap\/server|decision\./, "bitswap's server", 'own'],
  [/kad-dht|routing\/dht/, 'the DHT', 'own'],
  [/loadFilesRoot|core\/node\.Files/, 'the start of the daemon', 'own'],
];

/** Commands whose file in core/commands has another name than they have. */
const files: Readonly<Record<string, string>> = {
  active: 'diag cmds',
  profile: 'diag profile',
  sysdiag: 'diag sys',
  keystore: 'key',
  stat: 'stats',
  stat_dht: 'stats dht',
  stat_provide: 'stats provide',
  stat_reprovide: 'stats reprovide',
  ipns: 'name resolve',
  ipnsps: 'name pubsub',
  mount_unix: 'mount',
  remotepin: 'pin remote',
};
/** Files of several commands: only the group can be told. */
const groups = new Set([
  'bitswap',
  'block',
  'bootstrap',
  'config',
  'dag',
  'dht',
  'files',
  'filestore',
  'key',
  'log',
  'name',
  'object',
  'p2p',
  'pin',
  'provide',
  'pubsub',
  'repo',
  'routing',
  'stats',
  'swarm',
]);
/** Files of the machinery of commands. */
const shared = new Set(['root', 'commands', 'external', 'extra', 'env', 'file', 'utils', 'name', 'dag']);

/** The command by the file that its handler stands in: handlers are closures without a name, one file holds one command or one group of them. */
function byFile(file: string): string | undefined {
  const hit = /(?:^|\/)core\/commands\/(?:(dag|name|object|pin)\/)?(\w+)\.go$/.exec(file);
  const [, folder, base = ''] = hit ?? [];
  if (hit === null || (folder === undefined && shared.has(base))) return undefined;
  const name = files[base] ?? (folder === undefined || base === folder ? base : `${folder} ${base}`);
  return groups.has(name) ? `an \`ipfs ${name}\` command` : `\`ipfs ${name}\``;
}

/** What a stack (innermost first, any names) is doing; its files tell commands apart that no function names. */
export function doing(funcs: readonly string[], filesOf: readonly string[] = []): Doing {
  const joined = funcs.map(clean);
  if (joined.some((func) => /pinMFSOnChange|loadFilesRoot|core\/node\.Files$/.test(func)))
    return joined.some((func) => func.includes('pinMFS'))
      ? { words: "kubo's watcher for remote pinning of MFS", by: 'own' }
      : { words: 'the start of the daemon', by: 'own' };
  const inCommand = joined.some((func) => func.includes('/commands.'));
  if (inCommand && joined.some((func) => func === 'mime/multipart.(*Part).Read') && filesOf.some((file) => file.endsWith('/commands/files.go')))
    return { words: '`ipfs files write`', by: 'command' };
  for (const [pattern, text, by] of words) {
    if (!inCommand && pattern.source.startsWith('mfs') && text !== anyFiles) continue;
    if (text === anyFiles || text === 'an API command') {
      const named = filesOf.map(byFile).find((name) => name !== undefined);
      if (named !== undefined) return { words: named, by: 'command' };
    }
    if (joined.some((func) => pattern.test(func))) return { words: text, by };
  }
  const own = joined.find((func) => !/^(?:runtime|sync|internal|time|context|net|syscall|io|bufio|os)(?:[./]|$)/.test(func)) ?? joined[0] ?? '';
  return { words: `\`${short(own)}\``, by: 'code' };
}

/** What all goroutines of a group are doing. */
export function crowdDoing({ funcs, frames }: Crowd): Doing {
  return doing(
    funcs,
    frames.map(({ file }) => file),
  );
}

/** Starters looked at where a stack does not say for whom it works. */
const maxSteps = 3;

/** What a goroutine is doing, looking at who started it where its own stack does not say for whom. */
export function doingOf(view: View, id: number): Doing {
  const own = at(view, id);
  if (own.by !== 'code' && own.words !== aListing) return own;
  let creator = view.goroutine(id)?.creator;
  for (let steps = 0; creator !== undefined && steps < maxSteps; steps += 1) {
    const theirs = at(view, creator);
    if (theirs.by !== 'code' && theirs.words !== aListing) return theirs;
    creator = view.goroutine(creator)?.creator;
  }
  return own;
}

function at(view: View, id: number): Doing {
  return doing(
    view.funcs(id),
    view.frames(id).map(({ file }) => file),
  );
}
