/** Takes out of a quoted text what says whose machine it was: keys, addresses, peers, home folders, host names. */
import { secretShapes } from './secret-shapes.ts';

/** Names that many machines have, or that are nobody's. */
const openHosts =
  /^(?:localhost|(?:[\w-]+\.)*(?:github\.com|githubusercontent\.com|golang\.org|go\.dev|ipfs\.io|ipfs\.tech|ipfs\.dev|libp2p\.io|dweb\.link|example\.(?:com|org|net)))$/i;

type Rule = readonly [RegExp, string | ((...parts: string[]) => string)];

/** Order matters: whole multiaddrs before the addresses in them. */
const rules: readonly Rule[] = [
  ...secretShapes.map(({ pattern, kind }): Rule => [pattern, `(${kind})`]),
  [
    /(?<![\w.)-])\/(ip4|ip6|ip6zone|dns|dns4|dns6|dnsaddr|unix|onion|onion3|garlic64)\/([^\s/,;"'`)\]}]+)/g,
    (_, kind = '', value = '') => (isOpen(value) ? `/${kind}/${value}` : `/${kind}/…`),
  ],
  [
    /\b[a-z][a-z0-9+.-]{1,15}:\/\/(?:[^\s/@"'<>`]{1,200}@)?(\[[0-9a-f:.]+\]|[^\s/:"'<>`)\]]+)/gi,
    (all = '', host = '') => (isOpen(host) ? all : `${all.slice(0, all.indexOf('://') + 3)}…`),
  ],
  [/\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-z]{2,24}\b/gi, '…@…'],
  [
    /\b(?:12D3KooW[1-9A-HJ-NP-Za-km-z]{44}|16Uiu2HA[1-9A-HJ-NP-Za-km-z]{45}|Qm[1-9A-HJ-NP-Za-km-z]{44})\b/g,
    (all = '') => `${all.slice(0, all.startsWith('Qm') ? 2 : 4)}…`,
  ],
  [/\b(?:k51|k2k4r8|baf[a-z])[a-z0-9]{40,100}\b/g, (all = '') => `${all.slice(0, 4)}…`],
  [/(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)/g, (all = '') => (isOpen(all) ? all : '(address)')],
  [
    /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|:(?::[0-9a-f]{1,4}){1,7})(?:%\w+)?(?![\w:])/gi,
    (all = '') => (isOpen(all) ? all : '(address)'),
  ],
  [/(?<![\w:-])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:-])/gi, '(address)'],
  [/(\/(?:home|Users|var\/home|export\/home|data\/home)\/)[^/\s"'`:,;)]+/g, (_, root = '') => `${root}…`],
  [/([A-Za-z]:(?:\\{1,2}|\/)(?:Users|Documents and Settings)(?:\\{1,2}|\/))[^\\/"'`:,;)\n]+/gi, (_, root = '') => `${root}…`],
  // The archive of kubo's old script is named for the machine.
  [/\b(ipfs-profile-)(?!\d{4}-)\S{1,100}?(-\d{4}-\d\d-\d\d)/g, (_, head = '', tail = '') => `${head}…${tail}`],
  // journald and syslog: time, machine, program[pid]:
  [
    /\b((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d:\d\d )\S+( [\w./-]+(?:\[\d+\])?:)/g,
    (_, time = '', program = '') => `${time}…${program}`,
  ],
  [/\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}(?:local|lan|localdomain|internal|intranet|corp|home|private|arpa)\b/gi, '(host)'],
];

function isOpen(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return openHosts.test(bare) || /^(?:127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|255\.255\.255\.255)$/.test(bare);
}

/** The same text with those parts cut out; what is left reads on. */
export function masked(text: string): string {
  let out = text;
  for (const [pattern, by] of rules)
    out = typeof by === 'string' ? out.replaceAll(pattern, by) : out.replaceAll(pattern, (...parts) => by(...parts.map(String)));
  return out;
}

/** Every text of plain data, masked: for reports that are published as they are. */
export function maskedData<T>(data: T): T {
  if (typeof data === 'string') return masked(data) as T;
  if (Array.isArray(data)) return data.map((one: unknown) => maskedData(one)) as T;
  if (typeof data === 'object' && data !== null)
    return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskedData<unknown>(value)])) as T;
  return data;
}
