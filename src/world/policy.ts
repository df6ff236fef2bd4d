/** What is allowed where: defaults, a repository's `.github/pprof-triage.yml`, and the server's environment, each parsed once. */
import process from 'node:process';
import { parse } from 'yaml';
import type { Policy } from '../core/model.ts';

/** Nothing is set, nothing is fetched from elsewhere, asks are made. `need/author-input` starts kubo's 13-day clock: never by default. */
export const defaultPolicy: Policy = {
  enabled: true,
  shadow: false,
  labels: [],
  words: [],
  maxAgeHours: 48,
  ignoreBots: true,
  asks: true,
  set: {},
  never: ['need/author-input', 'kind/stale'],
  linkHosts: [],
  officialBinary: false,
  idleShapes: [],
  signatures: [],
  errors: [],
};

/** Where a repository says what is allowed in it. */
export const policyFile = '.github/pprof-triage.yml';

/** Settings that only add to what is said: a broken one costs only itself. Every other one holds us back, and a broken one holds us back wholly. */
const harmless: ReadonlySet<string> = new Set(['set', 'linkHosts', 'idleShapes', 'signatures']);

/** The file, or what is wrong with it in sentences for the maintainers; then nothing is written where a restriction may have been meant. */
export function parsePolicy(text: string): Policy {
  const silent = /^[ \t]{0,99}(?:shadow[ \t]{0,99}:[ \t]{0,99}true|enabled[ \t]{0,99}:[ \t]{0,99}false)\b/m.test(text);
  const unreadable = (error: string): Policy => ({ ...defaultPolicy, enabled: false, silent, errors: [error] });
  if (text.length > 16_384) return unreadable('it is larger than 16 kB');
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 10 });
  } catch (problem) {
    return unreadable(`it is not YAML: ${problem instanceof Error ? (problem.message.split('\n')[0] ?? '') : 'unreadable'}`);
  }
  if (value === null || value === undefined) return defaultPolicy;
  if (typeof value !== 'object' || Array.isArray(value)) return unreadable('it should be settings like `enabled: true`, one a line');
  const errors: string[] = [];
  let held = false;
  const entries = new Map<string, unknown>(Object.entries(value));
  const take = <T>(name: string, otherwise: T, wanted: string, read: (given: unknown) => T | undefined): T => {
    if (!entries.has(name)) return otherwise;
    const found = read(entries.get(name));
    entries.delete(name);
    if (found === undefined) {
      held ||= !harmless.has(name);
      errors.push(`\`${name}\` should be ${wanted}${harmless.has(name) ? '; it is left out' : ''}`);
    }
    return found ?? otherwise;
  };
  const flag = (given: unknown): boolean | undefined => (typeof given === 'boolean' ? given : undefined);
  const list = (given: unknown): readonly string[] | undefined =>
    Array.isArray(given) && given.length <= 200 && given.every((one) => typeof one === 'string' && one.length <= 300) ? given : undefined;
  const policy: Policy = {
    enabled: take('enabled', true, 'true or false', flag),
    shadow: take('shadow', false, 'true or false', flag),
    labels: take('labels', [], 'a list of labels', list),
    words: take('words', [], 'a list of words', list),
    maxAgeHours: take('maxAgeHours', 48, 'a number of hours', (given) => (typeof given === 'number' && given > 0 ? given : undefined)),
    ignoreBots: take('ignoreBots', true, 'true or false', flag),
    asks: take('asks', true, 'true or false', flag),
    set: take('set', {}, '`triaged` and `needsInput` with a label each', labelsToSet),
    never: take('never', defaultPolicy.never, 'a list of labels', list),
    linkHosts: take('linkHosts', [], 'a list of host names', (given) =>
      list(given)?.every((host) => /^[a-z0-9.-]+\.[a-z]{2,}$/i.test(host)) === true ? list(given) : undefined,
    ),
    officialBinary: take('officialBinary', false, 'true or false', flag),
    quietHours: take<Policy['quietHours']>('quietHours', undefined, 'two hours like [22, 6]', hours),
    idleShapes: take('idleShapes', [], 'a list of functions', list),
    signatures: take('signatures', [], 'a list of `title` and `functions`', signatures),
    errors,
  };
  for (const name of entries.keys()) errors.push(`\`${name.slice(0, 40)}\` is no setting`);
  return { ...policy, enabled: policy.enabled && !held, silent };
}

function labelsToSet(given: unknown): Policy['set'] | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const entries = Object.entries(given);
  if (!entries.every(([name, label]) => (name === 'triaged' || name === 'needsInput') && typeof label === 'string')) return undefined;
  return Object.fromEntries(entries);
}

function hours(given: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(given) || given.length !== 2 || !given.every((hour) => Number.isInteger(hour) && hour >= 0 && hour <= 24)) return undefined;
  return [Number(given[0]), Number(given[1])];
}

function signatures(given: unknown): Policy['signatures'] | undefined {
  if (!Array.isArray(given) || given.length > 100) return undefined;
  const found: { title: string; functions: string[]; url?: string }[] = [];
  for (const one of given) {
    if (typeof one !== 'object' || one === null) return undefined;
    const entry = new Map<string, unknown>(Object.entries(one));
    const [title, functions, url] = [entry.get('title'), entry.get('functions'), entry.get('url')];
    if (typeof title !== 'string' || !Array.isArray(functions) || functions.length === 0) return undefined;
    if (url !== undefined && (typeof url !== 'string' || !/^https:\/\/[^\s()<>"'`]+$/.test(url))) return undefined;
    found.push({ title: title.slice(0, 200), functions: functions.map(String), url });
  }
  return found;
}

/** What the server is told by its environment; nothing of it ever reaches the sandbox. */
export interface ServerSettings {
  readonly port: number;
  readonly dataFolder: string;
  readonly databaseUrl?: string;
  readonly appId?: string;
  readonly privateKey?: string;
  readonly webhookSecret?: string;
  /** API address of GitHub Enterprise or of a double. */
  readonly baseUrl?: string;
  readonly debounceSeconds: number;
  /** Before the first retry of a failed job; later ones wait longer. */
  readonly retrySeconds: number;
  /** Between two looks for what was missed. */
  readonly catchUpSeconds: number;
  /** Between two writes to GitHub; its guidelines ask for one second. */
  readonly writeGapMs: number;
  readonly workers: number;
  /** Fetched from in place of https://github.com: a double on loopback. */
  readonly attachmentOrigin?: string;
}

export function serverSettings(env: Readonly<Record<string, string | undefined>> = process.env): ServerSettings {
  const number = (name: string, otherwise: number): number => {
    const value = Number(env[name]);
    return env[name] !== undefined && Number.isFinite(value) ? value : otherwise;
  };
  return {
    port: number('PORT', 3000),
    dataFolder: env['DATA_DIR'] ?? 'data',
    databaseUrl: env['DATABASE_URL'],
    appId: env['APP_ID'],
    privateKey: env['PRIVATE_KEY']?.replaceAll('\\n', '\n'),
    webhookSecret: env['WEBHOOK_SECRET'],
    baseUrl: env['GITHUB_API_URL'],
    debounceSeconds: number('DEBOUNCE_SECONDS', 10),
    retrySeconds: number('RETRY_SECONDS', 15),
    catchUpSeconds: number('CATCH_UP_SECONDS', 3600),
    writeGapMs: number('WRITE_GAP_MS', 1000),
    workers: env['DATABASE_URL'] === undefined ? 1 : number('WORKERS', 4),
    attachmentOrigin: env['ATTACHMENT_ORIGIN'],
  };
}
