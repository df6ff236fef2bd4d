/** `version.json` of `ipfs diag profile`, or what `ipfs version --all` prints. */
import type { Kind, VersionArtefact } from '../model.ts';
import { asText, jsonObject, smallText } from './text.ts';

export const versionKind: Kind<VersionArtefact> = {
  name: 'version',
  recognise({ bytes, path }) {
    if (bytes.length > 20_000) return { is: 'not mine' };
    const text = smallText(bytes);
    if (text === undefined) return { is: 'not mine' };
    const fields = text.includes('"Golang"') ? fromJson(text) : fromLines(text);
    if (fields === undefined) return { is: 'not mine' };
    const [arch, os] = (fields.system ?? '').split('/');
    return {
      is: 'fine',
      artefacts: [
        {
          kind: 'version',
          file: path,
          version: bareVersion(fields.version),
          commit: fields.commit ?? fields.version?.split('-').at(1),
          repo: fields.repo,
          os: os === '' ? undefined : os,
          arch: arch === '' ? undefined : arch,
          go: fields.go,
        },
      ],
    };
  },
};

interface Fields {
  readonly version?: string;
  readonly commit?: string;
  readonly repo?: string;
  readonly system?: string;
  readonly go?: string;
}

function fromJson(text: string): Fields | undefined {
  const object = jsonObject(text);
  if (object?.['Version'] === undefined) return undefined;
  return {
    version: asText(object['Version']),
    commit: asText(object['Commit']),
    repo: asText(object['Repo']),
    system: asText(object['System']),
    go: asText(object['Golang']),
  };
}

/** Labels of `ipfs version --all` since 0.2; `go-ipfs version:` until 0.13, `Kubo version:` after. A daemon log starts alike, but goes on. */
function fromLines(text: string): Fields | undefined {
  const program = /^[>\s]*(?:go-ipfs|Kubo) version: *(\S+)/im.exec(text);
  const bare = /^\s*(?:ipfs|kubo) version (\d\S*)\s*$/i.exec(text);
  if (bare !== null) return { version: bare[1] };
  if (program === null || text.split('\n').length > 40 || /goroutine \d+ |Initializing daemon/.test(text)) return undefined;
  const system = /^[>\s]*System(?: version)?: *(\S+\/\S+)/im.exec(text)?.[1];
  const go = /^[>\s]*Golang(?: version)?: *(\S.*?)\s*$/im.exec(text)?.[1];
  return { version: program[1], repo: /^[>\s]*Repo(?: version)?: *(\d+)/im.exec(text)?.[1], system, go };
}

/** `0.4.23-` and `0.34.1-abcdef` and `v0.34.1` are versions with a commit or a prefix; `0.30.0-rc1` and `-dev` stay whole. */
export function bareVersion(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const found = /^v?(\d+\.\d+(?:\.\d+)?(?:-(?:rc\d*|dev))?)/.exec(text);
  return found?.[1];
}
