/** What the artefacts of one process say together: program, time, and where they contradict each other. */
import type {
  Artefact,
  BinaryArtefact,
  Capture,
  ConfigArtefact,
  GoroutineDump,
  LogArtefact,
  ProfileArtefact,
  Program,
  SysinfoArtefact,
  VarsArtefact,
  VersionArtefact,
} from '../model.ts';
import { minorOf } from '../golang/kubo-releases.ts';
import { releaseIn } from './release.ts';

type Facts = Omit<Capture, 'verdict' | 'links'>;

/** All of a capture but what needs the binary or the links. */
export function gatherFacts(artefacts: readonly Artefact[]): Facts {
  const all = artefacts.filter((a): a is GoroutineDump => a.kind === 'goroutine dump');
  // A profile of the goroutines tells less than any text of them.
  const texts = all.filter(({ dialect }) => dialect !== 'protobuf');
  const dumps = texts.length > 0 ? texts : all;
  const profiles = artefacts.filter((a): a is ProfileArtefact => 'sampleType' in a);
  const vars = artefacts.find((a): a is VarsArtefact => a.kind === 'vars');
  const sysinfo = artefacts.find((a): a is SysinfoArtefact => a.kind === 'sysinfo');
  const version = artefacts.find((a): a is VersionArtefact => a.kind === 'version');
  const config = artefacts.find((a): a is ConfigArtefact => a.kind === 'config');
  const binary = artefacts.find((a): a is BinaryArtefact => a.kind === 'binary');
  const logs = artefacts.filter((a): a is LogArtefact => a.kind === 'log');
  const program = programOf({ dumps, version, sysinfo, logs, binary });
  return {
    files: [...new Set(artefacts.map((a) => a.file))],
    artefacts,
    at: profiles.map((p) => p.at).find((at) => at !== undefined),
    program,
    dumps,
    profiles,
    vars,
    sysinfo,
    version,
    config,
    logs,
    binary,
    disagreements: disagreements({ version, sysinfo, binary, logs, dumps }),
  };
}

interface Sources {
  readonly dumps: readonly GoroutineDump[];
  readonly version?: VersionArtefact;
  readonly sysinfo?: SysinfoArtefact;
  readonly logs: readonly LogArtefact[];
  readonly binary?: BinaryArtefact;
}

/** The most direct witness first: the program's own answer, then the system report, its banner, the binary, the dump's paths. */
function programOf({ dumps, version, sysinfo, logs, binary }: Sources): Program {
  const log = logs.find((l) => l.version !== undefined);
  const [logArch, logOs] = (log?.system ?? '').split('/');
  const text = version?.version ?? sysinfo?.ipfsVersion ?? log?.version ?? fromBinary(binary);
  return {
    name: nameOf(text, dumps, binary),
    version: text,
    commit: version?.commit ?? sysinfo?.ipfsCommit,
    go: version?.go ?? sysinfo?.runtime.version ?? log?.go ?? binary?.go ?? dumps.map((d) => d.go).find((go) => go !== undefined),
    os: version?.os ?? sysinfo?.runtime.os ?? (logOs === '' ? undefined : logOs) ?? binary?.os,
    arch: version?.arch ?? sysinfo?.runtime.arch ?? (logArch === '' ? undefined : logArch) ?? binary?.arch,
  };
}

function fromBinary(binary: BinaryArtefact | undefined): string | undefined {
  const main = binary?.main?.version;
  return main === undefined ? undefined : /^v(\d+\.\d+\.\d+(?:-rc\d+)?)$/.exec(main)?.[1];
}

/** go-ipfs became kubo with 0.14.0. */
function nameOf(version: string | undefined, dumps: readonly GoroutineDump[], binary: BinaryArtefact | undefined): string | undefined {
  if (version !== undefined) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major > 0 || minor >= 14 ? 'kubo' : 'go-ipfs';
  }
  const path = binary?.main?.path ?? '';
  if (path.startsWith('github.com/ipfs/kubo')) return 'kubo';
  if (path.startsWith('github.com/ipfs/go-ipfs')) return 'go-ipfs';
  for (const dump of dumps) {
    for (const { frames } of dump.stacks) {
      for (const { func } of frames) {
        if (func.startsWith('github.com/ipfs/kubo/')) return 'kubo';
        if (func.startsWith('github.com/ipfs/go-ipfs/')) return 'go-ipfs';
      }
    }
  }
  return undefined;
}

/** Sentences about artefacts of one capture that cannot be of one process. */
function disagreements({ version, sysinfo, binary, logs, dumps }: Sources): readonly string[] {
  const found: string[] = [];
  const versions = [
    ['the version file', version?.version],
    ['`ipfs diag sys`', sysinfo?.ipfsVersion],
    ['the log', logs.find((l) => l.version !== undefined)?.version],
  ] as const;
  const said = versions.flatMap(([who, what]) => (what === undefined ? [] : [{ who, what }]));
  const [first] = said;
  const other = said.find((one) => first !== undefined && one.what !== first.what);
  if (first !== undefined && other !== undefined) found.push(`${first.who} says ${first.what}, ${other.who} says ${other.what}`);
  const gos = [version?.go, sysinfo?.runtime.version, binary?.go].filter((go) => go !== undefined);
  if (new Set(gos).size > 1) found.push(`the files name different Go releases: ${[...new Set(gos)].join(', ')}`);
  const release = releaseIn(dumps);
  if (first !== undefined && release !== undefined && /^\d+\.\d+\.\d+$/.test(first.what) && minorOf(first.what) !== minorOf(release))
    found.push(`${first.who} says ${first.what}, and the dump has the modules of ${release}`);
  const [go] = gos;
  const printed = dumps.map((d) => d.go).find((one) => one !== undefined);
  if (go !== undefined && printed !== undefined && minorOf(go) !== minorOf(printed)) found.push(`the files name ${go}, and the dump is of ${printed}`);
  const counted = sysinfo?.runtime.numgoroutines;
  const dumped = dumps.find((d) => d.dialect === 'debug=2' && !d.truncated)?.count;
  if (counted !== undefined && dumped !== undefined && Math.max(counted, dumped) > 3 * Math.min(counted, dumped) + 200) {
    found.push(`\`ipfs diag sys\` counts ${counted} goroutines and the dump has ${dumped}: they were taken at different times`);
  }
  return found;
}
