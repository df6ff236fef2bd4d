/** What happens to a dump on its way into an issue, as programs: clean text in, damaged text or bytes out. */

export type Damage = (text: string) => string | Uint8Array;

const each =
  (change: (line: string, n: number) => string | readonly string[]): Damage =>
  (text) =>
    text.split('\n').flatMap(change).join('\n');

const prefix = (before: string | ((n: number) => string)): Damage => each((line, n) => (typeof before === 'string' ? before : before(n)) + line);

/** Blank lines lose the space at the end of their prefix in editors and mail programs. */
const trimmed = (before: string): Damage => each((line) => (before + line).trimEnd());

const two = (n: number): string => String(n).padStart(2, '0');
const clock = (n: number): string => `12:13:${two(n % 60)}`;
const iso = (n: number): string => `2024-03-${two(1 + (n % 28))}T11:10:${two(n % 60)}.${String(1_000_000 + n * 37).slice(1)}Z`;
const journal = (n: number): string => `Jun ${String((n % 28) + 1).padStart(2)} ${clock(n)} host.example ipfs[3598897]: `;

export const prefixes: Readonly<Record<string, Damage>> = {
  journald: prefix(journal),
  'journald, short-iso': prefix((n) => `2024-06-18T${clock(n)}+0200 host.example.org ipfs[359]: `),
  'journald, short-precise': prefix((n) => `Jun 18 ${clock(n)}.${100_000 + n} host ipfs[3598897]: `),
  'journald without blank lines': each((line, n) => (line === '' ? [] : [journal(n) + line])),
  'journald, tabs as spaces': each((line, n) => journal(n) + line.replaceAll('\t', '        ')),
  'syslog, tabs as #011': each((line, n) => journal(n) + line.replaceAll('\t', '#011')),
  'syslog of RFC 5424': each((line, n) => `<30>1 2024-06-18T${clock(n)}.123456+02:00 host ipfs 3598 - - ${line.replaceAll('\t', '#011')}`),
  'grep over syslog': prefix('/var/log/messages-20170101:Jan  1 01:02:03 host ipfs: '),
  'docker json-file': each((line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2024-01-01T00:00:00Z' })),
  'JSON log with the text last': each((line) => JSON.stringify({ severity: 'ERROR', ts: 1, message: line })),
  'docker logs -t': prefix((n) => `${iso(n)} `),
  'docker compose': prefix('ipfs_1  | '),
  'docker compose, trimmed': trimmed('ipfs_1  | '),
  'docker compose with colours': prefix('\u001b[36mkubo-ipfs-1  |\u001b[0m '),
  'docker compose with times': prefix((n) => `ipfs-1  | ${iso(n)} `),
  'kubectl --prefix': prefix('[pod/ipfs-0/ipfs] '),
  stern: prefix('ipfs-cluster-0 ipfs '),
  'stern, new pod': prefix('+ ipfs-7d9c8b-x2x4z › ipfs '),
  CRI: prefix((n) => `2024-03-04T05:06:07.${100_000_000 + n}+00:00 stderr F `),
  'GitHub Actions': prefix((n) => `test\tRun tests\t${iso(n)} `),
  'GitLab CI': prefix((n) => `${iso(n).slice(0, 19)}.123456Z 01O `),
  quote: prefix('> '),
  'quote, trimmed': trimmed('> '),
  'quote without space': prefix('>'),
  'quote in a quote': prefix('> > '),
  'quote in a quote, tight': prefix('>> '),
  'list, two spaces': each((line) => (line === '' ? '' : `  ${line}`)),
  'list, a tab': each((line) => (line === '' ? '' : `\t${line}`)),
  'list, its first line': each((line, n) => (n === 0 ? `- ${line}` : line === '' ? '' : `  ${line}`)),
  'indented code': prefix('    '),
  'line numbers': prefix((n) => `${String(n + 1).padStart(6)}\t`),
  'less -N': prefix((n) => `${String(n + 1).padStart(7)} `),
  'grep -n': prefix((n) => `ipfs.stacks:${n + 1}:`),
  diff: prefix('+'),
  'uniq -c': prefix('      1 '),
  'another goroutine': prefix('goroutine 1 '),
};

/** Cut at a width as terminals do; tabs become spaces up to the next multiple of `tab`, or are lost. */
const hardWrap = (width: number, tab = 8): Damage => each((line) => line.replaceAll('\t', ' '.repeat(tab)).match(new RegExp(`.{1,${width}}`, 'gsu')) ?? ['']);

/** Cut at spaces as editors and mail programs do. */
const softWrap = (width: number): Damage =>
  each((line) => {
    const lines: string[] = [];
    let open = '';
    for (const word of line.replaceAll('\t', '    ').split(/(?<= )/)) {
      if ((open + word).length > width && open.trim() !== '') {
        lines.push(open.trimEnd());
        open = word;
      } else open += word;
    }
    return [...lines, open];
  });

const then =
  (...steps: readonly Damage[]): Damage =>
  (text) =>
    steps.reduce<string | Uint8Array>((now, step) => (typeof now === 'string' ? step(now) : now), text);

export const wraps: Readonly<Record<string, Damage>> = {
  ...Object.fromEntries([72, 80, 100, 120, 132].map((width) => [`terminal of ${width} columns`, hardWrap(width)])),
  'terminal of 80 columns, tabs lost': hardWrap(80, 0),
  ...Object.fromEntries([80, 100, 120].map((width) => [`editor of ${width} columns`, softWrap(width)])),
  'terminal of 72 columns, quoted': then(hardWrap(72), prefix('> ')),
  'journald in a terminal of 80 columns': then(prefix(journal), hardWrap(80)),
};

const page = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

export const letters: Readonly<Record<string, Damage>> = {
  'tabs lost': (text) => text.replaceAll('\t', ''),
  ...Object.fromEntries([1, 2, 4, 8].map((n) => [`tabs as ${n} spaces`, (text: string) => text.replaceAll('\t', ' '.repeat(n))])),
  'tabs as no-break spaces': (text) => text.replaceAll('\t', '\u00a0\u00a0\u00a0\u00a0'),
  'tabs as \\t': (text) => text.replaceAll('\t', '\\t'),
  'tabs as ^I': (text) => text.replaceAll('\t', '^I'),
  CRLF: (text) => text.replaceAll('\n', '\r\n'),
  'CR CR LF': (text) => text.replaceAll('\n', '\r\r\n'),
  'CR alone': (text) => text.replaceAll('\n', '\r'),
  'CRLF on some lines': each((line, n) => (n % 3 === 0 ? `${line}\r` : line)),
  'spaces at the ends': each((line) => (line === '' ? line : `${line}   `)),
  'filled up to 80 columns': each((line) => line.padEnd(80)),
  'UTF-16, little end, mark': (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(text)]),
  'UTF-16, little end': utf16,
  'UTF-16, big end, mark': (text) => Buffer.concat([Buffer.from([0xfe, 0xff]), utf16(text).swap16()]),
  'UTF-16, big end': (text) => utf16(text).swap16(),
  'UTF-16 with CRLF': (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(text.replaceAll('\n', '\r\n'))]),
  'UTF-8 with mark': (text) => `\ufeff${text}`,
  'Latin-1 before it': (text) => Buffer.concat([Buffer.from('2024/03/01 Fehler in D\u00fcsseldorf\n', 'latin1'), Buffer.from(text)]),
  'colours of grep': (text) => text.replaceAll('goroutine', '\u001b[01;31m\u001b[Kgoroutine\u001b[m\u001b[K'),
  'colours of a line': each((line) => `\u001b[32m${line}\u001b[0m`),
  'a page': page,
  'a page with tags': (text) => `<html><body><pre>\n${page(text)}\n</pre></body></html>\n`,
  'a page, lines as <br>': (text) => page(text).replaceAll('\n', '<br>\n'),
  'a page in a page': (text) => page(page(text)),
  'a page with numbers': (text) => page(text).replaceAll('\t', '&#9;').replaceAll('&quot;', '&#34;'),
  'a page with &nbsp;': (text) => page(text).replaceAll('\t', '&nbsp;&nbsp;&nbsp;&nbsp;'),
  'one JSON string': (text) => `{"level":"error","ts":1,"msg":"stuck","stacks":${JSON.stringify(text)}}\n`,
  'one JSON string alone': (text) => `${JSON.stringify(text)}\n`,
  'one JSON string, signs escaped': (text) =>
    `{"s":${JSON.stringify(text).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')}}\n`,
  'one JSON string in another': (text) => `${JSON.stringify({ log: `${JSON.stringify({ stacktrace: text })}\n` })}\n`,
  'zap log': (text) =>
    `{"level":"info","msg":"a"}\n{"level":"error","caller":"x/y.go:12","msg":"b","stacktrace":${JSON.stringify(text)}}\n{"level":"info","msg":"c"}\n`,
  logfmt: (text) => `level=error msg=${JSON.stringify(text)} id=1\n`,
  'typographic quotes and dots': (text) => text.replaceAll(/"([^"\n]*)"/g, '\u201c$1\u201d').replaceAll('...', '\u2026'),
};

const logLine = '2024-01-01T00:00:00.000Z\tWARN\tbitswap\tclient/x.go:12\tpeer {"p": "12D3"} said no';

export const company: Readonly<Record<string, Damage>> = {
  'in a fence': (text) => `It hangs, see:\n\n\`\`\`\n${text}\n\`\`\`\n\nAny idea?\n`,
  'in folded markup': (text) => `<details><summary>stacks</summary>\n\n\`\`\`go\n${text}\n\`\`\`\n\n</details>\n`,
  'in a log': (text) => `2024-01-01T00:00:00Z INFO core node/x.go:1 hello\nInitializing daemon...\n${text}\n2024-01-01T00:00:01Z ERROR core x.go:2 bye\n`,
  'log lines between goroutines': (text) => text.replaceAll('\n\n', `\n\n${logLine}\n\n`),
  'log lines between frames': each((line, n) => (n % 37 === 5 && line !== '' ? [logLine, line] : [line])),
  'log lines of net/http': each((line, n) =>
    n % 37 === 5 && line !== '' ? ['2024/01/01 00:00:00 http: TLS handshake error from 10.0.0.1:443: EOF', line] : [line],
  ),
  'log lines in frames': each((line, n) => (n % 41 === 7 && line.startsWith('\t') ? [logLine, line] : [line])),
  'each line twice': each((line) => (line === '' ? [line] : [line, line])),
  'double spaced': (text) => text.replaceAll('\n', '\n\n'),
  'no last line feed': (text) => text.trimEnd(),
};
