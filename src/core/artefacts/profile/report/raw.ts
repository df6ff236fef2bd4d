/** -raw: the profile as text (Profile.String of google/pprof). */
import { labelsOf } from './labels.ts';
import { utc } from './legend.ts';
import type { Work } from './work.ts';

export function printRaw(work: Work): string {
  const { profile } = work;
  const out = profile.comments.map((comment) => `Comment: ${comment}`);
  if (profile.docUrl !== '') out.push(`Doc: ${profile.docUrl}`);
  out.push(`PeriodType: ${profile.periodType?.type ?? ''} ${profile.periodType?.unit ?? ''}`);
  out.push(`Period: ${profile.period}`);
  if (profile.timeNanos !== 0n) out.push(`Time: ${utc(profile.timeNanos)}${fraction(profile.timeNanos)} +0000 UTC`);
  if (profile.durationNanos !== 0) out.push(`Duration: ${duration(profile.durationNanos).slice(0, 4)}`);
  out.push(
    'Samples:',
    profile.sampleTypes
      .map(({ type, unit }) => `${type}/${unit}${type === profile.defaultSampleType ? '[dflt]' : ''} `)
      .join('')
      .trim(),
  );
  for (let sample = 0; sample < work.samples; sample += 1) out.push(...sampleLines(work, sample));
  out.push('Locations');
  for (let location = 0; location < work.lines.length; location += 1) out.push(...locationLines(work, location));
  out.push('Mappings');
  for (const mapping of profile.mappings) {
    const bits = `${mapping.hasFunctions ? '[FN]' : ''}${mapping.hasFilenames ? '[FL]' : ''}${mapping.hasLineNumbers ? '[LN]' : ''}${mapping.hasInlineFrames ? '[IN]' : ''}`;
    out.push(`${mapping.id}: ${hex(mapping.start)}/${hex(mapping.limit)}/${hex(mapping.offset)} ${mapping.file} ${mapping.buildId} ${bits}`);
  }
  return `${out.join('\n')}\n`;
}

/** Go's `%#x`: zero has the prefix too. */
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function sampleLines(work: Work, sample: number): readonly string[] {
  const values = Array.from({ length: work.types }, (_, type) => ` ${String(work.values[sample * work.types + type] ?? 0).padStart(10)}`).join('');
  const locations = Array.from(
    work.sampleLocations.subarray(work.sampleStart[sample], work.sampleStart[sample + 1]),
    (location) => `${work.profile.locationIds[location]} `,
  ).join('');
  const { texts, numbers } = labelsOf(work, sample);
  const indent = ' '.repeat(16);
  const lines = [`${values}: ${locations}`];
  if (texts.size > 0)
    lines.push(
      indent +
        [...texts]
          .map(([key, tags]) => `${key}:[${tags.join(' ')}]`)
          .sort()
          .join(' '),
    );
  if (numbers.size > 0)
    lines.push(
      indent +
        [...numbers]
          .map(
            ([key, tags]) => `${key}:[${tags.map((tag) => (tags.some(({ unit }) => unit !== '') ? `${tag.value} ${tag.unit}` : String(tag.value))).join(' ')}]`,
          )
          .sort()
          .join(' '),
    );
  return lines;
}

function locationLines(work: Work, location: number): readonly string[] {
  const { profile } = work;
  const mapping = profile.mappings[profile.locationMapping[location] ?? -1];
  const head = `${String(profile.locationIds[location]).padStart(6)}: ${hex(work.address[location] ?? 0n)} ${mapping === undefined ? '' : `M=${mapping.id} `}${profile.locationFolded[location] === 1 ? '[F] ' : ''}`;
  const lines = work.lines[location] ?? [];
  if (lines.length === 0) return [head];
  return lines.map(({ func, line, column }, at) => {
    const [name, system] = [work.names[func] ?? '', work.systemNames[func] ?? ''];
    const text =
      func < 0 ? '??' : `${name} ${work.files[func] ?? ''}:${line}:${column} s=${profile.functionStartLine[func] ?? 0}${name === system ? '' : `(${system})`}`;
    return `${at === 0 ? head : ' '.repeat(13)}${text}`;
  });
}

/** `.123456` without trailing zeros, '' for none. */
function fraction(nanos: bigint): string {
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

/** Go's time.Duration.String. */
export function duration(nanos: number): string {
  const sign = nanos < 0 ? '-' : '';
  const all = Math.abs(nanos);
  const number = (value: number): string => String(Number(value.toFixed(9)));
  if (all < 1e3) return `${sign}${all}ns`;
  if (all < 1e6) return `${sign}${number(all / 1e3)}µs`;
  if (all < 1e9) return `${sign}${number(all / 1e6)}ms`;
  const seconds = all / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = number(seconds - hours * 3600 - minutes * 60);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}
