/** A cheap veto: what `ipfs version --all` said of the program that ran, against what the build says of itself. */
import type { GoBinary } from './open-binary.ts';
import type { Against } from './evidence.ts';

export interface VersionsDiffer {
  readonly why: string;
  /** Another program altogether, by its name alone: frames of its own code outweigh that. */
  readonly other: boolean;
}

/** undefined where nothing speaks against it, which proves nothing. */
export function versionsDiffer(facts: GoBinary['facts'], version: Against['version']): VersionsDiffer | undefined {
  if (version === undefined) return undefined;
  const main = facts.settings['path'] ?? facts.main?.path;
  if (main !== undefined && !/^github\.com\/ipfs\/(?:kubo|go-ipfs)(?:\/|$)/.test(main) && version.version !== undefined)
    return { why: `it is ${main}, and the program that ran was kubo ${version.version}`, other: true };
  const why = systemDiffers(facts, version) ?? releaseDiffers(facts, version);
  return why === undefined ? undefined : { why, other: false };
}

function systemDiffers({ go, os, arch }: GoBinary['facts'], version: NonNullable<Against['version']>): string | undefined {
  if (version.go !== undefined && go !== undefined && version.go !== go) return `it was built with ${go}, and the program ran on ${version.go}`;
  if (version.os !== undefined && version.os !== os) return `it is for ${os}, and the program ran on ${version.os}`;
  if (version.arch !== undefined && version.arch !== arch) return `it is for ${arch}, and the program ran on ${version.arch}`;
  return undefined;
}

/** Releases are compared where both are published ones; commits where both sides name one. */
function releaseDiffers({ main, settings }: GoBinary['facts'], version: NonNullable<Against['version']>): string | undefined {
  const own = /^v(\d+\.\d+\.\d+(?:-rc\d+)?)$/.exec(main?.version ?? '')?.[1];
  const ran = /^v?(\d+\.\d+\.\d+(?:-rc\d+)?)$/.exec(version.version ?? '')?.[1];
  if (own !== undefined && ran !== undefined && own !== ran) return `it is version ${own}, and the program that ran was ${ran}`;
  const built = settings['CurrentCommit'] ?? settings['vcs.revision'];
  const said = version.commit ?? '';
  if (built === undefined || !/^[0-9a-f]{7,40}(?:-dirty)?$/.test(said)) return undefined;
  const [a, b] = [built, said].map((commit) => commit.replace(/-dirty$/, ''));
  if (a !== undefined && b !== undefined && !a.startsWith(b) && !b.startsWith(a))
    return `it was built at commit ${a.slice(0, 9)}, and the program that ran at ${b.slice(0, 9)}`;
  if (settings['CurrentCommit'] !== undefined && built.endsWith('-dirty') !== said.endsWith('-dirty'))
    return `${said.endsWith('-dirty') ? 'the program that ran' : 'it'} was built with changes that are not committed, the other was not`;
  return undefined;
}
