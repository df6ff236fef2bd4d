/** Numbers, names and times as people read them. */
import type { Program, ReportFrame } from '../model.ts';

/** Package and name of a function: `dspinner.(*pinner).Pin` of `github.com/…/pinner/dspinner.(*pinner).Pin`. */
export function shortName(func: string): string {
  const bracket = func.indexOf('[');
  const slash = func.lastIndexOf('/', bracket < 0 ? undefined : bracket);
  const last = func.slice(slash + 1);
  // A path that ends in a major version (`…/quic-go/v2.f`) says nothing without the element before it.
  if (/^v\d+\./.test(last) && slash > 0) return `${func.slice(func.lastIndexOf('/', slash - 1) + 1, slash)}${last.replace(/^v\d+/, '')}`;
  return last;
}

/** `mfs/dir.go:123` → `dir.go:123`; '' when there is no file. */
export function place(frame: ReportFrame): string {
  if (frame.file === '') return '';
  return `${frame.file.slice(frame.file.lastIndexOf('/') + 1)}:${frame.line}`;
}

/** Bytes with a unit of 1024 and at most three digits: `594 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

/** A value of a profile with its unit: bytes, time, or a plain count. */
export function amount(value: number, unit: string): string {
  if (unit === 'bytes') return bytes(value);
  if (unit !== 'nanoseconds') return value.toLocaleString('en-US');
  const steps: readonly (readonly [number, string])[] = [
    [3.6e12, 'h'],
    [60e9, 'min'],
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ];
  const [size, name] = steps.find(([least]) => Math.abs(value) >= least) ?? [1, 'ns'];
  const scaled = value / size;
  return `${Math.abs(scaled) >= 100 ? Math.round(scaled) : Number(scaled.toPrecision(2))} ${name}`;
}

/** `5 min`, `5–6 min`; '' when the dump says none. */
export function minutes(range: readonly [number, number] | null | undefined): string {
  if (range === null || range === undefined) return '';
  return range[0] === range[1] ? `${range[0]} min` : `${range[0]}–${range[1]} min`;
}

/** Kept on one line in a narrow table. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** `1 goroutine`, `3 goroutines`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `kubo 0.34.1, go1.24.9, linux/amd64`: what is known of it. */
export function programLine(program: Program): string {
  const name = [program.name, program.version].filter((part) => part !== undefined).join(' ');
  const system = [program.os, program.arch].filter((part) => part !== undefined).join('/');
  return [name, program.go ?? '', system].filter((part) => part !== '').join(', ');
}

/** With a full stop, unless it ends in a mark. */
export function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** With a capital and a full stop. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${ended(text.slice(1))}`;
}
