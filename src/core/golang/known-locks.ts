/** Locks of kubo and its libraries by the functions that take them: what a dump cannot say and the source does. */

/** A lock that is taken by known functions. Names are matched by their last path element, whatever the import path of the year. */
export interface KnownLock {
  /** `Directory.lock`: type and field, with its package. */
  readonly name: string;
  readonly kind: 'mutex' | 'rwmutex';
  /** One object in the process, so that no address is needed to tell two of them apart. */
  readonly single: boolean;
  /** A waiter whose first frame below sync is one of these wants this lock. */
  readonly wantedIn: RegExp;
  /** A goroutine with one of these frames (not waiting in it) keeps the lock while it is there. */
  readonly heldIn: RegExp;
  /** Unless it is below one of these: the lock is released around the call. */
  readonly releasedIn?: RegExp;
  /** Held for reading by these. */
  readonly readsIn?: RegExp;
  /** Where it stands. */
  readonly source: string;
}

export const knownLocks: readonly KnownLock[] = [
  {
    name: 'mfs.Directory.lock',
    kind: 'mutex',
    single: false,
    wantedIn: /(?:^|\/)(?:go-)?mfs\.\(\*Directory\)\.\w+$/,
    heldIn:
      /(?:^|\/)(?:go-)?mfs\.\(\*Directory\)\.(?:Child|Uncache|ListNames|List|ForEachEntry|Mkdir|MkdirWithOpts|Unlink|AddChild|GetNode|getNode|Flush|updateChildEntry|SetMode|SetModTime)$/,
    source: 'boxo mfs/dir.go: every exported method of Directory locks d.lock and unlocks it with defer',
  },
  {
    name: 'blockstore.gclocker.lk',
    kind: 'rwmutex',
    single: true,
    wantedIn: /(?:^|[./])(?:go-ipfs-)?blockstore\.\(\*gclocker\)\.(?:PinLock|GCLock)$|blocks\/blockstore\.\(\*(?:gclocker|blockstore)\)\.(?:PinLock|GCLock)$/,
    heldIn:
      /core\/coreapi\.\(\*PinAPI\)\.(?:Add|Update)$|core\/coreunix\.\(\*Adder\)\.(?:AddAllAndPin|addAllAndPin|AddFile)$|(?:kubo|go-ipfs)\/(?:pin\/)?gc\.GC(?:\.func\d+)?$|core\/commands\/dag\.(?:dagImport|doDagImport|importWorker)$|core\/coreapi\.\(\*BlockAPI\)\.Put$/,
    readsIn: /core\/coreapi\.|core\/coreunix\.|core\/commands\/dag\./,
    source: 'kubo core/coreapi/pin.go and core/coreunix/add.go: defer PinLock(ctx).Unlock(ctx); gc/gc.go: GCLock until the sweep has ended',
  },
  {
    name: 'dspinner.pinner.lock',
    kind: 'rwmutex',
    single: true,
    wantedIn: /dspinner\.\(\*pinner\)\.\w+(?:\.func\d+)?$|go-ipfs\/pin\.\(\*pinner\)\.\w+$/,
    heldIn:
      /dspinner\.\(\*pinner\)\.(?:Pin|PinWithMode|doPinRecursive|doPinDirect|Unpin|Update|Flush|CheckIfPinned|isPinnedWithType|IsPinned|IsPinnedWithType|streamIndex\.func\d+|RemovePinWithMode)$|go-ipfs\/pin\.\(\*pinner\)\.(?:Pin|Unpin|Update|Flush|CheckIfPinned|isPinnedWithType)$/,
    releasedIn: /merkledag\.FetchGraph(?:WithDepthLimit)?$/,
    readsIn: /(?:CheckIfPinned|[iI]sPinned(?:WithType)?|streamIndex\.func\d+)$/,
    source: 'boxo pinning/pinner/dspinner/pin.go: p.lock; doPinRecursive unlocks it around FetchGraph',
  },
];

/** The lock that a function waits for, by its name alone. */
export function knownLockOf(func: string): KnownLock | undefined {
  return knownLocks.find(({ wantedIn }) => wantedIn.test(func));
}
