/** Which version of each module a main module is built with: minimal version selection (go.dev/ref/mod#minimal-version-selection). */
import { goMod, type ModuleVersion } from './proxy.ts';

interface GoMod {
  /** `1.25`. */
  readonly go: string;
  readonly requires: readonly ModuleVersion[];
  readonly replaces: readonly { readonly from: string; readonly fromVersion: string; readonly to: string; readonly toVersion: string }[];
}

function parseGoMod(text: string): GoMod {
  const requires: ModuleVersion[] = [];
  const replaces: GoMod['replaces'][number][] = [];
  let go = '1.0';
  let block = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    if (line === ')') block = '';
    else if (/^\w+ \($/.test(line)) block = line.slice(0, -2);
    else if (line !== '') {
      const words = (block === '' ? line : `${block} ${line}`).split(/\s+/).map((word) => word.replaceAll('"', ''));
      const [verb, first = '', second = ''] = words;
      if (verb === 'go') go = first;
      else if (verb === 'require') requires.push({ module: first, version: second });
      else if (verb === 'replace') {
        const arrow = words.indexOf('=>');
        replaces.push({ from: first, fromVersion: arrow === 3 ? second : '', to: words[arrow + 1] ?? '', toVersion: words[arrow + 2] ?? '' });
      }
    }
  }
  return { go, requires, replaces };
}

/** Semantic versions in their order; pre-releases before their release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): readonly [readonly number[], string] => {
    const [, core = '0', rest = ''] = /^v?(?:go)?([\d.]+)(.*)$/.exec(version.replace(/\+.*$/, '')) ?? [];
    return [core.split('.').map(Number), rest.replace(/^-/, '')];
  };
  const [[x, preX], [y, preY]] = [parts(a), parts(b)];
  for (let at = 0; at < 3; at += 1) if ((x[at] ?? 0) !== (y[at] ?? 0)) return (x[at] ?? 0) - (y[at] ?? 0);
  if (preX === preY) return 0;
  if (preX === '' || preY === '') return preX === '' ? 1 : -1;
  const [left, right] = [preX.split('.'), preY.split('.')];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [l, r] = [left[at], right[at]];
    if (l === r) continue;
    if (l === undefined || r === undefined) return l === undefined ? -1 : 1;
    const numeric = /^\d+$/.test(l) && /^\d+$/.test(r);
    return numeric ? Number(l) - Number(r) : l < r ? -1 : 1;
  }
  return 0;
}

/** Module → version that is compiled; of a replaced module the version that stands in go.mod, as -trimpath prints it, and what it is replaced by. */
export interface Built {
  readonly version: string;
  readonly replacedBy?: ModuleVersion;
}

/** Undefined when the proxy does not have the main module. From Go 1.17 on, go.mod lists everything; before, the graph is walked. */
export async function buildList(folder: string, main: ModuleVersion): Promise<ReadonlyMap<string, Built> | undefined> {
  const text = await goMod(folder, main);
  if (text === undefined) return undefined;
  const own = parseGoMod(text);
  const chosen = new Map<string, string>();
  const [, minor = '0'] = own.go.split('.');
  const graph = Number(minor) < 17;
  const queue = [...own.requires];
  const seen = new Set<string>();
  const replacement = ({ module, version }: ModuleVersion): ModuleVersion | undefined => {
    const found = own.replaces.find(({ from, fromVersion }) => from === module && (fromVersion === '' || fromVersion === version));
    return found === undefined || found.toVersion === '' ? undefined : { module: found.to, version: found.toVersion };
  };
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const key = `${next.module}@${next.version}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const known = chosen.get(next.module);
    if (known === undefined || compareVersions(known, next.version) < 0) chosen.set(next.module, next.version);
    if (!graph) continue;
    const deeper = await goMod(folder, replacement(next) ?? next);
    if (deeper !== undefined) queue.push(...parseGoMod(deeper).requires);
  }
  return new Map([...chosen].map(([module, version]) => [module, { version, replacedBy: replacement({ module, version }) }]));
}
