/**
 * Which release of kubo or go-ipfs a dump is of, told by the versions of its modules: paths of a dump carry them
 * (`…/boxo@v0.35.2/…`). Sources: go.mod of each release; docs/changelogs of kubo for 0.32.0, 0.33.0, 0.33.1, 0.34.0 and 0.40.0.
 */

const modules = ['ipfs/boxo', 'ipfs/go-bitswap', 'libp2p/go-libp2p', 'libp2p/go-libp2p-kad-dht'] as const;

type Row = readonly [release: string, boxo: string, bitswap: string, libp2p: string, dht: string];

/** '' where a release has no such module. */
const releases: readonly Row[] = [
  ['0.4.20', '', 'v0.0.4', 'v0.0.12', 'v0.0.7'],
  ['0.4.21', '', 'v0.0.7', 'v0.0.28', 'v0.0.13'],
  ['0.4.22', '', 'v0.0.8-0.20190704155249-cbb485998356', 'v0.0.28', 'v0.0.13'],
  ['0.4.23', '', 'v0.0.8-0.20200117195305-e37498cf10d6', 'v0.0.32', 'v0.0.15'],
  ['0.5.0', '', 'v0.2.13', 'v0.8.3', 'v0.7.10'],
  ['0.5.1', '', 'v0.2.13', 'v0.8.3', 'v0.7.11'],
  ['0.6.0', '', 'v0.2.19', 'v0.9.6', 'v0.8.2'],
  ['0.7.0', '', 'v0.2.20', 'v0.11.0', 'v0.9.0'],
  ['0.8.0', '', 'v0.3.3', 'v0.13.0', 'v0.11.1'],
  ['0.9.0', '', 'v0.3.4', 'v0.14.2', 'v0.12.2'],
  ['0.9.1', '', 'v0.3.4', 'v0.14.3', 'v0.12.2'],
  ['0.10.0', '', 'v0.4.0', 'v0.15.0', 'v0.13.1'],
  ['0.11.0', '', 'v0.5.1', 'v0.16.0', 'v0.15.0'],
  ['0.12.2', '', 'v0.5.1', 'v0.16.0', 'v0.15.0'],
  ['0.13.0', '', 'v0.6.0', 'v0.19.4', 'v0.16.0'],
  ['0.13.1', '', 'v0.6.0', 'v0.19.4', 'v0.16.0'],
  ['0.14.0', '', 'v0.7.0', 'v0.20.3', 'v0.16.0'],
  ['0.15.0', '', 'v0.9.0', 'v0.21.0', 'v0.17.0'],
  ['0.16.0', '', 'v0.10.2', 'v0.23.2', 'v0.18.0'],
  ['0.17.0', '', 'v0.10.2', 'v0.23.4', 'v0.18.0'],
  ['0.18.0', '', 'v0.11.0', 'v0.24.2', 'v0.20.0'],
  ['0.18.1', '', 'v0.11.0', 'v0.24.2', 'v0.20.0'],
  ['0.19.0', '', '', 'v0.26.3', 'v0.21.1'],
  ['0.19.1', '', '', 'v0.26.4', 'v0.21.1'],
  ['0.19.2', '', '', 'v0.26.4', 'v0.21.1'],
  ['0.20.0', 'v0.8.1', '', 'v0.27.3', 'v0.23.0'],
  ['0.21.0', 'v0.10.2-0.20230629143123-2d3edc552442', '', 'v0.27.7', 'v0.24.2'],
  // Not served by the module proxy; its changelog names no change of these modules.
  ['0.21.1', 'v0.10.2-0.20230629143123-2d3edc552442', '', 'v0.27.7', 'v0.24.2'],
  ['0.22.0', 'v0.11.0', '', 'v0.29.2', 'v0.24.2'],
  ['0.23.0', 'v0.13.1', '', 'v0.31.0', 'v0.24.4'],
  ['0.24.0', 'v0.15.0', '', 'v0.32.1', 'v0.24.4'],
  ['0.25.0', 'v0.16.0', '', 'v0.32.2', 'v0.24.4'],
  ['0.26.0', 'v0.17.0', '', 'v0.32.2', 'v0.24.4'],
  ['0.27.0', 'v0.18.0', '', 'v0.33.0', 'v0.24.4'],
  ['0.28.0', 'v0.19.0', '', 'v0.33.2', 'v0.25.2'],
  ['0.29.0', 'v0.20.0', '', 'v0.34.1', 'v0.25.2'],
  ['0.30.0', 'v0.23.0', '', 'v0.36.3', 'v0.26.1'],
  ['0.31.0', 'v0.24.0', '', 'v0.36.5', 'v0.26.1'],
  ['0.32.0', 'v0.24.3', '', 'v0.37.0', 'v0.28.1'],
  ['0.32.1', 'v0.24.3', '', 'v0.37.0', 'v0.28.1'],
  ['0.33.0', 'v0.27.2', '', 'v0.38.2', 'v0.28.2'],
  ['0.33.1', 'v0.27.4', '', 'v0.38.2', 'v0.28.2'],
  ['0.33.2', 'v0.27.4', '', 'v0.38.3', 'v0.28.2'],
  ['0.34.0', 'v0.29.1', '', 'v0.41.0', 'v0.30.2'],
  ['0.34.1', 'v0.29.1', '', 'v0.41.1', 'v0.30.2'],
  ['0.35.0', 'v0.30.0', '', 'v0.41.1', 'v0.33.1'],
  ['0.36.0', 'v0.33.0', '', 'v0.42.0', 'v0.33.1'],
  ['0.37.0', 'v0.34.0', '', 'v0.43.0', 'v0.34.0'],
  ['0.38.0', 'v0.35.0', '', 'v0.43.0', 'v0.35.0'],
  ['0.38.1', 'v0.35.0', '', 'v0.43.0', 'v0.35.0'],
  ['0.38.2', 'v0.35.1', '', 'v0.43.0', 'v0.35.1'],
  ['0.39.0', 'v0.35.2', '', 'v0.45.0', 'v0.36.0'],
  ['0.40.0', 'v0.37.0', '', 'v0.47.0', 'v0.38.0'],
  ['0.40.1', 'v0.37.0', '', 'v0.47.0', 'v0.38.0'],
  ['0.41.0', 'v0.39.0', '', 'v0.48.0', 'v0.39.1'],
  ['0.42.0', 'v0.40.0', '', 'v0.48.0', 'v0.40.0'],
  ['0.43.0', 'v0.42.1', '', 'v0.49.0', 'v0.42.1'],
  ['0.43.1', 'v0.43.0', '', 'v0.49.0', 'v0.42.2'],
];

const modulePath = /(?:^|\/)github\.com\/((?:ipfs\/(?:boxo|go-bitswap)|libp2p\/go-libp2p(?:-kad-dht)?))@(v[^/]+)\//;

/**
 * `0.34.1`, or `0.38` where several patches have the same modules; undefined where no release fits or two minor
 * releases do. `files` are paths of source files as a dump prints them.
 */
export function releaseOf(files: Iterable<string>): string | undefined {
  const seen = new Map<string, string>();
  for (const file of files) {
    const [, name = '', version = ''] = modulePath.exec(file) ?? [];
    if (name === '') continue;
    if ((seen.get(name) ?? version) !== version) return undefined;
    seen.set(name, version);
  }
  if (seen.size === 0) return undefined;
  const fitting = releases
    .filter(([, ...versions]) => modules.every((name, at) => (seen.get(name) ?? versions[at]) === versions[at]))
    .map(([release]) => release);
  const [only] = fitting;
  if (only === undefined || fitting.length === 1) return only;
  const minors = new Set(fitting.map(minorOf));
  return minors.size === 1 ? minorOf(only) : undefined;
}

/** `0.34` of `0.34.1` and of `0.34`. */
export function minorOf(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}
