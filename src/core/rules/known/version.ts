/** Versions of kubo and go-ipfs: read, compared, in both directions. */

/** `0.34.1`, `0.4.23-`, `0.21.0-rc3`: as a program or a person writes it. */
export type Version = string;

/** Numbers of a version; undefined when there are none (`v17.0` of a person is read as 17.0). */
export function numbers(version: Version | undefined): readonly [number, number, number] | undefined {
  const hit = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version?.trim() ?? '');
  return hit === null ? undefined : [Number(hit[1]), Number(hit[2]), Number(hit[3] ?? 0)];
}

/** Undefined when one of them cannot be read. A release candidate counts as its release. */
export function atLeast(version: Version | undefined, wanted: Version | undefined): boolean | undefined {
  const [mine, theirs] = [numbers(version), numbers(wanted)];
  if (mine === undefined || theirs === undefined) return undefined;
  for (const at of [0, 1, 2] as const) {
    if (mine[at] !== theirs[at]) return mine[at] > theirs[at];
  }
  return true;
}
