/** What a build says of itself, without what is private to the machine that it was built on. */
import { knownBugs } from '../../golang/known-bad.ts';
import type { BinaryArtefact } from '../../model.ts';
import type { BuildInfo } from './build-info.ts';
import type { Image } from './image.ts';
import { findSymbols } from './symbols.ts';

/** Settings that tell builds apart and nothing about a person: no -ldflags, no flags of C compilers, which hold paths. */
const openSettings: ReadonlySet<string> = new Set(
  `-buildmode -compiler -trimpath -race -tags CGO_ENABLED GOOS GOARCH GOAMD64 GOARM GOARM64 GO386 GORISCV64 GOMIPS GOPPC64 GOEXPERIMENT GOFIPS140
   DefaultGODEBUG vcs vcs.revision vcs.time vcs.modified`.split(/\s+/),
);

/** Build settings that may be shown. */
export function publicSettings(info: BuildInfo | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(info?.settings ?? {}).filter(([key]) => openSettings.has(key)));
}

/** Modules; a replacement by a folder keeps no path. */
export function publicModules(info: BuildInfo | undefined): BinaryArtefact['modules'] {
  return (info?.modules ?? []).map(({ replacedBy, ...module }) => {
    if (replacedBy === undefined) return module;
    return { ...module, replacedBy: replacedBy.version === '' ? { path: 'a local folder', version: '' } : replacedBy };
  });
}

/** The commit that go-ipfs' and kubo's build scripts stamp into a variable. */
export function stampedCommit(image: Image, info: BuildInfo): string | undefined {
  const root = info.main?.path ?? info.path?.replace(/\/cmd\/ipfs$/, '');
  if (root !== 'github.com/ipfs/kubo' && root !== 'github.com/ipfs/go-ipfs') return undefined;
  const name = `${root}.CurrentCommit`;
  const header = findSymbols(image, [name]).get(name);
  if (header === undefined) return undefined;
  const length = image.wordAt(header + image.words.pointerSize);
  const text = length > 64 ? '' : image.at(image.pointerAt(header), length).toString('latin1');
  return /^[0-9a-f]{7,40}(?:-dirty)?$/.test(text) ? text : undefined;
}

export interface AboutBuild {
  readonly image: Image;
  readonly info: BuildInfo | undefined;
  readonly packed: boolean;
  readonly go: string | undefined;
  /** Its line table was found. */
  readonly lines: boolean;
  /** What the build scripts stamped. */
  readonly commit: string | undefined;
}

/** Sentences about a binary for its reader, the one that explains most first. */
export function aboutBuild({ image, info, packed, go, lines, commit }: AboutBuild): readonly string[] {
  const { layout, source } = image;
  if (packed) return ['packed by UPX: unpack it (`upx -d`) and send that file'];
  const notes: string[] = [];
  if (layout.extent > source.size && layout.extent <= largest) notes.push(`cut: its headers speak of ${layout.extent} bytes, and ${source.size} are there`);
  if (go === undefined && !lines) return [...notes, 'not a Go program, or one that has neither build info nor a line table'];
  if (!lines) notes.push('its line table is damaged, scrambled or missing: no address can be named');
  const origin = originOf(info, commit);
  if (origin !== undefined) notes.push(origin);
  if (image.slices.length > 1) notes.push(`one of ${image.slices.length} architectures in the file: ${image.slices.join(', ')}`);
  for (const { what, fixedIn, url } of knownBugs(go, info?.settings['GOOS'] ?? layout.os, info?.settings['DefaultGODEBUG']))
    notes.push(`known of ${go ?? ''}: ${what}; mended in ${fixedIn} (${url})`);
  return notes;
}

/** No program is larger: what headers say beyond it is nonsense. */
const largest = 2 ** 32;

/** A build of a module by version has its sum and no commit; a build of a checkout has a commit, or says `(devel)`. */
function originOf(info: BuildInfo | undefined, commit: string | undefined): string | undefined {
  const main = info?.main;
  if (info === undefined || main === undefined) return undefined;
  const revision = info.settings['vcs.revision'] ?? (main.version === '(devel)' ? commit : undefined);
  if (revision !== undefined) {
    const modified = info.settings['vcs.modified'] === 'true' || revision.endsWith('-dirty');
    return `built from a checkout at ${revision.replace(/-dirty$/, '').slice(0, 12)}${modified ? ', with changes that are not committed' : ''}`;
  }
  if (main.version === '(devel)') return 'built from a source folder, not from a published version';
  return info.mainSum === undefined ? undefined : `built from the published ${main.path} ${main.version}, as official builds are`;
}
