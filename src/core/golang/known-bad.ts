/** Go releases with bugs of their own that look like faults of the program: what they do, the issue that says so, and the release that mended it. */

export interface KnownBug {
  readonly about: 'hang' | 'memory' | 'crash';
  /** Continues "known of go1.14.1: ". */
  readonly what: string;
  readonly url: string;
  /** `go1.14.2`. */
  readonly fixedIn: string;
}

interface Row extends KnownBug {
  /** First release that has it. */
  readonly from: readonly [minor: number, patch: number];
  readonly fixed: readonly [minor: number, patch: number];
  /** Only on this system. */
  readonly os?: string;
  /** Not where the program was built with this in its DefaultGODEBUG: its go.mod names an older Go. */
  readonly unless?: string;
}

/** Only bugs that people met in kubo or in programs like it, and whose mending release is known from the issue or from the source of both releases. */
const rows: readonly Row[] = [
  {
    about: 'memory',
    what: 'memory that it has given back to Linux still counts as resident until the system needs it, so RSS says little',
    url: 'https://github.com/golang/go/issues/42330',
    from: [12, 0],
    fixed: [16, 0],
    fixedIn: 'go1.16',
    os: 'linux',
  },
  {
    about: 'hang',
    what: 'its timers can lock themselves up, and the process stands still with one busy thread',
    url: 'https://github.com/golang/go/issues/38070',
    from: [14, 0],
    fixed: [14, 2],
    fixedIn: 'go1.14.2',
  },
  {
    about: 'memory',
    what: 'it asks Linux for huge pages in a way that stalls allocations and can raise memory',
    url: 'https://github.com/golang/go/issues/63334',
    from: [21, 0],
    fixed: [21, 4],
    fixedIn: 'go1.21.4',
    os: 'linux',
  },
  {
    about: 'hang',
    what: 'stopping a timer can wait for ever (in kubo: connections pile up and the daemon does not stop)',
    url: 'https://github.com/golang/go/issues/69312',
    from: [23, 0],
    fixed: [23, 2],
    fixedIn: 'go1.23.2',
    unless: 'asynctimerchan=1',
  },
  {
    about: 'crash',
    what: 'threads that end can crash the process on Linux 6.11 and newer',
    url: 'https://github.com/golang/go/issues/73141',
    from: [24, 0],
    fixed: [24, 3],
    fixedIn: 'go1.24.3',
    os: 'linux',
  },
];

/** Bugs of a release as `runtime.Version()` prints it; none for release candidates and for systems that are not known to have them. `godebug`: its DefaultGODEBUG. */
export function knownBugs(go: string | undefined, os: string | undefined, godebug = ''): readonly KnownBug[] {
  const found = /^go1\.(\d+)(?:\.(\d+))?(?:[ -].*)?$/.exec(go ?? '');
  if (found === null) return [];
  const [minor, patch] = [Number(found[1]), Number(found[2] ?? 0)];
  const isBefore = ([m, p]: Row['from']): boolean => minor < m || (minor === m && patch < p);
  return rows
    .filter(
      (row) =>
        !isBefore(row.from) &&
        isBefore(row.fixed) &&
        (row.os === undefined || row.os === os) &&
        (row.unless === undefined || !godebug.split(',').includes(row.unless)),
    )
    .map(({ about, what, url, fixedIn }) => ({ about, what, url, fixedIn }));
}
