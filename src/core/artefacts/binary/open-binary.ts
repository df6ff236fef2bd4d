/** Opens a binary: what it is, and the tables that answer questions about it. */
import type { BinaryArtefact, Refusal } from '../../model.ts';
import { type BuildInfo, readBuildInfo, versionInData } from './build-info.ts';
import { aboutBuild, publicModules, publicSettings, stampedCommit } from './facts.ts';
import { goBuildIdOf, type Image, isPacked, openImage } from './image.ts';
import { LineTable, textStart } from './line-table.ts';
import { findModuleData } from './module-data.ts';
import { findPclntab } from './pclntab.ts';
import { RuntimeTypes } from './runtime-types.ts';
import { type ByteSource, Spent } from './source.ts';
import { findSymbols } from './symbols.ts';

/** A binary that was opened. */
export interface GoBinary {
  readonly facts: Omit<BinaryArtefact, 'kind' | 'file'>;
  readonly image: Image;
  /** Functions and lines; undefined for what is packed, not Go, or damaged. */
  readonly lines?: LineTable;
  /** Struct layouts. */
  readonly types?: RuntimeTypes;
}

/** Steps allowed for one question. A scan of a 256 MB file takes 4 million, 100,000 addresses 30 million. */
export const stepsPerQuestion = 40_000_000;

/** Bytes that are no executable are refused, as is one that ends inside its headers. Never throws. `arch` chooses the slice of a fat file. */
export function openBinary(source: ByteSource, path: string, arch?: string): GoBinary | Refusal {
  const budget = { left: stepsPerQuestion };
  return answer(
    () => {
      const image = openImage(source, budget, arch);
      return image === undefined ? { path, reason: 'it is no ELF, Mach-O or PE executable' } : opened(image);
    },
    { path, reason: 'its headers make no sense: the file is damaged' },
  );
}

/** The answer to a question about bytes of unknown origin: whatever goes wrong inside them is no answer. */
export function answer<T>(question: () => T, otherwise: T): T {
  try {
    return question();
  } catch (problem) {
    // RangeError is what reading outside of a buffer and lengths beyond reason raise.
    if (problem instanceof Spent || problem instanceof RangeError) return otherwise;
    throw problem;
  }
}

/** Asks a binary with a fresh budget. */
export function ask<T>(binary: GoBinary, question: () => T, otherwise: T): T {
  binary.image.budget.left = stepsPerQuestion;
  return answer(question, otherwise);
}

function opened(image: Image): GoBinary {
  const packed = isPacked(image);
  const info = packed ? undefined : answer(() => readBuildInfo(image), undefined);
  const table = packed ? undefined : answer(() => findPclntab(image), undefined);
  const go = info?.go ?? (table === undefined ? undefined : answer(() => versionInData(image), undefined));
  const minor = Number(/\bgo1\.(\d+)/.exec(go ?? '')?.[1] ?? 0);
  const module = table === undefined ? undefined : answer(() => findModuleData(image, table, minor), undefined);
  const text =
    table === undefined ? undefined : answer(() => textStart(table, module, () => findSymbols(image, ['runtime.text']).get('runtime.text')), undefined);
  const lines =
    table === undefined || text === undefined
      ? undefined
      : answer(() => new LineTable(image, table, module, minor === 0 ? (module?.minor ?? table.form) : minor, text), undefined);
  // Descriptors have had their form since Go 1.7.
  const types = module === undefined || module.minor < 7 ? undefined : new RuntimeTypes(image, module);
  return { facts: factsOf(image, info, go, packed, lines), image, lines, types };
}

function factsOf(image: Image, info: BuildInfo | undefined, go: string | undefined, packed: boolean, lines: LineTable | undefined): GoBinary['facts'] {
  const { layout } = image;
  const commit = info === undefined ? undefined : answer(() => stampedCommit(image, info), undefined);
  return {
    bytes: image.source.size,
    format: image.slices.length > 0 ? 'mach-o fat' : layout.format,
    os: info?.settings['GOOS'] ?? layout.os,
    arch: info?.settings['GOARCH'] ?? layout.arch,
    go,
    goBuildId: goBuildIdOf(image),
    buildId: layout.gnuBuildId ?? layout.uuid,
    main: info?.main === undefined ? (info?.path === undefined ? undefined : { path: info.path }) : { path: info.main.path, version: info.main.version },
    modules: publicModules(info),
    settings: { ...publicSettings(info), ...(commit === undefined ? {} : { CurrentCommit: commit }), ...(info?.path === undefined ? {} : { path: info.path }) },
    notes: aboutBuild({ image, info, packed, go, lines: lines !== undefined, commit }),
  };
}
