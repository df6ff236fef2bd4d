/** -raw: the profile as text (Profile.String of google/pprof). */
import { labelsOf } from './labels.ts';
import { utc } from './legend.ts';
import { withoutInlines, type Work } from './work.ts';

export function printRaw(work: Work, { noinlines, showColumns }: { readonly noinlines: boolean; readonly showColumns: boolean }): string {
  const { profile } = work;
  if (noinlines) withoutInlines(work, showColumns);
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
  for (let sample = 0; sample < work.samples; sample += 1) for (const line of sampleLines(work, sample)) out.push(line);
  out.push('Locations');
  for (let location = 0; location < work.lines.length; location += 1) for (const line of locationLines(work, location)) out.push(line);
  out.push('Mappings');
  for (const mapping of profile.mappings) {
    const bits = `${mapping.hasFunctions ? '[FN]' : ''}${mapping.hasFilenames ? '[FL]' : ''}${mapping.hasLineNumbers ? '[LN]' : ''}${mapping.hasInlineFrames && !noinlines ? '[IN]' : ''}`;
    out.push(`${mapping.id}: ${hex(mapping.start)}/${hex(mapping.limit)}/${hex(mapping.offset)} ${mapping.file} ${mapping.buildId} ${bits}`);
  }
  return `${out.join('\n')}\n`;
}

/** Locations that were added for labels come after all others. */
function idOf({ profile: { locationIds } }: Work, location: number): number | bigint {
  const own = locationIds[location];
  if (own !== undefined) return own;
  let most = 0n;
  for (const id of locationIds) most = BigInt(id) > most ? BigInt(id) : most;
  return BigInt.asUintN(64, most + BigInt(location - locationIds.length + 1));
}

/** Go's `%#x`: zero has the prefix too. */
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function sampleLines(work: Work, sample: number): readonly string[] {
  const values = Array.from({ length: work.types }, (_, type) => ` ${String(work.values[sample * work.types + type] ?? 0).padStart(10)}`).join('');
  const locations = Array.from(
    work.sampleLocations.subarray(work.sampleStart[sample], work.sampleStart[sample + 1]),
    (location) => `${idOf(work, location)} `,
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
  const head = `${String(idOf(work, location)).padStart(6)}: ${hex(work.address[location] ?? 0n)} ${mapping === undefined ? '' : `M=${mapping.id} `}${profile.locationFolded[location] === 1 ? '[F] ' : ''}`;
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
  const all = BigInt(Math.abs(nanos));
  const part = (unit: bigint): string => {
    const digits = (all % unit)
      .toString()
      .padStart(unit.toString().length - 1, '0')
      .replace(/0+$/, '');
    return `${(all / unit) % 60n}${digits === '' ? '' : `.${digits}`}`;
  };
  if (all === 0n) return '0s';
  if (all < 1_000n) return `${sign}${all}ns`;
  if (all < 1_000_000n) return `${sign}${all / 1_000n}${part(1_000n).replace(/^\d+/, '')}µs`;
  if (all < 1_000_000_000n) return `${sign}${all / 1_000_000n}${part(1_000_000n).replace(/^\d+/, '')}ms`;
  const minutes = all / 60_000_000_000n;
  const hours = minutes / 60n;
  return `${sign}${hours > 0n ? `${hours}h` : ''}${minutes > 0n ? `${minutes % 60n}m` : ''}${part(1_000_000_000n)}s`;
}
