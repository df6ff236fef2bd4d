/** Names of a program for the bare addresses of a profile, as `pprof PROGRAM FILE` has them. */
import { openBinary, type GoBinary } from '../core/artefacts/binary/open-binary.ts';
import { biasFor, symbolize } from '../core/artefacts/binary/symbolize.ts';
import type { Profile } from '../core/artefacts/profile/columns.ts';
import { withSymbols, type Symbolizer } from '../core/link/symbols.ts';
import { openFileSource } from './file-source.ts';

/** A profile of a file and what is to be said about it; of a text also the same with bare addresses, for a program of this Go to name. */
export interface Found {
  readonly profile: Profile;
  readonly notes: readonly string[];
  readonly bare?: (go: string | undefined) => Found;
}

/** All names. A text has some already, but hides frames: it is read again with all addresses if the program has the names that it has. */
export function namedBy(program: string, found: Found, said: string[]): Found {
  const { profile, bare } = found;
  const source = openFileSource(program);
  try {
    const binary = openBinary(source, program);
    if (!('facts' in binary) || binary.lines === undefined) {
      said.push(`${program}: ${'facts' in binary ? 'it has no Go line table' : binary.reason}`);
      return found;
    }
    const bias = biasOf(binary, profile);
    if (bias === undefined) {
      said.push(`${program}: the profile does not say where it was loaded`);
      return found;
    }
    const names: Symbolizer = (addresses) => symbolize(binary, addresses, bias, 'profile');
    if (profile.functionName.length > 0 && !agrees(profile, names)) {
      said.push(`${program}: it has other functions at the addresses of the text, which keeps its own names`);
      return found;
    }
    const { profile: addresses, notes } = bare?.(binary.facts.go) ?? found;
    return { profile: withSymbols(addresses, names), notes };
  } finally {
    source.close();
  }
}

function biasOf(binary: GoBinary, { mappings: [mapping] }: Profile): number | undefined {
  const range = mapping === undefined ? undefined : { start: Number(mapping.start), limit: Number(mapping.limit), offset: Number(mapping.offset) };
  return biasFor(binary, undefined, range);
}

/** Every address that the text names has a function of that name in the program. */
function agrees(profile: Profile, names: Symbolizer): boolean {
  const known = Array.from(profile.locationAddress, Number).flatMap((address, at) => {
    const func = profile.lineFunction[profile.lineStart[at] ?? 0] ?? -1;
    const has = (profile.lineStart[at] ?? 0) < (profile.lineStart[at + 1] ?? 0) && func >= 0;
    return has ? [{ address, name: withoutTypes(profile.strings.at(profile.functionName[func] ?? 0)) }] : [];
  });
  const frames = names(known.map(({ address }) => address));
  return known.length > 0 && known.every(({ name }, at) => frames[at]?.some(({ func }) => withoutTypes(func) === name) === true);
}

/** Texts print `[...]` for the types of a generic function. */
function withoutTypes(name: string): string {
  const from = name.indexOf('[');
  return from < 0 ? name : `${name.slice(0, from)}${name.slice(name.lastIndexOf(']') + 1)}`;
}
