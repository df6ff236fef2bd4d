/** Go modules and packages by name: import paths out of function names, versions as Git refs, and which repository holds a module. */

/** Import path of a function as printed: up to the first dot after the last slash, `%2e` unescaped, type arguments left out. */
export function importPathOf(func: string): string {
  const bracket = func.indexOf('[');
  const name = bracket < 0 ? func : func.slice(0, bracket);
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  const path = dot < 0 ? name : name.slice(0, dot);
  return path.includes('%') ? path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : path;
}

/** Module cache paths write capitals as `!` and the small letter (golang.org/x/mod/module.EscapePath). */
export function unescapeModulePath(path: string): string {
  return path.replaceAll(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** First path elements of the standard library, Go 1.0 to 1.27. */
const standardRoots: ReadonlySet<string> = new Set(
  `archive arena bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index
   internal io iter log maps math mime net os path plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time
   unicode unique unsafe vendor weak cmd`.split(/\s+/),
);

/** Whether an import path or a path below `src/` belongs to the standard library. */
export function isStandard(path: string): boolean {
  const slash = path.indexOf('/');
  return standardRoots.has(slash < 0 ? path : path.slice(0, slash));
}

/** Tag of golang/go for what `runtime.Version()` printed; `exact` is false where the release was patched, experimental or only guessed. */
export function goTag(version: string | undefined): { readonly tag: string; readonly exact: boolean } | undefined {
  const found = /^(?:go)?(1\.(\d+)(?:\.\d+|rc\d+|beta\d+)?)(.*)$/.exec(version?.trim() ?? '');
  const [, number = '', minor = '', rest = ''] = found ?? [];
  if (number === '') return undefined;
  // From 1.21 on the first release is tagged go1.21.0; `go1.24` alone is never what a release prints.
  const bare = number === `1.${minor}`;
  return { tag: `go${number}${bare && Number(minor) >= 21 ? '.0' : ''}`, exact: rest === '' && !bare };
}

/** Where a module lives. */
export interface Repository {
  readonly host: 'github.com' | 'gitlab.com';
  /** `owner/name`. */
  readonly name: string;
  /** Directory of the module inside the repository, '' for its root. */
  readonly dir: string;
  /** Directory that the tags of the module begin with, '' for none. */
  readonly tagDir: string;
  /** False where `/vN` may be a directory or a branch and nobody has looked. */
  readonly sure: boolean;
}

type Rule = readonly [pattern: RegExp, name: string, host?: Repository['host']];

/** Import path prefixes and their repositories, as their `go-import` meta tags say; `$1` and `$2` are what the pattern caught. */
const homes: readonly Rule[] = [
  [/^github\.com\/([\w.-]+)\/([\w.-]+)/, '$1/$2'],
  [/^gitlab\.com\/([\w.-]+)\/([\w.-]+)/, '$1/$2', 'gitlab.com'],
  [/^golang\.org\/x\/([\w-]+)/, 'golang/$1'],
  [/^google\.golang\.org\/grpc/, 'grpc/grpc-go'],
  [/^google\.golang\.org\/protobuf/, 'protocolbuffers/protobuf-go'],
  [/^google\.golang\.org\/genproto/, 'googleapis/go-genproto'],
  [/^google\.golang\.org\/api/, 'googleapis/google-api-go-client'],
  [/^google\.golang\.org\/appengine/, 'golang/appengine'],
  [/^cloud\.google\.com\/go/, 'googleapis/google-cloud-go'],
  [/^go\.uber\.org\/([\w-]+)/, 'uber-go/$1'],
  [/^go\.opentelemetry\.io\/otel/, 'open-telemetry/opentelemetry-go'],
  [/^go\.opentelemetry\.io\/contrib/, 'open-telemetry/opentelemetry-go-contrib'],
  [/^go\.opentelemetry\.io\/proto/, 'open-telemetry/opentelemetry-proto-go'],
  [/^go\.opentelemetry\.io\/auto/, 'open-telemetry/opentelemetry-go-instrumentation'],
  [/^go\.opencensus\.io/, 'census-instrumentation/opencensus-go'],
  [/^contrib\.go\.opencensus\.io\/exporter\/(prometheus)/, 'census-ecosystem/opencensus-go-exporter-$1'],
  [/^go\.etcd\.io\/([\w-]+)/, 'etcd-io/$1'],
  [/^gopkg\.in\/([\w-]+)\/([\w-]+)\.v\d+/, '$1/$2'],
  [/^gopkg\.in\/([\w-]+)\.v\d+/, 'go-$1/$1'],
  [/^go\.yaml\.in\/yaml/, 'yaml/go-yaml'],
  [/^lukechampine\.com\/([\w-]+)/, 'lukechampine/$1'],
  [/^bazil\.org\/fuse/, 'bazil/fuse'],
  [/^gonum\.org\/v1\/gonum/, 'gonum/gonum'],
  [/^go4\.org/, 'go4org/go4'],
  [/^nhooyr\.io\/websocket/, 'coder/websocket'],
  [/^k8s\.io\/([\w-]+)/, 'kubernetes/$1'],
  [/^sigs\.k8s\.io\/([\w-]+)/, 'kubernetes-sigs/$1'],
  [/^honnef\.co\/go\/tools/, 'dominikh/go-tools'],
  [/^modernc\.org\/([\w-]+)/, 'cznic/$1', 'gitlab.com'],
];

/** Modules whose `/vN` is a directory of that name in the repository; all others seen keep it on a branch. */
const majorInDirectory: ReadonlySet<string> = new Set([
  'github.com/cheggaaa/pb/v3',
  'github.com/ipld/go-car/v2',
  'github.com/blang/semver/v4',
  'go.etcd.io/etcd/client/v3',
  'go.etcd.io/etcd/api/v3',
]);

/** Owners and modules whose `/vN` is known to be a branch: what kubo has been built from. */
const majorOnBranch =
  /^github\.com\/(?:libp2p|ipfs|ipfs-shipyard|multiformats|quic-go|pion|cockroachdb|dgraph-io|decred|hashicorp|prometheus|klauspost|mholt|caddyserver|golang-jwt|urfave|cespare|cenkalti|grpc-ecosystem|lucas-clemente|Masterminds)\/|^github\.com\/ipld\/go-codec-dagpb\/|^gopkg\.in\/|^go\.yaml\.in\//;

/** The repository of a module path; undefined for hosts that are not known. */
export function repositoryOf(module: string): Repository | undefined {
  for (const [pattern, name, host = 'github.com'] of homes) {
    const found = pattern.exec(module);
    if (found === null) continue;
    const [root, first = '', second = ''] = found;
    const rest = module.slice(root.length);
    if (rest !== '' && !rest.startsWith('/')) continue;
    const below = rest.slice(1);
    const tagDir = below.replace(/(?:^|\/)v\d+$/, '');
    const major = tagDir !== below;
    return {
      host,
      name: name.replaceAll('$1', first).replace('$2', second.replace(/\.git$/, '')),
      dir: major && !majorInDirectory.has(module) ? tagDir : below,
      tagDir,
      sure: !major || majorInDirectory.has(module) || majorOnBranch.test(module),
    };
  }
  return undefined;
}

const pseudoVersion = /^v\d+\.\d+\.\d+-(?:[0-9A-Za-z.-]+\.)?(?:0\.)?\d{14}-([0-9a-f]{12})$/;

/** Git ref of a module version: the commit of a pseudo-version, else the tag, which names the directory of a nested module. */
export function refOf(version: string, tagDir: string): string {
  const plain = version.replace(/\+(?:incompatible|dirty)$/, '');
  const commit = pseudoVersion.exec(plain)?.[1];
  return commit ?? (tagDir === '' ? plain : `${tagDir}/${plain}`);
}

/** Address of a line in a repository; undefined when a part of it could not be of a Go source tree. */
export function lineUrl(repository: Pick<Repository, 'host' | 'name'>, ref: string, path: string, line: number): string | undefined {
  const parts = path.split('/');
  if (!parts.every((part) => /^[\w.+~@!,=-]+$/.test(part) && !/^\.+$/.test(part)) || !/\.(?:go|s)$/.test(path)) return undefined;
  if (!/^[\w.+/-]+$/.test(ref) || ref.includes('..') || !/^[\w.-]+\/[\w.-]+$/.test(repository.name)) return undefined;
  const blob = repository.host === 'gitlab.com' ? '-/blob' : 'blob';
  return `https://${repository.host}/${repository.name}/${blob}/${ref}/${parts.map(encodeURIComponent).join('/')}#L${line}`;
}
