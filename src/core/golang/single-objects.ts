/** Types of which a daemon makes one object: a lock in it is the same lock wherever it is seen, also where no frame prints the object. */

/** By the last element of the package's path and the type, with the place that makes the one object. */
const single: ReadonlyMap<string, string> = new Map([
  ['pin.pinner', 'go-ipfs core/builder.go and core/node/core.go, Pinning: one pinner for the repository'],
  ['go-ipfs-pinner.pinner', 'go-ipfs core/node/core.go, Pinning'],
  ['dspinner.pinner', 'kubo core/node/core.go, Pinning'],
  ['blockstore.gclocker', 'kubo core/node/storage.go, GcBlockstoreCtor: blockstore.NewGCLocker() once'],
  ['go-ipfs-blockstore.gclocker', 'go-ipfs core/node/storage.go, GcBlockstoreCtor'],
]);

/** `id`: import path, type and field of a lock. */
export function isSingle(id: string): boolean {
  const [, type = ''] = /([^/]+\.\w+)\.\w+$/.exec(id) ?? [];
  return single.has(type);
}
