/** Frames of a group in columns: short names and places in what fits the width, or complete ones. */
import type { Level } from '../core/artefacts/goroutines/groups.ts';
import { isStandardFunction, isWrapper, shortFunction } from '../core/golang/names.ts';
import type { Creator, Frame, Stack } from '../core/model.ts';
import { columns, line } from './terminal.ts';

const indent = '    ';
/** Frames of a stack that are shown; a request has thirty, most of them of the server that carries it. */
const [first, last] = [9, 2];

/** Lines of a stack, creator included. `args` stand in the calls where they are given. */
export function stackLines(stack: Stack, full: boolean, level: Level = 'functions'): readonly string[] {
  const { createdBy, elidedAfter } = stack;
  const frames = framesOf(stack, level);
  const creator = createdBy === undefined ? [] : [{ name: createdBy, by: true }];
  if (level === 'creator') return rows(creator, full);
  const all = frames.map((name, at) => ({
    name,
    by: false,
    gap: level === 'leaf' && at === 0 && frames.length > 1 ? '…' : at === elidedAfter ? '… frames that Go left out …' : undefined,
  }));
  if (full || all.length <= first + last + 1) return rows([...all, ...creator], full);
  const left = all.length - first - last;
  const head = all.slice(0, first).map((row, at) => (at === first - 1 ? { ...row, gap: `… ${left} more frames …` } : row));
  return rows([...head, ...all.slice(-last), ...creator], full);
}

/** The frames that make goroutines the same at this level. */
function framesOf({ frames }: Stack, level: Level): readonly Frame[] {
  if (level === 'stack' || level === 'functions' || level === 'creator') return frames;
  const own = frames.filter(({ func }) => !isWrapper(func) && !isStandardFunction(func));
  if (own.length === 0) return frames;
  return level === 'own' || own.length === 1 ? own : [own[0], own.at(-1)].filter((frame) => frame !== undefined);
}

interface Row {
  readonly name: Frame | Creator;
  /** `by …`, who started it. */
  readonly by: boolean;
  /** A line behind it. */
  readonly gap?: string;
}

function rows(list: readonly Row[], full: boolean): readonly string[] {
  const texts = list.map(({ name, by, gap }) => ({
    func: `${by ? (full ? 'created by ' : 'by ') : ''}${full ? name.func : shortFunction(name.func)}`,
    place: placeOf(name, full),
    gap,
  }));
  const places = Math.max(0, ...texts.map(({ place }) => place.length));
  const room = columns() - indent.length - 2 - places;
  const names = Math.min(room, Math.max(0, ...texts.map(({ func }) => func.length)));
  return texts.flatMap(({ func, place, gap }) => [
    ...(place === '' || func.length <= names
      ? [line(indent, place === '' ? func : func.padEnd(names + 2), ['dim', place])]
      : [line(indent, func), line(indent, ' '.repeat(Math.max(4, full ? 4 : names + 2)), ['dim', place])]),
    ...(gap === undefined ? [] : [line(indent, ['dim', gap])]),
  ]);
}

function placeOf({ file, line: number }: Frame, full: boolean): string {
  if (file === '') return '';
  return `${full ? file : file.slice(file.lastIndexOf('/') + 1)}:${number}`;
}
