/** Which repository and which folder of it hold a module, and what its versions are called there. */

/** Where a module lives. */
export interface Repository {
  readonly host: 'github.com' | 'gitlab.com';
  /** `owner/name`. */
  readonly name: string;
  /** Directory of the module inside the repository, '' for its root. */
  readonly dir: string;
  /** Directory that the tags of the module begin with, '' for none. */
  readonly tagDir: string;
  /** False where `/vN` may be a directory or a branch and nobody has looked, or a group of GitLab a part of the name. */
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
  [/^go\.uber\.org\/(atomic|automaxprocs|config|dig|fx|goleak|mock|multierr|nilaway|ratelimit|tools|zap)/, 'uber-go/$1'],
  [/^go\.uber\.org\/(thriftrw|yarpc)/, '$1/$1-go'],
  [/^go\.opentelemetry\.io\/otel/, 'open-telemetry/opentelemetry-go'],
  [/^go\.opentelemetry\.io\/contrib/, 'open-telemetry/opentelemetry-go-contrib'],
  [/^go\.opentelemetry\.io\/proto/, 'open-telemetry/opentelemetry-proto-go'],
  [/^go\.opentelemetry\.io\/auto/, 'open-telemetry/opentelemetry-go-instrumentation'],
  [/^go\.opentelemetry\.io\/collector/, 'open-telemetry/opentelemetry-collector'],
  [/^go\.opencensus\.io/, 'census-instrumentation/opencensus-go'],
  [/^contrib\.go\.opencensus\.io\/exporter\/(jaeger|prometheus|zipkin)/, 'census-ecosystem/opencensus-go-exporter-$1'],
  [/^go\.etcd\.io\/([\w-]+)/, 'etcd-io/$1'],
  [/^go\.mongodb\.org\/mongo-driver/, 'mongodb/mongo-go-driver'],
  [/^go\.starlark\.net$/, 'google/starlark-go'],
  [/^go\.step\.sm\/(crypto|cli-utils|linkedca)/, 'smallstep/$1'],
  [/^gopkg\.in\/([\w-]+)\/([\w-]+)\.v\d+/, '$1/$2'],
  [/^gopkg\.in\/([\w-]+)\.v\d+/, 'go-$1/$1'],
  [/^go\.yaml\.in\/yaml/, 'yaml/go-yaml'],
  [/^lukechampine\.com\/([\w-]+)/, 'lukechampine/$1'],
  [/^bazil\.org\/fuse/, 'bazil/fuse'],
  [/^filippo\.io\/(age|bigmod|edwards25519|keygen|mkcert|nistec)/, 'FiloSottile/$1'],
  [/^gonum\.org\/v1\/(gonum|plot)/, 'gonum/$1'],
  [/^go4\.org\/(intern|mem|netipx)/, 'go4org/$1'],
  [/^go4\.org$/, 'go4org/go4'],
  [/^howett\.net\/plist/, 'DHowett/go-plist'],
  [/^nhooyr\.io\/websocket/, 'coder/websocket'],
  [/^k8s\.io\/([\w-]+)/, 'kubernetes/$1'],
  [/^sigs\.k8s\.io\/([\w-]+)/, 'kubernetes-sigs/$1'],
  [/^honnef\.co\/go\/tools/, 'dominikh/go-tools'],
  [/^modernc\.org\/([\w-]+)/, 'cznic/$1', 'gitlab.com'],
  [/^rsc\.io\/([\w-]+)/, 'rsc/$1'],
  [/^tailscale\.com$/, 'tailscale/tailscale'],
];

/** Modules whose `/vN` is a directory of that name in the repository. */
const majorInDirectory =
  /^github\.com\/(?:cheggaaa\/pb\/v3|ipld\/go-car\/v2|blang\/semver\/v4|googleapis\/gax-go\/v2|jcmturner\/(?:aescts|dnsutils|rpc)\/v2|jcmturner\/gokrb5\/v8)$|^go\.etcd\.io\/etcd\/client\/v[23]$|^google\.golang\.org\/appengine\/v2$/;

/** Owners and modules whose `/vN` is known to be a branch: what kubo has been built from. */
const majorOnBranch =
  /^github\.com\/(?:libp2p|ipfs|ipfs-shipyard|multiformats|quic-go|pion|cockroachdb|dgraph-io|decred|hashicorp|prometheus|klauspost|mholt|caddyserver|golang-jwt|urfave|cespare|cenkalti|grpc-ecosystem|lucas-clemente|Masterminds)\/|^github\.com\/ipld\/go-codec-dagpb\/|^gopkg\.in\/|^go\.yaml\.in\/|^go\.etcd\.io\/etcd\/(?:api|client\/pkg|pkg|raft|server)\/v3$/;

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
    const inDirectory = majorInDirectory.test(module);
    return {
      host,
      name: name.replaceAll('$1', first).replace('$2', second.replace(/\.git$/, '')),
      dir: major && !inDirectory ? tagDir : below,
      tagDir,
      sure: (!major || inDirectory || majorOnBranch.test(module)) && !(host === 'gitlab.com' && tagDir !== '' && module.startsWith('gitlab.com/')),
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
