/** Numbers as pprof prints them (internal/measurement): units, Go's rounding half to even, Go's %g. */

interface Unit {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly factor: number;
}

interface UnitType {
  readonly fallback: { readonly name: string; readonly factor: number };
  readonly units: readonly Unit[];
}

const unit = (name: string, factor: number, ...aliases: readonly string[]): Unit => ({ name, aliases, factor });

const unitTypes: readonly UnitType[] = [
  {
    fallback: { name: 'B', factor: 1 },
    units: [
      unit('B', 1, 'b', 'byte'),
      unit('kB', 2 ** 10, 'kb', 'kbyte', 'kilobyte'),
      unit('MB', 2 ** 20, 'mb', 'mbyte', 'megabyte'),
      unit('GB', 2 ** 30, 'gb', 'gbyte', 'gigabyte'),
      unit('TB', 2 ** 40, 'tb', 'tbyte', 'terabyte'),
      unit('PB', 2 ** 50, 'pb', 'pbyte', 'petabyte'),
    ],
  },
  {
    fallback: { name: 's', factor: 1e9 },
    units: [
      unit('ns', 1, 'ns', 'nanosecond'),
      unit('us', 1e3, 'μs', 'us', 'microsecond'),
      unit('ms', 1e6, 'ms', 'millisecond'),
      unit('s', 1e9, 's', 'sec', 'second'),
      unit('hrs', 3.6e12, 'hour', 'hr'),
    ],
  },
  {
    fallback: { name: 'GCU', factor: 1 },
    units: [
      unit('n*GCU', 1e-9, 'nanogcu'),
      unit('u*GCU', 1e-6, 'microgcu'),
      unit('m*GCU', 1e-3, 'milligcu'),
      unit('GCU', 1, 'gcu'),
      unit('k*GCU', 1e3, 'kilogcu'),
      unit('M*GCU', 1e6, 'megagcu'),
      unit('G*GCU', 1e9, 'gigagcu'),
      unit('T*GCU', 1e12, 'teragcu'),
      unit('P*GCU', 1e15, 'petagcu'),
    ],
  },
];

function sniff(type: UnitType, name: string): Unit | undefined {
  const lower = name.toLowerCase();
  const bare = lower.length > 2 && lower.endsWith('s') ? lower.slice(0, -1) : lower;
  return type.units.find(({ aliases }) => aliases.includes(bare));
}

/** A value in another unit; `minimum` and `auto` choose the largest unit in which it is at least 1. */
export function scale(value: number, from: string, to: string): readonly [number, string] {
  if (value < 0) {
    const [positive, name] = scale(-value, from, to);
    return [-positive, name];
  }
  for (const type of unitTypes) {
    const source = sniff(type, from);
    if (source === undefined) continue;
    const base = value * source.factor;
    const target = to === 'minimum' || to === 'auto' ? largest(type, base) : sniff(type, to);
    return target === undefined ? [base / type.fallback.factor, type.fallback.name] : [base / target.factor, target.name];
  }
  return [value, ['count', 'sample', 'unit', 'minimum', 'auto'].includes(to) ? '' : to];
}

function largest(type: UnitType, base: number): Unit | undefined {
  let found: Unit | undefined;
  for (const one of type.units) if (one.factor >= (found?.factor ?? 0) && base / one.factor >= 1) found = one;
  return found;
}

/** `12.35MB`: two decimals unless they are zero. */
export function scaledLabel(value: number, from: string, to: string): string {
  const [scaled, name] = scale(value, from, to);
  const text = fixed2(scaled).replace(/\.00$/, '');
  return text === '0' || text === '-0' ? '0' : `${text}${name}`;
}

const evenEighths: Readonly<Record<number, string>> = { 0.125: '12', 0.375: '38', 0.625: '62', 0.875: '88' };

/** Go's `%.2f`: ties go to the even digit, where JavaScript goes up. */
export function fixed2(value: number): string {
  if (Math.abs(value) >= 1e21) return Number.isFinite(value) ? `${BigInt(value)}.00` : value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  // A tie at the third decimal exists exactly at odd eighths.
  const even = evenEighths[Math.abs(value) % 1];
  if (even !== undefined) return `${value < 0 ? '-' : ''}${Math.floor(Math.abs(value))}.${even}`;
  return value.toFixed(2);
}

/** Share in percent, five characters and `%`. */
export function percentage(value: number, total: number): string {
  const ratio = total === 0 ? 0 : Math.abs(value / total) * 100;
  if (ratio >= 99.95 && ratio <= 100.05) return '  100%';
  return `${(ratio >= 1 ? fixed2(ratio) : general2(ratio)).padStart(5)}%`;
}

/** Go's `%.2g`: two significant digits, exponent of at least two digits below 1e-4. */
export function general2(value: number): string {
  if (value === 0) return '0';
  const ties: Readonly<Record<number, string>> = { 0.125: '0.12', 0.375: '0.38', 0.625: '0.62', 0.875: '0.88', 0.0625: '0.062', 0.03125: '0.031' };
  const tie = ties[value];
  if (tie !== undefined) return tie;
  const [mantissa = '', exponent = '0'] = value.toExponential(1).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 2) return `${mantissa.replace(/\.0$/, '')}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return String(Number(`${mantissa}e${exponent}`));
}

/** Go's int64() on amd64: truncation towards zero, never -0; what does not fit is the least value. */
export function truncate(value: number): number {
  return Math.abs(value) < 2 ** 63 ? Math.trunc(value) + 0 : -(2 ** 63);
}

/** Do two units measure the same thing. */
export function hasUnit(one: string, other: string): boolean {
  return unitTypes.some((type) => sniff(type, one) !== undefined && sniff(type, other) !== undefined);
}
