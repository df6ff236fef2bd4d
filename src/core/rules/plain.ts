/** Functions as people know them: the command, the request or the part of kubo that a stack belongs to. */

/** `gx/ipfs/Qm…/go-mfs.F`, `…/Godeps/_workspace/src/github.com/x/y.F` and vendored names without the wrapping. */
export function clean(func: string): string {
  if (!func.includes('/ipfs/Qm') && !func.includes('_workspace/src/') && !func.includes('/vendor/')) return func;
  return func
    .replace(/^.*\/vendor\//, '')
    .replace(/^.*_workspace\/src\//, '')
    .replace(/^(?:.*\/)?gx\/ipfs\/Qm\w+\//, '');
}

/** Package and name: `dspinner.(*pinner).Pin` of `github.com/…/pinner/dspinner.(*pinner).Pin`. */
export function short(func: string): string {
  const bracket = func.indexOf('[');
  const slash = func.lastIndexOf('/', bracket < 0 ? undefined : bracket);
  const last = func.slice(slash + 1);
  if (/^v\d+\./.test(last) && slash > 0) return `${func.slice(func.lastIndexOf('/', slash - 1) + 1, slash)}${last.replace(/^v\d+/, '')}`;
  return last;
}

/** A word for what a stack is doing, and whose it is. */
export interface Doing {
  /** `` `ipfs pin add` ``, `a gateway request`, `the reprovider`: fits after "20 x" and at the head of a sentence. */
  readonly words: string;
  /** `command` can be interrupted by a person, `request` by its client, `own` is kubo's own background work. */
  readonly by: 'command' | 'request' | 'own' | 'code';
}

const words: readonly (readonly [RegExp, string, Doing['by']])[] = [
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
  [/pinner\)\.(?:streamIndex|(?:Recursive|Direct|Internal)Keys)/, 'a listing of the pins', 'own'],
  [/mfs\.\(\*Directory\)\.(ListNames|List)$/, '`ipfs files ls`', 'command'],
  [/mfs\.\(\*Directory\)\.[mM]kdir(?:WithOpts)?$|mfs\.Mkdir$/, '`ipfs files mkdir`', 'command'],
  [/mfs\.\(\*Directory\)\.(Unlink)$|commands\.removePath/, '`ipfs files rm`', 'command'],
  [/mfs\.PutNode$|commands\.cpCmd/, '`ipfs files cp`', 'command'],
  [/mfs\.Mv$/, '`ipfs files mv`', 'command'],
  [/mfs\.FlushPath$/, '`ipfs files flush`', 'command'],
  [/coreapi\.\(\*NameAPI\)\.Publish/, '`ipfs name publish`', 'command'],
  [/coreapi\.\(\*NameAPI\)|namesys\.\(\*mpns\)\.Resolve/, '`ipfs name resolve`', 'command'],
  [/coreapi\.\(\*RoutingAPI\)|commands\.findProvidersDht/, 'an `ipfs routing` command', 'command'],
  [/coreapi\.\(\*DhtAPI\)/, 'an `ipfs dht` command', 'command'],
  [/coreapi\.\(\*SwarmAPI\)|commands\.swarmConnect/, 'an `ipfs swarm` command', 'command'],
  [/sysdiag|go-sysinfo/, '`ipfs diag sys`', 'command'],
  [/bitswapStat|commands\.bitswap/, 'an `ipfs bitswap` command', 'command'],
  [/mfs\..*|core\/commands\.getNodeFromPath/, 'an `ipfs files` command', 'command'],
  [/core\/commands\.(?:init|glob)/, 'an API command', 'command'],
  [/gateway\.\(\*(handler|gatewayHandler)\)|corehttp\.\(\*gatewayHandler\)|\/gateway\./, 'a gateway request', 'request'],
  [/fuse\/(?:readonly|ipns|mfs)|bazil\.org\/fuse|go-fuse/, 'a FUSE mount', 'own'],
  [/go-ipfs-cmds\/http\.\(\*handler\)|commands\/http/, 'an API request', 'request'],
  [/namesys\/republisher|ipns.*[rR]epublish/, 'the IPNS republisher', 'own'],
  [/bitswap.*\(\*Engine\)|bitswap\/server|decision\./, "bitswap's server", 'own'],
  [/kad-dht|routing\/dht/, 'the DHT', 'own'],
  [/loadFilesRoot|core\/node\.Files/, 'the start of the daemon', 'own'],
];

/** What a stack (innermost first, any names) is doing. `mfs` frames of kubo's own watcher count as the watcher. */
export function doing(funcs: readonly string[]): Doing {
  const joined = funcs.map(clean);
  if (joined.some((func) => /pinMFSOnChange|loadFilesRoot|core\/node\.Files$/.test(func)))
    return joined.some((func) => func.includes('pinMFS'))
      ? { words: "kubo's watcher for remote pinning of MFS", by: 'own' }
      : { words: 'the start of the daemon', by: 'own' };
  for (const [pattern, text, by] of words) {
    if (text !== 'an `ipfs files` command' && pattern.source.startsWith('mfs') && !joined.some((func) => func.includes('/commands.'))) continue;
    if (joined.some((func) => pattern.test(func))) return { words: text, by };
  }
  const own = joined.find((func) => !/^(?:runtime|sync|internal|time|context|net|syscall|io|bufio|os)(?:[./]|$)/.test(func)) ?? joined[0] ?? '';
  return { words: `\`${short(own)}\``, by: 'code' };
}

/** `20 x ipfs add`, `ipfs repo gc`: for boxes of a diagram, without backticks. */
export function boxed(text: string, count = 1): string {
  const bare = text.replaceAll('`', '').replace(/^an? /, count > 1 ? '' : '$&');
  return count > 1 ? `${count} x ${bare}` : bare;
}

/** `20 x `ipfs add``, or the words alone for one. */
export function times(count: number, text: string): string {
  return count === 1 ? text : `${count.toLocaleString('en-US')} x ${text.replace(/^an? /, '')}`;
}

/** First letter up, for the head of a sentence. */
export function capital(text: string): string {
  return text.startsWith('`') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `5 minutes`, `2 hours`, `3 days`; '' when unknown. */
export function since(minutes: number | undefined): string {
  if (minutes === undefined) return '';
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'}`;
  if (minutes < 60 * 48) return `${Math.round(minutes / 60)} hours`;
  return `${Math.round(minutes / 1440)} days`;
}

/** Bytes as people say them, units of 1024. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (Math.abs(value) >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

/** `63 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
